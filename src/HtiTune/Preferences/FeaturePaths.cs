namespace HtiTune.Preferences;

// Notation: G grid points, S joint draws, J features.
//   φ_j(u)      feature j, a bridge process of its own
//   φ_j,s       its draw s on the grid, less the draws' mean and plus the posterior mean, so that a linear preference's mean is exact
// Draws come sorted by component of the mixture; each feature's are shuffled, or draw s would pair like with like.

/// <summary>Joint draws of one feature on a grid, in its own sign and units.</summary>
internal sealed class FeaturePaths
{
    private readonly double[] _paths;

    private FeaturePaths(double[] paths, double[] means, double[] deviations)
    {
        _paths = paths;
        Means = means;
        Deviations = deviations;
    }

    /// <summary>Posterior means, [G].</summary>
    public double[] Means { get; }

    /// <summary>Posterior standard deviations, [G].</summary>
    public double[] Deviations { get; }

    /// <summary>φ_s(u_i).</summary>
    public double this[int draw, int point] => _paths[draw * Means.Length + point];

    /// <param name="process">The feature's process.</param>
    /// <param name="grid">Places, ascending, [G].</param>
    /// <param name="draws">S.</param>
    /// <param name="stream">All chance.</param>
    /// <param name="map">Turns values of the process into the feature's own.</param>
    public static FeaturePaths Draw(BridgeProcess process, IReadOnlyList<double> grid, int draws, RandomStream stream, ValueMap map)
    {
        var posterior = process.OnGrid(grid);
        var count = grid.Count;
        var order = Enumerable.Range(0, draws).ToArray();
        stream.Shuffle(order);
        var paths = new double[draws * count];
        var sums = new double[count];
        var drawn = 0;
        posterior.Draw(draws, stream, path =>
        {
            var row = order[drawn++] * count;
            for (var i = 0; i < count; i++)
            {
                paths[row + i] = path[i];
                sums[i] += path[i];
            }
        });
        for (var s = 0; s < draws; s++)
        {
            for (var i = 0; i < count; i++)
            {
                paths[s * count + i] = map.ToObjective(paths[s * count + i] - sums[i] / draws + posterior.Means[i]);
            }
        }

        return new FeaturePaths(
            paths, [.. posterior.Means.Select(map.ToObjective)], [.. Enumerable.Range(0, count).Select(i => map.ToAmount(posterior[i].Deviation))]);
    }
}
