namespace HtiTune;

/// <summary>What is believed of the objective at a configuration, in its own sign and units.</summary>
/// <param name="Mean">Posterior mean.</param>
/// <param name="Low">Lower end of the 90 % interval.</param>
/// <param name="High">Upper end of the 90 % interval.</param>
public readonly record struct Prediction(double Mean, double Low, double High)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Prediction), PrintMembers);
}
