namespace HtiTune.Surrogates;

/// <summary>How a <see cref="SpaceSurrogate"/> gives outputs between the anchors.</summary>
public enum SpaceMethod
{
    /// <summary>What the data choose by leaving anchors out.</summary>
    Auto,

    /// <summary>Coupled rows of all anchors, weighted by kriging; the anchors answer the same contexts.</summary>
    Kriging,

    /// <summary>
    /// Rows of one anchor, carried to all others by affine maps between the laws given a context (mean and covariance), weighted by kriging. Anchors may have answered contexts
    /// of their own, or the same ones with one draw each; at the anchors their laws are met as far as mean and covariance go.
    /// </summary>
    Affine,

    /// <summary>The same about a regression on contexts and hyperparameters together.</summary>
    Regression,

    /// <summary>Each row is one anchor's own, of an anchor as often as its weight says: mass moves and rows do not.</summary>
    Mixture,

    /// <summary>Straight between the anchors of the Delaunay simplex, along axes that kriging has warped and scaled.</summary>
    Linear,

    /// <summary>The nearest anchor's, by lengths that kriging has learned.</summary>
    Nearest,

    /// <summary>
    /// Kriging twice, by a smooth correlation and by one that bends at the anchors, in the shares in which both foretell left-out anchors best: for outputs that leap or turn sharply.
    /// </summary>
    Stacked,
}
