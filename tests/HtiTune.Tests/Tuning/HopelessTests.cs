using HtiTune.Tests.Tuning.Journal;

namespace HtiTune.Tests.Tuning;

public class HopelessTests
{
    private static readonly Problem Task1 = new(3);

    private static FormulaNetwork Failing(Func<int, bool> fails) => new(Task1.Output)
    {
        Before = (n, _, _) =>
        {
            if (fails(n))
            {
                throw new ArithmeticException($"error {n}");
            }
        },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Three_failures_and_no_success_end_the_run(int workers)
    {
        var network = Failing(_ => true);
        using var tuner = new Tuner(network, Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options with { MaxTrainings = 20, Parallelism = workers });
        var error = Assert.Throws<NoValueException>(() => tuner.Optimize(StudyFixture.First));
        Assert.Equal(StopReason.AllTrainingsFailed, error.StopReason);
        Assert.Contains("error", error.Message, StringComparison.Ordinal);
        Assert.InRange(network.Trained.Count, 3, 2 + workers);
    }

    [Fact]
    public void An_objective_without_a_value_is_no_success()
    {
        using var tuner = new Tuner(Task1.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        Assert.Equal(StopReason.AllTrainingsFailed, Assert.Throws<NoValueException>(() => tuner.Optimize(_ => double.NaN)).StopReason);

        // Its networks stay, and serve an objective that is right.
        Assert.Equal(3, tuner.Optimize(StudyFixture.First).Trials.Count(t => t.IsReused));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(1)]
    public void One_success_among_the_first_three_and_the_run_goes_on(int succeeding)
    {
        using var tuner = new Tuner(Failing(n => n <= 3 && n != succeeding), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        Assert.Equal(7, tuner.Optimize(StudyFixture.First).TrainingsUsed);
    }

    [Fact]
    public void Fewer_failures_than_three_say_their_own_reason()
    {
        using var tuner = new Tuner(Failing(_ => true), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        Assert.Equal(StopReason.TrainingBudget, Assert.Throws<NoValueException>(() => tuner.Optimize(StudyFixture.First, 2)).StopReason);
    }

    [Fact]
    public void A_run_that_was_hopeless_is_not_continued_and_the_next_tries_the_same_places_again()
    {
        using var study = new StudyFixture();
        for (var i = 0; i < 2; i++)
        {
            var broken = Failing(_ => true);
            using var tuner = study.Open(broken);
            Assert.Throws<NoValueException>(() => tuner.Optimize(StudyFixture.First));
            Assert.Equal([2, 6, 4], broken.Trained);
        }

        var mended = Task1.Network();
        using (var tuner = study.Open(mended))
        {
            var result = tuner.Optimize(StudyFixture.First);
            Assert.Equal([2, 6, 4], mended.Trained.Take(3));
            Assert.Equal((7, 6), (result.TrainingsUsed, result.Trials.Count(t => t.State == TrialState.Failed)));
        }

        // And that one is continued as any other.
        var third = Task1.Network();
        using (var tuner = study.Open(third))
        {
            Assert.Equal(7, tuner.Optimize(StudyFixture.First).TrainingsUsed);
            Assert.Empty(third.Trained);
        }
    }

    // One failed, two were cancelled: that is not three failures, for the next run as for the count.
    [Fact]
    public void Cancelled_trainings_are_no_failures()
    {
        using var study = new StudyFixture();
        using var tuner = study.Open(Task1.Network());
        for (var i = 0; i < 2; i++)
        {
            using var run = tuner.Begin(StudyFixture.First, 7, $"{i}");
            if (i == 0)
            {
                run.TellFailed(run.Ask()!, "diverged");
            }

            run.Cancel(run.Ask());
        }

        Assert.Equal(1, tuner.TrainingsMade);
        using var next = tuner.Begin(StudyFixture.First, 7, "next");
        Assert.NotEqual(2, next.Ask()!.Lambda);
    }

    [Fact]
    public void A_kill_between_a_training_and_its_value_does_not_make_a_run_hopeless()
    {
        using var study = new StudyFixture();
        var network = Failing(n => n <= 2);
        using (var tuner = study.Open(network))
        {
            using var run = tuner.Begin(StudyFixture.First);
            for (var i = 0; i < 3; i++)
            {
                var next = run.Ask()!;
                if (i < 2)
                {
                    run.TellFailed(next, "error");
                }
                else
                {
                    run.Tell(next, Task1.Network().Train(new TrainingRequest(next.Lambda, 1), default));
                }
            }
        }

        var lines = File.ReadAllLines(study.Journal);
        Assert.Contains("value-measured", lines[^1], StringComparison.Ordinal);
        File.WriteAllLines(study.Journal, lines[..^1]);
        var rest = Task1.Network();
        using var again = study.Open(rest);
        Assert.Equal((7, 4), (again.Optimize(StudyFixture.First).TrainingsUsed, rest.Trained.Count));
    }
}
