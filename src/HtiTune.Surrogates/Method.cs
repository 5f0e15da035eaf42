namespace HtiTune.Surrogates;

/// <summary>How outputs between anchors are made: the method of this library, or a baseline that it is compared with.</summary>
/// <remarks>Baselines move at constant speed on the hyperparameter's scale and have no potential; sources are keys of REFERENCES.md.</remarks>
public enum Method
{
    /// <summary>Conditional Lagrangian optimal transport between anchors with all that the options choose [Amad2026].</summary>
    Hti,

    /// <summary>Rows stay as they are; samples are those of the first anchor.</summary>
    Stay,

    /// <summary>Outputs of the anchor that is nearest on the scale, the lower one half way.</summary>
    Nearest,

    /// <summary>The mean of all anchors' outputs, whatever λ is.</summary>
    Mean,

    /// <summary>Straight between neighbouring anchors, coupled as the default couples them.</summary>
    Linear,

    /// <summary>Linear, shrunk by 60 % towards the mean of all anchors.</summary>
    ShrunkLinear,

    /// <summary>Displacement interpolation: straight between neighbours coupled by squared-Euclidean optimal transport [McCann1997].</summary>
    Displacement,

    /// <summary>One network from (y at the source anchor, x, place of the source, place asked for), fitted to pairs of anchors.</summary>
    Regression,

    /// <summary>Conditional flow matching on pairs of optimal transport: a velocity network for each interval [Lipman2023, Tong2024].</summary>
    FlowMatching,

    /// <summary>Flow matching along paths of least energy under a metric of the samples [Kapusniak2024].</summary>
    MetricFlowMatching,

    /// <summary>
    /// Neural Lagrangian optimal transport without conditions or categories: squared-Euclidean coupling of all rows, paths under a
    /// learned metric of fixed eigenvalues [Pooladian2024].
    /// </summary>
    Nlot,

    /// <summary>
    /// Rows of the two neighbouring anchors in the shares that nearness gives: mass moves from one place to another without passing between them. Rows of
    /// other anchors are stored ones of the same context, or of near contexts; no row is moved.
    /// </summary>
    Mixture,
}
