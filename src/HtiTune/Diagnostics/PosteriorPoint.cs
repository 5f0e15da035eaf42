namespace HtiTune.Diagnostics;

/// <summary>What is believed about the objective at one λ, in the objective's own sign and units.</summary>
/// <param name="Lambda">λ, in its own units.</param>
/// <param name="Mean">Posterior mean.</param>
/// <param name="Low">Lower end of the 90 % interval.</param>
/// <param name="High">Upper end of the 90 % interval.</param>
/// <param name="Surrogate">The surrogate's objective; NaN where it has no answer.</param>
public readonly record struct PosteriorPoint(double Lambda, double Mean, double Low, double High, double Surrogate)
{
    /// <summary>
    /// Whether the best λ may still lie here: the upper bound here is not below the best lower bound of any point, both at 95 % for all points
    /// together (Bonferroni), under the model.
    /// </summary>
    public bool IsPossible { get; init; }

    /// <summary>Lower end of the band that holds at all points together with 95 %: the bound behind <see cref="IsPossible"/>. Null where an older version did not keep it.</summary>
    public double? LowForAll { get; init; }

    /// <summary>Upper end of that band.</summary>
    public double? HighForAll { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(PosteriorPoint), PrintMembers);
}
