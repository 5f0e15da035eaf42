// Notation
//   s_i, x_i   outputs and conditions of both anchors of an interval, one category at a time;  h, h_x  their bandwidths
//   p̂(q|x)     Σ_i w_i(x) N(q; s_i, h²·1), w_i ∝ exp(−|x − x_i|²/2h_x²), the 48 heaviest kernels       (method e7)

namespace HtiTune.Surrogates.Geometry;

/// <summary>The densities that the rows of two anchors see, before anything is coupled; each is built when first asked for.</summary>
internal sealed class RowDensities
{
    private const int Kernels = 48;

    /// <summary>Conditions compared with a row's own: with many columns a search would compare them all, for every row.</summary>
    private const int MostVisited = 4096;
    private const int BandwidthRows = 600;
    private const double Quantile = 0.2;
    private const double LeastConditioned = 0.2;

    private readonly float[] _points, _conditions;
    private readonly int[] _categories;
    private readonly int[][] _members;
    private readonly Coupling.RowTree?[] _trees;
    private readonly int _dimension, _conditionCount;
    private readonly double _conditionBandwidth;
    private readonly DensityGrid?[] _grids;
    private readonly ILogDensity?[] _rows;

    /// <param name="points">Standardised outputs of both anchors, [n, D].</param>
    /// <param name="conditions">Standardised conditions, [n, C].</param>
    /// <param name="categories">Category of each row, length n.</param>
    /// <param name="categoryCount">Number of categories, at least 1.</param>
    /// <param name="dimension">D.</param>
    /// <param name="conditionCount">C.</param>
    internal RowDensities(float[] points, float[] conditions, int[] categories, int categoryCount, int dimension, int conditionCount)
    {
        _points = points;
        _conditions = conditions;
        _categories = categories;
        _dimension = dimension;
        _conditionCount = conditionCount;
        _members = Enumerable.Range(0, categoryCount)
            .Select(c => Enumerable.Range(0, categories.Length).Where(i => categories[i] == c).ToArray()).ToArray();
        _trees = Array.ConvertAll(_members, m => conditionCount == 0 ? null : new Coupling.RowTree(Gather(conditions, m, conditionCount), conditionCount));
        var samples = Array.ConvertAll(_members, members => Gather(points, members, dimension));
        Bandwidth = BandwidthSelection.ByLikelihood(samples, dimension, BandwidthRows);
        if (conditionCount > 0)
        {
            // Conditions that both anchors share appear twice, so that leaving one out proves nothing: the published widths are the least.
            Bandwidth = Math.Max(Bandwidth, LeastConditioned);
            _conditionBandwidth = Math.Max(
                LeastConditioned,
                BandwidthSelection.ByLikelihood(Array.ConvertAll(_members, m => Gather(conditions, m, conditionCount)), conditionCount, BandwidthRows));
        }

        _grids = Array.ConvertAll(samples, s => dimension == 2 && conditionCount == 0 && s.Length > 0 ? new DensityGrid(s, Bandwidth) : null);
        _rows = new ILogDensity?[categories.Length];
    }

    /// <summary>h, in standard deviations of the outputs.</summary>
    internal double Bandwidth { get; }

    /// <summary>log p̂ for the category and condition of a row.</summary>
    internal ILogDensity this[int row] => _rows[row] ??= Build(row);

    /// <summary>τ, the 20 % quantile of the rows' own log densities.</summary>
    internal double Threshold()
    {
        var logs = new List<double>();
        var slope = new float[_dimension];
        var stride = Math.Max(1, _categories.Length / BandwidthRows);
        for (var i = 0; i < _categories.Length; i += stride)
        {
            var point = _points.AsSpan(i * _dimension, _dimension);
            this[i].Focus(point);
            logs.Add(this[i].Evaluate(point, slope));
        }

        logs.Sort();
        return logs[(int)(Quantile * (logs.Count - 1))];
    }

    private ILogDensity Build(int row)
    {
        var category = _categories[row];
        if (_grids[category] is { } grid)
        {
            return grid;
        }

        var members = _members[category];
        var samples = members.Length;
        if (_conditionCount == 0)
        {
            var even = new float[samples];
            Array.Fill(even, -(float)Math.Log(samples));
            return new KernelDensity(Gather(_points, members, _dimension), even, _dimension, Bandwidth);
        }

        var precision = (float)(0.5 / (_conditionBandwidth * _conditionBandwidth));
        var (near, squares) = _trees[category]!.Nearest(_conditions.AsSpan(row * _conditionCount, _conditionCount), Kernels, MostVisited);
        var kept = near.Length;
        var total = squares.Sum(square => Math.Exp((squares[0] - square) * precision));
        var weights = new float[kept];
        for (var i = 0; i < kept; i++)
        {
            weights[i] = (float)((squares[0] - squares[i]) * precision - Math.Log(total));
        }

        return new NearKernels(Gather(_points, Array.ConvertAll(near, i => members[i]), _dimension), weights, _dimension, Bandwidth);
    }

    private static float[] Gather(float[] values, int[] rows, int columns)
    {
        var gathered = new float[rows.Length * columns];
        for (var i = 0; i < rows.Length; i++)
        {
            values.AsSpan(rows[i] * columns, columns).CopyTo(gathered.AsSpan(i * columns));
        }

        return gathered;
    }
}
