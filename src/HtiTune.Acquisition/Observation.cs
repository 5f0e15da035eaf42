namespace HtiTune.Acquisition;

/// <summary>One completed training as the bridge process sees it.</summary>
/// <param name="U">Where: the hyperparameter on its unit scale, 0 to 1.</param>
/// <param name="Value">The objective's value there in the maximising sign, finite.</param>
/// <param name="Predicted">
/// What the surrogate of all earlier trainings predicted here, in the maximising sign; null where there was none yet or it could not
/// answer.
/// </param>
/// <param name="NoiseVariance">Variance of the value over seeds or resamples, in squared units of the value; null when unknown.</param>
/// <param name="PredictedEarlier">
/// What that same surrogate gives at the earlier observations, in their order, in the maximising sign (NaN where it has no answer); null
/// where it meets their values, as a surrogate through stored outputs does.
/// </param>
public sealed record Observation(
    double U, double Value, double? Predicted = null, double? NoiseVariance = null, IReadOnlyList<double>? PredictedEarlier = null)
{
    /// <summary>Whether the value is so bad beside the others that it tells nothing of their scale: it does not set that of the prior.</summary>
    public bool IsExtreme { get; init; }
}
