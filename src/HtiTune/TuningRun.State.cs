using HtiTune.Acquisition;

namespace HtiTune;

public sealed partial class TuningRun
{
    private Analysis? Analyse()
    {
        // A failure brings no anchor, but it moves the candidates away from its place.
        if (_analysis is null || _analysedTrainings != _store.Trainings.Count)
        {
            _analysis = Analysis.Of(_store, _view, _store.Anchors.Count, _options);
            _analysedTrainings = _store.Trainings.Count;
            TellAlarm();
        }

        return _analysis;
    }

    private void TellAlarm()
    {
        var calibration = _view.Calibration.Of(_store.Anchors.Count);
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

    private Proposal? Propose(double u, double? lambda, string reason, double? gain)
    {
        var value = lambda ?? _store.Hyperparameter.FromUnit(u);
        if (!_time.HasRoomFor(u))
        {
            return Stop(StopReason.TimeLimit);
        }

        _pendingU = _store.Hyperparameter.ToUnit(value);
        _pendingSince = _options.TimeProvider.GetTimestamp();
        if (_recorder is not { IsReplaying: true })
        {
            TunerTelemetry.Proposed(
                _store.Hyperparameter.Name, _options.TimeProvider.GetElapsedTime(_asked, _pendingSince), gain is null ? null : _analysis?.Process.Trust);
        }

        _pending = new Proposal(_store.Trainings.Count + 1, value, _streams.SeedOf("training"), reason, gain);
        Log.Training(_logger, _pending.Number, value, reason);
        _recorder?.Proposed(_pending, () => StudyMaker.LineOf(_pending, _view, gain is null ? null : _analysis, _pendingU));
        return _pending;
    }

    private Training Ended(TrialState state, string? error)
    {
        var proposal = _pending!;
        _pending = null;
        return new Training(
            proposal.Number, proposal.Lambda, _pendingU, proposal.Reason, _options.TimeProvider.GetElapsedTime(_pendingSince), state, error);
    }

    private Trial Record(Training training, bool used)
    {
        TrainingsUsed += used ? 1 : 0;
        _recorder?.Ended(training, _store);
        var trial = TrialOf(training);
        Log.Ended(_logger, trial);
        TellAlarm();
        if (_recorder is not { IsReplaying: true })
        {
            TunerTelemetry.Ended(_store.Hyperparameter.Name, trial, BestValue(), _view.Calibration.Of(_store.Anchors.Count).Evidence);
        }

        Measured();
        return trial;
    }

    private double? BestValue()
    {
        var values = _view.Observations(_store.Anchors.Count);
        return values.Count == 0 ? null : _view.Signed(values.Max(o => o.Observation.Value));
    }

    private List<Trial> Trials() => [.. _store.Trainings.Select(TrialOf)];

    private Trial TrialOf(Training training)
    {
        if (!_trials.TryGetValue(training, out var trial))
        {
            trial = StudyMaker.TrialOf(training, _view, training.Number <= _trainingsBefore);
            _trials.Add(training, trial);
        }

        return trial;
    }

    private void RequirePending(Proposal proposal)
    {
        ThrowIfEnded();
        ArgumentNullException.ThrowIfNull(proposal);
        if (!ReferenceEquals(proposal, _pending))
        {
            throw new ArgumentException($"Proposal {proposal.Number} is not the one that is pending; tell each proposal once.", nameof(proposal));
        }
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
