using HtiTune.Data;
using HtiTune.Journal;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning.Journal;

public class JournalTests
{
    [Fact]
    public void A_study_on_disk_is_the_study_in_memory_and_its_journal_tells_all_of_it()
    {
        using var study = new StudyFixture();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var network = new FormulaNetwork(StudyFixture.Task.Output) { Before = (_, _, _) => clock.Advance(TimeSpan.FromTicks(12345678901)) };
        using (var tuner = study.Open(network, options: StudyFixture.Options with { TimeProvider = clock }))
        {
            Assert.Equal(StudyFixture.Undisturbed, StudyFixture.Program(tuner));
        }

        var journal = StudyJournal.Read(study.Folder);
        Assert.Null(journal.Torn);
        Assert.Equal(Enumerable.Range(1, journal.Events.Count).Select(i => (long)i), journal.Events.Select(e => e.Sequence));
        Assert.Equal(clock.Start, journal.Events[0].Time);
        Assert.Equal((StudyJournal.LineSchema, "strength", 2.0, 6.0, "linear"), (journal.Header.Schema, journal.Header.Hyperparameter, journal.Header.Minimum, journal.Header.Maximum, journal.Header.Scale));
        Assert.Equal(["first", null], journal.Runs.Select(r => r.Began.Objective));
        Assert.Equal([7, 2], journal.Runs.Select(r => r.Began.Budget));
        Assert.Equal(network.Trained, journal.Events.OfType<TrainingProposed>().Where(e => e.IsStarted).Select(e => e.Lambda));
        Assert.Equal(network.Trained, journal.Completed.Select(e => e.Lambda));
        Assert.Equal(network.Seeds, journal.Events.OfType<TrainingProposed>().Where(e => e.IsStarted).Select(e => e.Seed!.Value));
        Assert.All(journal.Completed, e => Assert.Equal(TimeSpan.FromTicks(12345678901), e.Duration));
        Assert.All(journal.Runs, run => Assert.NotNull(run.End));
        foreach (var (number, value) in journal.Runs[0].Values)
        {
            Assert.Equal(StudyFixture.Task.At(StudyFixture.First, network.Trained[number - 1]), value.Value!.Value, 1e-9);
        }

        // What is announced stands before what follows from it.
        foreach (var completed in journal.Completed)
        {
            var started = Assert.Single(journal.Events.OfType<TrainingProposed>(), e => e.IsStarted && e.Number == completed.Number);
            var proposed = Assert.Single(journal.Events.OfType<TrainingProposed>(), e => !e.IsStarted && e.Number == completed.Number);
            Assert.True(proposed.Sequence < started.Sequence && started.Sequence < completed.Sequence);
            Assert.Equal(proposed.ExpectedGain is null, proposed.Predicted is null);
        }
    }

    [Fact]
    public void A_replay_computes_the_proposals_of_the_journal()
    {
        using var study = new StudyFixture();
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            StudyFixture.Program(tuner);
        }

        var journal = StudyJournal.Read(study.Folder);
        Assert.Equal(7, journal.Runs[0].Proposals.Count);
        Assert.Equal(journal.Runs[0].Proposals, journal.Replay(0, StudyFixture.First, StudyFixture.Options));
        Assert.Equal(journal.Runs[1].Proposals, journal.Replay(1, StudyFixture.Second, StudyFixture.Options));
        Assert.NotEqual(journal.Runs[0].Proposals, journal.Replay(0, StudyFixture.Second, StudyFixture.Options));
        Assert.Throws<ArgumentException>(() => journal.Replay(0, StudyFixture.First));
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.Replay(2, StudyFixture.First, StudyFixture.Options));
    }

    [Fact]
    public void A_program_run_again_gets_its_studies_again_without_a_training()
    {
        using var study = new StudyFixture();
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            StudyFixture.Program(tuner);
        }

        var network = StudyFixture.Task.Network();
        using var again = study.Open(network);
        Assert.Equal(StudyFixture.Undisturbed, StudyFixture.Program(again));
        Assert.Empty(network.Trained);
        Assert.Equal(2, StudyJournal.Read(study.Folder).Runs.Count);

        // What the journal does not hold is a new run.
        var more = again.Optimize(model => model.IsTrained ? Math.Sin(20 * model.Lambda) : double.NaN, 1);
        Assert.Single(network.Trained);
        Assert.Equal(10, more.Trials[^1].Number);
        Assert.Equal(10, more.Anchors.Count);
        Assert.Equal(3, StudyJournal.Read(study.Folder).Runs.Count);
    }

    [Fact]
    public void Another_preference_on_a_study_from_disk_needs_no_training()
    {
        using var study = new StudyFixture();
        TuningResult expected;
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            tuner.Optimize(StudyFixture.First);
            expected = tuner.Optimize(StudyFixture.Second, 0);
        }

        using var copy = study.Copy();
        var network = StudyFixture.Task.Network();
        using var loaded = Tuner.Resume(study.Folder, network, StudyFixture.Options);
        Assert.Equal(7, loaded.Anchors!.Count);
        Assert.Equal(Problem.Hyperparameter, loaded.Hyperparameter);
        Assert.Equal(StudyFixture.Text(expected), StudyFixture.Text(loaded.Optimize(StudyFixture.Second, 0)));
        double Third(IConditionalModel model) => Math.Abs(StudyFixture.First(model) - StudyFixture.Second(model));
        var third = loaded.Optimize(Third, 0);
        Assert.True(third.Outcome is Certified { Trainings: 0 } or NeedsTraining or NotCertified);
        Assert.Equal(7, third.Trials.Count);
        Assert.Empty(network.Trained);
        Assert.True(StudyFixture.Task.Regret(Third, third.Lambda) < 0.05);
        Assert.Throws<ArgumentException>(() => Tuner.Resume(copy.Folder, network));
    }

    [Fact]
    public void Settings_of_a_study_without_its_own_surrogate_come_from_the_journal()
    {
        using var study = new StudyFixture();
        var plain = StudyFixture.Options with { UseSurrogate = false, SurrogateFactory = null, InitialLambdas = [2.5, 5.5], Goal = Goal.Maximize, NoiseVariance = 0, CertificateDraws = 1024 };
        string expected;
        using (var tuner = study.Open(StudyFixture.Task.Network(), options: plain))
        {
            expected = StudyFixture.Text(tuner.Optimize(StudyFixture.First));
        }

        using var resumed = Tuner.Resume(study.Folder, StudyFixture.Task.Network());
        Assert.Equal(plain.InitialLambdas, resumed.Options.InitialLambdas);
        Assert.Equal(plain with { InitialLambdas = null }, resumed.Options with { InitialLambdas = null });
        Assert.Equal(expected, StudyFixture.Text(resumed.Optimize(StudyFixture.First)));
    }

    [Fact]
    public void Failures_and_a_cancellation_are_kept_and_the_cancelled_run_goes_on()
    {
        using var study = new StudyFixture();
        FormulaNetwork Failing(CancellationTokenSource? source) => new(StudyFixture.Task.Output)
        {
            Before = (_, lambda, token) =>
            {
                if (lambda == 4)
                {
                    throw new ArithmeticException("diverged");
                }

                if (lambda == 6 && source is not null)
                {
                    source.Cancel();
                    token.ThrowIfCancellationRequested();
                }
            },
        };
        using var undisturbed = new Tuner(Failing(null), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        var expected = StudyFixture.Program(undisturbed);
        using (var source = new CancellationTokenSource())
        {
            using var tuner = study.Open(Failing(source));
            var cancelled = tuner.Optimize(StudyFixture.First, cancellation: source.Token, name: "first");
            Assert.Equal((StopReason.Cancelled, 1), (cancelled.StopReason, cancelled.TrainingsUsed));
        }

        Assert.Single(StudyJournal.Read(study.Folder).Trainings, ended => ended.State == TrialState.Cancelled);
        using (var resumed = study.Open(Failing(null)))
        {
            Assert.Equal(expected, StudyFixture.Program(resumed));
        }

        var journal = StudyJournal.Read(study.Folder);
        Assert.Equal("diverged", Assert.Single(journal.Trainings, ended => ended.State == TrialState.Failed).Error);
        Assert.Equal("diverged", journal.LastFailure);

        // One event, and three names: those that every version has read.
        var lines = File.ReadAllLines(Path.Combine(study.Folder, "journal.jsonl"));
        foreach (var (kind, member) in ((string, string)[])[("cancelled", "reason"), ("failed", "error"), ("completed", "samplesFile")])
        {
            var line = Array.Find(lines, line => line.StartsWith($$"""{"event":"training-{{kind}}","sequence":""", StringComparison.Ordinal));
            Assert.Contains($"\"{member}\":\"", line, StringComparison.Ordinal);
            Assert.DoesNotContain("\"state\"", line, StringComparison.Ordinal);
        }

        Assert.Equal(journal.Runs[0].Proposals, journal.Replay(0, StudyFixture.First, StudyFixture.Options));
        using var again = study.Open(Failing(null));
        Assert.Equal(expected, StudyFixture.Program(again));
    }

    [Fact]
    public void A_warped_scale_is_asked_for()
    {
        using var study = new StudyFixture();
        var square = Scale.Warp("square", x => x * x, Math.Sqrt);
        using (Tuner.Open(study.Folder, StudyFixture.Task.Network(), Hyperparameter.Continuous("strength", 2, 6, square), StudyFixture.Contexts))
        {
        }

        Assert.Contains("square", Assert.Throws<ArgumentException>(() => StudyJournal.Read(study.Folder)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StudyJournal.Read(study.Folder, Scale.Log));
        Assert.Equal(square, StudyJournal.Read(study.Folder, square).Hyperparameter.Scale);
        using var resumed = Tuner.Resume(study.Folder, StudyFixture.Task.Network(), scale: square);
        Assert.Equal(square, resumed.Hyperparameter.Scale);
    }
}
