using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

public class FailureTests
{
    private static readonly Problem Task1 = new(4);

    private static double Objective(IConditionalModel model) => Problem.Tracking(model);

    private static Tuner Make(FormulaNetwork network, int budget = 8) =>
        new(network, Problem.Hyperparameter, Problem.Contexts, Problem.Options(budget) with { Epsilon = 1e-12 });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public void A_training_that_throws_is_recorded_and_the_run_goes_on_elsewhere(int failing)
    {
        var network = new FormulaNetwork(Task1.Output)
        {
            Before = (n, _, _) =>
            {
                if (n == failing)
                {
                    throw new ArithmeticException("diverged");
                }
            },
        };
        using var tuner = Make(network);
        var study = tuner.Optimize(Objective);
        Assert.Equal(8, study.TrainingsUsed);
        var failed = Assert.Single(study.Trials, t => t.State == TrialState.Failed);
        Assert.Equal("diverged", failed.Error);
        Assert.Null(failed.Value);
        Assert.Equal(failing, failed.Number);
        Assert.DoesNotContain(failed.Lambda, study.Anchors.Lambdas);
        Assert.All(study.Trials.Where(t => t != failed), t => Assert.True(Math.Abs(t.Lambda - failed.Lambda) > 4e-4));
        Assert.Equal(7, network.Living);
        Assert.NotEqual(failed.Lambda, study.Lambda);
    }

    [Fact]
    public void Answers_that_are_no_numbers_fail_the_trial_and_free_the_network()
    {
        var network = new FormulaNetwork((lambda, x) => lambda > 5.9 ? double.NaN : Task1.Output(lambda, x));
        using var tuner = Make(network);
        var study = tuner.Optimize(Objective);
        Assert.Equal(TrialState.Failed, study.Trials[1].State);
        Assert.Contains("NaN", study.Trials[1].Error, StringComparison.Ordinal);
        Assert.Equal(study.Trials.Count(t => t.State == TrialState.Completed), network.Living);
        Assert.True(study.Posterior[^1].Mean is var mean && double.IsFinite(mean));
        Assert.True(double.IsNaN(study.Posterior[^1].Surrogate), "Beyond its anchors the surrogate has no answer.");
    }

    [Fact]
    public void An_objective_without_a_value_fails_its_trial_but_keeps_the_anchor_for_others()
    {
        using var tuner = Make(Task1.Network(), 6);
        double Partial(IConditionalModel model) =>
            model.IsTrained && model.Lambda == 4 ? double.NaN : model.Lambda is > 3.9 and < 4.1 ? throw new InvalidOperationException("odd") : Objective(model);
        var study = tuner.Optimize(Partial);
        Assert.Equal(TrialState.Failed, study.Trials[2].State);
        Assert.Contains("NaN", study.Trials[2].Error, StringComparison.Ordinal);
        Assert.Equal(6, study.Anchors.Count);
        Assert.NotEqual(4, study.Lambda);
        Assert.All(study.Posterior, p => Assert.Equal(p.Lambda is > 3.9 and < 4.1, double.IsNaN(p.Surrogate)));
        var other = tuner.Optimize(Objective, maxTrainings: 0);
        Assert.Equal(TrialState.Completed, other.Trials[2].State);
        Assert.Equal(Task1.At(Objective, 4), other.Trials[2].Value!.Value, 1e-9);
    }

    [Fact]
    public void When_every_training_fails_the_first_error_is_told()
    {
        var network = new FormulaNetwork(Task1.Output) { Before = (n, _, _) => throw new ArithmeticException($"error {n}") };
        using var tuner = Make(network, 6);
        var error = Assert.Throws<NoValueException>(() => tuner.Optimize(Objective));
        Assert.Contains("error 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, network.Trained.Distinct().Count());
        Assert.Equal(0, network.Living);
    }

    [Fact]
    public void An_end_that_cannot_be_trained_leaves_the_rest_of_the_range_searchable()
    {
        // The network diverges below 2.8; the optimum of the rest is still found.
        var network = new FormulaNetwork(Task1.Output)
        {
            Before = (_, lambda, _) =>
            {
                if (lambda < 2.8)
                {
                    throw new ArithmeticException("diverged");
                }
            },
        };
        using var tuner = Make(network, 12);
        var study = tuner.Optimize(Objective);
        var best = Enumerable.Range(0, 1601).Min(i => Task1.At(Objective, 2.8 + i * 0.002));
        var (_, gap) = Task1.Sweep(Objective);
        Assert.True((study.RealValue!.Value - best) / gap < 0.02, $"{(study.RealValue.Value - best) / gap:P1}");
        Assert.True(study.Trials.Count(t => t.State == TrialState.Failed) <= 5);
    }

    [Fact]
    public void An_optimum_that_cannot_be_trained_is_not_proposed_again_and_again()
    {
        using var free = Make(Task1.Network(), 10);
        var optimum = free.Optimize(Objective).Lambda;
        var network = new FormulaNetwork(Task1.Output)
        {
            Before = (_, lambda, _) =>
            {
                if (Math.Abs(lambda - optimum) < 0.03)
                {
                    throw new ArithmeticException("diverged");
                }
            },
        };
        using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Problem.Options(12));
        var study = tuner.Optimize(Objective);
        double[] failed = [.. study.Trials.Where(t => t.State == TrialState.Failed).Select(t => t.Lambda)];
        Assert.NotEmpty(failed);
        Assert.All(failed, a => Assert.All(failed, b => Assert.True(a == b || Math.Abs(a - b) > 0.004)));
        Assert.Equal(network.Trained.Count, network.Trained.Distinct().Count());
        Assert.True(Task1.Regret(Objective, study.Lambda) < 0.05, $"{Task1.Regret(Objective, study.Lambda):P1}");
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_a_failure()
    {
        var network = new FormulaNetwork(Task1.Output)
        {
            Before = (n, _, _) =>
            {
                if (n == 2)
                {
                    throw new OperationCanceledException("a time-out inside the training");
                }
            },
        };
        using var tuner = Make(network, 4);
        var study = tuner.Optimize(Objective);
        Assert.Equal(TrialState.Failed, study.Trials[1].State);
        Assert.Equal(StopReason.TrainingBudget, study.StopReason);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Cancelled_at_any_trial_the_study_so_far_is_intact(int at)
    {
        using var source = new CancellationTokenSource();
        var network = new FormulaNetwork(Task1.Output)
        {
            Before = (n, _, token) =>
            {
                if (n == at)
                {
                    source.Cancel();
                    token.WaitHandle.WaitOne();
                    token.ThrowIfCancellationRequested();
                }
            },
        };
        using var tuner = Make(network);
        var study = await tuner.OptimizeAsync(Objective, cancellation: source.Token);
        Assert.Equal(StopReason.Cancelled, study.StopReason);
        Assert.Equal(at - 1, study.TrainingsUsed);
        Assert.Equal(at - 1, study.Anchors.Count);
        Assert.Equal(at, study.Trials.Count);
        Assert.Equal(TrialState.Cancelled, study.Trials[^1].State);
        Assert.All(study.Trials.SkipLast(1), t => Assert.Equal(TrialState.Completed, t.State));
        Assert.True(study.IsTrained);
        Assert.Equal(study.Trials.Min(t => t.Value), study.RealValue);

        // What was trained serves the next run, which repeats the cancelled trial first.
        var next = await tuner.OptimizeAsync(Objective, maxTrainings: 8 - (at - 1));
        using var undisturbed = Make(Task1.Network());
        Assert.Equal(8, next.Anchors.Count);
        if (at > 3)
        {
            var expected = undisturbed.Optimize(Objective).Trials.Take(5).Select(t => t.Lambda).ToHashSet();
            Assert.True(next.Trials.Where(t => t.State == TrialState.Completed).Take(at - 1).All(t => at > 6 || expected.Contains(t.Lambda)));
        }
    }

    [Fact]
    public void Cancelled_in_the_first_training_there_is_no_study()
    {
        using var source = new CancellationTokenSource();
        var network = new FormulaNetwork(Task1.Output)
        {
            Before = (n, _, token) =>
            {
                if (n == 1)
                {
                    source.Cancel();
                    token.ThrowIfCancellationRequested();
                }
            },
        };
        using var tuner = Make(network, 3);
        Assert.Throws<OperationCanceledException>(() => tuner.Optimize(Objective, cancellation: source.Token));
        Assert.Equal(3, tuner.Optimize(Objective).Trials.Count(t => t.State == TrialState.Completed));
    }

    [Fact]
    public void Cancelled_before_any_value_it_throws_and_the_tuner_stays_usable()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        using var tuner = Make(Task1.Network(), 3);
        Assert.Throws<OperationCanceledException>(() => tuner.Optimize(Objective, cancellation: source.Token));
        Assert.Equal(3, tuner.Optimize(Objective).TrainingsUsed);
    }

    [Fact]
    public void A_training_that_ends_well_in_spite_of_the_token_is_kept()
    {
        using var source = new CancellationTokenSource();
        var network = new FormulaNetwork(Task1.Output)
        {
            Before = (n, _, _) =>
            {
                if (n == 4)
                {
                    source.Cancel();
                }
            },
        };
        using var tuner = Make(network);
        var study = tuner.Optimize(Objective, cancellation: source.Token);
        Assert.Equal(StopReason.Cancelled, study.StopReason);
        Assert.Equal(4, study.Anchors.Count);
        Assert.All(study.Trials, t => Assert.Equal(TrialState.Completed, t.State));
    }
}
