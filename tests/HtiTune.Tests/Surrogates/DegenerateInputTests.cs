using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates;

/// <summary>Input at the edge of sense ends in a good answer, never in NaN.</summary>
public class DegenerateInputTests
{
    private static readonly TrajectoryOptions Quick = new() { MapSteps = 80, PathSteps = 60, HiddenWidth = 16 };

    [Fact]
    public void One_distinct_output_stays_that_output() =>
        Stays(Anchors([0, 0.5, 1], 30, (_, _, _) => [2, -1]), [2, -1]);

    [Fact]
    public void Constant_condition_columns_do_no_harm()
    {
        var anchors = new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(40, 1, (i, row) => row[0] = (float)(i * 0.1 + lambda)),
            new Contexts(Matrix.Create(40, 3, (i, row) => (row[0], row[1], row[2]) = (7, i * 0.1f, -1e9f)))))));
        var surrogate = TrajectorySurrogate.Fit(anchors, Quick);
        var moved = surrogate.Transport(anchors[0].Samples, 0, 0.75);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(i * 0.1 + 0.75, moved[i, 0], 0.1);
        }
    }

    [Theory]
    [InlineData(PotentialKind.Density)]
    [InlineData(PotentialKind.None)]
    public void Outliers_at_a_million_leave_the_others_finite(PotentialKind potential)
    {
        var anchors = Anchors([0, 0.5, 1], 60, (random, lambda, i) => i == 0 ? [1e6, -1e6] : [3 * lambda + random.NextNormal(), random.NextNormal()]);
        Finite(anchors, Quick with { Potential = potential });
    }

    [Fact]
    public void Three_samples_an_anchor_are_enough_to_answer() =>
        Finite(Anchors([0, 0.5, 1], 3, (random, lambda, _) => [lambda + random.NextNormal(), random.NextNormal()]), Quick);

    [Fact]
    public void One_sample_an_anchor_is_a_path() =>
        Finite(Anchors([0, 1], 1, (_, lambda, _) => [lambda, 2 * lambda]), Quick);

    [Fact]
    public void Anchors_a_millionth_apart_are_told_apart()
    {
        var anchors = Anchors([0.3, 0.300001, 0.300002], 20, (_, lambda, i) => [i + (lambda - 0.3) * 1e6, -i]);
        var surrogate = TrajectorySurrogate.Fit(anchors, Quick with { TrainMaps = false });
        var half = surrogate.Sample(0.3000005, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray();
        Assert.Equal(0.25, half.Average(), 0.05);
        Assert.All(half, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Two_modes_stay_two_modes()
    {
        var anchors = Anchors([0, 0.5, 1], 100, (random, lambda, i) => [(i % 2 == 0 ? 4 : -4) + lambda + 0.2 * random.NextNormal(), 0.2 * random.NextNormal()]);
        var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { MapSteps = 300, PathSteps = 200, HiddenWidth = 32 });
        var moved = surrogate.Transport(anchors[0].Samples, 0, 0.75);
        for (var i = 0; i < 100; i++)
        {
            Assert.InRange(Math.Abs(moved[i, 0] - 0.75), 3, 5);
        }
    }

    [Fact]
    public void Many_dimensions_are_joined_by_straight_paths()
    {
        var anchors = Anchors([0, 1], 40, (random, lambda, _) => [.. Enumerable.Range(0, 16).Select(k => k * lambda + random.NextNormal())]);
        Assert.Equal(PotentialKind.None, Finite(anchors, Quick).Report.Potential);
    }

    [Fact]
    public void A_density_in_three_dimensions_with_conditions_is_served()
    {
        var x = Problems.Conditions(60, 3);
        var anchors = new AnchorSet(Problems.Unit, new[] { 0.0, 1.0 }.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(60, 3, (i, row) => (row[0], row[1], row[2]) = ((float)(x.Conditions[i, 0] + lambda), x.Conditions[i, 1], (float)lambda)), x))));
        Finite(anchors, Quick with { Potential = PotentialKind.Density });
    }

    private static void Stays(AnchorSet anchors, double[] ideal)
    {
        var moved = Finite(anchors, Quick).Transport(anchors[0].Samples, 0, 0.7);
        for (var i = 0; i < moved.Rows; i++)
        {
            for (var j = 0; j < moved.Columns; j++)
            {
                Assert.Equal(ideal[j], moved[i, j], 1e-3);
            }
        }
    }

    private static TrajectorySurrogate Finite(AnchorSet anchors, TrajectoryOptions options)
    {
        var surrogate = TrajectorySurrogate.Fit(anchors, options);
        var rows = anchors[0].Samples;
        foreach (var share in (double[])[0, 0.1, 0.5, 0.9, 1])
        {
            var lambda = anchors[0].Lambda + share * (anchors[^1].Lambda - anchors[0].Lambda);
            foreach (var outputs in (Matrix[])[surrogate.Transport(rows, anchors[0].Lambda, lambda), surrogate.Sample(lambda, rows.Contexts).Samples.Outputs])
            {
                foreach (var value in outputs.Values)
                {
                    Assert.True(float.IsFinite(value), $"{value} at {lambda}");
                }
            }
        }

        return surrogate;
    }

    private static AnchorSet Anchors(double[] lambdas, int rows, Func<RandomStream, double, int, double[]> draw) =>
        new(Problems.Unit, lambdas.Select((lambda, k) =>
        {
            var random = new RandomStreams(k).Stream("draws");
            var outputs = Enumerable.Range(0, rows).Select(i => draw(random, lambda, i)).ToArray();
            return new Anchor(lambda, new Samples(
                Matrix.Create(rows, outputs[0].Length, (i, row) =>
                {
                    for (var j = 0; j < row.Length; j++)
                    {
                        row[j] = (float)outputs[i][j];
                    }
                }),
                Contexts.None(rows)));
        }));
}
