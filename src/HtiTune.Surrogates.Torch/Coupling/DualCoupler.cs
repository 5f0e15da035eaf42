// The dual coupling of one fit: for each interval a map and, where there is a potential or a metric, a network of paths. Both are frozen as
// soon as they are trained, so that no native memory outlives an interval. The metric ends with its interval: the paths have learned it.

using HtiTune.Data;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;
using TorchSharp;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Trains and keeps the dual networks of a fit.</summary>
/// <param name="options">Options of the fit.</param>
/// <param name="potential">Density or none.</param>
/// <param name="random">Chance of weights and batches.</param>
/// <param name="progress">Takes the share that is done.</param>
/// <param name="settings">The schedule; null for the default.</param>
internal sealed class DualCoupler(
    TrajectoryOptions options, PotentialKind potential, RandomStreams random, IProgress<FitProgress>? progress, DualSettings? settings = null) : IDualCoupling
{
    private readonly Dictionary<int, Solution> _solutions = [];

    private sealed record Solution(FrozenNetwork Map, FrozenNetwork? Paths, double Bandwidth);

    /// <inheritdoc/>
    public FrozenNetwork Map(int interval) => _solutions[interval].Map;

    /// <inheritdoc/>
    public FrozenNetwork? Paths(int interval) => _solutions[interval].Paths;

    /// <inheritdoc/>
    public float[] Fit(int interval, AnchorSet anchors, float[][] outputs, float[][] conditions, CancellationToken cancellation) =>
        Fit(interval, DualProblem.Between(anchors, outputs, conditions, interval), cancellation);

    /// <summary>Couples two neighbouring anchors.</summary>
    /// <param name="interval">k.</param>
    /// <param name="problem">Their rows.</param>
    /// <param name="cancellation">Ends the training.</param>
    /// <returns>The images of the left anchor's rows at the right one, [n, D].</returns>
    internal float[] Fit(int interval, DualProblem problem, CancellationToken cancellation)
    {
        progress?.Report(new FitProgress("dual coupling", 0.05));
        using var single = OneTorchThread.Enter();
        using var scope = torch.NewDisposeScope();
        var streams = random.Fork($"interval {interval}");
        var schedule = settings ?? DualSettings.For(problem, options.Metric);
        var densities = potential == PotentialKind.Density
            ? new RowDensities(
                problem.Points, problem.Conditions, problem.Categories, problem.CategoryCount, problem.Dimension, problem.ConditionCount)
            : null;

        // In one dimension trace 1 leaves M = 1.
        using var metric = options.Metric == MetricKind.None || problem.Dimension == 1
            ? null
            : new DualMetric(problem, options.Metric == MetricKind.Learned, schedule, streams);
        using var paths = densities is null && options.Metric == MetricKind.None
            ? null
            : new DualPaths(problem, densities, Energy(densities, schedule), schedule, streams, metric);
        using var dual = new DualInterval(problem, paths, schedule, streams);
        dual.Solve(null, cancellation);
        _solutions[interval] = new Solution(dual.Freeze(), paths?.Freeze(), densities?.Bandwidth ?? 0);
        return dual.Images();
    }

    /// <inheritdoc/>
    public (float[] Bends, double Bandwidth) Bends(Trajectories trajectories, int interval)
    {
        int n = trajectories.Count, d = trajectories.Dimension, c = trajectories.ConditionCount, width = 2 * d + c, size = SineBasis.Count * d;
        var (_, paths, bandwidth) = _solutions[interval];
        var inputs = new float[n * width];
        for (var t = 0; t < n; t++)
        {
            var row = inputs.AsSpan(t * width, width);
            trajectories.Point(interval, t).CopyTo(row);
            trajectories.Point(interval + 1, t).CopyTo(row[d..]);
            trajectories.Condition(interval, t).CopyTo(row[(2 * d)..]);
        }

        var bends = new float[n * size];
        paths!.Evaluate(inputs, trajectories.Categories, bends);
        for (var i = 0; i < bends.Length; i++)
        {
            bends[i] *= i % size / d + 1;
        }

        return (bends, bandwidth);
    }

    private PathEnergy Energy(RowDensities? densities, DualSettings schedule) => options.Energy == EnergyKind.Action
        ? new PathEnergy.Action(options.PotentialStrength, densities?.Threshold() ?? 0)
        : new PathEnergy.Published(schedule.PublishedStrength);
}
