using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>What a study's log promises, wherever it is kept. Each test begins with a log that has a study's header.</summary>
public abstract class StudyLogContract
{
    private static int s_tests;

    internal static readonly ContinuousHyperparameter Space = Hyperparameter.Continuous("lambda", 0, 1);

    /// <summary>The outputs of training 1, of each test its own: a store keeps what is alike once.</summary>
    internal Matrix Outputs { get; } = Matrix.FromDoubles(3, 1, [0.5, 0.75, Interlocked.Increment(ref s_tests)]);

    /// <summary>The log as another process finds it that opens it now.</summary>
    internal abstract Task<IStudyLog> OpenAsync();

    /// <summary>Makes durable what was appended, where that is a step of its own.</summary>
    internal abstract Task CommitAsync(IStudyLog log);

    /// <summary>Appends events in vain: a full disk, or a commit that is refused.</summary>
    internal abstract Task RefuseAsync(params JournalEvent[] events);

    /// <summary>Keeps outputs as whoever trains does, before an event tells of them.</summary>
    internal abstract Task<(string File, string Sha256)> KeepAsync(Matrix outputs);

    /// <summary>Puts another text into the place of one, in all events.</summary>
    internal abstract Task DamageAsync(string text, string other);

    /// <summary>Damages outputs that are kept.</summary>
    internal abstract Task DamageOutputsAsync(string file);

    /// <summary>How a message names an event's place.</summary>
    internal abstract string PlaceOf(long sequence);

    [Fact]
    public async Task Events_are_read_in_order_by_who_opens_the_log_anew()
    {
        var events = await EventsAsync();
        var log = await OpenAsync();
        log.Append(events);
        Assert.Equal(events.Select(Text), log.Read(1).Select(Text));
        await CommitAsync(log);

        var read = (await OpenAsync()).Read().ToList();
        Assert.IsType<StudyCreated>(read[0]);
        Assert.Equal(events.Select(Text), read.Skip(1).Select(Text));
        Assert.Equal(read.Select(entry => entry.Sequence).Order(), read.Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task Only_later_events_are_read_behind_a_number()
    {
        await WriteAsync();
        var log = await OpenAsync();
        var all = log.Read().ToList();
        Assert.All(all.Select(entry => entry.Sequence).Append(0), after => Assert.Equal(all.Where(entry => entry.Sequence > after).Select(Text), log.Read(after).Select(Text)));
    }

    [Fact]
    public async Task What_is_appended_later_stands_behind_what_there_is()
    {
        await WriteAsync();
        var log = await OpenAsync();
        var before = log.Read().Select(Text).ToList();
        JournalEvent[] more = [new TrainingsEnqueued([At(0.875)]), new QueueCleared(), new TrainingsEnqueued([At(0.125)])];
        log.Append(more);
        await CommitAsync(log);
        Assert.Equal(before.Concat(more.Select(Text)), (await OpenAsync()).Read().Select(Text));
    }

    [Fact]
    public async Task Trainings_that_were_made_before_are_those_that_a_run_begins_with()
    {
        var (file, sha256) = await KeepAsync(Outputs);
        var log = await OpenAsync();
        var brought = new TrainingEnded(3, At(0.5), "", TimeSpan.Zero) { State = TrialState.Completed, SamplesFile = file, SamplesSha256 = sha256 };
        log.Append(brought, new RunBegan(1, "mean(outputs)", 4, new TunerOptions(), Tuner.Algorithm) { Warm = [3], LastNumber = 3, Why = "the study begins" });
        await CommitAsync(log);
        var journal = StudyJournal.Read(await OpenAsync());
        Assert.Equal(Text(brought), Text(Assert.Single(journal.Completed)));
        Assert.Equal((3, 3), (journal.Runs[0].Began.LastNumber, Assert.Single(journal.Runs[0].Began.Warm!)));
    }

    [Fact]
    public async Task What_is_refused_leaves_nothing()
    {
        await WriteAsync();
        var before = (await OpenAsync()).Read().Select(Text).ToList();
        await RefuseAsync(new TrainingsEnqueued([At(0.875)]), new QueueCleared());
        Assert.Equal(before, (await OpenAsync()).Read().Select(Text));
    }

    [Fact]
    public async Task An_event_that_is_not_as_it_was_written_is_told_by_its_place()
    {
        await WriteAsync();
        var place = PlaceOf((await OpenAsync()).Read().OfType<TrainingEnded>().First(ended => ended.State == TrialState.Failed).Sequence);
        await DamageAsync("out of memory", "out of patience");
        var damage = await Assert.ThrowsAsync<DataFormatException>(async () => (await OpenAsync()).Read().Count());
        Assert.Contains(place, damage.Message, StringComparison.Ordinal);
        Assert.Contains("checksum", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_are_those_of_their_hash_or_are_refused()
    {
        await WriteAsync();
        var log = await OpenAsync();
        var ended = log.Read().OfType<TrainingEnded>().First();
        Assert.Equal(NpyFile.ToBytes(Outputs), log.Bytes(ended.SamplesFile!, ended.SamplesSha256!));
        Assert.ThrowsAny<Exception>(() => log.Bytes("anchors/9999.npy", ended.SamplesSha256!));
        await DamageOutputsAsync(ended.SamplesFile!);
        var damage = Assert.Throws<DataFormatException>(() => log.Bytes(ended.SamplesFile!, ended.SamplesSha256!));
        Assert.Contains(ended.SamplesSha256!, damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_journal_makes_sense_of_it_and_follows_what_is_appended()
    {
        await WriteAsync();
        var log = await OpenAsync();
        var journal = StudyJournal.Read(log);
        Assert.Equal(Space, journal.Hyperparameter);
        var run = Assert.Single(journal.Runs);
        Assert.Equal([(1, 0.25, "first", 0.5), (2, 0.75, "enqueued", null)], run.Proposals.Select(one => (one.Number, one.Configuration.Value, one.Reason, one.ExpectedGain)));
        Assert.Equal((0.75, null), (run.Values[1].Value, run.Values[2].Value));
        Assert.Equal([TrialState.Completed, TrialState.Failed], journal.Trainings.Select(training => training.State));
        Assert.Equal("out of memory", journal.LastFailure);
        Assert.True(journal.LoadOutputs(Assert.Single(journal.Completed)).SameAs(Outputs));
        Assert.Equal(0.25, Assert.Single(journal.LoadAnchors()).Lambda);
        Assert.Equal([At(0.5)], journal.Waiting);
        Assert.Empty(journal.ReadOn());

        log.Append(new QueueCleared(), new TrainingsEnqueued([At(0.125)]));
        Assert.Equal(2, journal.ReadOn().Count);
        Assert.Equal([At(0.125)], journal.Waiting);
        await CommitAsync(log);
    }

    private static Configuration At(double lambda) => new("lambda", lambda);

    private static string Text(JournalEvent entry) => entry switch
    {
        RunBegan began => $"{began.Run} {began.Objective} {began.Budget} {began.Algorithm} {string.Join(' ', began.Warm ?? [])} {began.LastNumber} {began.Why}",
        TrainingsEnqueued enqueued => string.Join(' ', enqueued.Configurations),
        StudyCreated created => created.Hyperparameter,
        _ => (entry with { Sequence = 0, Time = default }).ToString(),
    };

    private async Task WriteAsync()
    {
        var log = await OpenAsync();
        log.Append(await EventsAsync());
        await CommitAsync(log);
    }

    // A run that has trained twice.
    private async Task<JournalEvent[]> EventsAsync()
    {
        var (file, sha256) = await KeepAsync(Outputs);
        return
        [
            new RunBegan(1, "mean(outputs)", 4, new TunerOptions(), Tuner.Algorithm) { Warm = [], LastNumber = 0, Why = "the study begins" },
            new TrainingProposed(1, At(0.25), "first", 0.5, 1.5, 1.25, 1.75, 0.875), new TrainingProposed(1, At(0.25), "first") { Seed = 7 },
            new TrainingEnded(1, At(0.25), "first", TimeSpan.FromSeconds(2)) { State = TrialState.Completed, SamplesFile = file, SamplesSha256 = sha256 }, new ValueMeasured(1, 0.75, null),
            new TrainingsEnqueued([At(0.75), At(0.5)]),
            new TrainingProposed(2, At(0.75), "enqueued"), new TrainingProposed(2, At(0.75), "enqueued") { Seed = 8 },
            new TrainingEnded(2, At(0.75), "enqueued", TimeSpan.FromSeconds(1)) { State = TrialState.Failed, Error = "out of memory" }, new ValueMeasured(2, null, "out of memory"),
        ];
    }
}
