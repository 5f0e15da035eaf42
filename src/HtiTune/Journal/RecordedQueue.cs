namespace HtiTune.Journal;

/// <summary>The queue of a study, told by its journal: what was enqueued, less what was proposed from it and was not broken off.</summary>
internal sealed class RecordedQueue
{
    private readonly List<Configuration> _waiting = [];

    // Proposed from the queue by the last run, and not ended yet.
    private readonly List<(int Number, Configuration Configuration)> _underWay = [];

    /// <summary>What waits for a run that begins now: what the last one had begun and not ended is wanted still.</summary>
    public IReadOnlyList<Configuration> Waiting => [.. _underWay.Select(u => u.Configuration).Concat(_waiting).Distinct()];

    /// <summary>Takes the next event.</summary>
    public void Pass(JournalEvent entry)
    {
        switch (entry)
        {
            case TrainingsEnqueued enqueued:
                _waiting.AddRange(enqueued.Configurations);
                break;
            case QueueCleared:
                _waiting.Clear();
                _underWay.Clear();
                break;
            case RunBegan:
                var waiting = Waiting;
                _waiting.Clear();
                _waiting.AddRange(waiting);
                _underWay.Clear();
                break;
            case TrainingProposed { IsStarted: true, Reason: TrainingQueue.Reason } started:
                // Handed out again by a process that took the run up, it is under way already.
                if (!_underWay.Exists(u => u.Number == started.Number) && _waiting.Remove(started.Configuration))
                {
                    _underWay.Add((started.Number, started.Configuration));
                }

                break;
            case TrainingEnded { State: not TrialState.Cancelled } ended:
                _underWay.RemoveAll(u => u.Number == ended.Number);
                break;
        }
    }
}
