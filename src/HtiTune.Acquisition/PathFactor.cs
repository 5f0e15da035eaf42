using HtiTune.Data;

namespace HtiTune.Acquisition;

/// <summary>The factor of one (ℓ, r)'s posterior covariance on a grid, shared by all its components and paths.</summary>
internal sealed class PathFactor
{
    // The posterior covariance of near points is singular to rounding: 1e-10 of the largest variance moves a path by 1e-5 deviations.
    private const double LeastJitter = 1e-10;

    private readonly CholeskyFactor? _factor;
    private readonly Kriging _kriging;
    private readonly KrigingPoint[] _points;

    private PathFactor(int index, Kriging kriging, KrigingPoint[] points, CholeskyFactor? factor)
    {
        Kriging = index;
        _kriging = kriging;
        _points = points;
        _factor = factor;
    }

    /// <summary>Index of the (ℓ, r).</summary>
    public int Kriging { get; }

    public static PathFactor Of(BridgeProcess process, int index, double[] grid)
    {
        var kriging = process.Krigings[index];
        var n = process.Observations.Count;
        var count = grid.Length;
        var w = new double[count * n];
        var points = new KrigingPoint[count];
        var matrix = new double[count * count];
        for (var i = 0; i < count; i++)
        {
            points[i] = kriging.At(grid[i], w.AsSpan(i * n, n));
            for (var j = 0; j < i; j++)
            {
                matrix[i * count + j] = Matern52.Correlation(grid[i] - grid[j], kriging.LengthScale)
                    - CholeskyFactor.Dot(w.AsSpan(i * n, n), w.AsSpan(j * n, n));
            }

            matrix[i * count + i] = points[i].Variance;
        }

        var certain = points.All(p => p.Variance <= 1e-14);
        return new PathFactor(index, kriging, points, certain ? null : CholeskyFactor.Of(matrix, count, LeastJitter));
    }

    /// <summary>g at grid point i for a share ρ.</summary>
    public double Level(int i, double surrogate, double share) => _kriging.Component(_points[i], surrogate, share).Level;

    /// <summary>L ξ.</summary>
    public void Multiply(ReadOnlySpan<double> normals, Span<double> path)
    {
        if (_factor is null)
        {
            path.Clear();
        }
        else
        {
            _factor.Multiply(normals, path);
        }
    }
}

/// <summary>Draws that the streams themselves do not offer.</summary>
internal static class GammaDraws
{
    /// <summary>A Gamma(shape, 1) number, shape ≥ 1, by the method of Marsaglia and Tsang (2000).</summary>
    public static double NextGamma(this RandomStream stream, double shape)
    {
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = stream.NextNormal();
            var root = 1 + c * x;
            if (root <= 0)
            {
                continue;
            }

            var v = root * root * root;
            if (Math.Log(1 - stream.NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
            {
                return d * v;
            }
        }
    }
}
