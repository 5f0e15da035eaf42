namespace HtiTune.Acquisition;

/// <summary>One completed training as the bridge process sees it.</summary>
/// <param name="U">Where: the hyperparameter on its unit scale, 0 to 1.</param>
/// <param name="Value">The objective's value there in the maximising sign, finite.</param>
/// <param name="Predicted">
/// What the surrogate of all earlier trainings predicted here, in the maximising sign; null where there was none yet or it could not
/// answer. It is taken to agree with the earlier values where they were observed, as a surrogate through stored outputs does.
/// </param>
/// <param name="NoiseVariance">Variance of the value over seeds or resamples, in squared units of the value; null when unknown.</param>
public sealed record Observation(double U, double Value, double? Predicted = null, double? NoiseVariance = null);
