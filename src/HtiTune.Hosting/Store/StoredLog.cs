using System.Security.Cryptography;

namespace HtiTune.Hosting;

/// <summary>
/// The log of a study in the store: what rows of its events tell, as far as they were read, and behind them what a step has appended and is to commit
/// (<see cref="StudyCommits.CommitAsync"/>). An event that is appended is made a row first, and told as a process that reads that row would tell it.
/// </summary>
internal sealed class StoredLog : IStudyLog
{
    private const string ContextsFile = "contexts";
    private readonly StudyProblem _problem;
    private readonly Func<string, byte[]?> _blobs;
    private readonly TimeProvider _time;
    private readonly Lazy<byte[]?> _contexts;
    private readonly List<JournalEvent> _events;
    private readonly List<StudyEvent> _staged = [];
    private readonly Dictionary<int, TrainingProposed> _asked = [];
    private readonly Dictionary<int, TrainingEnded> _completed = [];
    private int _run;

    /// <param name="study">The study.</param>
    /// <param name="problem">What is studied.</param>
    /// <param name="blobs">Bytes of the store by their hash; null where it has none.</param>
    /// <param name="time">Times what is appended, until the store does.</param>
    public StoredLog(Guid study, StudyProblem problem, Func<string, byte[]?> blobs, TimeProvider time)
    {
        (_problem, _blobs, _time, Name) = (problem, blobs, time, $"study {study}");
        _contexts = new Lazy<byte[]?>(() => problem.Definition.Contexts is { Count: > 0 } ? NpyFile.ToBytes(problem.Contexts!.Conditions) : null);
        _events = [HeaderAt(default)];
    }

    /// <summary>The journal of a study as it is now.</summary>
    public static async Task<StudyJournal> ReadAsync(StudyStore store, Guid study, StudyProblem problem, TimeProvider time, CancellationToken cancellation)
    {
        var log = new StoredLog(study, problem, store.Bytes, time);
        log.Take((await store.LoadAsync(study, 0, cancellation).ConfigureAwait(false))?.Events ?? []);
        return StudyJournal.Read(log);
    }

    public string Name { get; }

    /// <summary>Number of the last row that was read or committed.</summary>
    public long Sequence { get; private set; }

    /// <summary>Number of the last of the tuner's rows, among those.</summary>
    public long Step { get; private set; }

    /// <summary>The greatest number of a training.</summary>
    public int LastNumber { get; private set; }

    /// <summary>Whether the last run has ended, with a result or without one, which no event of a journal tells.</summary>
    public bool IsRunOver { get; private set; }

    /// <summary>Rows of answered preferences, which no journal knows, in order.</summary>
    public List<StudyEvent> Preferences { get; } = [];

    /// <summary>What a step has appended, to be committed.</summary>
    public IReadOnlyList<StudyEvent> Staged => _staged;

    public IEnumerable<JournalEvent> Read(long after = 0) => _events.Skip(_events.FindLastIndex(entry => entry.Sequence <= after) + 1);

    /// <inheritdoc/>
    /// <remarks>
    /// A row tells where a training is asked for with its seed, and how one ended with its value: without one, the run had not asked for it. Trainings before a run that begins, the last of
    /// some events, were made before the study.
    /// </remarks>
    public void Append(params ReadOnlySpan<JournalEvent> events)
    {
        var rows = new List<StudyEvent>();
        for (var i = events is [TrainingEnded, .., RunBegan] ? events.Length - 1 : 0; i < events.Length; i++)
        {
            var (step, next) = (Step + rows.Count + 1, i + 1 < events.Length ? events[i + 1] : null);
            (var row, i) = (events[i], next) switch
            {
                (RunBegan began, _) => (StoredEvents.Began(step, began, WarmOf(began, events[..i])), i),
                (TrainingProposed { IsStarted: false } forecast, TrainingProposed { Seed: { } seed }) => (StoredEvents.Asked(step, forecast with { Seed = seed }), i + 1),
                (TrainingEnded ended, ValueMeasured told) => (StoredEvents.Ended(step, ended, told), i + 1),
                (TrainingEnded ended, _) => (StoredEvents.Ended(step, ended, null), i),
                (TrainingsEnqueued enqueued, _) => (StoredEvents.Enqueued(step, enqueued.Configurations), i),
                (QueueCleared, _) => (StoredEvents.Cleared(step), i),
                (RunEnded { Result: { } result }, _) => (StoredEvents.RunEnded(step, _run, result, null), i),
                var (other, _) => throw new ArgumentException($"{Name} does not keep {other}.", nameof(events)),
            };
            rows.Add(row);
        }

        rows.ForEach(Stage);
    }

    /// <summary>Appends a row: what the store tells beside a journal, or more of than one.</summary>
    public void Stage(StudyEvent row)
    {
        row = row with { Sequence = Math.Max(Sequence, _events[^1].Sequence) + 1, Time = _time.GetUtcNow() };
        Pass(row);
        _staged.Add(row);
    }

    /// <summary>Takes rows that follow those that were read.</summary>
    public void Take(IReadOnlyList<StudyEvent> rows)
    {
        foreach (var row in rows)
        {
            Pass(row);
            Sequence = row.Sequence;
        }
    }

    /// <summary>What was appended is committed; the last of its rows has a number now.</summary>
    public void Committed(long last)
    {
        _staged.Clear();
        Sequence = last;
    }

    public byte[] Bytes(string file, string sha256)
    {
        var bytes = (file == ContextsFile ? _contexts.Value : _blobs(file)) ?? throw new DataFormatException(Name, file, "the store has no such bytes", "what the study's events name");
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) is var actual && actual == sha256
            ? bytes
            : throw new DataFormatException(Name, file, $"its SHA-256 is {actual}", $"{sha256}, as the study's events say: it was changed or damaged");
    }

    private StudyCreated HeaderAt(DateTimeOffset time) => new(
        _problem.Space, _problem.Options(_problem.Definition.Goal, TimeProvider.System), _contexts.Value is null ? null : ContextsFile,
        _contexts.Value is { } bytes ? Convert.ToHexStringLower(SHA256.HashData(bytes)) : null, 0)
    { Sequence = 1, Time = time };

    private TrainingEnded[] WarmOf(RunBegan began, ReadOnlySpan<JournalEvent> before)
    {
        var trained = new Dictionary<int, TrainingEnded>(_completed);
        foreach (var entry in before)
        {
            if (entry is TrainingEnded { State: TrialState.Completed } ended)
            {
                trained[ended.Number] = ended;
            }
        }

        return [.. (began.Warm ?? [.. trained.Keys]).Select(number => trained[number])];
    }

    private void Pass(StudyEvent row)
    {
        if (row.Kind == StudyEventKind.Created)
        {
            _events[0] = HeaderAt(row.Time!.Value);
        }
        else if (row.Kind == StudyEventKind.Preference)
        {
            Preferences.Add(row);
        }
        else if (Told(row) is { } entries)
        {
            Step = Math.Max(Step, StoredEvents.StepOf(row));
            foreach (var entry in entries)
            {
                _events.Add(entry with { Sequence = row.Sequence, Time = row.Time!.Value });
                LastNumber = Math.Max(LastNumber, (entry as TrainingEvent)?.Number ?? 0);
            }
        }
    }

    // What a row tells of the journal; null where it is not the tuner's.
    private JournalEvent[]? Told(StudyEvent row)
    {
        switch (row.Kind)
        {
            case StudyEventKind.RunBegan:
                // Trainings that no row has told of were made before the study.
                var (began, warm) = StoredEvents.Began(row, _problem);
                (_run, IsRunOver) = (began.Run, false);
                return [.. warm.Where(training => _completed.TryAdd(training.Number, training)), began];
            case StudyEventKind.Asked:
                var asked = StoredEvents.Asked(row, _problem);
                _asked[asked.Number] = asked;
                return [asked with { Seed = null }, new TrainingProposed(asked.Number, asked.Configuration, asked.Reason) { Seed = asked.Seed }];
            case StudyEventKind.Told or StudyEventKind.ToldFailed:
                return Ended(row);
            case StudyEventKind.Enqueued:
                return [StoredEvents.Enqueued(row, _problem)];
            case StudyEventKind.Cleared:
                return [new QueueCleared()];
            case StudyEventKind.RunEnded:
                IsRunOver = true;
                return StoredEvents.Result(row) is { } result ? [StoredEvents.EndOf(result, _problem)] : [];
            default:
                return null;
        }
    }

    // Rows do not say why a training was made, and those of earlier versions not how long it took: from when it was asked for, by the store's clock.
    private JournalEvent[] Ended(StudyEvent row)
    {
        var (ended, measured, took) = StoredEvents.Ended(row, _problem);
        var asked = _asked.GetValueOrDefault(ended.Number);
        ended = ended with { Reason = asked?.Reason ?? "", Duration = took ?? (asked?.Time < row.Time ? row.Time.Value - asked.Time : TimeSpan.Zero) };
        var isKnown = ended.State == TrialState.Completed && !_completed.TryAdd(ended.Number, ended);
        return measured is null ? isKnown ? [] : [ended] : [ended, measured];
    }
}
