namespace HtiTune;

/// <summary>The trainings of a run as trials of its objective; tells the journal, the log and the meters what came of each.</summary>
internal sealed class RunTrials(AnchorStore store, ObjectiveView view, RunPolicy policy, RunTime time, TunerOptions options, ILogger logger, RunRecorder? recorder)
{
    private readonly int _lastBefore = store.LastNumber;
    private readonly Dictionary<TrainingEnded, Trial> _trials = [];
    private int _alarms;

    /// <summary>All of the tuner's, in the order they ended.</summary>
    public IReadOnlyList<Trial> All => [.. store.Trainings.Select(Of)];

    /// <summary>The objective's value at each completed training, by number; null where it has none.</summary>
    public IReadOnlyDictionary<int, double?> Values => store.Anchors.ToDictionary(anchor => anchor.Number, anchor => view.Measured(anchor.Anchor).Value);

    public Trial Of(TrainingEnded training)
    {
        if (!_trials.TryGetValue(training, out var trial))
        {
            trial = policy.TrialOf(training, training.Number <= _lastBefore);
            _trials.Add(training, trial);
        }

        return trial;
    }

    /// <summary>Takes a training that has ended, and is in the store.</summary>
    public Trial Record(TrainingEnded training)
    {
        recorder?.Ended(training, store);
        var trial = Of(training);
        Log.Ended(logger, trial);
        TellAlarm();
        if (time.IsRunning)
        {
            TunerTelemetry.Ended(store.Space.Label, trial, BestValue(), policy.Calibration.Evidence);
        }

        Measured();
        return trial;
    }

    /// <summary>Tells the journal the values that it lacks.</summary>
    public void Measured() => recorder?.Measured(store, view);

    /// <summary>Whether the objective has the recorded values, bit for bit, at the anchors so far.</summary>
    public bool MeasureAs(IReadOnlyDictionary<int, ValueMeasured> recorded) => store.Anchors.All(
        anchor => !recorded.TryGetValue(anchor.Number, out var known) || view.Measured(anchor.Anchor).Value == known.Value);

    /// <summary>Tells the log of an alarm that it has not heard of.</summary>
    public void TellAlarm()
    {
        var calibration = policy.Calibration;
        if (calibration.Alarms > _alarms)
        {
            _alarms = calibration.Alarms;
            Log.AlarmRaised(logger, calibration.Misses, calibration.Tests);
        }
    }

    private double? BestValue()
    {
        var values = store.Anchors.Select(anchor => view.Measured(anchor.Anchor).Value).OfType<double>().ToList();
        return values.Count == 0 ? null : options.Goal == Goal.Maximize ? values.Max() : values.Min();
    }
}
