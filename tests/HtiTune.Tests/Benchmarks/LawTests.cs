using CsCheck;
using HtiTune.Benchmarks.Laws;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Benchmarks;

public sealed class LawTests
{
    private static readonly double[] Stratified = [.. Enumerable.Range(0, 20_000).Select(i => (i + 0.5) / 20_000)];

    [Fact]
    public void Sinh_arcsinh_has_the_moments_of_its_quantile_function()
    {
        foreach (var skew in (double[])[-1, -0.3, 0, 0.7])
        {
            double[] values = [.. Stratified.Select(p => SinhArcsinh.Value(NormalDistribution.Quantile(p), skew))];
            var mean = values.Average();
            Assert.Equal(SinhArcsinh.Mean(skew), mean, 2e-3);
            Assert.Equal(SinhArcsinh.Deviation(skew), Math.Sqrt(values.Average(x => (x - mean) * (x - mean))), 5e-3);
        }
    }

    [Fact]
    public void Sinh_arcsinh_is_what_its_name_says() =>
        Gen.Select(Gen.Double[-5, 5], Gen.Double[-1, 1]).Sample((z, skew) => Assert.Equal(Math.Sinh(Math.Asinh(z) + skew), SinhArcsinh.Value(z, skew), 1e-9));

    [Fact]
    public void A_smooth_law_has_the_mean_scale_and_skew_that_it_was_given()
    {
        var law = new SmoothLaw(u => 2 - u, u => 0.5 + u, u => u - 0.5, [.. Stratified.Select(NormalDistribution.Quantile)]);
        foreach (var u in (double[])[0, 0.25, 1])
        {
            var y = Column(law.At(u), 0);
            var mean = y.Average();
            var deviation = Math.Sqrt(y.Average(v => (v - mean) * (v - mean)));
            Assert.Equal(2 - u, mean, 5e-3);
            Assert.Equal(0.5 + u, deviation, 1e-2);
            Assert.Equal(Math.Sign(u - 0.5), Math.Sign(y.Average(v => Math.Pow((v - mean) / deviation, 3))));
        }
    }

    [Fact]
    public void The_regulator_of_one_state_solves_the_quadratic_of_its_riccati_equation()
    {
        Gen.Select(Gen.Double[0.5, 1.5], Gen.Double[0.2, 2], Gen.Double[0.01, 100]).Sample((a, b, lambda) =>
        {
            var g = RegulatorLaw.Discount;

            // γb²P² + (λ − γb² − γa²λ)P − λ = 0
            var middle = lambda - g * b * b - g * a * a * lambda;
            var p = (-middle + Math.Sqrt(middle * middle + 4 * g * b * b * lambda)) / (2 * g * b * b);
            var (gain, cost) = new RegulatorLaw(new[,] { { a } }, [b], [[1.0]]).Solve(lambda);
            Assert.Equal(1, cost[0, 0] / p, 1e-9);
            Assert.Equal(1, gain[0] / (g * a * b * p / (lambda + g * b * b * p)), 1e-9);
        });
    }

    [Fact]
    public void State_and_control_cost_add_up_to_the_riccati_cost()
    {
        double[][] starts = [[1, 0], [-0.5, 2]];
        var law = new RegulatorLaw(new[,] { { 1, 0.3 }, { -0.2, 0.8 } }, [0, 0.4], starts);
        double before = 0, beforeControl = double.PositiveInfinity;
        foreach (var lambda in (double[])[0.01, 0.3, 4, 100])
        {
            var (_, p) = law.Solve(lambda);
            var y = law.At(lambda);
            for (var i = 0; i < starts.Length; i++)
            {
                var x = starts[i];
                var quadratic = x[0] * x[0] * p[0, 0] + 2 * x[0] * x[1] * p[0, 1] + x[1] * x[1] * p[1, 1];
                var noise = 0.1 * RegulatorLaw.Discount / (1 - RegulatorLaw.Discount) * (p[0, 0] + p[1, 1]);
                Assert.Equal(1, (y[i, 0] + lambda * y[i, 1]) / (quadratic + noise), 1e-5);
            }

            // The dearer control is, the less of it and the more state cost there is.
            Assert.True(y[1, 0] > before && y[1, 1] < beforeControl);
            (before, beforeControl) = (y[1, 0], y[1, 1]);
        }
    }

    [Fact]
    public void A_quantile_law_answers_a_share_of_the_conditional_law()
    {
        // The median of every context lies where z = 0, and levels p and 1 − p have quantiles z and −z: (Q(p) − Q(½)) + (Q(1 − p) − Q(½))
        // = 2 s sinh ε (√(1 + z²) − 1), of which the ratio between two levels is the same in every context.
        var law = OutputLaw.Families.Single(f => f.Name == "quantile").Make(new RandomStreams(3));
        double[] Lack(double p)
        {
            double[] low = Column(law.At(p), 0), high = Column(law.At(1 - p), 0), middle = Column(law.At(0.5), 0);
            return [.. low.Select((value, i) => value + high[i] - 2 * middle[i])];
        }

        double[] outer = Lack(0.05), inner = Lack(0.2);
        double zOuter = NormalDistribution.Quantile(0.05), zInner = NormalDistribution.Quantile(0.2);
        var ratio = (Math.Sqrt(1 + zOuter * zOuter) - 1) / (Math.Sqrt(1 + zInner * zInner) - 1);
        for (var i = 0; i < outer.Length; i++)
        {
            Assert.Equal(ratio * inner[i], outer[i], 1e-4);
        }

        Assert.All(Column(law.At(0.2), 0).Zip(Column(law.At(0.3), 0)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public void A_boltzmann_law_obeys_the_virial_theorem()
    {
        foreach (var tilt in (double[])[0, 0.3])
        {
            var law = new TemperatureLaw(tilt, Stratified);
            foreach (var t in (double[])[0.05, 0.3, 2])
            {
                // ∫ E′ e^(−E/T) = 0 and ∫ x E′ e^(−E/T) = T ∫ e^(−E/T), by parts.
                var x = Column(law.At(t), 0);
                Assert.Equal(0, x.Average(Slope), 5e-3 * Math.Max(1, t));
                Assert.Equal(t, x.Average(v => v * Slope(v)), 1e-2 * t);
            }

            double Slope(double x) => 4 * x * (x * x - 1) + tilt;
        }
    }

    [Fact]
    public void The_optimum_of_a_problem_is_below_every_value()
    {
        foreach (var (family, _) in OutputLaw.Families)
        {
            foreach (var isLinear in (bool[])[false, true])
            {
                var problem = LawProblem.Of(family, 5, isLinear);
                var (best, gap) = problem.Optimum;
                Assert.True(gap > 0);
                var stream = new RandomStreams(1).Stream("places");
                for (var i = 0; i < 200; i++)
                {
                    Assert.True(problem.Value(problem.Law.Hyperparameter.FromUnit(stream.NextDouble())) >= best - 1e-4 * gap);
                }
            }
        }
    }

    [Fact]
    public void A_tracking_preference_is_what_its_formula_says()
    {
        var preference = new TrackingPreference([2], [1], [2.5], [0.5]);

        // ȳ = 2: 2 (2 − 1)² + 0.5 · (0 + 0 + 0.5²)/3
        Assert.Equal(2 + 0.5 * 0.25 / 3, preference.Of(new Matrix(3, 1, [1, 2, 3])), 1e-12);
        Assert.Equal(0.5 * 2, new LinearPreference([0.5]).Of(new Matrix(3, 1, [1, 2, 3])), 1e-12);
    }

    [Fact]
    public void A_worse_surrogate_differs_between_anchors_alone()
    {
        var problem = LawProblem.Of("quantile", 2);
        var h = problem.Law.Hyperparameter;
        var anchors = new AnchorSet(
            h, ((double[])[0, 0.5, 1]).Select(h.FromUnit).Select(lambda => new Anchor(lambda, new Samples(problem.Law.At(lambda), problem.Law.Contexts))));
        foreach (var kind in (SurrogateKind[])[SurrogateKind.Sabotaged, SurrogateKind.Biased, SurrogateKind.Noisy])
        {
            ISurrogate surrogate = TestSurrogate.Factory(kind)!(anchors);
            Assert.All(anchors, anchor => Assert.All(
                Column(surrogate.Sample(anchor.Lambda, problem.Law.Contexts).Samples.Outputs, 0).Zip(Column(anchor.Samples.Outputs, 0)),
                pair => Assert.Equal(pair.Second, pair.First, 1e-5)));
            var real = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false });
            var between = h.FromUnit(0.3);
            Assert.False(surrogate.Sample(between, problem.Law.Contexts).Samples.Outputs.SameAs(real.Sample(between, problem.Law.Contexts).Samples.Outputs));
        }
    }

    private static double[] Column(Matrix y, int column) => [.. Enumerable.Range(0, y.Rows).Select(i => (double)y[i, column])];
}
