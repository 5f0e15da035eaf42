using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Preferences;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>
/// What the trainings of a space say about several features at once. A preference is judged as an objective of its own: the features of expected outputs, and what it makes of them.
/// </summary>
/// <remarks>It stays as it is when the tuner trains on.</remarks>
internal sealed class SpacePreferences
{
    private readonly IReadOnlyList<Feature> _features;
    private readonly TunerOptions _options;
    private readonly RandomStreams _streams;
    private readonly Contexts _contexts;
    private readonly List<(int Number, Configuration Configuration, double[]? Values, Matrix? Outputs)> _trainings;
    private readonly Lazy<IReadOnlyList<SpaceAnalysis>> _analyses;

    /// <param name="store">The trainings.</param>
    /// <param name="features">The features.</param>
    /// <param name="options">How the tuner works.</param>
    /// <param name="streams">All chance.</param>
    /// <param name="failed">Is told where an objective could not judge.</param>
    /// <exception cref="InvalidOperationException">No training has given a value of every feature.</exception>
    internal SpacePreferences(AnchorStore store, IReadOnlyList<Feature> features, TunerOptions options, RandomStreams streams, Action<double, string> failed)
    {
        (_features, _options, _streams, Space) = (features, options, streams, store.Space);
        ObjectiveView[] views = [.. features.Select(feature => new ObjectiveView(store, feature.Value, options with { Goal = feature.Goal, NoiseVariance = null }, failed))];
        _trainings = [];
        foreach (var training in store.Attempts.Where(training => training.State != TrialState.Cancelled))
        {
            double?[] values = training.State == TrialState.Completed ? [.. views.Select(view => view.Measured(training.Anchor).Value)] : [null];
            double[]? all = Array.TrueForAll(values, value => value is not null) ? [.. values.Select(value => value!.Value)] : null;
            _trainings.Add((training.Number, training.Configuration, all, all is null || !options.UseSurrogate ? null : store.Samples(training.Anchor, store.Contexts!).Outputs));
        }

        if (!_trainings.Exists(training => training.Values is not null))
        {
            throw new InvalidOperationException($"No training has given a value of {string.Join(" and ", features.Select(feature => $"the feature '{feature.Name}'"))}; train first.");
        }

        _contexts = store.Contexts!;
        _analyses = new Lazy<IReadOnlyList<SpaceAnalysis>>(() => [.. Enumerable.Range(0, features.Count).Select(j => Analyse(
            null, values => SignOf(j) * values[j], (outputs, at) => SignOf(j) * features[j].Value(new OutputsModel(_contexts, outputs, at)), CancellationToken.None))]);
    }

    /// <summary>The hyperparameters.</summary>
    internal SearchSpace Space { get; }

    /// <summary>The best configuration for one preference.</summary>
    internal PreferenceAnswer Best(Preference preference, double? epsilon, CancellationToken cancellation)
    {
        var sign = preference.Goal == Goal.Maximize ? -1 : 1;
        var analysis = Analyse(
            epsilon, values => sign * PreferenceDraws.Value(preference, values),
            (outputs, at) =>
            {
                var model = new OutputsModel(_contexts, outputs, at);
                double[] values = [.. _features.Select(feature => feature.Value(model))];
                return Array.TrueForAll(values, double.IsFinite) ? sign * preference.Value(values) : double.NaN;
            },
            cancellation);
        var (_, known, measured, _) = _trainings[analysis.Best];
        (Configuration Configuration, SpaceJudgement Judgement)? judged =
            !analysis.IsExhausted && _trainings.Count(training => training.Values is not null) < Outcome.AnchorsForCertificate ? null : analysis.JudgeUntrained(cancellation);
        var (chosen, judgement) = (judged?.Configuration ?? analysis.Recommended(cancellation), judged?.Judgement);
        var belief = analysis.At(chosen).InSignOf(preference.Goal);
        return new PreferenceAnswer
        {
            Configuration = chosen,
            LambdaLow = double.NaN,
            LambdaHigh = double.NaN,
            IsTrained = _trainings.Exists(training => training.Values is not null && training.Configuration.Equals(chosen)),
            TrainedConfiguration = known,
            TrainedValue = PreferenceDraws.Value(preference, measured),
            PredictedValue = belief.Mean,
            Low = belief.Low,
            High = belief.High,
            Features = [.. _features.Select((_, j) => SignOf(j) * _analyses.Value[j].At(chosen).Mean)],
            Epsilon = analysis.Epsilon,
            Outcome = OutcomeOf(analysis, judgement, cancellation),
        };
    }

    /// <summary>The Pareto front, by the features' goals; ascending in the first feature.</summary>
    internal IReadOnlyList<ParetoPoint> Front(CancellationToken cancellation)
    {
        var coordinates = new SpaceCoordinates(Space, _options.IsAllowed);
        double[][] trained = [.. _trainings.Where(training => training.Values is not null).Select(training => coordinates.Of(training.Configuration))];
        var front = new SpaceFront(coordinates, _analyses.Value, trained, _streams.Fork("front"));
        return [.. front.Points(cancellation).Select(point => point with
        {
            Features = [.. point.Features.Select((value, j) => SignOf(j) * value)],
            IsTrained = _trainings.Exists(training => training.Values is not null && training.Configuration.Equals(point.Configuration)),
        }).OrderBy(point => point.Features[0])];
    }

    // Inside, less is better.
    private int SignOf(int feature) => _features[feature].Goal == Goal.Maximize ? -1 : 1;

    private SpaceAnalysis Analyse(double? epsilon, Func<double[], double> value, SpaceObjective objective, CancellationToken cancellation)
    {
        // What is known of the objective's noise says of the features that they scatter at most.
        var noise = _options.NoiseVariance == 0 ? 0 : (double?)null;
        var before = _trainings.Count(training => training.Values is not null) >= Outcome.AnchorsForCertificate ? _trainings.Count : (int?)null;
        var policy = new SpacePolicy(Space, SpacePolicyOptions.Of(_options, epsilon) with { NoiseVariance = noise, Before = before }, _streams);
        TrainingEnded[] trainings =
            [.. _trainings.Select(training => TrainingEnded.Seen(training.Number, training.Configuration, training.Values is { } values ? value(values) : null, training.Outputs, _contexts))];
        return policy.AnalyseAt(trainings, _options.UseSurrogate ? objective : null, cancellation)!;
    }

    private Outcome OutcomeOf(SpaceAnalysis analysis, SpaceJudgement? judgement, CancellationToken cancellation)
    {
        if (judgement?.Holds == true)
        {
            return new Certified(analysis.Epsilon, _options.Delta, judgement.Probability, 0) { IsExhaustive = judgement == SpaceJudgement.Known };
        }

        return analysis.Next([], cancellation) is { } next
            ? new NeedsTraining(next.Configuration, next.Gain, judgement?.Probability ?? 0)
            : new NotCertified(analysis.Epsilon, judgement?.Probability ?? 0, judgement?.RegretQuantile ?? 0, SpaceRunPolicy.MissedBy(judgement, analysis.Epsilon), _options.Delta);
    }
}
