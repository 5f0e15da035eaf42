using HtiTune.Data;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning;

public class TunerTests
{
    private static readonly Problem Task1 = new(1);

    private static double Objective(IConditionalModel model) => Problem.Tracking(model);

    private static Tuner Make(FormulaNetwork network, TunerOptions? options = null) =>
        new(network, Problem.Hyperparameter, Problem.Contexts, options ?? Problem.Options());

    private static (double, TrialState, double?, double?, double?, double?, string)[] Facts(TuningResult study) =>
        [.. study.Trials.Select(t => (t.Lambda, t.State, t.Value, t.Predicted, t.PredictedLow, t.PredictedHigh, t.Reason))];

    [Fact]
    public void Trains_ends_and_middle_first_then_where_it_pays_and_reports_everything()
    {
        var network = Task1.Network();
        using var tuner = Make(network, Problem.Options(10) with { Epsilon = 1e-12, GridSize = 257 });
        Assert.Null(tuner.Anchors);
        var study = tuner.Optimize(Objective);
        Assert.Equal([2, 6, 4], network.Trained.Take(3));
        Assert.Equal(10, study.TrainingsUsed);
        Assert.Equal(StopReason.TrainingBudget, study.StopReason);
        Assert.IsType<NotCertified>(study.Outcome);
        Assert.Equal(Enumerable.Range(1, 10), study.Trials.Select(t => t.Number));
        Assert.Equal(["initial: lower end", "initial: upper end", "initial: middle"], study.Trials.Take(3).Select(t => t.Reason));
        Assert.Null(study.Trials[0].Predicted);
        foreach (var trial in study.Trials)
        {
            Assert.Equal(Task1.At(Objective, trial.Lambda), trial.Value!.Value, 1e-9);
            Assert.True(trial.Predicted is null || trial.PredictedLow < trial.Predicted && trial.Predicted < trial.PredictedHigh);
        }

        var best = study.Trials.MinBy(t => t.Value)!;
        Assert.Equal(best.Lambda, study.Lambda);
        Assert.Equal(best.Value, study.RealValue);
        Assert.Equal(study.RealValue!.Value, study.PredictedValue, 0.02);
        Assert.Equal(10, study.Anchors.Count);
        Assert.NotNull(study.Surrogate);
        Assert.InRange(study.Trust, 0.0, 1.0);
        Assert.Equal(257 + study.Trials.Count(t => (t.Lambda - 2) * 64 % 1 != 0), study.Posterior.Count);
        Assert.All(study.Posterior, p => Assert.True(p.Low <= p.Mean && p.Mean <= p.High));
        Assert.Equal(study.Posterior.Select(p => p.Lambda).Order(), study.Posterior.Select(p => p.Lambda));
        Assert.Single(network.Seeds.Distinct());
    }

    [Theory]
    [InlineData(1, "4")]
    [InlineData(2, "2 6")]
    [InlineData(3, "2 6 4")]
    public void A_tiny_budget_is_spent_sensibly(int budget, string expected)
    {
        var network = Task1.Network();
        using var tuner = Make(network, Problem.Options(budget));
        var study = tuner.Optimize(Objective);
        Assert.Equal(expected, string.Join(' ', network.Trained));
        Assert.Equal(study.Trials.MinBy(t => t.Value)!.Lambda, study.Lambda);
    }

    [Fact]
    public void The_last_training_confirms_the_recommendation()
    {
        // There is nothing to confirm where the model's best λ is an anchor already.
        var reasons = new List<string>();
        foreach (var seed in (int[])[1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26])
        {
            using var tuner = Make(new Problem(seed % 10).Network(), Problem.Options(4 + seed / 10));
            var study = tuner.Optimize(Objective);
            Assert.True(study.IsTrained);
            Assert.NotNull(study.Network);
            reasons.Add(study.Trials[^1].Reason);
        }

        Assert.True(reasons.Count(reason => reason == "confirm the recommendation") >= 3, string.Join(", ", reasons));
        using var unconfirmed = Make(new Problem(2).Network(), Problem.Options(3) with { ConfirmByTraining = false });
        var free = unconfirmed.Optimize(Objective);
        Assert.False(free.IsTrained);
        Assert.Null(free.RealValue);
        var error = Assert.Throws<InvalidOperationException>(() => free.Network);
        Assert.Contains("maxTrainings", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_first_places_are_used_in_their_order()
    {
        var network = Task1.Network();
        using var tuner = Make(network, Problem.Options(4) with { InitialLambdas = [5.5, 2.25] });
        tuner.Optimize(Objective);
        Assert.Equal([5.5, 2.25], network.Trained.Take(2));
        Assert.Equal(4, network.Trained.Count);
    }

    [Fact]
    public void The_same_seed_gives_the_same_trials()
    {
        using var one = Make(Task1.Network());
        using var two = Make(Task1.Network());
        var (first, second) = (one.Optimize(Objective), two.Optimize(Objective));
        Assert.Equal(Facts(first), Facts(second));
        Assert.Equal(first.Outcome, second.Outcome);
        Assert.Equal(first.Trust, second.Trust);
    }

    [Fact]
    public void Maximizing_mirrors_minimizing_exactly()
    {
        using var one = Make(Task1.Network());
        using var two = Make(Task1.Network(), Problem.Options() with { Goal = Goal.Maximize });
        var down = one.Optimize(Objective);
        var up = two.Optimize(m => -Objective(m));
        Assert.Equal(down.Lambda, up.Lambda);
        Assert.Equal(down.PredictedValue, -up.PredictedValue);
        Assert.Equal(down.PredictedDeviation, up.PredictedDeviation);
        Assert.Equal(down.Outcome, up.Outcome);
        Assert.Equal(
            Facts(down),
            up.Trials.Select(t => (t.Lambda, t.State, -t.Value, -t.Predicted, -t.PredictedHigh, -t.PredictedLow, t.Reason)));
        Assert.Equal(down.Posterior[40].Low, -up.Posterior[40].High);
    }

    [Fact]
    public void Ask_and_tell_give_the_same_trials_as_optimize()
    {
        using var one = Make(Task1.Network());
        using var two = Make(Task1.Network());
        var network = Task1.Network();
        using var run = two.Begin(Objective);
        while (run.Ask() is { } proposal)
        {
            Assert.Same(proposal, run.Ask());
            var trial = run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default));
            Assert.Equal(proposal.Number, trial.Number);
            Assert.Throws<ArgumentException>(() => run.Tell(proposal, network.Train(new TrainingRequest(3, 1), default)));
        }

        Assert.Equal(Facts(one.Optimize(Objective)), Facts(run.Finish()));
        Assert.Throws<InvalidOperationException>(() => run.Ask());
    }

    [Fact]
    public async Task The_asynchronous_run_is_the_same_on_another_thread()
    {
        using var one = Make(Task1.Network());
        using var two = Make(Task1.Network());
        var here = Environment.CurrentManagedThreadId;
        var elsewhere = true;
        var study = await one.OptimizeAsync(m =>
        {
            elsewhere &= Environment.CurrentManagedThreadId != here;
            return Objective(m);
        });
        Assert.True(elsewhere);
        Assert.Equal(Facts(two.Optimize(Objective)), Facts(study));
    }

    [Fact]
    public void Without_the_surrogate_it_is_a_plain_gaussian_process()
    {
        using var tuner = Make(Task1.Network(), Problem.Options() with { UseSurrogate = false, SurrogateFactory = _ => throw new InvalidOperationException() });
        var study = tuner.Optimize(m =>
        {
            Assert.True(m.IsTrained);
            return Objective(m);
        });
        Assert.Equal(0, study.Trust);
        Assert.Null(study.Surrogate);
        Assert.All(study.Posterior, p => Assert.True(double.IsNaN(p.Surrogate)));
        Assert.True(Task1.Regret(Objective, study.Lambda) < 0.05);
    }

    [Fact]
    public void A_surrogate_that_cannot_be_fitted_leaves_a_plain_gaussian_process()
    {
        using var broken = Make(Task1.Network(), Problem.Options(7) with { SurrogateFactory = _ => throw new InvalidOperationException("no") });
        using var plain = Make(Task1.Network(), Problem.Options(7) with { UseSurrogate = false });
        Assert.Equal(Facts(plain.Optimize(Objective)), Facts(broken.Optimize(Objective)));
    }

    [Fact]
    public void An_objective_may_ask_other_contexts()
    {
        var few = Problem.Contexts.Select([10, 50, 90]);
        double Few(IConditionalModel model) => model.Sample(few).Outputs.Values.ToArray().Sum(y => (y - 0.5) * (y - 0.5));
        using var tuner = Make(Task1.Network());
        var study = tuner.Optimize(Few);
        Assert.True(Task1.Regret(Few, study.Lambda) < 0.05);
        Assert.True(study.Posterior.Count(p => double.IsNaN(p.Surrogate)) < 5);
    }

    [Fact]
    public void Every_violated_option_is_named_in_one_error()
    {
        var error = Assert.Throws<ArgumentException>(() => Make(Task1.Network(), new TunerOptions
        {
            MaxTrainings = -1, Delta = 1, Epsilon = 0, GridSize = 2, NoiseVariance = -1, InitialLambdas = [3, 3, 9], Goal = (Goal)7, Bootstrap = 3, CertificateDraws = 3,
        }));
        foreach (var name in new[] { "MaxTrainings", "Delta", "Epsilon", "GridSize", "NoiseVariance", "InitialLambdas", "Goal", "Bootstrap", "CertificateDraws" })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => new Tuner(Task1.Network(), Problem.Hyperparameter, Contexts.None(0)));
        using var tuner = Make(Task1.Network());
        Assert.Throws<ArgumentOutOfRangeException>(() => tuner.Optimize(Objective, maxTrainings: -1));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1024)]
    public void A_certificate_rests_on_so_many_draws_as_the_options_say(int draws)
    {
        using var tuner = Make(Task1.Network(), Problem.Options(12) with { Epsilon = 0.5, CertificateDraws = draws });
        var certified = Assert.IsType<Certified>(tuner.Optimize(Objective).Outcome);
        Assert.Equal(Math.Round(certified.Probability * draws), certified.Probability * draws, 1e-9);

        // Fewer draws must hold in a larger share: p_low is at least 0.95 with a risk of 0.001.
        Assert.InRange(certified.Probability, draws == 256 ? 0.98 : 0.97, 1);
    }

    [Fact]
    public void Without_anchors_and_trainings_there_is_nothing_to_answer_from()
    {
        using var tuner = Make(Task1.Network());
        var error = Assert.Throws<NoValueException>(() => tuner.Optimize(Objective, maxTrainings: 0));
        Assert.Contains("at least one training", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_live_as_long_as_the_tuner_and_no_longer()
    {
        var network = Task1.Network();
        var tuner = Make(network);
        var study = tuner.Optimize(Objective);
        Assert.Equal(study.TrainingsUsed, network.Living);
        Assert.Equal(101, study.Network.Answer(Problem.Contexts, 1).Rows);
        tuner.Dispose();
        tuner.Dispose();
        Assert.Equal(0, network.Living);
        Assert.Throws<ObjectDisposedException>(() => study.Network);
        Assert.Throws<ObjectDisposedException>(() => tuner.Optimize(Objective));
    }

    [Fact]
    public void One_run_at_a_time()
    {
        using var tuner = Make(Task1.Network());
        var run = tuner.Begin(Objective);
        Assert.Throws<InvalidOperationException>(() => tuner.Begin(Objective));
        run.Dispose();
        using var next = tuner.Begin(Objective);
        Assert.NotNull(next.Ask());
    }

    [Fact]
    public void Progress_and_forecast_follow_the_clock()
    {
        var clock = new FakeTimeProvider();
        var network = new FormulaNetwork(Task1.Output) { Before = (_, _, _) => clock.Advance(TimeSpan.FromSeconds(10)) };
        var seen = new List<TunerProgress>();
        using var tuner = Make(network, Problem.Options(6) with { TimeProvider = clock, Epsilon = 1e-12 });
        Assert.Null(tuner.Forecast.Remaining);
        Assert.Equal(6, tuner.Forecast.AtMost);
        var study = tuner.Optimize(Objective, progress: new Recorder(seen));
        Assert.Equal(TunerStage.Starting, seen[0].Stage);
        Assert.Contains("6", seen[0].Message, StringComparison.Ordinal);
        Assert.Equal(TunerStage.Finished, seen[^1].Stage);
        Assert.Equal(1, seen[^1].Share);
        Assert.Equal(6, seen.Count(p => p.Stage == TunerStage.Trained && p.Trial!.State == TrialState.Completed));
        Assert.Contains(seen, p => p.Stage == TunerStage.Training && p.Share == 0.5 / 6);
        Assert.Equal(seen.Select(p => p.Share).Order(), seen.Select(p => p.Share));
        Assert.Equal(TimeSpan.FromSeconds(50), seen.First(p => p.Stage == TunerStage.Trained).Remaining);
        Assert.Equal(TimeSpan.FromSeconds(60), study.Elapsed);
        Assert.All(study.Trials, t => Assert.Equal(TimeSpan.FromSeconds(10), t.Duration));
        Assert.Equal(TimeSpan.FromSeconds(10), tuner.Forecast.PerTraining);
    }

    private sealed class Recorder(List<TunerProgress> seen) : IProgress<TunerProgress>
    {
        public void Report(TunerProgress value) => seen.Add(value);
    }
}
