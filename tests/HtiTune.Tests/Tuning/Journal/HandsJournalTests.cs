using HtiTune.Data;
using HtiTune.Journal;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>A process for each step, and several of them with a training in hand.</summary>
public class HandsJournalTests
{
    private static readonly TunerOptions Options = StudyFixture.Options with { Parallelism = 3, MaxTrainings = 7 };

    private static int Started(StudyFixture study) => StudyJournal.Read(study.Folder).Events.OfType<TrainingProposed>().Count(e => e.IsStarted);

    private static ITrainedNetwork Trained(TrainingRequest proposal) => StudyFixture.Task.Network().Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default);

    [Fact]
    public void Each_process_asks_for_another_than_those_that_are_outstanding()
    {
        using var study = new StudyFixture();
        for (var i = 1; i <= 3; i++)
        {
            using var tuner = study.Open(StudyFixture.Task.Network(), options: Options);
            using var run = tuner.Begin(StudyFixture.First);
            Assert.Equal(Enumerable.Range(1, i - 1), run.Outstanding.Select(p => p.Number));
            Assert.Empty(run.Pending);
            Assert.Equal(i, run.AskAnother()!.Number);
        }

        Assert.Equal(3, Started(study));
        using (var tuner = study.Open(StudyFixture.Task.Network(), options: Options))
        using (var run = tuner.Begin(StudyFixture.First))
        {
            Assert.Null(run.AskAnother());
            Assert.Equal(3, run.Outstanding.Count);
            var second = run.Outstanding[1];
            Assert.Same(second, run.AskAgain(second));
            Assert.Equal([second], run.Pending);
            Assert.Equal(TrialState.Completed, run.Tell(second, Trained(second)).State);
            Assert.Throws<ArgumentException>(() => run.AskAgain(second));
            Assert.Equal([1, 3], run.Outstanding.Select(p => p.Number));
            Assert.Equal(4, run.AskAnother()!.Number);
        }

        Assert.Equal(5, Started(study));
    }

    [Fact]
    public void What_is_proposed_to_many_hands_is_what_one_process_would_propose()
    {
        using var study = new StudyFixture();
        var expected = new List<(int, double)>();
        using (var tuner = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, Options))
        using (var run = tuner.Begin(StudyFixture.First))
        {
            // Always three in hand, the oldest told first.
            while (true)
            {
                while (run.Pending.Count < 3 && run.Ask() is { } next)
                {
                    expected.Add((next.Number, next.Lambda));
                }

                if (run.Pending.Count == 0)
                {
                    break;
                }

                run.Tell(run.Pending[0], Trained(run.Pending[0]));
            }
        }

        var seen = new List<(int, double)>();
        for (var ended = false; !ended;)
        {
            using var tuner = study.Open(StudyFixture.Task.Network(), options: Options);
            using var run = tuner.Begin(StudyFixture.First);
            if (run.AskAnother() is { } next)
            {
                seen.Add((next.Number, next.Lambda));
            }
            else if (run.Outstanding is [var oldest, ..])
            {
                run.Tell(oldest, Trained(oldest));
            }
            else
            {
                ended = true;
            }
        }

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData(false, 90)]
    [InlineData(true, 30)]
    public void A_training_took_its_time_from_when_it_was_handed_out_last(bool again, int minutes)
    {
        using var study = new StudyFixture();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var options = Options with { TimeProvider = clock };
        Step(run => run.AskAnother());
        clock.Advance(TimeSpan.FromMinutes(60));
        Step(run => again ? run.AskAgain(run.Outstanding[0]) : null);
        clock.Advance(TimeSpan.FromMinutes(30));
        Step(run =>
        {
            var trial = run.Tell(run.Outstanding[0], Trained(run.Outstanding[0]));
            Assert.Equal(TimeSpan.FromMinutes(minutes), trial.Duration);
            return null;
        });
        Assert.Equal(TimeSpan.FromMinutes(minutes), Assert.Single(StudyJournal.Read(study.Folder).Completed).Duration);

        void Step(Func<TuningRun, TrainingRequest?> step)
        {
            using var tuner = study.Open(StudyFixture.Task.Network(), options: options);
            using var run = tuner.Begin(StudyFixture.First);
            step(run);
        }
    }

    [Fact]
    public void A_study_that_is_open_says_so_by_its_own_kind_of_error()
    {
        using var study = new StudyFixture();
        using (study.Open(StudyFixture.Task.Network()))
        {
            Assert.Throws<StudyInUseException>(() => study.Open(StudyFixture.Task.Network()));
        }

        using var free = study.Open(StudyFixture.Task.Network());
        Assert.Null(free.Anchors);
    }
}
