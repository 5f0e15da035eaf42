namespace HtiTune.Preferences;

/// <summary>The best configuration for one preference, from the trainings there are. In the preference's own sign and units.</summary>
public sealed record PreferenceAnswer
{
    /// <summary>w: the parameter of the preference in its family (<see cref="PreferenceModel.Curve"/>); null of one that is alone.</summary>
    public double? Weight { get; init; }

    /// <summary>The best configuration of the model; of several hyperparameters the best trained one where that is certified, and never an untrained one that is expected to be worse.</summary>
    public required Configuration Configuration { get; init; }

    /// <summary>The best λ of the model, in its own units; NaN where there are several hyperparameters.</summary>
    public double Lambda => Configuration.Lambda;

    /// <summary>Lower end of the central 90 % of where the best λ may lie, under the model; NaN where there are several hyperparameters.</summary>
    public required double LambdaLow { get; init; }

    /// <summary>Upper end of it; NaN where there are several hyperparameters.</summary>
    public required double LambdaHigh { get; init; }

    /// <summary>Whether a network was trained at <see cref="Configuration"/>.</summary>
    public required bool IsTrained { get; init; }

    /// <summary>
    /// The trained configuration of the best value, as measured; null where no training has a value of every feature. Beside an untrained
    /// <see cref="Configuration"/> without a certificate it is what is known for sure.
    /// </summary>
    public Configuration? TrainedConfiguration { get; init; }

    /// <summary>λ of <see cref="TrainedConfiguration"/>; NaN where there are several hyperparameters.</summary>
    public double? TrainedLambda => TrainedConfiguration?.Lambda;

    /// <summary>The preference's value of the real network at <see cref="TrainedConfiguration"/>.</summary>
    public double? TrainedValue { get; init; }

    /// <summary>Posterior mean of the objective at <see cref="Configuration"/>.</summary>
    public required double PredictedValue { get; init; }

    /// <summary>Lower end of the 90 % interval of the objective there.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double High { get; init; }

    /// <summary>Posterior means of the features at <see cref="Configuration"/>, in their order and own units.</summary>
    public required IReadOnlyList<double> Features { get; init; }

    /// <summary>The regret ε that does not matter, in units of the objective.</summary>
    public required double Epsilon { get; init; }

    /// <summary><see cref="Certified"/> with no training, <see cref="NeedsTraining"/>, or <see cref="NotCertified"/> where no training is worth one.</summary>
    public required Outcome Outcome { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(PreferenceAnswer), PrintMembers);
}

/// <summary>
/// One configuration of a Pareto front: no other one that was looked at is at least as good in every feature and better in one, by posterior means.
/// </summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Features">Posterior means of the features, in their order and own units.</param>
/// <param name="Deviations">Posterior standard deviations of the features.</param>
/// <param name="Probability">The share of joint draws in which nothing dominates it.</param>
/// <param name="IsTrained">Whether a network was trained there.</param>
public sealed record ParetoPoint(
    Configuration Configuration, IReadOnlyList<double> Features, IReadOnlyList<double> Deviations, double Probability, bool IsTrained)
{
    /// <summary>λ, in its own units; NaN where there are several hyperparameters.</summary>
    public double Lambda => Configuration.Lambda;

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(ParetoPoint), PrintMembers);
}
