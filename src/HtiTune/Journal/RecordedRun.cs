namespace HtiTune;

/// <summary>One run as the journal tells it.</summary>
public sealed class RecordedRun
{
    private readonly List<Proposal> _proposals = [];
    private readonly Dictionary<int, ValueMeasured> _values = [];
    private DateTimeOffset _last;

    internal RecordedRun(RunBegan began, int trainingsBefore)
    {
        Began = began;
        TrainingsBefore = trainingsBefore;
        _last = began.Time;
    }

    /// <summary>How it began: its objective's name, budget and settings.</summary>
    public RunBegan Began { get; }

    /// <summary>How it ended; null when the process ended first.</summary>
    public RunEnded? End { get; private set; }

    /// <summary>What it proposed, in order; one that was handed out twice, because the first process ended, once.</summary>
    public IReadOnlyList<Proposal> Proposals => _proposals;

    /// <summary>The objective's values at the trainings, by their number.</summary>
    public IReadOnlyDictionary<int, ValueMeasured> Values => _values;

    /// <summary>Trainings that there were when it began.</summary>
    internal int TrainingsBefore { get; }

    /// <summary>Whether it ended of its own accord: a cancelled run can be continued, as one that was killed.</summary>
    internal bool IsEnded => End is { StopReason: not (StopReason.Cancelled or StopReason.TimeLimit) };

    /// <summary>Whether its time was up: with more time it can be continued, as long as no run came after it.</summary>
    internal bool IsOutOfTime => End is { StopReason: StopReason.TimeLimit };

    /// <summary>Time that it took, the times between processes left out.</summary>
    internal TimeSpan Elapsed { get; private set; }

    /// <summary>Takes the time of an event that was written while it was the last run.</summary>
    internal void Pass(JournalEvent entry)
    {
        if (entry is not StudyResumed && entry.Time > _last)
        {
            Elapsed += entry.Time - _last;
        }

        _last = entry.Time;
    }

    /// <summary>Proposals and ends of trainings, in the order in which they were made. What was cancelled has not ended: it is proposed again.</summary>
    internal List<(bool IsStart, int Number)> Steps { get; } = [];

    internal void Add(TrainingStarted started, double? gain)
    {
        End = null;
        var proposal = new Proposal(started.Number, started.Lambda, started.Seed, started.Reason, gain);
        var at = _proposals.FindIndex(p => p.Number == started.Number);
        if (at < 0)
        {
            _proposals.Add(proposal);
            Steps.Add((true, started.Number));
        }
        else if (_proposals[at].Lambda != started.Lambda)
        {
            // The library has changed while it was under way: nothing that was begun after it counts.
            bool IsStale(int number) => number >= started.Number && !Steps.Contains((false, number));
            _proposals.RemoveAll(p => IsStale(p.Number));
            Steps.RemoveAll(step => IsStale(step.Number));
            _proposals.Add(proposal);
            Steps.Add((true, started.Number));
        }
    }

    internal void AddEnd(int number) => Steps.Add((false, number));

    internal void Add(ValueMeasured value) => _values[value.Number] = value;

    internal void Add(RunEnded end) => End = end;
}
