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

    internal void Add(TrainingStarted started, double? gain)
    {
        // A cancelled training is proposed again, under its number.
        _proposals.RemoveAll(p => p.Number >= started.Number);
        _proposals.Add(new Proposal(started.Number, started.Lambda, started.Seed, started.Reason, gain));
        End = null;
    }

    internal void Add(ValueMeasured value) => _values[value.Number] = value;

    internal void Add(RunEnded end) => End = end;
}
