using CsCheck;
using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Acquisition;

public class BridgeProcessTests
{
    private static readonly double[] Places = [0, 1, 0.5, 0.25, 0.75, 0.62, 0.12, 0.87];

    private static double Truth(double u) => Math.Sin(5 * u) + 0.3 * u;

    // As in the script of the figures.
    private static double HalfRange(double[] values) => values.Length > 1 ? 0.5 * (values.Max() - values.Min()) : 0.01 * Math.Abs(values[0]);

    private static List<Observation> Observe(int count, Func<int, double, double?> predicted) =>
        [.. Places.Take(count).Select((u, t) => new Observation(u, Truth(u), predicted(t, u)))];

    [Fact]
    public void Without_a_surrogate_the_one_step_ahead_densities_multiply_to_the_exact_marginal_likelihood()
    {
        var cases = 0;
        foreach (var one in Fixture.Cases("bridge_marginal.json"))
        {
            var length = one.GetProperty("lengthScale").GetDouble();
            var options = BridgeOptions.Plain with
            {
                LengthScaleCount = 1,
                ShortestLengthScale = length,
                LongestLengthScale = length,
                NoiseRatios = [one.GetProperty("noiseRatio").GetDouble()],
                NoiseRatioWeights = [1],
                VarianceShape = 2,
                LevelDeviation = 1,
                ValueScale = HalfRange([.. one.Doubles("values").Take(3)]),
            };
            var observations = one.Doubles("points").Zip(one.Doubles("values"), (u, y) => new Observation(u, y)).ToList();
            Assert.Equal(one.GetProperty("logDensity").GetDouble(), BridgeProcess.Fit(observations, null, options).LogEvidence, 1e-8);
            cases++;
        }

        Assert.Equal(5, cases);
    }

    [Fact]
    public void The_evidence_of_a_mixture_does_not_depend_on_the_order_of_arrival_without_a_surrogate()
    {
        var forward = Observe(6, (_, _) => null);
        var backward = forward.Take(3).Reverse().Concat(forward.Skip(3).Reverse()).ToList();
        Assert.Equal(BridgeProcess.Fit(forward).LogEvidence, BridgeProcess.Fit(backward).LogEvidence, 1e-9);
        Assert.Equal(BridgeProcess.Fit(forward).At(0.4).Mean, BridgeProcess.Fit(backward).At(0.4).Mean, 1e-9);
    }

    [Fact]
    public void One_fixed_component_is_a_gaussian_process_with_an_uncertain_level_and_a_student_t_scale()
    {
        // σ² divided out, the level's variance κ² adds to every covariance; conditioning by hand on two points.
        var options = BridgeOptions.Plain with
        {
            LengthScaleCount = 1,
            ShortestLengthScale = 0.3,
            LongestLengthScale = 0.3,
            NoiseRatios = [0.01],
            NoiseRatioWeights = [1],
            ValueScale = 2,
            LevelDeviation = 1.5,
            VarianceShape = 2,
            PredictionWidening = 1.5,
        };
        double[] u = [0.2, 0.7];
        double[] y = [1.0, 3.0];
        var process = BridgeProcess.Fit([new(u[0], y[0]), new(u[1], y[1])], null, options);
        double K(double a, double b) => Matern52.Correlation(a - b, 0.3) + 2.25;
        double a = K(0, 0) + 0.01, b = K(u[0], u[1]), det = a * a - b * b;
        double k0 = K(0.4, u[0]), k1 = K(0.4, u[1]);
        double r0 = y[0] - 2, r1 = y[1] - 2;
        var mean = 2 + (k0 * (a * r0 - b * r1) + k1 * (a * r1 - b * r0)) / det;
        var variance = K(0, 0) - (k0 * (a * k0 - b * k1) + k1 * (a * k1 - b * k0)) / det;
        var quadratic = (r0 * (a * r0 - b * r1) + r1 * (a * r1 - b * r0)) / det;
        var shape = 2 + 1.0;
        var rate = 2 * 4 + 0.5 * quadratic;
        var posterior = process.At(0.4);
        Assert.Equal(mean, posterior.Mean, 1e-12);
        Assert.Equal(variance * rate / (shape - 1), posterior.Variance, 1e-12);
        Assert.Equal(2.25 * (variance + 0.01) * rate / (shape - 1), process.Predict(0.4).Variance, 1e-12);
        Assert.Equal(0, process.Trust);
    }

    [Fact]
    public void The_scale_of_a_prediction_is_the_range_that_so_few_values_suggest()
    {
        // n values of a uniform distribution show (n − 1)/(n + 1) of its range on average.
        static double Scale(params double[] values) => BridgeProcess.Fit([.. values.Select((y, t) => new Observation(Places[t], y))]).Scale;
        Assert.Equal(0.5 * 3 * 4, Scale(1, 5), 1e-12);
        Assert.Equal(0.5 * 2 * 4, Scale(1, 5, 3), 1e-12);
        Assert.Equal(0.5 * 2 * 4, Scale(1, 5, 3, 100), 1e-12);
        Assert.Equal(7, Scale(-7), 1e-12);
        Assert.Equal(1, Scale(0), 1e-12);
    }

    [Fact]
    public void Predictions_are_widened_less_the_more_the_surrogate_is_followed()
    {
        StudentMixture Predict(double share, double widening) => BridgeProcess.Fit(
            Observe(5, (t, u) => t < 2 ? null : Truth(u) + 0.1), Truth,
            new BridgeOptions { SurrogateShares = [share], NoiseRatios = [0], NoiseRatioWeights = [1], PredictionWidening = widening, LengthScaleCount = 1 })
            .Predict(0.4);
        foreach (var (share, factor) in new[] { (0, 1.6), (0.5, 1.3), (1.0, 1.0) })
        {
            Assert.Equal(Predict(share, 1).Mean, Predict(share, 1.6).Mean, 1e-12);
            Assert.Equal(factor * Predict(share, 1).Deviation, Predict(share, 1.6).Deviation, 1e-12);
        }
    }

    [Fact]
    public void The_prediction_factor_scales_predictions_and_leaves_the_posterior()
    {
        var observations = Observe(5, (t, u) => t < 2 ? null : Truth(u) + 0.1);
        BridgeProcess one = BridgeProcess.Fit(observations, Truth), half = BridgeProcess.Fit(observations, Truth, new BridgeOptions { PredictionFactor = 0.5 });
        Assert.Equal(one.At(0.4).Deviation, half.At(0.4).Deviation, 1e-12);
        Assert.Equal(one.Predict(0.4).Mean, half.Predict(0.4).Mean, 1e-12);
        Assert.Equal(0.5 * one.Predict(0.4).Deviation, half.Predict(0.4).Deviation, 1e-12);
        Assert.Equal(0.5 * (one.Predict(0.4).Quantile(0.95) - one.Predict(0.4).Mean), half.Predict(0.4).Quantile(0.95) - half.Predict(0.4).Mean, 1e-7);
        Assert.Throws<ArgumentException>(() => new BridgeOptions { PredictionFactor = 0, ErrorScales = [0] }.Validate());
    }

    [Fact]
    public void Trust_is_high_for_a_surrogate_that_predicts_and_low_for_one_that_misleads()
    {
        var good = BridgeProcess.Fit(Observe(8, (t, u) => t < 2 ? null : Truth(u) + 0.01 * Math.Cos(20 * u)), Truth);
        var bad = BridgeProcess.Fit(Observe(8, (t, u) => t < 2 ? null : -Truth(u) + (t % 2)), u => Truth(u) + Math.Sin(40 * Math.PI * u));
        Assert.True(good.Trust > 0.85, $"{good.Trust}");
        Assert.True(bad.Trust < 0.2, $"{bad.Trust}");
    }

    [Fact]
    public void Before_the_first_test_of_the_surrogate_trust_is_its_prior_mean()
    {
        var process = BridgeProcess.Fit(Observe(4, (_, _) => null), Truth);
        Assert.Equal(0.5, process.Trust, 1e-12);
    }

    [Fact]
    public void Full_trust_follows_the_surrogate_with_a_bridge_pinned_at_the_anchors()
    {
        var options = new BridgeOptions { SurrogateShares = [1], NoiseRatios = [0], NoiseRatioWeights = [1] };
        var process = BridgeProcess.Fit(Observe(5, (t, u) => t < 2 ? null : Truth(u) + 0.1), Truth, options);
        foreach (var u in new[] { 0.1, 0.33, 0.6, 0.93 })
        {
            Assert.Equal(Truth(u), process.At(u).Mean, 1e-9);
            Assert.True(process.At(u).Variance > 1e-6);
        }

        Assert.True(process.At(0.25).Variance < 1e-12);
    }

    [Fact]
    public void At_full_trust_in_one_fixed_surrogate_the_evidence_is_that_of_a_process_on_its_errors()
    {
        // The surrogate misses earlier values too, and says so: then y − m is a Gaussian process with mean 0.
        double[] errors = [0.3, -0.3, 0.5, 0.1, -0.6];
        var options = new BridgeOptions { SurrogateShares = [1], ErrorScales = [1], ValueScale = 0.7, InitialCount = 2, LevelDeviation = 1e-7 };
        double Fixed(double u) => 4 + Math.Cos(3 * u);
        var onValues = errors.Select((e, t) => new Observation(
            Places[t], Fixed(Places[t]) + e, Fixed(Places[t]), null, [.. Places.Take(t).Select(Fixed)])).ToList();
        var onErrors = errors.Select((e, t) => new Observation(Places[t], e)).ToList();
        var process = BridgeProcess.Fit(onValues, Fixed, options);
        var plain = BridgeProcess.Fit(onErrors, null, options);
        Assert.Equal(plain.LogEvidence, process.LogEvidence, 1e-9);
        Assert.Equal(Fixed(0.4) + plain.At(0.4).Mean, process.At(0.4).Mean, 1e-9);
        Assert.Equal(plain.At(0.4).Deviation, process.At(0.4).Deviation, 1e-9);
        Assert.NotEqual(plain.LogEvidence, BridgeProcess.Fit([.. onValues.Select(o => o with { PredictedEarlier = null })], Fixed, options).LogEvidence, 0.01);

        // Scales φ of the errors are weighed evenly: the evidence is the mean of those of processes whose values have the scale φ s₀.
        var several = BridgeProcess.Fit(onValues, Fixed, options with { ErrorScales = [2, 0.5, 0.1] });
        var each = ((double[])[2, 0.5, 0.1]).Select(f => BridgeProcess.Fit(onErrors, null, options with { ValueScale = f * 0.7 }).LogEvidence);
        Assert.Equal(Math.Log(each.Average(Math.Exp)), several.LogEvidence, 1e-9);
    }

    [Fact]
    public void Values_that_the_surrogate_was_not_tested_on_tell_nothing_of_its_errors()
    {
        // Wild values first, then tests that the surrogate passes to 1e-3: what it leaves elsewhere is of that size, not of the values'.
        double[] wild = [0, 1, 0.5, 0.25, 0.75, 0.4];
        var observations = wild.Select((u, t) => new Observation(u, 10 * Math.Sin(7 * u), t < 2 ? null : 10 * Math.Sin(7 * u) + 1e-3 * (t % 2))).ToList();
        var process = BridgeProcess.Fit(observations, u => 10 * Math.Sin(7 * u), new BridgeOptions { SurrogateShares = [0, 1] });
        var dull = BridgeProcess.Fit(observations, u => 10 * Math.Sin(7 * u), new BridgeOptions { SurrogateShares = [0, 1], ErrorScales = [1] });
        Assert.True(process.Trust > 0.99, $"{process.Trust}");
        Assert.True(process.At(0.6).Deviation < 0.2 * dull.At(0.6).Deviation, $"{process.At(0.6).Deviation}, {dull.At(0.6).Deviation}");
    }

    [Fact]
    public void Where_the_surrogate_is_silent_plain_kriging_answers()
    {
        var options = new BridgeOptions { NoiseRatios = [0], NoiseRatioWeights = [1], LengthScaleCount = 1, ShortestLengthScale = 0.2, LongestLengthScale = 0.2 };
        var observations = Observe(5, (t, u) => t < 2 ? null : Truth(u));
        var process = BridgeProcess.Fit(observations, u => u > 0.6 ? double.NaN : Truth(u), options);
        var plain = BridgeProcess.Fit(observations, null, options);
        Assert.Equal(plain.At(0.8).Mean, process.At(0.8).Mean, 1e-10);
        Assert.NotEqual(plain.At(0.4).Mean, process.At(0.4).Mean, 1e-4);
        Assert.Equal(Truth(0.75), process.At(0.75).Mean, 1e-9);
    }

    [Fact]
    public void Given_noise_widens_the_posterior_and_zero_noise_pins_it()
    {
        List<Observation> With(double? noise) => [.. Places.Take(6).Select(u => new Observation(u, Truth(u), null, noise))];
        Assert.True(BridgeProcess.Fit(With(0)).At(0.5).Deviation < 1e-6);
        Assert.True(BridgeProcess.Fit(With(0.04)).At(0.5).Deviation > 0.05);
    }

    [Fact]
    public void Shifting_and_scaling_the_values_shifts_and_scales_the_posterior()
    {
        Gen.Select(Gen.Double[-100, 100], Gen.Double[0.01, 100]).Sample((shift, scale) =>
        {
            var plain = BridgeProcess.Fit(Observe(5, (_, _) => null));
            var moved = BridgeProcess.Fit([.. plain.Observations.Select(o => o with { Value = shift + scale * o.Value })]);
            Assert.Equal(shift + scale * plain.At(0.37).Mean, moved.At(0.37).Mean, 1e-7 * (scale + Math.Abs(shift)));
            Assert.Equal(scale * plain.At(0.37).Deviation, moved.At(0.37).Deviation, 1e-7 * (scale + Math.Abs(shift)));
        }, iter: 20);
    }

    [Fact]
    public void Equal_values_and_equal_points_are_no_obstacle()
    {
        var flat = BridgeProcess.Fit([new(0, 3), new(1, 3), new(0.5, 3)]);
        Assert.Equal(3, flat.At(0.2).Mean, 1e-9);
        Assert.True(double.IsFinite(flat.At(0.2).Deviation));
        var zero = BridgeProcess.Fit([new(0.5, 0)]);
        Assert.True(zero.At(0.2).Deviation > 0);
        var twice = BridgeProcess.Fit([new(0, 1), new(1, 2), new(0.5, 3), new(0.5, 3)]);
        Assert.Equal(3, twice.At(0.5).Mean, 1e-3);
        Assert.True(twice.Jitter > 0);
    }

    [Fact]
    public void Refuses_what_it_cannot_use()
    {
        Assert.Throws<ArgumentException>(() => BridgeProcess.Fit([]));
        Assert.Throws<ArgumentException>(() => BridgeProcess.Fit([new(0.5, double.NaN)]));
        var error = Assert.Throws<ArgumentException>(() =>
            BridgeProcess.Fit([new(0, 1)], null, new BridgeOptions { LengthScaleCount = 0, VarianceShape = 0 }));
        Assert.Contains("LengthScaleCount", error.Message, StringComparison.Ordinal);
        Assert.Contains("VarianceShape", error.Message, StringComparison.Ordinal);
    }
}
