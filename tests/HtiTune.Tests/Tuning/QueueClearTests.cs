using HtiTune.Journal;
using HtiTune.Tests.Tuning.Journal;

namespace HtiTune.Tests.Tuning;

/// <summary>What was enqueued and taken out again is not trained, in memory and on disk, wherever a process ends.</summary>
public class QueueClearTests
{
    private static double[] Lambdas(TuningResult study) => [.. study.Trials.Select(t => t.Lambda)];

    private static ITrainedNetwork Trained(TrainingRequest proposal) => StudyFixture.Task.Network().Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default);

    [Fact]
    public void What_waits_is_taken_out_and_nothing_else_changes()
    {
        using var plain = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        using var cleared = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        Assert.Empty(cleared.ClearEnqueued());
        cleared.Enqueue(3.3, 4.7);
        Assert.Equal([3.3, 4.7], cleared.ClearEnqueued());
        Assert.Empty(cleared.Enqueued);
        Assert.Equal(StudyFixture.Text(plain.Optimize(StudyFixture.First)), StudyFixture.Text(cleared.Optimize(StudyFixture.First)));
    }

    [Fact]
    public void In_a_run_what_was_begun_goes_on()
    {
        using var tuner = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        tuner.Enqueue(3.3, 4.7);
        using var run = tuner.Begin(StudyFixture.First);
        var first = run.Ask()!;
        Assert.Equal([4.7], tuner.ClearEnqueued());
        Assert.Same(first, run.Ask());
        run.Tell(first, Trained(first));
        Assert.Equal(2, run.Ask()!.Lambda);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void On_disk_a_run_goes_on_as_if_no_process_had_ended(int after)
    {
        double[] expected;
        using (var memory = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options))
        {
            memory.Enqueue(3.3, 4.7);
            expected = Whole(memory, after);
        }

        using var study = new StudyFixture();
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            tuner.Enqueue(3.3, 4.7);
            using var run = tuner.Begin(StudyFixture.First);
            Steps(run, after);
        }

        // It is cleared by a process of its own, as the command line does.
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            tuner.ClearEnqueued();
            Assert.Empty(tuner.Enqueued);
        }

        Assert.Empty(StudyJournal.Read(study.Folder).Enqueued);
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            Assert.Equal(expected, Lambdas(tuner.Optimize(StudyFixture.First)));
        }

        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            Assert.Equal(expected, Lambdas(tuner.Optimize(StudyFixture.First)));
        }

        var journal = StudyJournal.Read(study.Folder);
        Assert.Single(journal.Runs);
        Assert.Equal(expected, journal.Replay(0, StudyFixture.First, StudyFixture.Options).Select(p => p.Lambda));
    }

    private static double[] Whole(Tuner tuner, int after)
    {
        using var run = tuner.Begin(StudyFixture.First);
        Steps(run, after);
        tuner.ClearEnqueued();
        while (run.Ask() is { } next)
        {
            run.Tell(next, Trained(next));
        }

        return Lambdas(run.Finish());
    }

    private static void Steps(TuningRun run, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var next = run.Ask()!;
            run.Tell(next, Trained(next));
        }
    }
}
