namespace HtiTune.Surrogates;

/// <summary>What a kriging has learned beside the coupling and the maps.</summary>
/// <param name="Options">The options, those of the coupling aside, which the carrier has.</param>
/// <param name="Kind">The kind of the outputs, never <see cref="OutputKind.Auto"/>.</param>
/// <param name="Link">What is kriged.</param>
/// <param name="Variant">What is learned.</param>
/// <param name="Theta">θ.</param>
/// <param name="Notes">Things a user should know.</param>
internal sealed record KrigingState(KrigingOptions Options, OutputKind Kind, OutputLink Link, KrigingVariant Variant, double[] Theta, string[] Notes)
{
    /// <summary>Bandwidths of the affine carrier; null where maps carry.</summary>
    internal double[]? Bandwidths { get; init; }

    /// <summary>What the carrier by levels has chosen; null where another carries.</summary>
    internal QuantileState? Quantiles { get; init; }

    /// <summary>The regression that outputs are kriged about; null without one.</summary>
    internal JointState? Regression { get; init; }

    /// <summary>Whether the carrier's rows are latent values where the bounds cut draws off.</summary>
    internal bool IsCensored { get; init; }

    /// <summary>Inner products of the linked outputs, where they are known already; not kept in a file.</summary>
    internal GramMatrix? Gram { get; init; }

    /// <summary>Standardised rows at the anchors as they are coupled or carried, where they are known already; not kept in a file.</summary>
    internal float[][]? Points { get; init; }

    /// <summary>Parameter states of the intervals, where they are known already.</summary>
    internal double[][]? States { get; init; }
}
