using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>
/// What a fit can only do with automatic gradients: the dual coupling and a trained metric. The assembly HtiTune.Surrogates.Torch registers it, so that
/// a fit without them needs no libtorch.
/// </summary>
internal abstract class TrainedGeometry
{
    /// <summary>The implementation of this process, if any.</summary>
    internal static TrainedGeometry? Registered { get; set; }

    /// <summary>Whether a fit with these options calls for it.</summary>
    internal static bool IsNeeded(TrajectoryOptions options) => options.Coupling == CouplingKind.Dual || options.Metric != MetricKind.None;

    /// <summary>The registered implementation where a fit needs one; null where it does not.</summary>
    /// <exception cref="InvalidOperationException">One is needed, and none is registered.</exception>
    internal static TrainedGeometry? For(TrajectoryOptions options)
    {
        if (IsNeeded(options) && Registered is null)
        {
            var what = options.Coupling == CouplingKind.Dual ? $"{nameof(TrajectoryOptions.Coupling)} = {CouplingKind.Dual}" : $"{nameof(TrajectoryOptions.Metric)} = {options.Metric}";
            throw new InvalidOperationException(
                $"{what} is trained by libtorch, which is not registered. Reference the package HtiTune.Surrogates.Torch (and the libtorch of the platform, "
                + "for instance libtorch-cpu-linux-x64), and call TorchSurrogates.Register(); once, before the first fit.");
        }

        return IsNeeded(options) ? Registered : null;
    }

    /// <summary>Holds one libtorch thread until it is disposed of.</summary>
    internal abstract IDisposable OneThread();

    /// <summary>The dual coupling of one fit.</summary>
    /// <param name="options">Options of the fit.</param>
    /// <param name="potential">Density or none.</param>
    /// <param name="random">Chance of weights and batches.</param>
    /// <param name="progress">Takes the share that is done.</param>
    internal abstract IDualCoupling Dual(TrajectoryOptions options, PotentialKind potential, RandomStreams random, IProgress<FitProgress>? progress);

    /// <summary>Trains a metric with the paths of one interval.</summary>
    /// <param name="trajectories">The coupled samples.</param>
    /// <param name="interval">k.</param>
    /// <param name="potential">The potential that bends the paths too, if any.</param>
    /// <param name="bends">Coefficients to start from, [N, Q, D]; overwritten.</param>
    /// <param name="learnsEigenvalues">Learned or fixed eigenvalues.</param>
    /// <param name="random">Chance of the metric's first weights.</param>
    /// <param name="cancellation">Ends the training between two steps.</param>
    internal abstract void TrainMetric(
        Trajectories trajectories, int interval, DensityPotential? potential, float[] bends, bool learnsEigenvalues, RandomStream random, CancellationToken cancellation);
}

/// <summary>The networks of a dual coupling: a map for each interval and, where there is a potential or a metric, its paths.</summary>
internal interface IDualCoupling
{
    /// <summary>Couples two neighbouring anchors.</summary>
    /// <param name="interval">k: anchors k and k + 1.</param>
    /// <param name="anchors">All anchors.</param>
    /// <param name="outputs">Standardised outputs of each, [n, D].</param>
    /// <param name="conditions">Standardised conditions of each, [n, C].</param>
    /// <param name="cancellation">Ends the training.</param>
    /// <returns>The images of the left anchor's rows at the right one, [n, D].</returns>
    float[] Fit(int interval, AnchorSet anchors, float[][] outputs, float[][] conditions, CancellationToken cancellation);

    /// <summary>y_{k+1} − y_k from (y_k, x).</summary>
    FrozenNetwork Map(int interval);

    /// <summary>Bends z_q/q from both end points and x; null for straight paths.</summary>
    FrozenNetwork? Paths(int interval);

    /// <summary>Bends of stored trajectories, [N, Q, D], and the bandwidth behind them.</summary>
    (float[] Bends, double Bandwidth) Bends(Trajectories trajectories, int interval);
}
