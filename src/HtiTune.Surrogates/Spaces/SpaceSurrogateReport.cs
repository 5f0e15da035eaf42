namespace HtiTune.Surrogates;

/// <summary>What a kriging over several hyperparameters learned and chose.</summary>
public sealed record SpaceSurrogateReport
{
    /// <summary>How outputs between the anchors come about.</summary>
    public required SpaceMethod Method { get; init; }

    /// <summary>What was tried, and why the method serves; null where a file does not tell.</summary>
    public required SpaceChoice? Choice { get; init; }

    /// <summary>Whether each context has one output, rather than draws, which were coupled from anchor to anchor.</summary>
    public required bool Deterministic { get; init; }

    /// <summary>What values the outputs take: as declared, or as every row of every anchor obeys.</summary>
    public required OutputKind Kind { get; init; }

    /// <summary>What is kriged in the place of outputs: themselves, their roots, logarithms or log-odds.</summary>
    public required string Link { get; init; }

    /// <summary>What was learned along each hyperparameter, in the order of the space.</summary>
    public required IReadOnlyList<SpaceAxis> Axes { get; init; }

    /// <summary>Variance of the scatter from training to training, as a share of that of the smooth surface.</summary>
    public required double Nugget { get; init; }

    /// <summary>The pooled restricted likelihood's value with its priors, −log; comparable among fits of the same anchors and link alone.</summary>
    public required double Objective { get; init; }

    /// <summary>Mean squared error of each anchor's linked outputs when it is left out, at the same parameters, as a share of their variance over anchors.</summary>
    public required IReadOnlyList<double> LeaveOneOutErrors { get; init; }

    /// <summary>Things a user should know, in words.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>How outputs move along one hyperparameter.</summary>
/// <param name="Name">The hyperparameter.</param>
/// <param name="Length">Length ℓ of the correlation, as a share of the warped range; of unordered words, two of which are 1/ℓ lengths apart.</param>
/// <param name="WarpA">The warp's a, 1 where the axis stays as it is: above 1 outputs move late, below 1 early.</param>
/// <param name="WarpB">The warp's b, 1 where the axis stays as it is: above 1 outputs have moved before the upper end, below 1 they move up to it.</param>
public sealed record SpaceAxis(string Name, double Length, double WarpA, double WarpB);
