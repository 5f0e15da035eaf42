namespace HtiTune.Preferences;

/// <summary>How several features make one objective: any function of their values, most often a weighted sum.</summary>
public sealed record Preference
{
    /// <summary>A preference by any function.</summary>
    /// <param name="value">From the features' values, in the order of the features, to the objective. Finite wherever they are.</param>
    /// <param name="goal">Which values of the objective are better.</param>
    public Preference(Func<ReadOnlySpan<double>, double> value, Goal goal = Goal.Minimize)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = value;
        Goal = Enum.IsDefined(goal) ? goal : throw new ArgumentException($"The goal is {goal}; expected Minimize or Maximize.", nameof(goal));
    }

    /// <summary>From the features' values to the objective.</summary>
    public Func<ReadOnlySpan<double>, double> Value { get; }

    /// <summary>Which values of the objective are better.</summary>
    public Goal Goal { get; }

    /// <summary>The number of features that it reads; null where any will do.</summary>
    internal int? FeatureCount { get; private init; }

    /// <summary>A weighted sum Σ w_j φ_j.</summary>
    /// <param name="weights">w, one for each feature; finite.</param>
    /// <param name="goal">Which sums are better.</param>
    /// <exception cref="ArgumentException">There is no weight, or one is not finite.</exception>
    public static Preference Weighted(IReadOnlyList<double> weights, Goal goal = Goal.Minimize)
    {
        ArgumentNullException.ThrowIfNull(weights);
        double[] kept = [.. weights];
        if (kept.Length == 0 || kept.Any(w => !double.IsFinite(w)))
        {
            throw new ArgumentException($"The weights are [{string.Join(", ", kept)}]; expected finite numbers, one for each feature.", nameof(weights));
        }

        return new Preference(
            values =>
            {
                double sum = 0;
                for (var j = 0; j < kept.Length; j++)
                {
                    sum += kept[j] * values[j];
                }

                return sum;
            },
            goal)
        {
            FeatureCount = kept.Length,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Preference), PrintMembers);
}
