using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

public class ObjectiveBootstrapTests
{
    private const int Rows = 60;
    private const int Resamples = 1024;

    // x spread over its range; answers λ + x, so that the mean of n draws has variance s²/n, s² = Σ (x − x̄)²/n.
    private static readonly Contexts Spread = new(Matrix.Create(Rows, 1, (i, row) => row[0] = (float)Math.Sin(i)));

    private static TunerOptions Options(int bootstrap) => new()
    {
        MaxTrainings = 5, UseSurrogate = false, GridSize = 33, Epsilon = 1e-6, ConfirmByTraining = false, Bootstrap = bootstrap,
    };

    private static double Mean(Samples samples) => samples.Outputs.Values.ToArray().Average(v => (double)v);

    [Fact]
    public void Resamples_of_a_mean_vary_by_its_standard_error_and_keep_each_answer_with_its_context()
    {
        var values = new Dictionary<double, List<double>>();
        using var tuner = new Tuner(new FormulaNetwork((lambda, x) => lambda + x), Problem.Hyperparameter, Spread, Options(Resamples));
        tuner.Optimize(model =>
        {
            var samples = model.Sample(Spread);
            Assert.All(Enumerable.Range(0, Rows), i => Assert.Equal(model.Lambda + samples.Conditions[i, 0], samples.Outputs[i, 0], 1e-5));
            (values.TryGetValue(model.Lambda, out var list) ? list : values[model.Lambda] = []).Add(Mean(samples) - model.Lambda);
            return Mean(samples);
        });

        double[] x = [.. Spread.Conditions.Values.ToArray().Select(v => (double)v)];
        var expected = x.Sum(v => Math.Pow(v - x.Average(), 2)) / Rows / Rows;
        Assert.Equal(5, values.Count);
        foreach (var drawn in values.Values)
        {
            // One value is the objective's own. A variance of B normal draws errs by √(2/B): 4.4 %.
            Assert.Equal(Resamples + 1, drawn.Count);
            var (mean, resampled) = (drawn.Skip(1).Average(), drawn.Skip(1).ToList());
            Assert.InRange(resampled.Sum(v => (v - mean) * (v - mean)) / (Resamples - 1) / expected, 0.8, 1.2);
        }
    }

    [Fact]
    public void The_posterior_is_as_unsure_at_an_anchor_as_if_the_bootstrapped_variance_had_been_given()
    {
        double[] x = [.. Spread.Conditions.Values.ToArray().Select(v => (double)v)];
        var variance = x.Sum(v => Math.Pow(v - x.Average(), 2)) / Rows / Rows;
        var widths = new List<double>();
        foreach (var options in new[] { Options(0) with { NoiseVariance = 0 }, Options(0) with { NoiseVariance = variance }, Options(4096) })
        {
            using var tuner = new Tuner(new FormulaNetwork((lambda, x) => (lambda - 4) * (lambda - 4) + x), Problem.Hyperparameter, Spread, options);
            var study = tuner.Optimize(model => Mean(model.Sample(Spread)));
            var end = study.Posterior.Single(p => p.Lambda == Problem.Hyperparameter.Minimum);
            widths.Add(end.High - end.Low);
        }

        Assert.True(widths[0] < 0.2 * widths[1], $"{widths[0]} without noise, {widths[1]} with");
        Assert.InRange(widths[2] / widths[1], 0.9, 1.1);
    }

    [Fact]
    public void A_resample_that_an_objective_cannot_judge_does_not_fail_the_trial()
    {
        var calls = new Dictionary<double, int>();
        using var tuner = new Tuner(new FormulaNetwork((lambda, x) => lambda + x), Problem.Hyperparameter, Spread, Options(16));
        var study = tuner.Optimize(model =>
        {
            calls[model.Lambda] = calls.GetValueOrDefault(model.Lambda) + 1;
            return calls[model.Lambda] % 2 == 0 ? throw new InvalidOperationException("an odd resample") : Mean(model.Sample(Spread));
        });

        Assert.All(study.Trials, trial => Assert.Equal(TrialState.Completed, trial.State));
        Assert.All(calls.Values, count => Assert.Equal(17, count));
    }
}
