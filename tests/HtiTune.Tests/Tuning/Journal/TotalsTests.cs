using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>Runs of a command that is typed again and again: by a total, with the whole budget, with its own time each.</summary>
public class TotalsTests
{
    [Fact]
    public void Raised_totals_train_each_time_though_two_runs_have_the_same_budget()
    {
        using var study = new StudyFixture();
        var options = StudyFixture.Options with { Epsilon = 1e-12 };
        foreach (var (total, made) in ((int, int)[])[(2, 2), (4, 4), (6, 6), (6, 6), (5, 6), (8, 8)])
        {
            using var tuner = study.Open(new FormulaNetwork(StudyFixture.Task.Output), options: options);
            var before = tuner.TrainingsMade;
            var found = tuner.Optimize(StudyFixture.First, tuner.PrepareTotal(total, "first"), name: "first");
            Assert.Equal((made, Math.Max(before, total)), (tuner.TrainingsMade, tuner.TrainingsMade));
            Assert.Equal(made, found.Trials.Count);
        }
    }

    [Fact]
    public void Another_setting_uses_what_is_left_of_the_total_and_no_more()
    {
        using var study = new StudyFixture();
        using (var tuner = study.Open(new FormulaNetwork(StudyFixture.Task.Output), options: StudyFixture.Options with { Epsilon = 1e-12 }))
        {
            using var run = tuner.Begin(StudyFixture.First, tuner.PrepareTotal(5, "first"), "first");
            for (var i = 0; i < 3; i++)
            {
                var proposal = run.Ask()!;
                run.Tell(proposal, new FormulaNetwork(StudyFixture.Task.Output).Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default));
            }
        }

        using var other = study.Open(new FormulaNetwork(StudyFixture.Task.Output), options: StudyFixture.Options with { Epsilon = 1e-12, Parallelism = 2 });
        Assert.Equal(2, other.PrepareTotal(5, "first"));
        other.Optimize(StudyFixture.First, 2, name: "first");
        Assert.Equal(5, other.TrainingsMade);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1e-12)]
    public void The_whole_budget_is_used_whatever_is_certified_or_expected(double epsilon)
    {
        var options = StudyFixture.Options with { Epsilon = epsilon, MaxTrainings = 12, UseWholeBudget = true };
        using var tuner = new Tuner(new FormulaNetwork(StudyFixture.Task.Output), Problem.Hyperparameter, StudyFixture.Contexts, options);
        var study = tuner.Optimize(StudyFixture.First);
        Assert.Equal(12, study.TrainingsUsed);
        Assert.Equal(12, study.Trials.Select(trial => trial.Lambda).Distinct().Count());
        using var early = new Tuner(new FormulaNetwork(StudyFixture.Task.Output), Problem.Hyperparameter, StudyFixture.Contexts, options with { UseWholeBudget = false, Epsilon = 100 });
        Assert.True(early.Optimize(StudyFixture.First).TrainingsUsed < 12);
    }

    [Fact]
    public void Time_of_each_process_is_its_own_where_that_is_asked_for()
    {
        var clock = new FakeTimeProvider();
        using var study = new StudyFixture();
        for (var night = 1; night <= 3; night++)
        {
            var network = new FormulaNetwork(StudyFixture.Task.Output) { Before = (_, _, _) => clock.Advance(TimeSpan.FromMinutes(10)) };
            var options = StudyFixture.Options with { Epsilon = 1e-12, MaxTime = TimeSpan.FromMinutes(25), MaxTimeIsPerProcess = true, TimeProvider = clock };
            using var tuner = study.Open(network, options: options);
            var found = tuner.Optimize(StudyFixture.First, tuner.PrepareTotal(7, "first"), name: "first");
            Assert.Equal((2, StopReason.TimeLimit), (network.Trained.Count, found.StopReason));
            Assert.Equal(2 * night, tuner.TrainingsMade);
            clock.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public void Whether_a_larger_budget_would_be_used_is_known()
    {
        using var tuner = new Tuner(new FormulaNetwork(StudyFixture.Task.Output), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options with { Epsilon = 1e-9 });
        Assert.True(tuner.Optimize(StudyFixture.First, 3).IsGainLeft);
        using var done = new Tuner(new FormulaNetwork(StudyFixture.Task.Output), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options with { Epsilon = 1e9 });
        Assert.False(done.Optimize(StudyFixture.First, 3).IsGainLeft);
    }
}
