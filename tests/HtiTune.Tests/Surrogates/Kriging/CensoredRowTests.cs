using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Draws that bounds cut off.</summary>
public class CensoredRowTests
{
    private static readonly KrigingOptions s_affine = new()
    {
        Coupling = new() { TrainMaps = false, Bounds = [new(-1, 1)] },
        Carrying = RowCarrying.Affine,
    };

    private static double Mean(double lambda, float x) => 1.4 * lambda - 0.7 + 0.5 * x;

    /// <summary>Ten draws of each of 60 contexts, cut off at −1 and 1.</summary>
    private static AnchorSet Cut()
    {
        var contexts = new Contexts(Problems.Conditions(60, 5).Conditions.SelectRows([.. Enumerable.Range(0, 600).Select(i => i / 10)]));
        var random = new RandomStreams(3).Stream("draws");
        return new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(600, 1, (i, row) => row[0] = (float)Math.Clamp(Mean(lambda, contexts.Conditions[i, 0]) + 0.4 * random.NextNormal(), -1, 1)), contexts))));
    }

    [Theory]
    [InlineData(0.25, 0.3f)]
    [InlineData(0.75, 0.9f)]
    public void As_many_draws_lie_at_a_bound_as_the_law_has_beyond_it(double lambda, float x)
    {
        var surrogate = KrigedSurrogate.Fit(Cut(), s_affine);
        Assert.Equal(OutputKind.Interval, surrogate.Report.Kind);
        var contexts = new Contexts(Matrix.Create(2000, 2, (_, row) => (row[0], row[1]) = (x, 0)));
        var random = new RandomStreams(9).Stream("rows");
        var rows = new Samples(Matrix.Create(2000, 1, (_, row) => row[0] = (float)Math.Clamp(Mean(0, x) + 0.4 * random.NextNormal(), -1, 1)), contexts);
        var moved = surrogate.Transport(rows, 0, lambda).Values.ToArray();
        double Share(Func<float, bool> at) => moved.Count(at) / 2000.0;
        var (high, low) = (NormalDistribution.Cumulative((Mean(lambda, x) - 1) / 0.4), NormalDistribution.Cumulative((-1 - Mean(lambda, x)) / 0.4));
        Assert.InRange(Share(y => y >= 0.9999f), 0.67 * high - 0.02, 1.33 * high + 0.02);
        Assert.InRange(Share(y => y <= -0.9999f), 0.67 * low - 0.02, 1.33 * low + 0.02);
        Assert.All(moved, y => Assert.InRange(y, -1, 1));

        using var folder = new TemporaryFolder();
        surrogate.Save(folder.File("m.hti"));
        Assert.Equal(moved, KrigedSurrogate.Load(folder.File("m.hti")).Transport(rows, 0, lambda).Values.ToArray());
    }

    [Fact]
    public void Anchors_are_met_within_their_bounds_and_one_more_may_come()
    {
        var anchors = Cut();
        var surrogate = KrigedSurrogate.Fit(anchors, s_affine);
        var stored = surrogate.Sample(0, anchors[0].Samples.Contexts).Samples.Outputs;
        Assert.Equal(anchors[0].Samples.Outputs.Values.ToArray(), stored.Values.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        var contexts = anchors[0].Samples.Contexts;
        var more = new Anchor(0.7, new Samples(Matrix.Create(600, 1, (i, row) => row[0] = (float)Math.Clamp(Mean(0.7, contexts.Conditions[i, 0]), -1, 1)), contexts));
        Assert.Equal([0, 0.5, 0.7, 1], surrogate.Extend(new AnchorSet(Problems.Unit, [anchors[0], anchors[1], more, anchors[2]])).Anchors);
    }
}
