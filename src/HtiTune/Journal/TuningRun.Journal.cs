using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune;

public sealed partial class TuningRun
{
    /// <summary>Tells the journal that the run begins, and what its objective makes of the anchors there are.</summary>
    internal void Began(string? name)
    {
        _recorder?.Began(name, Budget, StudySettings.Of(_options));
        Measured();
    }

    /// <summary>Tells the journal the values that it lacks.</summary>
    internal void Measured() => _recorder?.Measured(_store, _view);

    /// <summary>Whether the objective has the recorded values, bit for bit, at the anchors so far.</summary>
    internal bool MeasuresAs(IReadOnlyDictionary<int, ValueMeasured> recorded) => _store.Anchors.All(
        anchor => !recorded.TryGetValue(anchor.Number, out var known) || _view.Measured(anchor.Anchor).Value == known.Value);

    /// <summary>Takes a recorded training in the place of a real one.</summary>
    internal void Replay(Training training)
    {
        _pending.RemoveAll(p => p.Proposal.Number == training.Number);
        Record(_store.Load(training), used: true);
    }

    /// <summary>The configuration of a pending proposal; null where none has the number.</summary>
    internal Configuration? PendingAt(int number) => _pending.Find(p => p.Proposal.Number == number)?.Proposal.Configuration;

    /// <summary>Time does not count in a replay.</summary>
    internal void StopClock() => _time.IsRunning = false;

    /// <summary>Goes on where a replay has come to.</summary>
    /// <param name="recorded">What the journal tells of the run.</param>
    /// <param name="isEnded">Whether its time was up, and later runs stand on its trainings.</param>
    internal void GoOn(RecordedRun recorded, bool isEnded)
    {
        _time.GoOn(recorded.Elapsed);
        _pending.ForEach(p => (p.IsOut, p.IsStarted, p.Before) = (false, false, recorded.HandedOut.TryGetValue(p.Proposal.Number, out var at) ? at : null));
        if (isEnded)
        {
            _stop = StopReason.TimeLimit;
        }
    }

    /// <summary>Drops a replay that turned out to be of another run.</summary>
    internal void Abandon() => _isEnded = true;
}
