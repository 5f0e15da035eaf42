namespace HtiTune.Diagnostics;

/// <summary>How likely one λ is the best of several.</summary>
/// <param name="Lambda">λ, in its own units.</param>
/// <param name="Probability">The probability under the model, 0 to 1.</param>
public readonly record struct BestProbability(double Lambda, double Probability)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(BestProbability), PrintMembers);
}
