using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>What stands for three anchors, by where the middle one lies.</summary>
public class MiddleAnchorTests
{
    private static readonly KrigingOptions s_noMaps = new() { Coupling = new() { TrainMaps = false } };

    private static string Chosen(ContinuousHyperparameter hyperparameter, double[] lambdas, Func<double, double[], double[]> law) =>
        SurrogateChoice.Fit(Problems.Deterministic(hyperparameter, lambdas, 60, 4, law), s_noMaps).Report.Chosen;

    /// <summary>Ten draws of each of 40 contexts about a mean.</summary>
    private static AnchorSet Draws(double spread, Func<double, float, double> mean)
    {
        var contexts = new Contexts(Problems.Conditions(40, 5).Conditions.SelectRows([.. Enumerable.Range(0, 400).Select(i => i / 10)]));
        var random = new RandomStreams(3).Stream("draws");
        return new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(400, 1, (i, row) => row[0] = (float)(mean(lambda, contexts.Conditions[i, 0]) + spread * random.NextNormal())), contexts))));
    }

    [Fact]
    public void Quantiles_over_their_level_keep_trajectories_and_the_same_values_over_another_scale_do_not()
    {
        // Heavy above: the middle lags, by which another scale's answers are kriged.
        static double[] Law(double z, double[] x) => [Math.Exp(0.45 * z) * (1 + 0.1 * Math.Tanh(x[0])) + x[1], Math.Exp(0.4 * z) - x[0]];
        var level = Hyperparameter.Continuous("level", 0.01, 0.99, Scale.NormalQuantile);
        Assert.Equal("trajectories", Chosen(level, [0.01, 0.5, 0.99], (p, x) => Law(NormalDistribution.Quantile(p), x)));
        Assert.StartsWith("kriging", Chosen(Problems.Unit, [0, 0.5, 1], (u, x) => Law(4.65 * u - 2.326, x)), StringComparison.Ordinal);

        // Levels whose answers fall are no quantiles.
        Assert.StartsWith("kriging", Chosen(level, [0.01, 0.5, 0.99], (p, x) => [.. Law(NormalDistribution.Quantile(p), x).Select((y, j) => j == 0 ? -y : y)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_warp_is_not_learned_from_one_middle_that_is_half_way_on_the_scale()
    {
        static double[] Law(double u, double[] x) => [Math.Cos(2 * u) * x[0] + Math.Sin(2 * u + 0.8) * x[1], Math.Sin(2 * u + 0.8) * (x[0] - x[1]) + Math.Cos(2 * u)];
        Assert.Equal("kriging smooth, sixth parabola", Chosen(Problems.Unit, [0, 0.5, 1], Law));
        Assert.Equal("kriging", Chosen(Problems.Unit, [0, 0.3, 1], (u, x) => Law(Math.Sqrt(u), x)));

        // What it is for: the bend itself is met better.
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 60, 4, Law);
        double Error(IFittedSurrogate surrogate) => new[] { 0.2, 0.35, 0.65, 0.8 }.Average(at =>
            surrogate.Sample(at, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray()
                .Zip(Problems.Answer(anchors[0].Samples.Contexts, at, Law).Outputs.Values.ToArray(), (y, truth) => (double)(y - truth) * (y - truth)).Average());
        Assert.True(Error(SurrogateChoice.Fit(anchors, s_noMaps).Surrogate) < 0.8 * Error(KrigedSurrogate.Fit(anchors, s_noMaps)));
    }

    [Theory]
    [InlineData(0.0, "kriging smooth, half parabola")] // Rows bend each in its own way.
    [InlineData(0.9, "kriging with trend, third parabola")] // They lag together.
    [InlineData(-0.7, "kriging with trend, third parabola")] // They are ahead together, and some turn back.
    public void What_bends_without_a_common_clock_is_smooth_and_what_has_one_follows_it(double late, string expected)
    {
        double[] Law(double u, double[] x) =>
            [x[0] + (1 + 0.3 * x[1]) * u + late * u * (u - 1) + 0.6 * x[1] * u * (1 - u), x[1] + (1 - 0.3 * x[0]) * u + late * u * (u - 1) - 1.3 * Math.Max(0, x[0]) * u * (1 - u)];
        Assert.Equal(expected, Chosen(Problems.Unit, [0, 0.5, 1], Law));
    }

    [Fact]
    public void Answers_of_a_kind_are_judged_as_they_are_kriged()
    {
        // In their own units they lag far; their logarithms go straight.
        static double[] Law(double u, double[] x) => [Math.Exp(4 * u * (1 + 0.2 * x[0]) + x[1]), Math.Exp(3 * u + 0.5 * x[0])];
        Assert.Equal("kriging smooth, half parabola", Chosen(Problems.Unit, [0, 0.5, 1], Law));
        Assert.Equal("trajectories", Chosen(Problems.Unit, [0, 0.5, 1], (u, x) => Array.ConvertAll(Law(u, x), Math.Log)));
    }

    [Fact]
    public void A_part_of_the_way_is_the_parabola_through_three_anchors()
    {
        static double[] Law(double u, double[] x) => [(1 + x[0]) * u * u - x[1] * u, 3 * (u - 0.4) * (u - 0.4) + x[0]];
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.4, 1], 30, 4, Law);
        var contexts = anchors[0].Samples.Contexts;
        KrigedSurrogate Fit(AnchorSet set, double share, bool straight = false) => KrigedSurrogate.Fit(set, s_noMaps with { ParabolaShare = share, Straight = straight, Kind = OutputKind.Free });
        float[] At(KrigedSurrogate surrogate, double lambda) => surrogate.Sample(lambda, contexts).Samples.Outputs.Values.ToArray();
        foreach (var lambda in new[] { 0, 0.1, 0.4, 0.7, 1 })
        {
            var truth = Problems.Answer(contexts, lambda, Law).Outputs.Values.ToArray();
            Assert.Equal(truth, At(Fit(anchors, 1), lambda), (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal(truth.Zip(At(Fit(anchors, 0, straight: true), lambda), (y, z) => (y + z) / 2), At(Fit(anchors, 0.5, straight: true), lambda), (a, b) => Math.Abs(a - b) < 1e-5);
        }

        var four = Problems.Deterministic(Problems.Unit, [0, 0.3, 0.6, 1], 30, 4, Law);
        Assert.Equal(At(Fit(four, 0), 0.5), At(Fit(four, 1), 0.5));
        Assert.Throws<ArgumentException>(() => Fit(anchors, 1.5));
        using var folder = new Data.TemporaryFolder();
        var third = Fit(anchors, 1.0 / 3);
        third.Save(folder.File("m.hti"));
        var again = KrigedSurrogate.Load(folder.File("m.hti"));
        Assert.Equal(1.0 / 3, again.Options.ParabolaShare);
        Assert.Equal(At(third, 0.7), At(again, 0.7));
        var told = third.Estimate(0.7, contexts, samples => samples.Outputs.Values.ToArray().Average());
        Assert.InRange(told.Value, told.Low, told.High);
    }

    [Theory]
    [InlineData(0.1, 1.6, "quantiles")] // Means turn by more than chance.
    [InlineData(1.5, 0.4, "quantiles straight")] // They turn by less.
    [InlineData(0.1, 4.4, "quantiles straight")] // The middle is farther beside the way than three anchors can tell from trainings that scatter.
    public void Draws_by_context_are_kriged_where_their_means_turn(double spread, double turn, string expected) =>
        Assert.Equal(expected, SurrogateChoice.Fit(Draws(spread, (lambda, x) => Math.Sin(turn * lambda + 0.6 * x)), s_noMaps).Report.Chosen);

    [Fact]
    public void Straight_outputs_are_halfway_at_half_way_and_the_anchors_at_anchors()
    {
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.4, 1], 30, 4, (u, x) => [Math.Sin(3 * u) + x[0]]);
        var straight = KrigedSurrogate.Fit(anchors, s_noMaps with { Straight = true, Kind = OutputKind.Free });
        float[] At(double lambda) => straight.Sample(lambda, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray();
        Assert.Equal(anchors[1].Samples.Outputs.Values.ToArray(), At(0.4), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(At(0.4).Zip(At(1), (a, b) => (a + b) / 2), At(0.7), (a, b) => Math.Abs(a - b) < 1e-5);
        using var folder = new Data.TemporaryFolder();
        straight.Save(folder.File("m.hti"));
        var again = KrigedSurrogate.Load(folder.File("m.hti"));
        Assert.True(again.Options.Straight);
        Assert.Equal(At(0.7), again.Sample(0.7, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray());
        var told = straight.Estimate(0.7, anchors[0].Samples.Contexts, samples => samples.Outputs.Values.ToArray().Average());
        Assert.InRange(told.Value, told.Low, told.High);
    }
}
