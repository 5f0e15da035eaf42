namespace HtiTune.Preferences;

// Notation: u_i grid with the anchors' places, φ_j,s draws of the features (FeaturePaths), g the preference
//   f_s(u) = x(g(φ_1,s(u), …, φ_J,s(u))),   f̄ = mean over s,   x the map of g at the features' means over the grid (ValueMap)
//   û = argmax f̄,   Δ_s = max f_s − f_s(û)      certified when P(Δ ≤ ε) ≥ 1 − δ by Clopper and Pearson's lower bound
//   EI(u) = mean of max(f_s(u) − f⁺, 0),         f⁺ = best f̄ at an anchor
// This is the composite form of [Astudillo2019]: features are modelled, a preference is a known function of them, so that a new one costs
// no fit. Features are drawn independently of each other: their errors are not known to go together.

/// <summary>
/// What the trainings so far say about several features at once; answers any preference among them without a training and without a fit.
/// </summary>
/// <remarks>Immutable and thread-safe; made by <see cref="TunerPreferences.Preferences"/>. It stays as it is when the tuner trains on.</remarks>
public sealed class PreferenceModel
{
    /// <summary>Joint draws S: enough for a certificate at δ = 0.01, as the lower bound of S hits in S is 0.9966.</summary>
    internal const int DrawCount = 2048;

    // Dominance is decided for pairs of places in each draw.
    private const int DrawsForFront = 512;

    private readonly FeaturePaths[] _paths = [];
    private readonly SpacePreferences? _several;

    private PreferenceModel(IReadOnlyList<Feature> features, SpacePreferences several)
    {
        (Features, _several, Space, Places) = (features, several, several.Space, []);
    }

    private PreferenceModel(
        ContinuousHyperparameter hyperparameter, IReadOnlyList<Feature> features, IReadOnlyList<PreferencePlace> places, FeaturePaths[] paths)
    {
        Space = hyperparameter;
        Features = features;
        Places = places;
        _paths = paths;
    }

    /// <summary>The features, in the order in which preferences read them.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>What is tuned.</summary>
    public SearchSpace Space { get; }

    /// <summary>The hyperparameter, where it is one continuous one.</summary>
    /// <exception cref="InvalidOperationException">There are several, or it is none with a range.</exception>
    public ContinuousHyperparameter Hyperparameter => Space.Line;

    /// <summary>What is missing to certify anything; null where there is enough.</summary>
    internal Unmet? Missing { get; init; }

    /// <summary>δ.</summary>
    internal double Delta { get; init; }

    /// <summary>Whether trainings at one λ most likely give the same features again, so that what was measured is what is.</summary>
    internal bool Repeats { get; init; }

    /// <summary>The grid, ascending, [G].</summary>
    internal IReadOnlyList<PreferencePlace> Places { get; }

    internal static PreferenceModel Of(
        AnchorStore store, IReadOnlyList<Feature> features, TunerOptions options, RandomStreams streams, Action<double, string> surrogateFailed)
    {
        if (!store.Space.IsLine)
        {
            return new PreferenceModel(features, new SpacePreferences(store, features, options, streams, surrogateFailed));
        }

        var count = store.Anchors.Count;
        var views = features.Select(f => new ObjectiveView(store, f.Value, options with { Goal = f.Goal, NoiseVariance = null }, surrogateFailed)).ToList();
        var processes = views.Select((view, j) => view.Process(count)
            ?? throw new InvalidOperationException($"No training has given a value of the feature '{features[j].Name}'; train first.")).ToList();
        var trained = views.SelectMany(v => v.Observations(count)).Select(o => o.Observation.U).ToHashSet();
        var failed = views.SelectMany(v => v.FailedPlaces()).ToHashSet();
        trained.ExceptWith(failed);
        var between = Enumerable.Range(0, options.GridSize).Select(i => i / (options.GridSize - 1.0))
            .Where(u => !trained.Any(t => Math.Abs(t - u) < Analysis.LeastSeparation));
        double[] grid = [.. between.Concat(trained).Order()];
        var separation = processes.Max(ProposalSearch.Separation);
        var places = grid.Select(u => new PreferencePlace(
            u, store.ConfigurationOf(store.LambdaAt(u)), trained.Contains(u), !failed.Any(f => Math.Abs(f - u) < separation), trained.Contains(u) ? MeasuredAt(store, views, u) : [])).ToList();
        var paths = processes.Select((process, j) => FeaturePaths.Draw(
            process, grid, DrawCount, streams.Stream($"feature {j} of {count} anchors"), views[j].Map(count))).ToArray();
        return new PreferenceModel(store.Hyperparameter, features, places, paths)
        {
            Missing = processes.Select(p => TuningPolicy.Missing(p.Observations, store.Surrogate(count) is not null)).FirstOrDefault(missing => missing is not null),
            Delta = options.Delta,
            Repeats = processes.TrueForAll(process => Analysis.NoiseOf(process) == 0),
        };
    }

    // Of replicates the first, which has the seed that all λ share.
    private static double[] MeasuredAt(AnchorStore store, List<ObjectiveView> views, double u) =>
        [.. views.Select(view => store.Anchors.Where(anchor => anchor.U == u).Select(anchor => view.Measured(anchor.Anchor).Value).OfType<double>().First())];

    /// <summary>The best configuration for one preference.</summary>
    /// <param name="preference">How the features make an objective.</param>
    /// <param name="epsilon">ε, the regret that does not matter; null for 1 % of the range of the objective's posterior mean over λ, penalties left out.</param>
    /// <exception cref="ArgumentException">The preference reads another number of features, or ε is not a finite number above 0.</exception>
    /// <exception cref="InvalidOperationException">The preference's value is not finite somewhere.</exception>
    public PreferenceAnswer Best(Preference preference, double? epsilon = null) => Best(preference, epsilon, CancellationToken.None);

    private PreferenceAnswer Best(Preference preference, double? epsilon, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(preference);
        if (preference.FeatureCount is { } expected && expected != Features.Count)
        {
            throw new ArgumentException($"The preference weighs {expected} features; expected {Features.Count}: {Names}.", nameof(preference));
        }

        if (epsilon is { } given && !(given > 0 && double.IsFinite(given)))
        {
            throw new ArgumentException($"ε is {given}; expected a finite number above 0, or null.", nameof(epsilon));
        }

        return _several is { } several ? several.Best(preference, epsilon, cancellation) : PreferenceDraws.Of(this, preference).Answer(epsilon);
    }

    /// <summary>The best λ for each member of a family: the curve λ*(w).</summary>
    /// <param name="weights">Parameters w of the family.</param>
    /// <param name="family">From w to the preference.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">A preference reads another number of features.</exception>
    /// <exception cref="InvalidOperationException">A preference's value is not finite somewhere.</exception>
    public IReadOnlyList<PreferenceAnswer> Curve(IEnumerable<double> weights, Func<double, Preference> family, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(family);
        var points = new List<PreferenceAnswer>();
        foreach (var weight in weights)
        {
            cancellation.ThrowIfCancellationRequested();
            points.Add(Best(family(weight), null, cancellation) with { Weight = weight });
        }

        return points;
    }

    /// <summary>
    /// The Pareto front: the configurations that no other one beats, by the features' goals; of one hyperparameter those of the grid, ascending in λ, of several those
    /// that a search finds, at most 48, ascending in the first feature.
    /// </summary>
    /// <param name="cancellation">Ends the work.</param>
    public IReadOnlyList<ParetoPoint> Front(CancellationToken cancellation = default)
    {
        if (_several is { } several)
        {
            return several.Front(cancellation);
        }

        double[] signs = [.. Features.Select(f => f.Goal == Goal.Maximize ? 1.0 : -1.0)];
        var isFree = Undominated((j, i) => signs[j] * _paths[j].Means[i]);
        var hits = new int[Places.Count];
        for (var s = 0; s < DrawsForFront; s++)
        {
            cancellation.ThrowIfCancellationRequested();
            var draw = s;
            var free = Undominated((j, i) => signs[j] * _paths[j][draw, i]);
            for (var i = 0; i < hits.Length; i++)
            {
                hits[i] += free[i] ? 1 : 0;
            }
        }

        return [.. Enumerable.Range(0, Places.Count).Where(i => isFree[i]).Select(i => new ParetoPoint(
            Places[i].Configuration, MeansAt(i), [.. _paths.Select(p => p.Deviations[i])], (double)hits[i] / DrawsForFront, Places[i].IsTrained))];
    }

    /// <summary>Posterior means of all features at a place, [J].</summary>
    internal double[] MeansAt(int place) => [.. _paths.Select(p => p.Means[place])];

    /// <summary>The values of all features at a place in one draw, [J].</summary>
    internal void Read(int draw, int place, Span<double> values)
    {
        for (var j = 0; j < values.Length; j++)
        {
            values[j] = _paths[j][draw, place];
        }
    }

    private string Names => string.Join(", ", Features.Select(f => f.Name));

    // In the order of falling first feature only places before can dominate, so each is held against the undominated ones so far.
    private bool[] Undominated(Func<int, int, double> value)
    {
        var count = Places.Count;
        var values = new double[Features.Count][];
        for (var j = 0; j < values.Length; j++)
        {
            values[j] = new double[count];
            for (var i = 0; i < count; i++)
            {
                values[j][i] = value(j, i);
            }
        }

        var order = Enumerable.Range(0, count).Where(i => Places[i].IsAllowed).ToArray();
        Array.Sort(order, (a, b) => Compare(b, a));
        var isFree = new bool[count];
        var front = new List<int>();
        foreach (var i in order)
        {
            if (!front.Exists(other => Dominates(other, i)))
            {
                front.Add(i);
                isFree[i] = true;
            }
        }

        return isFree;

        int Compare(int a, int b)
        {
            foreach (var feature in values)
            {
                if (feature[a] != feature[b])
                {
                    return feature[a].CompareTo(feature[b]);
                }
            }

            return b.CompareTo(a);
        }

        bool Dominates(int a, int b)
        {
            var isBetter = false;
            foreach (var feature in values)
            {
                if (feature[a] < feature[b])
                {
                    return false;
                }

                isBetter |= feature[a] > feature[b];
            }

            return isBetter;
        }
    }
}

/// <summary>A point of the grid of a preference model.</summary>
/// <param name="U">Where it is, on the unit scale.</param>
/// <param name="Configuration">λ.</param>
/// <param name="IsTrained">Whether a network was trained there, and every feature has a value.</param>
/// <param name="IsAllowed">Whether it is away from failures.</param>
/// <param name="Measured">The features' values where one was trained, [J]; else empty.</param>
internal readonly record struct PreferencePlace(double U, Configuration Configuration, bool IsTrained, bool IsAllowed, double[] Measured)
{
    /// <summary>λ, in its own units.</summary>
    internal double Lambda => Configuration.Lambda;
}
