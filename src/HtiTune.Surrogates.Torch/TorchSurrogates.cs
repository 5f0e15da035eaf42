using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates;

/// <summary>Makes the parts of a surrogate that libtorch trains available: the dual coupling and the fixed or learned metric.</summary>
public static class TorchSurrogates
{
    /// <summary>
    /// Registers them for this process. Idempotent and thread-safe; loads nothing: libtorch is loaded by the first fit that asks for a dual coupling or
    /// a metric.
    /// </summary>
    public static void Register() => TrainedGeometry.Registered = TorchGeometry.Instance;

    private sealed class TorchGeometry : TrainedGeometry
    {
        internal static readonly TorchGeometry Instance = new();

        internal override IDisposable OneThread() => OneTorchThread.Enter();

        internal override IDualCoupling Dual(TrajectoryOptions options, PotentialKind potential, RandomStreams random, IProgress<FitProgress>? progress) =>
            new DualCoupler(options, potential, random, progress);

        internal override void TrainMetric(
            Trajectories trajectories, int interval, DensityPotential? potential, float[] bends, bool learnsEigenvalues, RandomStream random, CancellationToken cancellation) =>
            new MetricPaths(trajectories, interval, potential).Train(bends, learnsEigenvalues, random, cancellation);
    }
}
