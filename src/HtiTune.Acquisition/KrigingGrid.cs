using System.Numerics;
using System.Runtime.InteropServices;

namespace HtiTune.Acquisition;

// Notation: as in Kriging, for G points at once.
//   k   correlations of observations and points, [n, P], row-major; P is G rounded up to whole blocks, the rest 0
//   w   L⁻¹ k, [n, P]
// Points lie side by side in memory, so that one processor instruction serves several: a proposal reads 257 points through a hundred (ℓ, r).

/// <summary>The observations seen from many points, through one (ℓ, r) after the other.</summary>
internal sealed class KrigingGrid
{
    private static readonly int Lanes = Vector<double>.Count;
    private static readonly int Block = 4 * Lanes;

    private readonly double[] _observed;
    private readonly double[] _points;
    private readonly int _padded;
    private readonly double[] _correlations;
    private readonly double[] _w;
    private double _lengthScale = double.NaN;

    /// <param name="observed">Observed places, [n].</param>
    /// <param name="points">Points, [G].</param>
    public KrigingGrid(double[] observed, double[] points)
    {
        _observed = observed;
        Count = points.Length;
        _padded = (points.Length + Block - 1) / Block * Block;
        _points = new double[_padded];
        points.CopyTo(_points, 0);
        _correlations = new double[observed.Length * _padded];
        _w = new double[observed.Length * _padded];
        Variance = new double[_padded];
        Ones = new double[_padded];
        Values = new double[_padded];
        Surrogate = new double[_padded];
    }

    /// <summary>Number of points G.</summary>
    public int Count { get; }

    /// <summary>Length of a row: G rounded up to whole blocks.</summary>
    public int Stride => _padded;

    /// <summary>k** − wᵀw, at least 0, [≥ G].</summary>
    public double[] Variance { get; }

    /// <summary>wᵀ1̂, [≥ G].</summary>
    public double[] Ones { get; }

    /// <summary>wᵀŷ, [≥ G].</summary>
    public double[] Values { get; }

    /// <summary>wᵀm̂, [≥ G].</summary>
    public double[] Surrogate { get; }

    /// <summary>The products at one point.</summary>
    public KrigingPoint this[int i] => new(Variance[i], Ones[i], Values[i], Surrogate[i]);

    /// <summary>Looks through an (ℓ, r): fills w and the products. Several r of one ℓ in a row share their correlations.</summary>
    public void Through(Kriging kriging)
    {
        if (kriging.LengthScale != _lengthScale)
        {
            _lengthScale = kriging.LengthScale;
            for (var i = 0; i < _observed.Length; i++)
            {
                Correlate(_observed[i], _lengthScale, _correlations.AsSpan(i * _padded, _padded));
            }
        }

        for (var start = 0; start < _padded; start += Block)
        {
            Solve(kriging.Factor, start);
            Multiply(kriging, start);
        }
    }

    /// <summary>Row t of w, of the last (ℓ, r), [<see cref="Stride"/>].</summary>
    public ReadOnlySpan<double> W(int t) => _w.AsSpan(t * _padded, _padded);

    /// <summary>Correlations of a place with all points, [<see cref="Stride"/>].</summary>
    public void Correlate(double at, double lengthScale, Span<double> correlations)
    {
        var rate = Math.Sqrt(5) / lengthScale;
        var points = MemoryMarshal.Cast<double, Vector<double>>(_points);
        var row = MemoryMarshal.Cast<double, Vector<double>>(correlations);
        var place = new Vector<double>(at);
        for (var v = 0; v < row.Length; v++)
        {
            var x = rate * Vector.Abs(points[v] - place);
            row[v] = (Vector<double>.One + x + x * x * (1.0 / 3)) * Vector.Exp(-x);
        }
    }

    // One block's columns of w by forward substitution, kept in registers row by row.
    private void Solve(CholeskyFactor factor, int start)
    {
        for (var i = 0; i < _observed.Length; i++)
        {
            var source = Vectors(_correlations, i, start);
            var (a, b, c, d) = (source[0], source[1], source[2], source[3]);
            var lower = factor.Row(i, i);
            for (var j = 0; j < lower.Length; j++)
            {
                var entry = new Vector<double>(lower[j]);
                var row = Vectors(_w, j, start);
                a -= entry * row[0];
                b -= entry * row[1];
                c -= entry * row[2];
                d -= entry * row[3];
            }

            var scale = new Vector<double>(1 / factor.Diagonal(i));
            var target = Vectors(_w, i, start);
            target[0] = a * scale;
            target[1] = b * scale;
            target[2] = c * scale;
            target[3] = d * scale;
        }
    }

    private void Multiply(Kriging kriging, int start)
    {
        for (var lane = 0; lane < 4; lane++)
        {
            Vector<double> square = default, ones = default, values = default, surrogate = default;
            for (var i = 0; i < _observed.Length; i++)
            {
                var w = Vectors(_w, i, start)[lane];
                square += w * w;
                ones += w * new Vector<double>(kriging.Ones[i]);
                values += w * new Vector<double>(kriging.Values[i]);
                surrogate += w * new Vector<double>(kriging.Surrogate[i]);
            }

            var at = start + lane * Lanes;
            Vector.Max(Vector<double>.Zero, Vector<double>.One - square).CopyTo(Variance, at);
            ones.CopyTo(Ones, at);
            values.CopyTo(Values, at);
            surrogate.CopyTo(Surrogate, at);
        }
    }

    private Span<Vector<double>> Vectors(double[] matrix, int row, int start) =>
        MemoryMarshal.Cast<double, Vector<double>>(matrix.AsSpan(row * _padded + start, Block));
}
