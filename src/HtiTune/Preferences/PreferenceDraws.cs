namespace HtiTune.Preferences;

// Notation: as in PreferenceModel.

/// <summary>Joint draws of one preference's objective, in a model of its own (<see cref="ValueMap"/>).</summary>
internal sealed class PreferenceDraws
{
    private const double IntervalTail = 0.05;

    // Sums of features beyond this may overflow.
    private const double Huge = 1e100;

    private readonly PreferenceModel _model;
    private readonly Preference _preference;
    private readonly ValueMap _map;
    private readonly double[] _values;
    private readonly double[] _means;

    private PreferenceDraws(PreferenceModel model, Preference preference, ValueMap map, double[] values, double[] means)
    {
        _model = model;
        _preference = preference;
        _map = map;
        _values = values;
        _means = means;
    }

    private int Count => _model.Places.Count;

    public static PreferenceDraws Of(PreferenceModel model, Preference preference)
    {
        var count = model.Places.Count;
        var map = ValueMap.Of(preference.Goal, [.. model.Places.Select((place, i) => (place.U, Value(preference, model.MeansAt(i))))]);
        var values = new double[PreferenceModel.DrawCount * count];
        var means = new double[count];
        Span<double> features = new double[model.Features.Count];
        for (var s = 0; s < PreferenceModel.DrawCount; s++)
        {
            for (var i = 0; i < count; i++)
            {
                model.Read(s, i, features);
                var value = map.ToModel(Value(preference, features));
                values[s * count + i] = value;
                means[i] += value / PreferenceModel.DrawCount;
            }
        }

        return new PreferenceDraws(model, preference, map, values, means);
    }

    internal static double Value(Preference preference, ReadOnlySpan<double> features)
    {
        var value = preference.Value(features);
        if (double.IsFinite(value))
        {
            return value;
        }

        foreach (var feature in features)
        {
            if (Math.Abs(feature) > Huge)
            {
                // A penalty among the features: what it sums up to is as bad as can be.
                return preference.Goal == Goal.Maximize ? -double.MaxValue : double.MaxValue;
            }
        }

        throw new InvalidOperationException(
            $"The preference's value at the features [{string.Join(", ", features.ToArray().Select(f => f.ToString("G6")))}] is {value}; expected a finite number.");
    }

    public PreferenceAnswer Answer(double? epsilon)
    {
        var bar = epsilon is { } given ? _map.FromAmount(given) : Analysis.DefaultEpsilon(_means, _map.GoodFloor);
        var allowed = Enumerable.Range(0, Count).Where(i => _model.Places[i].IsAllowed).ToList();

        // Where trainings repeat what was measured is known better than any mean.
        double Known(int i) => _model.Repeats ? Measured(i) : _means[i];
        var trained = allowed.Where(i => _model.Places[i].IsTrained).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? double.NegativeInfinity : Known(i));
        var chosen = allowed.MaxBy(i => _means[i]);
        if (trained >= 0 && (_model.Places[chosen].IsTrained || _means[chosen] - Math.Max(Known(trained), _means[trained]) <= Analysis.NegligibleShare * bar))
        {
            // Of trained λ none is chosen above one that was measured better, and no mean counts for more than what was measured.
            chosen = trained;
        }

        var regrets = new double[PreferenceModel.DrawCount];
        var places = new double[PreferenceModel.DrawCount];
        var there = new double[PreferenceModel.DrawCount];
        for (var s = 0; s < regrets.Length; s++)
        {
            var best = 0;
            var path = _values.AsSpan(s * Count, Count);
            for (var i = 1; i < Count; i++)
            {
                best = path[i] > path[best] ? i : best;
            }

            regrets[s] = path[best] - path[chosen];
            places[s] = _model.Places[best].Lambda;
            there[s] = _map.ToObjective(path[chosen]);
        }

        Array.Sort(places);
        Array.Sort(there);
        var known = Enumerable.Range(0, Count).Where(i => _model.Places[i].IsTrained).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? double.NegativeInfinity : Measured(i));
        var predicted = _map.ToObjective(_means[chosen]);
        return new PreferenceAnswer
        {
            TrainedConfiguration = known < 0 ? null : At(known),
            TrainedValue = known < 0 ? null : Value(_preference, _model.Places[known].Measured),
            Configuration = At(chosen),
            LambdaLow = OrderStatistics.LeastReached(places, IntervalTail),
            LambdaHigh = OrderStatistics.LeastReached(places, 1 - IntervalTail),
            IsTrained = _model.Places[chosen].IsTrained,
            PredictedValue = predicted,
            Low = Math.Min(predicted, OrderStatistics.LeastReached(there, IntervalTail)),
            High = Math.Max(predicted, OrderStatistics.LeastReached(there, 1 - IntervalTail)),
            Features = _model.MeansAt(chosen),
            Epsilon = epsilon ?? _map.ToAmount(bar),
            Outcome = Outcome(Certificate.Of(regrets, bar, _model.Delta), epsilon ?? _map.ToAmount(bar), allowed, trained),
        };
    }

    private Configuration At(int place) => _model.Places[place].Configuration;

    // What the preference makes of the real network at a trained place, in the model.
    private double Measured(int place) => _map.ToModel(Value(_preference, _model.Places[place].Measured));

    private Outcome Outcome(Certificate certificate, double epsilon, List<int> allowed, int trained)
    {
        if (_model.Missing is null && certificate.Holds)
        {
            return new Certified(epsilon, certificate.Delta, certificate.Probability, 0);
        }

        var (at, gain) = MostGain(allowed, trained < 0 ? double.NegativeInfinity : _means[trained]);
        return gain >= PlaceChoice.LeastGainShare * certificate.Epsilon
            ? new NeedsTraining(At(at), _map.ToAmount(gain), certificate.Probability)
            : new NotCertified(epsilon, certificate.Probability, _map.ToAmount(certificate.RegretQuantile), _model.Missing ?? TuningPolicy.MissedBy(certificate), certificate.Delta);
    }

    // EI over the best anchor, at the places without one.
    private (int At, double Gain) MostGain(List<int> allowed, double best)
    {
        var (at, most) = (-1, 0.0);
        foreach (var i in allowed.Where(i => !_model.Places[i].IsTrained))
        {
            double gain = 0;
            for (var s = 0; s < PreferenceModel.DrawCount; s++)
            {
                gain += Math.Max(_values[s * Count + i] - best, 0) / PreferenceModel.DrawCount;
            }

            if (gain > most)
            {
                (at, most) = (i, gain);
            }
        }

        return (at, most);
    }
}
