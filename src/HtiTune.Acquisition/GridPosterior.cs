namespace HtiTune.Acquisition;

// Notation: G grid points, K components, S paths.
//   locations, scales   [K][G]
//   A path of a component:  f = location + σ (L ξ + g z),  L Lᵀ = k(u, u) − WᵀW, ξ ~ N(0, I_G), z ~ N(0, 1) for the level β₀,
//   σ² = b_n/γ, γ ~ Gamma(a_n, 1).

/// <summary>The bridge process's posterior on a grid: marginals, and joint draws.</summary>
/// <remarks>Immutable.</remarks>
public sealed class GridPosterior
{
    // Joint draws leave out the lightest components up to this total weight: each (ℓ, r) costs a factorisation of order G.
    private const double LeftOutOfDraws = 1e-3;

    private readonly BridgeProcess _process;
    private readonly double[] _grid;
    private readonly double[] _surrogate;
    private readonly double[] _means;
    private readonly double[][] _locations;
    private readonly double[][] _scales;

    internal GridPosterior(BridgeProcess process, double[] grid)
    {
        Require.Finite(grid, nameof(grid));
        _process = process;
        _grid = grid;
        _surrogate = new double[grid.Length];
        for (var i = 0; i < grid.Length; i++)
        {
            _surrogate[i] = process.SurrogateAt(grid[i]);
        }

        (_locations, _scales) = process.Evaluate(grid, _surrogate);
        _means = new double[grid.Length];
        for (var k = 0; k < _locations.Length; k++)
        {
            var weight = process.Weights[k];
            for (var i = 0; i < grid.Length; i++)
            {
                _means[i] += weight * _locations[k][i];
            }
        }
    }

    /// <summary>Number of points G.</summary>
    public int Count => _grid.Length;

    /// <summary>The points, on the unit scale, [G].</summary>
    public IReadOnlyList<double> Points => _grid;

    /// <summary>Posterior means, [G].</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>The surrogate's objective m_A, NaN where it has no answer, [G].</summary>
    public IReadOnlyList<double> Surrogate => _surrogate;

    /// <summary>Largest less smallest posterior mean.</summary>
    public double Range => _means.Max() - _means.Min();

    /// <summary>The marginal posterior at a point.</summary>
    /// <param name="index">Index of the point, 0 to G − 1.</param>
    public StudentMixture this[int index] =>
        _process.Mixture([.. _locations.Select(row => row[index])], [.. _scales.Select(row => row[index])]);

    /// <summary>Log expected improvement at every point.</summary>
    /// <param name="best">The value to improve on, f⁺.</param>
    /// <returns>ln EI, [G].</returns>
    public double[] LogExpectedImprovement(double best) => [.. Enumerable.Range(0, Count).Select(i => this[i].LogExpectedImprovement(best))];

    /// <summary>Log expected improvement at every point to 1e-4, for a search.</summary>
    internal double[] RoughLogExpectedImprovement(double best)
    {
        var table = new LogExcessTable(new StudentT(_process.DegreesOfFreedom));
        var sums = new LogSum[Count];
        Array.Fill(sums, new LogSum());
        for (var k = 0; k < _locations.Length; k++)
        {
            var logWeight = _process.Components[k].LogWeight;
            var (locations, scales) = (_locations[k], _scales[k]);
            for (var i = 0; i < locations.Length; i++)
            {
                var gain = locations[i] - best;
                sums[i].Add(logWeight + (scales[i] > 0
                    ? Math.Log(scales[i]) + table.LogExcess(gain / scales[i])
                    : Acquisition.LogExpectedImprovement.Certain(gain)));
            }
        }

        return [.. sums.Select(sum => sum.Value)];
    }

    internal BridgeProcess Process => _process;

    /// <summary>Standard deviations, [G].</summary>
    internal double[] Deviations()
    {
        var nu = _process.DegreesOfFreedom;
        var variances = new double[Count];
        for (var k = 0; k < _locations.Length; k++)
        {
            var weight = _process.Weights[k];
            for (var i = 0; i < variances.Length; i++)
            {
                var offset = _locations[k][i] - _means[i];
                variances[i] += weight * (offset * offset + _scales[k][i] * _scales[k][i] * nu / (nu - 2));
            }
        }

        return [.. variances.Select(Math.Sqrt)];
    }

    /// <summary>How the values vary together.</summary>
    internal JointPosterior Joint() => JointPosterior.Of(_process, _grid, _surrogate, _locations, _means);

    /// <summary>One joint path, its component drawn by weight too, [G].</summary>
    internal double[] DrawOne(RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var rest = stream.NextDouble();
        var index = 0;
        while (index < _process.ComponentCount - 1 && (rest -= _process.Weights[index]) >= 0)
        {
            index++;
        }

        double[]? drawn = null;
        Draw([(index, 1)], stream, path =>
        {
            drawn = path.ToArray();
            return false;
        });
        return drawn!;
    }

    /// <summary>Draws joint paths from the posterior: hyperparameters, σ² and path each by their posterior.</summary>
    /// <param name="count">Number of paths S; they are allotted to components by weight, systematically.</param>
    /// <param name="stream">All chance of the draws.</param>
    /// <param name="visit">Is given each path in turn, [G]; the span is overwritten by the next.</param>
    public void Draw(int count, RandomStream stream, Action<ReadOnlySpan<double>> visit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(visit);
        DrawWhile(count, stream, path =>
        {
            visit(path);
            return true;
        });
    }

    /// <summary><see cref="Draw(int, RandomStream, Action{ReadOnlySpan{double}})"/>, until the visitor has seen enough: the same paths in the same order.</summary>
    internal void DrawWhile(int count, RandomStream stream, Func<ReadOnlySpan<double>, bool> visit) => Draw(Allot(count), stream, visit);

    private void Draw(List<(int Component, int Paths)> allotted, RandomStream stream, Func<ReadOnlySpan<double>, bool> visit)
    {
        var shape = 0.5 * _process.DegreesOfFreedom;
        var normals = new double[Count];
        var path = new double[Count];
        var level = new double[Count];
        PathFactor? factor = null;
        foreach (var (index, paths) in allotted)
        {
            var component = _process.Components[index];
            if (factor is null || factor.Kriging != component.Kriging)
            {
                factor = PathFactor.Of(_process, component.Kriging, _grid);
            }

            for (var i = 0; i < Count; i++)
            {
                level[i] = factor.Level(i, _surrogate[i] - _process.Centre, component.Share);
            }

            for (var s = 0; s < paths; s++)
            {
                // √(b_n/γ) = √(b_n/a_n) √(a_n/γ)
                var sigma = component.Scale * Math.Sqrt(shape / stream.NextGamma(shape));
                var z = stream.NextNormal();
                for (var i = 0; i < Count; i++)
                {
                    normals[i] = stream.NextNormal();
                }

                factor.Multiply(normals, path);
                for (var i = 0; i < Count; i++)
                {
                    path[i] = _locations[index][i] + sigma * (path[i] + level[i] * z);
                }

                if (!visit(path))
                {
                    return;
                }
            }
        }
    }

    // The heaviest components first until all but LeftOutOfDraws is covered; then systematic shares of the paths.
    private List<(int Component, int Paths)> Allot(int count)
    {
        var weights = new double[_process.ComponentCount];
        for (var k = 0; k < weights.Length; k++)
        {
            weights[k] = _process.Components[k].Weight;
        }

        var byWeight = Enumerable.Range(0, weights.Length).OrderByDescending(k => weights[k]).ThenBy(k => k).ToList();
        var covered = 0.0;
        var chosen = byWeight.TakeWhile(k =>
        {
            var before = covered;
            covered += weights[k];
            return before < 1 - LeftOutOfDraws;
        }).Order().ToList();
        var whole = chosen.Sum(k => weights[k]);
        var allotted = new List<(int, int)>();
        double cumulated = 0;
        var drawn = 0;
        foreach (var k in chosen)
        {
            cumulated += weights[k] / whole;
            var upTo = k == chosen[^1] ? count : Math.Min(count, (int)Math.Floor(count * cumulated + 0.5));
            if (upTo > drawn)
            {
                allotted.Add((k, upTo - drawn));
                drawn = upTo;
            }
        }

        return allotted;
    }
}
