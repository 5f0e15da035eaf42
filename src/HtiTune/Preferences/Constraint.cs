namespace HtiTune.Preferences;

/// <summary>What a configuration must hold to count at all: a bound on a feature that may be large or small otherwise, as a latency or an error rate.</summary>
public sealed record Constraint
{
    private Constraint(Feature feature, double bound, bool isUpper) => (Feature, Bound, IsUpper) = (feature, bound, isUpper);

    /// <summary>What is bounded; its goal is not looked at.</summary>
    public Feature Feature { get; }

    /// <summary>The bound, in units of the feature; it is met where the feature is equal to it.</summary>
    public double Bound { get; }

    /// <summary>Whether the feature may be at most the bound; else it must be at least that.</summary>
    public bool IsUpper { get; }

    /// <summary>The feature must be at most the bound.</summary>
    /// <param name="feature">What is bounded.</param>
    /// <param name="bound">A finite number.</param>
    /// <exception cref="ArgumentException">The bound is not finite.</exception>
    public static Constraint AtMost(Feature feature, double bound) => new(feature ?? throw new ArgumentNullException(nameof(feature)), Finite(bound), true);

    /// <summary>The feature must be at least the bound.</summary>
    /// <inheritdoc cref="AtMost"/>
    public static Constraint AtLeast(Feature feature, double bound) => new(feature ?? throw new ArgumentNullException(nameof(feature)), Finite(bound), false);

    /// <summary>The feature must be at most, or at least, the bound.</summary>
    /// <param name="feature">What is bounded.</param>
    /// <param name="bound">A finite number.</param>
    /// <param name="isUpper">Whether it is at most.</param>
    /// <exception cref="ArgumentException">The bound is not finite.</exception>
    public static Constraint Of(Feature feature, double bound, bool isUpper) => isUpper ? AtMost(feature, bound) : AtLeast(feature, bound);

    /// <summary>By how much a value of the feature misses the bound: at most 0 where it is met.</summary>
    /// <param name="value">The feature's value.</param>
    public double Excess(double value) => IsUpper ? value - Bound : Bound - value;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Feature.Name} {(IsUpper ? "<=" : ">=")} {Bound}");

    internal Constraint On(Feature feature) => new(feature, Bound, IsUpper);

    private static double Finite(double bound) =>
        double.IsFinite(bound) ? bound : throw new ArgumentException($"The bound is {bound}; expected a finite number.", nameof(bound));
}
