using System.Text.Json.Serialization;

namespace HtiTune;

/// <summary>
/// What a training costs over λ: the acquisition is divided by it, so that a dear training must promise more. Where the cost is in units
/// of the objective, a run ends when no training is expected to gain what it costs.
/// </summary>
public sealed record TrainingCost
{
    [JsonConstructor]
    internal TrainingCost(bool isFunction, bool isInObjectiveUnits, double? ofHour) => (IsFunction, IsInObjectiveUnits, OfHour) = (isFunction, isInObjectiveUnits, ofHour);

    /// <summary>Whether it is a function of λ, which a journal does not hold; else durations are measured.</summary>
    public bool IsFunction { get; }

    /// <summary>The cost as a function of λ; null where durations are measured, and in a journal.</summary>
    [JsonIgnore]
    public Func<double, double>? OfLambda { get; private init; }

    /// <summary>Whether the cost is in units of the objective.</summary>
    public bool IsInObjectiveUnits { get; }

    /// <summary>What an hour of training is worth in units of the objective; null where durations only compare λ with each other.</summary>
    public double? OfHour { get; }

    /// <summary>A known cost in any unit, as minutes or money: only its ratios matter.</summary>
    /// <param name="cost">c(λ), λ in its own units; finite and above 0 over the whole range.</param>
    public static TrainingCost Of(Func<double, double> cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        return new TrainingCost(true, false, null) { OfLambda = cost };
    }

    /// <summary>
    /// A known cost in units of the objective: what improvement a training at λ must bring to be worth it. The run ends when
    /// max EI(λ)/c(λ) ≤ 1 [Xie2026].
    /// </summary>
    /// <param name="cost">c(λ), λ in its own units; finite and above 0 over the whole range.</param>
    public static TrainingCost InObjectiveUnits(Func<double, double> cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        return new TrainingCost(true, true, null) { OfLambda = cost };
    }

    /// <summary>The time of a training, measured by the tuner: a smooth curve through the logarithms of the durations so far.</summary>
    /// <param name="hour">What an hour is worth in units of the objective, finite and above 0; null if durations are only to be compared.</param>
    public static TrainingCost Measured(double? hour = null) => new(false, hour is not null, hour);

    /// <summary>What a journal holds of it.</summary>
    internal TrainingCost Recorded => this with { OfLambda = null };

    /// <summary>The cost of a training, or null while no duration is known.</summary>
    internal Func<double, double>? Over(AnchorStore store)
    {
        if (OfLambda is { } known)
        {
            return u => known(store.Hyperparameter.FromUnit(u));
        }

        if (DurationModel.Of(store) is not { } durations)
        {
            return null;
        }

        return u => durations.At(u).TotalHours * (OfHour ?? 1);
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(TrainingCost), PrintMembers);
}

/// <summary>Where the best λ is believed to lie, before any training [Hvarfner2022]: the acquisition is multiplied by π(λ)^(β/n) after n values.</summary>
/// <param name="Density">π(λ), λ in its own units; finite and at least 0, above 0 somewhere; need not integrate to 1. Nothing is trained where it is 0.</param>
/// <param name="Strength">β, finite and above 0: about so many trainings outweigh the belief.</param>
public sealed record OptimumBelief(Func<double, double> Density, double Strength = 3)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(OptimumBelief), PrintMembers);
}
