using CsCheck;
using HtiTune.Acquisition;

namespace HtiTune.Tests.Acquisition;

public class KnowledgeGradientTests
{
    private static readonly double[] Grid = [.. Enumerable.Range(0, 33).Select(i => i / 32.0)];

    private static double Normal(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);

    [Fact]
    public void Of_two_lines_it_is_the_expected_excess_of_their_difference()
    {
        // E max(a₁ + b₁Z, a₂ + b₂Z) − max(a₁, a₂) = s φ(d/s) − d Φ(−d/s),  d = |a₁ − a₂|, s = |b₁ − b₂|; for d = 0 it is s/√(2π).
        Assert.Equal(Math.Log(3 / Math.Sqrt(2 * Math.PI)), KnowledgeGradient.LogGain([5, 5], [1, -2]), 1e-12);
        const double upperTailAtOne = 0.15865525393145705;
        Assert.Equal(Math.Log(2 * (Normal(1) - upperTailAtOne)), KnowledgeGradient.LogGain([1, 3], [4, 2]), 1e-12);
        Assert.Equal(Math.Log(2 * (Normal(1) - upperTailAtOne)), KnowledgeGradient.LogGain([3, 1], [4, 2]), 1e-12);
    }

    [Fact]
    public void Equal_slopes_gain_nothing()
    {
        Assert.Equal(double.NegativeInfinity, KnowledgeGradient.LogGain([1], [2]));
        Assert.Equal(double.NegativeInfinity, KnowledgeGradient.LogGain([1, 4, 2, 4], [2, 2, 2, 2]));
    }

    [Fact]
    public void Of_many_lines_it_is_the_integral_of_their_maximum()
    {
        var lines = Gen.Select(Gen.Double[-2, 2], Gen.Int[-4, 4].Select(k => 0.5 * k)).Array[1, 12];
        lines.Sample(all =>
        {
            double[] a = [.. all.Select(line => line.Item1)];
            double[] b = [.. all.Select(line => line.Item2)];
            double sum = 0;
            const double step = 1e-3;
            for (var z = -9.0; z <= 9; z += step)
            {
                var most = double.NegativeInfinity;
                for (var i = 0; i < a.Length; i++)
                {
                    most = Math.Max(most, a[i] + b[i] * z);
                }

                sum += most * Normal(z) * step;
            }

            Assert.Equal(sum - a.Max(), Math.Exp(KnowledgeGradient.LogGain(a, b)), 1e-5);
        }, iter: 60);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.02)]
    public void It_is_what_trainings_with_every_likely_value_raise_the_best_mean_by(double noise)
    {
        // One (ℓ, r): each value that the training may give is told to a process anew, and the best means are averaged.
        var options = BridgeOptions.Plain with
        {
            LengthScaleCount = 1,
            ShortestLengthScale = 0.2,
            LongestLengthScale = 0.2,
            NoiseRatios = [noise],
            NoiseRatioWeights = [1],
            PredictionWidening = 1,
        };
        List<Observation> observations = [new(0.05, 0.2), new(0.9, -0.4), new(0.45, 0.5), new(0.7, 0.1)];
        var process = BridgeProcess.Fit(observations, null, options);
        var posterior = process.OnGrid(Grid);
        var logs = new KnowledgeGradient().OnGrid(posterior);
        foreach (var j in new[] { 0, 5, 11, 18, 26, 32 })
        {
            var law = process.Predict(Grid[j]);
            double gain = 0;
            const double step = 0.01;
            for (var x = -7.0; x <= 7; x += step)
            {
                // Nodes dense in the middle and far into the heavy tails.
                var y = law.Mean + law.Deviation * Math.Sinh(x);
                var best = BridgeProcess.Fit([.. observations, new(Grid[j], y)], null, options).OnGrid(Grid).Means.Max();
                gain += (best - posterior.Means.Max()) * Math.Exp(law.LogDensity(y)) * law.Deviation * Math.Cosh(x) * step;
            }

            Assert.Equal(gain, Math.Exp(logs[j]), 1e-3 * gain + 1e-6);
        }
    }

    [Fact]
    public void The_scale_matrix_is_that_of_joint_draws()
    {
        var process = BridgeProcess.Fit(
            [.. new[] { 0.0, 1, 0.5, 0.3, 0.8 }.Select((u, t) => new Observation(u, Math.Sin(7 * u), t > 1 ? Math.Sin(7 * u) + 0.2 : null))],
            u => Math.Sin(7 * u) + 0.1 * u);
        var posterior = process.OnGrid([0.1, 0.4, 0.45, 0.9]);
        var joint = posterior.Joint();
        var nu = process.DegreesOfFreedom;
        for (var i = 0; i < 4; i++)
        {
            // On the diagonal: the marginal's variance, whose parts within components carry ν/(ν − 2) more.
            var within = posterior[i].Variance - joint.Scale(i, i);
            Assert.InRange(within, 0, posterior[i].Variance * 2 / nu);
            for (var j = 0; j < 4; j++)
            {
                Assert.Equal(joint.Scale(i, j), joint.Scale(j, i), 1e-10);
            }
        }

        const int draws = 200_000;
        double a = 0, b = 0, ab = 0, aa = 0;
        posterior.Draw(draws, new HtiTune.Data.RandomStreams(3).Stream("joint"), path =>
        {
            a += path[1];
            b += path[2];
            ab += path[1] * path[2];
            aa += path[1] * path[1];
        });
        var correlation = (ab - a * b / draws) / (aa - a * a / draws);
        Assert.Equal(correlation, joint.Scale(1, 2) / joint.Scale(1, 1), 0.03);
    }
}
