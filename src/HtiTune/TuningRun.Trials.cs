using HtiTune.Data;
using HtiTune.Diagnostics;

namespace HtiTune;

public sealed partial class TuningRun
{
    private bool Analyse()
    {
        var hasValue = _policy.Analyse();
        TellAlarm();
        return hasValue;
    }

    private void TellAlarm()
    {
        var calibration = _policy.Calibration;
        if (calibration.Alarms > _alarms)
        {
            _alarms = calibration.Alarms;
            Log.AlarmRaised(_logger, calibration.Misses, calibration.Tests);
        }
    }

    private Proposal? Stop(StopReason reason)
    {
        _stop = reason;
        return null;
    }

    // While others are under way nothing is final: what they bring may change it.
    private Proposal? StopOrWait(StopReason reason) => _pending.Count > 0 ? null : Stop(reason);

    private List<Configuration> PendingPlaces() => [.. _pending.Select(p => p.Proposal.Configuration)];

    private Proposal? Propose(Configuration configuration, string reason, double? gain, bool isInitial = false)
    {
        var u = _store.PlaceOf(configuration);
        if (!_time.HasRoomFor(u))
        {
            return Stop(StopReason.TimeLimit);
        }

        var number = Math.Max(_store.LastNumber, _pending.Count == 0 ? 0 : _pending.Max(p => p.Proposal.Number)) + 1;
        var proposal = new Proposal(number, configuration, SeedAt(configuration), reason, gain);
        var now = _options.TimeProvider.GetTimestamp();
        var pending = new PendingTraining(proposal, u, isInitial, now) { IsStarted = true };
        _pending.Add(pending);
        _policy.Note(proposal, isByModel: gain is not null);
        if (_recorder is not { IsReplaying: true })
        {
            TunerTelemetry.Proposed(
                _store.Space.Label, _options.TimeProvider.GetElapsedTime(_asked, now), gain is null ? null : _policy.Trust);
        }

        Log.Training(_logger, number, Log.Shown(configuration), reason);
        _recorder?.Proposed(proposal, () => _policy.LineOf(proposal, isByModel: gain is not null));
        return HandOut(pending);
    }

    // One seed for all λ, so that outputs move smoothly with λ; another for the second training at a λ, again the same for all, and so on.
    private long SeedAt(Configuration configuration)
    {
        var before = _store.Anchors.Count(a => a.Configuration.Equals(configuration)) + _pending.Count(p => p.Proposal.Configuration.Equals(configuration));
        return _streams.SeedOf(before == 0 ? "training" : $"training {before + 1}");
    }

    private Proposal HandOut(PendingTraining pending)
    {
        if (!pending.IsStarted)
        {
            // A process that ended had begun it.
            Log.Training(_logger, pending.Proposal.Number, Log.Shown(pending.Proposal.Configuration), pending.Proposal.Reason);
            (pending.IsStarted, pending.Before) = (true, null);
            pending.Since = _options.TimeProvider.GetTimestamp();
            _recorder?.Started(pending.Proposal);
        }

        pending.IsOut = true;
        return pending.Proposal;
    }

    private Training Ended(Proposal proposal, TrialState state, string? error)
    {
        var pending = RequirePending(proposal);
        _pending.Remove(pending);
        _time.Ended();

        // What an earlier process had handed out, and nobody has again, took its time from there.
        var duration = pending.Before is { } before
            ? TimeSpan.FromTicks(Math.Max(0, (_options.TimeProvider.GetUtcNow() - before).Ticks))
            : _options.TimeProvider.GetElapsedTime(pending.Since);
        return new Training(proposal.Number, proposal.Configuration, pending.U, proposal.Reason, duration, state, error);
    }

    private Trial Record(Training training, bool used)
    {
        // What was told is told to its end: a cancellation may stop who weighs where to train next, and never leave a training half told.
        var weighing = _view.Weighing;
        _view.Weighing = null;
        try
        {
            return Recorded(training, used);
        }
        finally
        {
            _view.Weighing = weighing;
        }
    }

    private Trial Recorded(Training training, bool used)
    {
        TrainingsUsed += used ? 1 : 0;
        _recorder?.Ended(training, _store);
        var trial = TrialOf(training);
        Log.Ended(_logger, trial);
        TellAlarm();
        if (_recorder is not { IsReplaying: true })
        {
            TunerTelemetry.Ended(_store.Space.Label, trial, BestValue(), _policy.Calibration.Evidence);
        }

        Measured();
        JudgeNow();
        return trial;
    }

    // With one training at a time every state is judged when the next is asked for. Several may be told before that, and what counts as a
    // pass must not depend on how often it is asked.
    private void JudgeNow()
    {
        if (_options.Parallelism > 1 && _stop is null && _initial.Count == 0 && TrainingsUsed < Budget && !_pending.Exists(p => p.IsInitial)
            && Analyse())
        {
            _policy.Judge(TrainingsUsed);
        }
    }

    private double? BestValue()
    {
        var values = _store.Anchors.Select(anchor => _view.Measured(anchor.Anchor).Value).OfType<double>().ToList();
        return values.Count == 0 ? null : _options.Goal == Goal.Maximize ? values.Max() : values.Min();
    }

    private List<Trial> Trials() => [.. _store.Trainings.Select(TrialOf)];

    private Trial TrialOf(Training training)
    {
        if (!_trials.TryGetValue(training, out var trial))
        {
            trial = _policy.TrialOf(training, training.Number <= _lastBefore);
            _trials.Add(training, trial);
        }

        return trial;
    }

    private PendingTraining RequirePending(Proposal proposal)
    {
        ThrowIfEnded();
        ArgumentNullException.ThrowIfNull(proposal);
        return _pending.Find(p => ReferenceEquals(p.Proposal, proposal))
            ?? throw new ArgumentException($"Proposal {proposal.Number} is not one that is pending; tell each proposal once.", nameof(proposal));
    }

    private void ThrowIfEnded()
    {
        ObjectDisposedException.ThrowIf(_store.IsDisposed, typeof(Tuner));
        if (_isEnded)
        {
            throw new InvalidOperationException("The run has ended.");
        }
    }
}
