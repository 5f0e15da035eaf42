namespace HtiTune.Journal;

/// <summary>One run as the journal tells it.</summary>
public sealed class RecordedRun
{
    private readonly List<TrainingRequest> _proposals = [];
    private readonly Dictionary<int, ValueMeasured> _values = [];
    private DateTimeOffset _last;

    internal RecordedRun(RunBegan began, int trainingsBefore, IReadOnlyList<Configuration> enqueuedBefore, int epoch)
    {
        Began = began;
        TrainingsBefore = trainingsBefore;
        EnqueuedBefore = enqueuedBefore;
        Epoch = epoch;
        _last = began.Time;
    }

    /// <summary>How it began: its objective's name, budget and settings.</summary>
    public RunBegan Began { get; }

    /// <summary>How it ended; null when the process ended first.</summary>
    public RunEnded? End { get; private set; }

    /// <summary>What it proposed, in order; one that was handed out twice, because the first process ended, once.</summary>
    public IReadOnlyList<TrainingRequest> Proposals => _proposals;

    /// <summary>The objective's values at the trainings, by their number.</summary>
    public IReadOnlyDictionary<int, ValueMeasured> Values => _values;

    /// <summary>Whether an import that it stood on was undone since: it is history, and is not continued.</summary>
    public bool IsOutdated { get; internal set; }

    /// <summary>How many imports had been undone when it began.</summary>
    internal int Epoch { get; }

    /// <summary>Trainings that there were when it began.</summary>
    internal int TrainingsBefore { get; }

    /// <summary>What waited to be trained when it began.</summary>
    internal IReadOnlyList<Configuration> EnqueuedBefore { get; }

    /// <summary>Whether λ were enqueued after it had ended of its own accord.</summary>
    internal bool IsEnqueuedAfter { get; private set; }

    /// <summary>
    /// Whether three of its trainings or more have ended, all of them without a value, and none is under way: such a run is not continued, another
    /// one begins.
    /// </summary>
    public bool IsHopeless => Steps.OfType<TrainingEnded>().ToList() is var ended && ended.Count >= RunCourse.HopelessTrainings
        && Steps.Count(step => step is TrainingProposed) == ended.Count
        && _values.Values.All(v => v.Value is null) && ended.TrueForAll(end => end.State != TrialState.Completed || _values.ContainsKey(end.Number));

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

    /// <summary>
    /// What a replay goes through: trainings that were handed out, the last time that each was, and that ended, and what was enqueued or cleared, in the order in which it
    /// happened. What was cancelled has not ended: it is proposed again.
    /// </summary>
    internal List<JournalEvent> Steps { get; } = [];

    internal void Add(TrainingProposed started, double? gain)
    {
        End = null;
        var proposal = new TrainingRequest(started.Configuration, started.Seed!.Value) { Number = started.Number, Reason = started.Reason, ExpectedGain = gain };
        var at = _proposals.FindIndex(p => p.Number == started.Number);
        if (at < 0)
        {
            _proposals.Add(proposal);
            Steps.Add(started);
        }
        else if (_proposals[at].Configuration.Equals(started.Configuration))
        {
            Steps[Steps.FindIndex(step => step is TrainingProposed begun && begun.Number == started.Number)] = started;
        }
        else
        {
            // The library has changed while it was under way: nothing that was begun after it counts.
            bool IsStale(int number) => number >= started.Number && !Steps.Exists(step => step is TrainingEnded ended && ended.Number == number);
            _proposals.RemoveAll(p => IsStale(p.Number));
            Steps.RemoveAll(step => step is TrainingEvent training && IsStale(training.Number));
            _proposals.Add(proposal);
            Steps.Add(started);
        }
    }

    /// <summary>A training that it has not asked for, as one that a run before it had under way, is none of its steps.</summary>
    internal void Add(TrainingEnded ended)
    {
        if (_proposals.Exists(proposal => proposal.Number == ended.Number))
        {
            Steps.Add(ended);
        }
    }

    internal void Add(TrainingsEnqueued enqueued)
    {
        if (IsEnded)
        {
            IsEnqueuedAfter = true;
        }
        else
        {
            Steps.Add(enqueued);
        }
    }

    /// <summary>The queue was cleared; nothing is wanted after the run any more.</summary>
    internal void Add(QueueCleared cleared)
    {
        IsEnqueuedAfter = false;
        if (!IsEnded)
        {
            Steps.Add(cleared);
        }
    }

    internal void Add(ValueMeasured value) => _values[value.Number] = value;

    internal void Add(RunEnded end) => End = end;
}
