namespace HtiTune.Data;

/// <summary>A value of the hyperparameter at which the network was trained, with samples of its outputs there.</summary>
/// <param name="Lambda">The hyperparameter's value λ, in its own units.</param>
/// <param name="Samples">Samples (y, x) of p_λ(y|x).</param>
public sealed record Anchor(double Lambda, Samples Samples);
