namespace HtiTune;

public sealed partial class TuningRun
{
    /// <summary>Tells the journal that the run begins, and what its objective makes of the anchors there are.</summary>
    internal void Began()
    {
        _recorder?.Began(_began);
        Measured();
    }

    /// <summary>Tells the journal the values that it lacks.</summary>
    internal void Measured() => _trials.Measured();

    /// <summary>Whether the objective has the recorded values, bit for bit, at the anchors so far.</summary>
    internal bool MeasuresAs(IReadOnlyDictionary<int, ValueMeasured> recorded) => _trials.MeasureAs(recorded);

    /// <summary>Takes a recorded training in the place of a real one.</summary>
    internal void Replay(TrainingEnded training)
    {
        _pending.Remove(training.Number);
        Take(training with { U = _store.PlaceOf(training.Configuration) });
    }

    /// <summary>What the journal tells was enqueued; null where what waited was taken out.</summary>
    internal void ReplayQueue(IEnumerable<Configuration>? enqueued)
    {
        _queue.Set(enqueued is null ? [] : _queue.Waiting.Concat(enqueued));
        _course.GoOnWithQueue();
    }

    /// <summary>The configuration of a pending proposal; null where none has the number.</summary>
    internal Configuration? PendingAt(int number) => _pending.PlaceOf(number);

    /// <summary>Time does not count in a replay.</summary>
    internal void StopClock() => _time.IsRunning = false;

    /// <summary>Goes on where a replay has come to.</summary>
    /// <param name="elapsed">Time that the run has taken in other processes.</param>
    /// <param name="handedOut">When each training was handed out last, by its number.</param>
    /// <param name="isEnded">Whether its time was up, and later runs stand on its trainings.</param>
    internal void GoOn(TimeSpan elapsed, IReadOnlyDictionary<int, DateTimeOffset> handedOut, bool isEnded)
    {
        _time.GoOn(elapsed);
        _pending.GoOn(handedOut);
        if (isEnded)
        {
            _course.StoppedBy = StopReason.TimeLimit;
        }
    }

    /// <summary>Drops a replay that turned out to be of another run.</summary>
    internal void Abandon() => _isEnded = true;
}
