using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Examples;

/// <summary>The regulator example: its exact law, its training, its short run.</summary>
[Collection(Alone.Name)]
public class RegulatorTests
{
    [Theory]
    [InlineData(0.02)]
    [InlineData(1)]
    [InlineData(40)]
    public void Riccati_names_the_gain_that_no_other_beats_and_the_costs_of_its_episodes(double lambda)
    {
        var (gain, cost) = Riccati.Solve(lambda);
        double Total(double k0, double k1)
        {
            // Starts of unit covariance: the sum over the two axes.
            var sum = 0.0;
            foreach (var (position, speed) in ((double, double)[])[(1, 0), (0, 1)])
            {
                var (state, control) = PushedMass.Episode(position, speed, [(float)k0, (float)k1]);
                sum += state + lambda * control;
            }

            return sum;
        }

        // Played step by step, the episodes cost what the equation says, and more with any gain beside it.
        Assert.Equal(cost[0, 0] + cost[1, 1], Total(gain[0], gain[1]), 1e-5 * cost[0, 0]);
        foreach (var (k0, k1) in ((double, double)[])[(0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05)])
        {
            Assert.True(Total(gain[0] * (1 + k0), gain[1] * (1 + k1)) > Total(gain[0], gain[1]));
        }

        var starts = PushedMass.Starts(20, seed: 3);
        var law = Riccati.Outputs(lambda, starts).Outputs;
        for (var i = 0; i < starts.Count; i++)
        {
            var (state, control) = PushedMass.Episode(starts.Conditions[i, 0], starts.Conditions[i, 1], [(float)gain[0], (float)gain[1]]);
            Assert.Equal(Math.Sqrt(state), law[i, 0], 1e-4 * (1 + state));
            Assert.Equal(Math.Sqrt(control), law[i, 1], 1e-4 * (1 + control));
        }
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(3)]
    [InlineData(100)]
    public void Training_ends_at_the_gain_of_Riccati(double lambda)
    {
        TorchRuntime.EnsureLoaded();
        using var trained = (TrainedRegulator)new RegulatorNetwork(new RegulatorOptions()).Train(new TrainingRequest(lambda, 1), CancellationToken.None);
        var (gain, _) = Riccati.Solve(lambda);
        Assert.Equal(gain[0], trained.Gain[0], 1e-3 * (1 + gain[0]));
        Assert.Equal(gain[1], trained.Gain[1], 1e-3 * (1 + gain[1]));
    }

    [Fact]
    public void The_certified_optimum_costs_no_more_trainings_than_without_the_surrogate_and_is_the_exact_one()
    {
        TorchRuntime.EnsureLoaded();
        var starts = PushedMass.Starts(128, seed: 2026);
        using var cache = new TrainingCache("regulator", 1, "test", new RegulatorNetwork(new RegulatorOptions()), keep: false);
        var task = new TunedTask
        {
            Name = "regulator",
            Hyperparameter = Hyperparameter.Continuous("control weight", 0.01, 100, Scale.Log),
            Contexts = starts,
            Network = cache,
            Preferences = [],
        };
        TuningResult Tuned(bool useSurrogate)
        {
            using var tuner = new Tuner(cache, task.Hyperparameter, starts, task.OptionsOf(1, useSurrogate));
            return tuner.Optimize(model => Cost(model.Sample(starts).Outputs, price: 3));
        }

        var (with, without) = (Tuned(useSurrogate: true), Tuned(useSurrogate: false));
        Assert.IsType<Certified>(with.Outcome);
        Assert.True(with.TrainingsUsed <= without.TrainingsUsed);

        // At a price of 3 the best weight is 3.
        double Exact(double lambda) => Cost(Riccati.Outputs(lambda, starts).Outputs, price: 3);
        Assert.InRange(Exact(with.Lambda) - Exact(3), -1e-6, with.Epsilon);

        static double Cost(Matrix roots, double price) => Enumerable.Range(0, roots.Rows)
            .Average(i => (double)roots[i, 0] * roots[i, 0] + price * roots[i, 1] * roots[i, 1]);
    }

    [Fact]
    public void The_short_run_prints_its_tables_and_comes_near_the_exact_optimum()
    {
        var (report, printed) = ExampleRun.Quick(RegulatorTask.Run);
        Assert.True(report.Fidelity.Median(Method.Hti) < report.Fidelity.Median(Method.Nearest));

        // The price of control is 3: so is the best weight. It is found to within a factor from six trainings.
        Assert.InRange(report.Changes.Runs[0].Lambda, 1.5, 6);
        Assert.Contains("Checked by Riccati's equation", printed, StringComparison.Ordinal);
    }
}
