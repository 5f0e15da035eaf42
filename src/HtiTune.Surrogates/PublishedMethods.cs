using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>
/// The baselines that are methods of others with fits of their own, not a rule for reading the same fit. The assembly HtiTune.Surrogates.Baselines registers
/// them, so that who does not compare does not ship them.
/// </summary>
internal abstract class PublishedMethods
{
    /// <summary>The implementation of this process, if any.</summary>
    internal static PublishedMethods? Registered { get; set; }

    /// <summary>The registered implementation where a method needs one; null where it does not.</summary>
    /// <exception cref="InvalidOperationException">One is needed, and none is registered.</exception>
    internal static PublishedMethods? For(Method method) => !MethodRecipe.IsLearned(method) && !MethodRecipe.IsUnconditional(method) ? null
        : Registered ?? throw new InvalidOperationException(
            $"{nameof(TrajectoryOptions.Method)} = {method} is a baseline, which is not registered. Reference the package HtiTune.Surrogates.Baselines, and call "
            + "BaselineSurrogates.Register(); once, before the first fit.");

    /// <summary>Trains the networks of a method that <see cref="MethodRecipe.IsLearned"/>.</summary>
    /// <param name="trajectories">The coupled samples.</param>
    /// <param name="positions">Places of the anchors, 0 … 1.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="random">Chance of weights and batches.</param>
    /// <param name="cancellation">Ends the training.</param>
    internal abstract FrozenNetwork[] Train(
        Trajectories trajectories, double[] positions, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation);

    /// <summary>Moves standardised rows y [n, D] of the anchor <paramref name="source"/> to the place u; back in the outputs' own units.</summary>
    internal abstract float[] Move(
        TrajectoryState state, double[] positions, float[] y, float[] x, int[] categories, int source, int interval, double u);

    /// <summary>A fit that sees neither conditions nor categories.</summary>
    /// <param name="anchors">The anchors, with contexts.</param>
    /// <param name="fit">Fits anchors without.</param>
    internal abstract TrajectoryState FitUnconditional(AnchorSet anchors, Func<AnchorSet, TrajectoryState> fit);
}
