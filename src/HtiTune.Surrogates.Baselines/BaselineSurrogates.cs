using HtiTune.Data;
using HtiTune.Surrogates.Baselines;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>
/// Makes published methods available that this library is compared with: <see cref="Method.Regression"/>, <see cref="Method.FlowMatching"/>,
/// <see cref="Method.MetricFlowMatching"/> and <see cref="Method.Nlot"/>, which needs <c>TorchSurrogates.Register()</c> too.
/// </summary>
public static class BaselineSurrogates
{
    /// <summary>Registers them for this process. Idempotent and thread-safe.</summary>
    public static void Register() => PublishedMethods.Registered = Methods.Instance;

    private sealed class Methods : PublishedMethods
    {
        internal static readonly Methods Instance = new();

        internal override FrozenNetwork[] Train(
            Trajectories trajectories, double[] positions, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation) =>
            LearnedMotion.Train(trajectories, positions, options, random, cancellation);

        internal override float[] Move(
            TrajectoryState state, double[] positions, float[] y, float[] x, int[] categories, int source, int interval, double u) =>
            LearnedMotion.Move(state, positions, y, x, categories, source, interval, u);

        internal override TrajectoryState FitUnconditional(AnchorSet anchors, Func<AnchorSet, TrajectoryState> fit) =>
            Unconditional.Restore(fit(Unconditional.Strip(anchors)), anchors);
    }
}
