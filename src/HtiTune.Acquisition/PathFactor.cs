namespace HtiTune.Acquisition;

// The covariance that n observations leave is a difference of numbers near 1. With many near observations and a long length scale all of its digits are
// rounding errors, of either sign. Then the observations are taken to have a little noise, the least that helps: with a noise of 1e-10 σ² a path misses
// them by 1e-5 σ. What even that does not make definite is factored to its numerical rank. No state is without paths.

/// <summary>The factor of one (ℓ, r)'s posterior covariance on a grid, shared by all its components and paths.</summary>
/// <remarks>Takes G n² + G² n + G³/6 steps for n observations and G points.</remarks>
internal sealed class PathFactor
{
    // The posterior covariance of near points is singular to rounding: 1e-10 of the largest variance moves a path by 1e-5 deviations.
    private const double LeastJitter = 1e-10;

    // Noise of the observations over σ² where the covariance is lost in rounding.
    private static readonly double[] Noises = [1e-10, 1e-8, 1e-6];

    private readonly CholeskyFactor? _factor;
    private readonly TruncatedFactor? _truncated;
    private readonly Kriging _kriging;
    private readonly KrigingPoint[] _points;

    private PathFactor(int index, Kriging kriging, KrigingPoint[] points, CholeskyFactor? factor, TruncatedFactor? truncated)
    {
        Kriging = index;
        _kriging = kriging;
        _points = points;
        _factor = factor;
        _truncated = truncated;
    }

    /// <summary>Index of the (ℓ, r).</summary>
    public int Kriging { get; }

    public static PathFactor Of(BridgeProcess process, int index, double[] grid)
    {
        var kriging = process.Krigings[index];
        var n = process.Observations.Count;
        var (points, matrix) = Covariance(kriging, n, grid);
        if (points.All(p => p.Variance <= 1e-14))
        {
            return new PathFactor(index, kriging, points, null, null);
        }

        var factor = CholeskyFactor.Try(matrix, grid.Length, LeastJitter);
        for (var i = 0; factor is null && i < Noises.Length; i++)
        {
            kriging = process.WithJitter(process.Krigings[index], Noises[i]);
            (points, matrix) = Covariance(kriging, n, grid);
            factor = CholeskyFactor.Try(matrix, grid.Length, LeastJitter);
        }

        return new PathFactor(index, kriging, points, factor, factor is null ? TruncatedFactor.Of(matrix, grid.Length) : null);
    }

    /// <summary>g at grid point i for a share ρ.</summary>
    public double Level(int i, double surrogate, double share) => _kriging.Component(_points[i], surrogate, share).Level;

    /// <summary>L ξ.</summary>
    public void Multiply(ReadOnlySpan<double> normals, Span<double> path)
    {
        if (_factor is not null)
        {
            _factor.Multiply(normals, path);
        }
        else if (_truncated is not null)
        {
            _truncated.Multiply(normals, path);
        }
        else
        {
            path.Clear();
        }
    }

    private static (KrigingPoint[] Points, double[] Matrix) Covariance(Kriging kriging, int n, double[] grid)
    {
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

        return (points, matrix);
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
