namespace HtiTune.Data;

/// <summary>A configuration at which the network was trained, with samples of its outputs there.</summary>
/// <param name="Configuration">The values of the hyperparameters, in their own units.</param>
/// <param name="Samples">Samples (y, x) of p_λ(y|x).</param>
public sealed record Anchor(Configuration Configuration, Samples Samples)
{
    /// <summary>An anchor of one hyperparameter, whose name its set gives it.</summary>
    /// <param name="lambda">The hyperparameter's value λ, in its own units.</param>
    /// <param name="samples">Samples (y, x) of p_λ(y|x).</param>
    public Anchor(double lambda, Samples samples)
        : this(new Configuration("lambda", lambda), samples)
    {
    }

    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    public double Lambda => Configuration.Lambda;
}
