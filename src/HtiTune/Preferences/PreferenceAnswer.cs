namespace HtiTune.Preferences;

/// <summary>The best λ for one preference, from the trainings there are. In the preference's own sign and units.</summary>
public sealed record PreferenceAnswer
{
    /// <summary>The best λ of the model, in its own units.</summary>
    public required double Lambda { get; init; }

    /// <summary>Lower end of the central 90 % of where the best λ may lie, under the model.</summary>
    public required double LambdaLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double LambdaHigh { get; init; }

    /// <summary>Whether a network was trained at <see cref="Lambda"/>.</summary>
    public required bool IsTrained { get; init; }

    /// <summary>
    /// The trained λ of the best value, as measured; null where no training has a value of every feature. Beside an untrained <see cref="Lambda"/> without a
    /// certificate it is what is known for sure.
    /// </summary>
    public double? TrainedLambda { get; init; }

    /// <summary>The preference's value of the real network at <see cref="TrainedLambda"/>.</summary>
    public double? TrainedValue { get; init; }

    /// <summary>Posterior mean of the objective at <see cref="Lambda"/>.</summary>
    public required double PredictedValue { get; init; }

    /// <summary>Lower end of the 90 % interval of the objective there.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double High { get; init; }

    /// <summary>Posterior means of the features at <see cref="Lambda"/>, in their order and own units.</summary>
    public required IReadOnlyList<double> Features { get; init; }

    /// <summary>The regret ε that does not matter, in units of the objective.</summary>
    public required double Epsilon { get; init; }

    /// <summary><see cref="Certified"/> with no training, <see cref="NeedsTraining"/>, or <see cref="NotCertified"/> where no training is worth one.</summary>
    public required Outcome Outcome { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(PreferenceAnswer), PrintMembers);
}

/// <summary>A preference of a family, by its parameter, and its answer.</summary>
/// <param name="Weight">w: the family's parameter.</param>
/// <param name="Answer">The best λ for it.</param>
public sealed record PreferencePoint(double Weight, PreferenceAnswer Answer)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(PreferencePoint), PrintMembers);
}

/// <summary>
/// One λ of a Pareto front: no other λ of the grid is at least as good in every feature and better in one, by posterior means.
/// </summary>
/// <param name="Lambda">λ, in its own units.</param>
/// <param name="Features">Posterior means of the features, in their order and own units.</param>
/// <param name="Deviations">Posterior standard deviations of the features.</param>
/// <param name="Probability">The share of joint draws in which nothing dominates this λ.</param>
/// <param name="IsTrained">Whether a network was trained there.</param>
public sealed record ParetoPoint(
    double Lambda, IReadOnlyList<double> Features, IReadOnlyList<double> Deviations, double Probability, bool IsTrained)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(ParetoPoint), PrintMembers);
}
