using CsCheck;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Clock;
using HtiTune.Surrogates.Uncertainty;

namespace HtiTune.Tests.Surrogates;

/// <summary>Standard errors and intervals of functionals.</summary>
public class UncertaintyTests
{
    private static readonly TrajectoryOptions StoredOnly = new() { TrainMaps = false };

    [Fact]
    public void Without_an_error_of_pace_the_law_is_normal()
    {
        var law = new ErrorMixture();
        law.Add(1, [2, 4, 10], 0.5, 0, 9);
        Assert.Equal(3, law.Deviation(), 1e-12);

        // 1.6448536269514722: the normal quantile at 0.95 (NIST handbook, table 1.3.6.7.1, more digits from scipy.stats.norm.ppf).
        Assert.Equal(4 + 3 * 1.6448536269514722, law.Quantile(0.95), 1e-9);
        Assert.Equal(4 - 3 * 1.6448536269514722, law.Quantile(0.05), 1e-9);
        Assert.Equal(-0.5 * 4 - Math.Log(3 * Math.Sqrt(2 * Math.PI)), ErrorMixture.LogDensity(10, [2, 4, 10], 0.5, 0, 9), 1e-9);
    }

    [Fact]
    public void An_error_of_pace_moves_along_the_path_and_not_at_its_ends()
    {
        // E(s) = s: the law of σ(logit s + σθ·z), z normal. Mean of square at s = 1/2, σ_θ = 1: ∫ (σ(z) − 1/2)² φ(z) dz = 0.043379035858092975 (scipy.integrate.quad).
        var middle = new ErrorMixture();
        double[] grid = [.. Enumerable.Range(0, 2001).Select(i => i / 2000.0)];
        middle.Add(1, grid, 0.5, 1, 0);
        Assert.Equal(Math.Sqrt(0.043379035858092975), middle.Deviation(), 1e-4);
        foreach (var end in (double[])[0, 1])
        {
            var law = new ErrorMixture();
            law.Add(1, grid, end, 3, 0);
            Assert.Equal(0, law.Deviation());
            Assert.Equal(end, law.Quantile(0.9), 1e-12);
        }
    }

    [Fact]
    public void The_place_of_a_fraction_is_the_inverse_of_the_fraction_of_a_place()
    {
        Gen.Select(Gen.Double[-6, 6], Gen.Double[0, 0.8], Gen.Double[0.01, 0.2], Gen.Double[0.001, 0.999]).Sample((shift, low, width, fraction) =>
        {
            var clock = new LogitShiftClock(shift);
            var place = clock.Place(fraction, low, low + width);
            return Math.Abs(clock.Fraction(place, low, low + width) - fraction) < 1e-9;
        });
    }

    [Fact]
    public void The_anchors_come_back_out_of_a_surrogate()
    {
        var random = new RandomStreams(3).Stream("draws");
        var unequal = new AnchorSet(Problems.Unit, new[] { (0.0, 50), (0.5, 31), (1.0, 40) }.Select(a => new Anchor(a.Item1, new Samples(
            Matrix.Create(a.Item2, 1, (_, row) => row[0] = (float)(4 * a.Item1 + random.NextNormal())), Contexts.None(a.Item2)))));
        foreach (var anchors in (AnchorSet[])[Problems.Moving([0, 0.4, 1], v => v), Problems.Linear([0, 0.4, 1]), unequal])
        {
            var stored = StoredAnchors.Of(TrajectorySurrogate.Fit(anchors, StoredOnly).State);
            foreach (var (one, other) in anchors.Zip(stored))
            {
                Assert.Equal(one.Lambda, other.Lambda);
                Assert.True(one.Samples.Contexts.SameAs(other.Samples.Contexts));
                Assert.All(one.Samples.Outputs.Values.ToArray().Zip(other.Samples.Outputs.Values.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            }
        }
    }

    [Fact]
    public void Deterministic_outputs_are_certain_at_anchors_and_least_certain_between()
    {
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.3, 0.6, 1], 80, 1, (v, x) => [x[0] + Math.Sin(3 * v) * (1 + x[1])]);
        var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
        var contexts = anchors[0].Samples.Contexts;
        foreach (var anchor in anchors)
        {
            var at = surrogate.Estimate(anchor.Lambda, contexts, Mean);
            Assert.Equal(Mean(anchor.Samples), at.Value, 1e-5);
            Assert.InRange(at.StandardError, 0, 1e-6);
        }

        var between = surrogate.Estimate(0.45, contexts, Mean);
        var near = surrogate.Estimate(0.3001, contexts, Mean);
        Assert.True(between.StandardError > 2 * near.StandardError && near.StandardError > 0, $"{between}, {near}");
        Assert.InRange(between.Value, between.Low, between.High);
        var wider = surrogate.Estimate(0.45, contexts, Mean, 0.99);
        Assert.True(wider.Low < between.Low && wider.High > between.High);
    }

    [Fact]
    public void Intervals_hold_the_truth_about_as_often_as_they_say()
    {
        // Thirty random smooth families, four anchors each, five values of λ between them.
        var (held, asked) = (0, 0);
        for (var problem = 0; problem < 30; problem++)
        {
            var random = new RandomStreams(problem).Stream("family");
            double a = random.NextNormal(), b = random.NextNormal(), c = random.NextNormal(), w = 1 + 3 * random.NextDouble();
            double[] Formula(double v, double[] x) => [x[0] * (1 + 0.3 * v) + a * v + b * Math.Sin(w * v) * x[1] + c * v * v];
            var anchors = Problems.Deterministic(Problems.Unit, [0, 0.35, 0.7, 1], 60, problem, Formula);
            var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
            foreach (var lambda in (double[])[0.1, 0.25, 0.5, 0.6, 0.85])
            {
                foreach (var functional in (Func<Samples, double>[])[Mean, samples => samples.Outputs.Values.ToArray().Max()])
                {
                    var estimate = surrogate.Estimate(lambda, anchors[0].Samples.Contexts, functional);
                    var truth = functional(Problems.Answer(anchors[0].Samples.Contexts, lambda, Formula));
                    held += estimate.Low <= truth && truth <= estimate.High ? 1 : 0;
                    asked++;
                }
            }
        }

        Assert.InRange(held / (double)asked, 0.8, 1);
    }

    [Fact]
    public void Trainings_that_scatter_widen_the_intervals()
    {
        Assert.True(Scatter(0.5) > 3 * Scatter(0), $"{Scatter(0.5)} against {Scatter(0)}");

        static double Scatter(double size)
        {
            var random = new RandomStreams(5).Stream("trainings");
            var shifts = Enumerable.Range(0, 6).ToDictionary(i => i / 5.0, _ => size * random.NextNormal());
            var anchors = Problems.Deterministic(Problems.Unit, [.. shifts.Keys], 80, 1, (v, x) => [x[0] + v + shifts[v]]);
            return TrajectorySurrogate.Fit(anchors, StoredOnly).Estimate(0.5, anchors[0].Samples.Contexts, Mean).StandardError;
        }
    }

    [Fact]
    public void Wrong_questions_get_clear_answers()
    {
        var anchors = Problems.Linear([0, 0.5, 1]);
        var contexts = anchors[0].Samples.Contexts;
        var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
        Assert.Contains("level is 1", Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.Estimate(0.5, contexts, Mean, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("NaN at λ = 0.25", Assert.Throws<InvalidOperationException>(() => surrogate.Estimate(0.25, contexts, _ => double.NaN)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.Estimate(1.5, contexts, Mean));
        var baseline = TrajectorySurrogate.Fit(anchors, StoredOnly with { Method = Method.Linear });
        Assert.Contains("baseline", Assert.Throws<InvalidOperationException>(() => baseline.Estimate(0.5, contexts, Mean)).Message, StringComparison.Ordinal);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => surrogate.Estimate(0.5, contexts, Mean, cancellation: source.Token));
        Assert.True(surrogate.Estimate(0.5, contexts, Mean).StandardError >= 0);
    }

    private static double Mean(Samples samples) => samples.Outputs.Values.ToArray().Average(v => (double)v);
}
