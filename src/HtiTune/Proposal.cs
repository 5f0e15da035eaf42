using HtiTune.Data;

namespace HtiTune;

/// <summary>The next training that a <see cref="TuningRun"/> asks for.</summary>
/// <param name="Number">Its number, from 1, over all runs of the tuner.</param>
/// <param name="Configuration">The values of the hyperparameters, in their own units.</param>
/// <param name="Seed">Seed of all chance in the training; the same for every λ of a tuner, and another for a second training at one λ.</param>
/// <param name="Reason">Why there.</param>
/// <param name="ExpectedGain">Expected gain over the best trained value, in units of the objective; null where no model stands behind it.</param>
public sealed record Proposal(int Number, Configuration Configuration, long Seed, string Reason, double? ExpectedGain = null)
{
    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    public double Lambda => Configuration.Lambda;

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Proposal), PrintMembers);
}
