namespace HtiTune.Preferences;

/// <summary>Whether a run under constraints found a configuration that meets them all.</summary>
/// <param name="IsKnown">Whether a training is known to meet every constraint; the best of those is recommended.</param>
/// <param name="Probability">The probability that <paramref name="Likeliest"/> meets every constraint, by what is believed of it; 1 where it was measured.</param>
/// <param name="Likeliest">The recommended configuration where that is known to meet them; else that of the largest probability, trained or not.</param>
public sealed record Feasibility(bool IsKnown, double Probability, Configuration Likeliest)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Feasibility), PrintMembers);
}
