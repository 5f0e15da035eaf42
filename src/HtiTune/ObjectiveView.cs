namespace HtiTune;

/// <summary>An objective's value at an anchor, in its own sign; or what went wrong.</summary>
internal readonly record struct Measurement(double? Value, string? Error);

/// <summary>
/// All anchors seen through one objective: values of the real networks, values of the surrogate of any prefix of them, and one-step-ahead
/// predictions. The only place where the objective is called, and where its values become those of the model: of order one, larger is better
/// (<see cref="ValueMap"/>). Of each prefix of the anchors the map is its own, so that a replay comes to the same.
/// </summary>
internal sealed class ObjectiveView
{
    private readonly AnchorStore _store;
    private readonly Func<IConditionalModel, double> _objective;
    private readonly double? _noiseDeviation;
    private readonly ObjectiveBootstrap? _bootstrap;
    private readonly Dictionary<int, double?> _deviations = [];
    private readonly Dictionary<int, ValueMap> _maps = [];
    private readonly Action<double, string> _surrogateFailed;
    private readonly List<Measurement> _measured = [];
    private readonly Dictionary<(int Count, double U), double> _surrogateValues = [];
    private readonly Dictionary<int, StudentMixture?> _predictions = [];
    private readonly Dictionary<int, double?> _trusts = [];
    private readonly int _known;

    /// <param name="store">The anchors.</param>
    /// <param name="objective">The objective.</param>
    /// <param name="options">For goal and noise.</param>
    /// <param name="surrogateFailed">Is told λ and error when the objective cannot judge the surrogate there.</param>
    public ObjectiveView(AnchorStore store, Func<IConditionalModel, double> objective, TunerOptions options, Action<double, string> surrogateFailed)
    {
        _store = store;
        _objective = objective = Timed(objective, options.TimeProvider);
        _noiseDeviation = options.NoiseVariance is { } variance ? Math.Sqrt(variance) : null;
        _bootstrap = options.Bootstrap == 0 ? null : new ObjectiveBootstrap(store, objective, options.Bootstrap, new RandomStreams(options.Seed));
        Goal = options.Goal;
        _surrogateFailed = surrogateFailed;
        _known = store.Anchors.Count;
        HasProcess = store.Space.IsLine;
        Calibration = new CalibrationWatch(store, this);
    }

    /// <summary>Whether a process of the values over λ foretells each of them: not where there are several hyperparameters, or several features.</summary>
    public bool HasProcess { get; init; }

    /// <summary>The time that the objective has taken so far.</summary>
    public TimeSpan Judging { get; private set; }

    /// <summary>Tests each value against the interval that was known before it.</summary>
    public CalibrationWatch Calibration { get; }

    /// <summary>Is told how many of how many anchors have been gone through; may throw to end it.</summary>
    public Action<int, int>? Weighing { get; set; }

    /// <summary>Which of the objective's values are better.</summary>
    public Goal Goal { get; }

    /// <summary>Turns the objective's values into those of the process of the first anchors, and back.</summary>
    public ValueMap Map(int count)
    {
        // What has no value does not change the map.
        var last = count;
        while (last > 0 && Measured(last - 1).Value is null)
        {
            last--;
        }

        if (last == 0)
        {
            throw new InvalidOperationException("Without a value there is no scale.");
        }

        if (!_maps.TryGetValue(last, out var map))
        {
            map = ValueMap.Of(Goal, [.. Enumerable.Range(0, last).Where(i => Measured(i).Value is not null).Select(i => (_store.Anchors[i].U, Measured(i).Value!.Value))]);
            _maps.Add(last, map);
        }

        return map;
    }

    /// <summary>The objective of a model, in its own sign and units.</summary>
    public double Value(IConditionalModel model) => _objective(model);

    /// <summary>The objective of the real network at an anchor, evaluated once.</summary>
    public Measurement Measured(int anchor)
    {
        for (var i = _measured.Count; i <= anchor; i++)
        {
            _store.Cancellation.ThrowIfCancellationRequested();
            _measured.Add(Measure(i));
        }

        return _measured[anchor];
    }

    /// <summary>A training as analyses of several hyperparameters see it: with its value, of which less is better, and with its outputs where they are used; as it is where it has no value.</summary>
    public TrainingEnded Seen(TrainingEnded training, bool withOutputs) => training.State == TrialState.Completed && Measured(training.Anchor).Value is { } value
        ? training with
        {
            Value = Goal == Goal.Maximize ? -value : value,
            Outputs = withOutputs ? _store.Samples(training.Anchor, _store.Contexts!).Outputs : null,
            Contexts = _store.Contexts,
        }
        : training;

    /// <summary>The first anchors that have a value, in the order they arrived, with their one-step-ahead surrogate predictions; in the model.</summary>
    public List<(int Anchor, Observation Observation)> Observations(int count)
    {
        var observations = new List<(int, Observation)>(count);
        var map = ValueCount(count) == 0 ? null : Map(count);
        for (var i = 0; i < count; i++)
        {
            if (Measured(i).Value is { } value)
            {
                var u = _store.Anchors[i].U;
                var prefix = i;
                var foreseen = IsTested(i) ? Surrogate(prefix, u) : double.NaN;
                double? predicted = double.IsNaN(foreseen) ? null : map!.ToModel(foreseen);
                double[]? earlier = predicted is null ? null : [.. observations.Select(o => ToModel(map!, Surrogate(prefix, o.Item2.U)))];
                observations.Add((i, new Observation(u, map!.ToModel(value), predicted, NoiseVariance(i, value, map), earlier) { IsExtreme = map.IsExtreme(value) }));
            }
        }

        return observations;
    }

    /// <summary>Places where the network or this objective failed.</summary>
    public List<double> FailedPlaces() =>
        [.. _store.Attempts
            .Where(t => t.State == TrialState.Failed || t.State == TrialState.Completed && Measured(t.Anchor).Value is null)
            .Select(t => t.U)];

    /// <summary>
    /// The objective of the surrogate of the first anchors at a place, in its own sign and units; NaN where it has no answer: outside its
    /// anchors, without a surrogate, or where the objective throws or is not finite.
    /// </summary>
    public double Surrogate(int count, double u)
    {
        if (_surrogateValues.TryGetValue((count, u), out var known))
        {
            return known;
        }

        _store.Cancellation.ThrowIfCancellationRequested();
        var value = double.NaN;
        var lambda = _store.LambdaAt(u);
        if (SurrogateModel.Of(_store, count, lambda) is { } model)
        {
            try
            {
                value = _objective(model);
                if (!double.IsFinite(value))
                {
                    _surrogateFailed(lambda, $"the value is {value}");
                    value = double.NaN;
                }
            }
            catch (Exception error) when (error is not OutOfMemoryException && !_store.Cancellation.IsCancellationRequested)
            {
                _surrogateFailed(lambda, error.Message);
            }
        }

        _surrogateValues[(count, u)] = value;
        return value;
    }

    /// <summary>
    /// The bridge process of the first anchors; null while none of them has a value. After an alarm it is a plain one of wider scale.
    /// </summary>
    public BridgeProcess? Process(int count)
    {
        if (Calibration.Correction(count) is { } scale)
        {
            return PlainProcess(count, scale);
        }

        var observations = Observations(count);
        if (observations.Count == 0)
        {
            return null;
        }

        var map = Map(count);
        return BridgeProcess.Fit(
            [.. observations.Select(o => o.Observation)],
            _store.Surrogate(count) is null ? null : u => ToModel(map, Surrogate(count, u)),
            new BridgeOptions { PredictionFactor = Calibration.Factor(count) });
    }

    /// <summary>The process of the first anchors without the surrogate, s₀ given.</summary>
    public BridgeProcess PlainProcess(int count, double scale) =>
        BridgeProcess.Fit([.. Observations(count).Select(o => o.Observation)], null, new BridgeOptions { ValueScale = scale });

    /// <summary>How many of the first anchors have a value.</summary>
    public int ValueCount(int count) => Enumerable.Range(0, count).Count(i => Measured(i).Value is not null);

    /// <summary>What the anchors before this one predict for its value, in the model of those (<see cref="Map"/>); null for the first.</summary>
    public StudentMixture? Predict(int anchor)
    {
        if (!_predictions.TryGetValue(anchor, out var prediction))
        {
            var process = IsTested(anchor) ? Process(anchor) : null;
            prediction = process?.Predict(_store.Anchors[anchor].U);
            _predictions[anchor] = prediction;
            _trusts[anchor] = process?.Trust;
        }

        return prediction;
    }

    /// <summary>The trust in the surrogate behind <see cref="Predict"/>; null for the first.</summary>
    public double? TrustBefore(int anchor)
    {
        Predict(anchor);
        return _trusts[anchor];
    }

    // Of very many that were there before, only the first are predicted by those before them; without a line there is no process of this kind.
    private bool IsTested(int anchor) => HasProcess && (anchor < AnchorStore.FullHistory || anchor >= _known);

    private static double ToModel(ValueMap map, double value) => double.IsNaN(value) ? value : map.ToModel(value);

    private double? NoiseVariance(int anchor, double value, ValueMap map)
    {
        var deviation = _noiseDeviation;
        if (_bootstrap is not null && !_deviations.TryGetValue(anchor, out deviation))
        {
            deviation = _bootstrap.Deviation(anchor);
            _deviations[anchor] = deviation;
        }

        return deviation is { } known ? map.VarianceFrom(known, value) : null;
    }

    private Func<IConditionalModel, double> Timed(Func<IConditionalModel, double> objective, TimeProvider time) => model =>
    {
        var began = time.GetTimestamp();
        try
        {
            return objective(model);
        }
        finally
        {
            Judging += time.GetElapsedTime(began);
        }
    };

    private Measurement Measure(int anchor)
    {
        try
        {
            var value = _objective(new TrainedModel(_store, anchor));
            return double.IsFinite(value)
                ? new Measurement(value, null)
                : new Measurement(null, $"The objective's value is {value}; expected a finite number.");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new Measurement(null, $"The objective failed: {error.Message}");
        }
    }
}
