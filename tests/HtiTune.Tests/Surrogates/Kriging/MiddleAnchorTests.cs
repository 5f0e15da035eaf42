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
        Assert.Equal("kriging smooth without warp", Chosen(Problems.Unit, [0, 0.5, 1], Law));
        Assert.NotEqual("kriging smooth without warp", Chosen(Problems.Unit, [0, 0.3, 1], (u, x) => Law(Math.Sqrt(u), x)));

        // What it is for: the bend itself is met better.
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 60, 4, Law);
        double Error(IFittedSurrogate surrogate) => new[] { 0.2, 0.35, 0.65, 0.8 }.Average(at =>
            surrogate.Sample(at, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray()
                .Zip(Problems.Answer(anchors[0].Samples.Contexts, at, Law).Outputs.Values.ToArray(), (y, truth) => (double)(y - truth) * (y - truth)).Average());
        Assert.True(Error(SurrogateChoice.Fit(anchors, s_noMaps).Surrogate) < 0.8 * Error(KrigedSurrogate.Fit(anchors, s_noMaps)));
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
