namespace HtiTune.Surrogates;

/// <summary>What a kriging learned and chose.</summary>
public sealed record KrigingReport
{
    /// <summary>The coupling that was used.</summary>
    public required CouplingKind Coupling { get; init; }

    /// <summary>Whether the outputs are one for each context (deterministic) rather than draws.</summary>
    public required bool Deterministic { get; init; }

    /// <summary>What values the outputs take: as declared, or as every row of every anchor obeys.</summary>
    public required OutputKind Kind { get; init; }

    /// <summary>What is kriged in the place of outputs: themselves, their roots, logarithms or log-odds.</summary>
    public required string Link { get; init; }

    /// <summary>Length ℓ of the correlation, as a share of the warped range.</summary>
    public required double Length { get; init; }

    /// <summary>The warp's a, 1 where the axis stays as it is: above 1 outputs move late, below 1 early.</summary>
    public required double WarpA { get; init; }

    /// <summary>The warp's b, 1 where the axis stays as it is: above 1 outputs have moved before the upper end, below 1 they move up to it.</summary>
    public required double WarpB { get; init; }

    /// <summary>Variance of the scatter from training to training, as a share of that of the smooth curve.</summary>
    public required double Nugget { get; init; }

    /// <summary>The pooled restricted likelihood's value with its priors, −log; comparable among fits of the same anchors and link alone.</summary>
    public required double Objective { get; init; }

    /// <summary>Mean squared error of each anchor's linked outputs when it is left out, at the same parameters, as a share of their variance over anchors.</summary>
    public required IReadOnlyList<double> LeaveOneOutErrors { get; init; }

    /// <summary>Things a user should know, in words.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
