namespace HtiTune.Preferences;

/// <summary>
/// What a run looks for: the best of one objective, of a preference among several features, or the Pareto front of several; each under constraints or not. An aim of one
/// feature without constraints is what <see cref="Tuner.Optimize"/> does with a function.
/// </summary>
public sealed class Aim
{
    private Aim(IReadOnlyList<Feature> features, Preference? preference, IReadOnlyList<Constraint> constraints) =>
        (Features, Preference, Constraints) = (features, preference, constraints);

    /// <summary>The features that are weighed; at least one.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>How the features make one objective; null for the only feature's own goal, and where the front is looked for.</summary>
    public Preference? Preference { get; }

    /// <summary>What every configuration must hold.</summary>
    public IReadOnlyList<Constraint> Constraints { get; }

    /// <summary>
    /// The worst values of the features that still count, in their own units: the front is looked for beyond them. Null: a tenth of the known front's range beyond its
    /// worst values, at each step.
    /// </summary>
    public IReadOnlyList<double>? Reference { get; private init; }

    /// <summary>Whether several features have goals of their own, so that there is no single best.</summary>
    public bool IsFront => Preference is null && Features.Count > 1;

    /// <summary>Which of the objective's values are better; of a front those of the first feature.</summary>
    internal Goal Goal => Preference?.Goal ?? Features[0].Goal;

    /// <summary>Whether it is the aim of one function.</summary>
    internal bool IsScalar => Preference is null && Features.Count == 1 && Constraints.Count == 0;

    /// <summary>All that is measured at a configuration: the features, then what constraints bound.</summary>
    internal IReadOnlyList<Feature> Measures => [.. Features, .. Constraints.Select(constraint => constraint.Feature)];

    /// <summary>The best of one feature, by its goal.</summary>
    /// <param name="feature">The objective.</param>
    /// <exception cref="ArgumentException">It has no name or no function.</exception>
    public static Aim Best(Feature feature) => Made([feature], null);

    /// <summary>The best of one objective.</summary>
    /// <param name="objective">Judges a conditional model, as in <see cref="Tuner.Optimize"/>.</param>
    /// <param name="goal">Which of its values are better.</param>
    public static Aim Best(Func<IConditionalModel, double> objective, Goal goal = Goal.Minimize) => Best(new Feature("objective", objective, goal));

    /// <summary>The best for a preference among features.</summary>
    /// <param name="preference">How the features make an objective.</param>
    /// <param name="features">At least one; their names differ.</param>
    /// <exception cref="ArgumentException">There is no feature, one has no name or an earlier one's, or the preference weighs another number of them.</exception>
    public static Aim Best(Preference preference, params IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(preference);
        ArgumentNullException.ThrowIfNull(features);
        if (preference.FeatureCount is { } weighed && weighed != features.Count)
        {
            throw new ArgumentException($"The preference weighs {weighed} features; expected {features.Count}.", nameof(preference));
        }

        return Made(features, preference);
    }

    /// <summary>The Pareto front: what no other configuration beats in every feature, each by its goal.</summary>
    /// <param name="features">At least two; their names differ.</param>
    /// <exception cref="ArgumentException">There are fewer, or one has no name or an earlier one's.</exception>
    public static Aim Front(params IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features.Count < 2 ? throw new ArgumentException($"A front has {features.Count} features; expected at least two.", nameof(features)) : Made(features, null);
    }

    /// <summary>The best of one feature, or the front of several, where every constraint is met.</summary>
    /// <param name="features">At least one; their names differ.</param>
    /// <param name="constraints">What every configuration must hold; none.</param>
    /// <exception cref="ArgumentException">There is no feature, one has no name or an earlier one's, or two constraints bound features of the same name and side.</exception>
    public static Aim Of(IReadOnlyList<Feature> features, IReadOnlyList<Constraint> constraints)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Made(features, null).SubjectTo(constraints);
    }

    /// <summary>The same, where every constraint is met.</summary>
    /// <param name="constraints">Constraints, beside those that it has.</param>
    /// <exception cref="ArgumentException">Two bound features of the same name and side.</exception>
    public Aim SubjectTo(params IReadOnlyList<Constraint> constraints)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        Constraint[] all = [.. Constraints, .. constraints];
        foreach (var constraint in all)
        {
            Feature.Require([constraint.Feature]);
        }

        var twice = all.GroupBy(one => (one.Feature.Name, one.IsUpper)).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? new Aim(Features, Preference, all) { Reference = Reference }
            : throw new ArgumentException($"Two constraints bound '{twice.Key.Name}' on the same side; expected one.", nameof(constraints));
    }

    /// <summary>The same front, beyond some values.</summary>
    /// <param name="reference">The worst value of each feature that still counts; finite.</param>
    /// <exception cref="ArgumentException">It is no front, or the numbers are not as many as the features, or not finite.</exception>
    public Aim Beyond(params IReadOnlyList<double> reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return IsFront && reference.Count == Features.Count && reference.All(double.IsFinite) ? new Aim(Features, Preference, Constraints) { Reference = [.. reference] }
            : throw new ArgumentException($"The reference is [{string.Join(", ", reference)}]; expected a finite number for each of the {Features.Count} features of a front.", nameof(reference));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (IsFront ? "the front of " : "the best of ") + string.Join(", ", Features.Select(feature => feature.Name))
        + (Constraints.Count == 0 ? "" : ", where " + string.Join(" and ", Constraints));

    /// <summary>The run's objective: what its trials and its journal have as value. Of a front the first feature's; it has none where any measure has none.</summary>
    internal double Value(IConditionalModel model)
    {
        var values = new double[Features.Count];
        var measures = Measures;
        for (var j = 0; j < measures.Count; j++)
        {
            var value = measures[j].Value(model);
            if (!double.IsFinite(value))
            {
                throw new ArithmeticException($"'{measures[j].Name}' is {value}; expected a finite number");
            }

            if (j < values.Length)
            {
                values[j] = value;
            }
        }

        return Weigh(values);
    }

    /// <summary>The value of the objective from those of the features.</summary>
    internal double Weigh(ReadOnlySpan<double> features) => Preference is { } preference ? preference.Value(features[..Features.Count]) : features[0];

    /// <summary>The same with other functions under the features' names.</summary>
    internal Aim Judged(Func<string, Func<IConditionalModel, double>> by) => new(
        [.. Features.Select(feature => feature with { Value = by(feature.Name) })], Preference,
        [.. Constraints.Select(one => one.On(one.Feature with { Value = by(one.Feature.Name) }))])
    {
        Reference = Reference,
    };

    private static Aim Made(IReadOnlyList<Feature> features, Preference? preference)
    {
        Feature.Require(features);
        return new Aim([.. features], preference, []);
    }
}
