using HtiTune.Data;

namespace HtiTune.Surrogates.Baselines;

/// <summary>
/// Fits that see no condition: contexts are taken from the anchors before the fit, and given back to the surrogate, which looks up its
/// stored rows by them and lets neither maps nor paths know of them.
/// </summary>
internal static class Unconditional
{
    /// <summary>The anchors' outputs alone.</summary>
    internal static AnchorSet Strip(AnchorSet anchors) => new(anchors.Hyperparameter, anchors.Select(anchor =>
        new Anchor(anchor.Lambda, new Samples(anchor.Samples.Outputs, Contexts.None(anchor.Samples.Count)))));

    /// <summary>A fit to stripped anchors with the contexts of the first anchor's rows.</summary>
    internal static TrajectoryState Restore(TrajectoryState state, AnchorSet anchors) => state with
    {
        Contexts = anchors[0].Samples.Contexts.Select(state.Trajectories.Rows[0]),
        Conditions = Standardization.Of(anchors.Select(a => a.Samples.Conditions), shareScale: false),
    };
}
