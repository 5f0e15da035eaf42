using HtiTune.Benchmarks.Resume;
using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>Studies with several trainings under way: the same order of tells gives the same proposals, whenever the process ended.</summary>
public class ParallelJournalTests
{
    private static readonly TunerOptions Options = StudyFixture.Options with { Parallelism = 3, MaxTrainings = 8 };

    /// <summary>Asks as often as it can, then tells one that is pending: not the oldest, unless it is alone, and the third fails.</summary>
    private static TuningResult Program(Tuner tuner, FormulaNetwork network, ICollection<int>? told = null)
    {
        using var run = tuner.Begin(StudyFixture.First);
        while (true)
        {
            while (run.Pending.Count < 3 && run.Ask() is not null)
            {
            }

            if (run.Pending.Count == 0)
            {
                return run.Finish();
            }

            var next = run.Pending[run.TrainingsUsed * 5 % run.Pending.Count];
            told?.Add(next.Number);
            if (next.Number == 3)
            {
                run.TellFailed(next, "diverged");
            }
            else
            {
                run.Tell(next, network.Train(new TrainingRequest(next.Lambda, next.Seed), default));
            }
        }
    }

    [Fact]
    public void Cut_after_any_line_the_resumed_study_makes_no_training_twice_and_proposes_the_same()
    {
        using var study = new StudyFixture();
        string expected;
        var order = new List<int>();
        using (var tuner = study.Open(StudyFixture.Task.Network(), options: Options))
        {
            expected = StudyFixture.Text(Program(tuner, StudyFixture.Task.Network(), order));
        }

        Assert.NotEqual(order.Order(), order);
        using (var memory = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, Options))
        {
            Assert.Equal(expected, StudyFixture.Text(Program(memory, StudyFixture.Task.Network())));
        }

        var whole = StudyJournal.Read(study.Folder);
        var proposals = whole.Runs[0].Proposals;
        Assert.Equal(proposals, whole.Replay(0, StudyFixture.First, Options));
        var bytes = File.ReadAllBytes(study.Journal);
        int[] ends = [.. bytes.Index().Where(b => b.Item == (byte)'\n').Select(b => b.Index + 1)];
        for (var line = 2; line <= ends.Length; line++)
        {
            using var copy = study.Copy();
            File.WriteAllBytes(copy.Journal, bytes[..ends[line - 1]]);
            var kept = StudyJournal.Read(copy.Folder).Completed.Select(e => e.Lambda).ToList();
            var network = StudyFixture.Task.Network();
            using (var tuner = copy.Open(network, options: Options))
            {
                Assert.True(expected == StudyFixture.Text(Program(tuner, network)), $"cut after line {line}: {whole.Events[line - 1]}");
            }

            Assert.Empty(network.Trained.Intersect(kept));
            var journal = StudyJournal.Read(copy.Folder);
            Assert.Equal(proposals, journal.Runs[0].Proposals);
            Assert.Single(journal.Runs);
            Assert.Equal(whole.Completed.Select(e => e.Number), journal.Completed.Select(e => e.Number));
            Assert.Equal(proposals, journal.Replay(0, StudyFixture.First, Options));
        }
    }

    [Fact]
    public void A_cancellation_of_all_that_are_under_way_leaves_them_to_be_proposed_again()
    {
        using var study = new StudyFixture();
        using var memory = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, Options);
        var expected = StudyFixture.Text(Program(memory, StudyFixture.Task.Network()));
        using (var tuner = study.Open(StudyFixture.Task.Network(), options: Options))
        {
            using var run = tuner.Begin(StudyFixture.First);
            var first = Enumerable.Range(0, 3).Select(_ => run.Ask()!).ToList();
            run.Tell(first[0], StudyFixture.Task.Network().Train(new TrainingRequest(first[0].Lambda, 1), default));
            Assert.Equal(4, run.Ask()!.Number);
            foreach (var proposal in run.Pending)
            {
                run.Cancel(proposal);
            }

            Assert.Null(run.Ask());
            Assert.Equal(StopReason.Cancelled, run.Finish().StopReason);
        }

        var network = StudyFixture.Task.Network();
        using var resumed = study.Open(network, options: Options);
        Assert.Equal(expected, StudyFixture.Text(Program(resumed, network)));
        Assert.Equal(Enumerable.Range(1, 8), StudyJournal.Read(study.Folder).Runs[0].Proposals.Select(p => p.Number));
    }

    [Fact]
    public void Two_workers_that_are_killed_lose_no_completed_training()
    {
        using var folder = new TemporaryFolder();
        var counts = KillRounds.Run(8, 3, Path.GetDirectoryName(folder.File("x"))!, _ => { }, workers: 2);
        Assert.Equal((8, 0, 0), (counts.Kills, counts.Lost, counts.Different));
        Assert.True(counts.Kept > 0);
    }
}
