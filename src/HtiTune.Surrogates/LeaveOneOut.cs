// Leaving anchor i out is a fit of the other anchors in every respect: scales, groups, clock, density and paths are made without it. What is
// reused are couplings of pairs of other anchors, which depend on no third one (CouplingCache), and what is saved is what the prediction at
// λ_i does not need: networks, and the paths of all intervals but the one across the gap.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Surrogates of all anchors but one.</summary>
internal static class LeaveOneOut
{
    /// <summary>The surrogate without an interior anchor; it answers stored contexts at that anchor's λ.</summary>
    /// <param name="anchors">At least three anchors.</param>
    /// <param name="left">The interior anchor that is left out, 1 to K − 2.</param>
    /// <param name="options">As for the fit of all; a dual coupling is stood in for by an exact one.</param>
    /// <param name="cache">Couplings of pairs of anchors.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static TrajectorySurrogate Fit(AnchorSet anchors, int left, TrajectoryOptions options, CouplingCache cache, CancellationToken cancellation)
    {
        var others = new AnchorSet(anchors.Hyperparameter, anchors.Where((_, k) => k != left));
        var request = new FitRequest(others, options with
        {
            SelfTune = false,
            TrainMaps = false,
            Threads = 1,
            Coupling = options.Coupling == CouplingKind.Dual ? CouplingKind.Auto : options.Coupling,
            Energy = options.Coupling == CouplingKind.Dual ? EnergyKind.Auto : options.Energy,
        });
        return new TrajectorySurrogate(TrajectoryFitter.Fit(request with { Cache = cache, OnlyInterval = left - 1, Cancellation = cancellation }));
    }
}
