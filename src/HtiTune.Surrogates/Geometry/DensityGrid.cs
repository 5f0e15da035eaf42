// log p̂ of two-dimensional samples on a grid, read by bicubic interpolation (Catmull–Rom) [Keys1981]: a lookup of sixteen values
// instead of a sum over all samples. A Gaussian kernel is a product of one in x and one in y, so the table of
//   p̂(X_c, Y_r) ∝ Σ_i f_i^{−2}·e^{−(x_i − X_c)²/2h_i²}·e^{−(y_i − Y_r)²/2h_i²},   h_i = h·f_i
// is a matrix product, in double precision: it reaches 25 bandwidths from the nearest sample; farther nodes sum logarithms.

using System.Numerics;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Log density of two-dimensional samples of one category, tabulated.</summary>
internal sealed class DensityGrid : ILogDensity
{
    private const int MostNodes = 320;
    private const int MostKernels = 2000;

    /// <summary>Rows and columns of a tile of the matrix product.</summary>
    private const int TileRows = 4, TileColumns = 8;

    /// <summary>Exponents are cut there: two such factors are still no denormal number.</summary>
    private const double LeastExponent = -345;

    /// <summary>Above what the cut factors of all kernels can sum to.</summary>
    private const double LeastSum = 1e-140;

    private readonly double _lowX, _lowY, _step;
    private readonly int _columns, _rows;
    private readonly float[] _values;

    /// <param name="samples">Samples [n, 2].</param>
    /// <param name="bandwidth">h.</param>
    /// <param name="factors">f_i, length n; empty where all bandwidths are h.</param>
    internal DensityGrid(ReadOnlySpan<float> samples, double bandwidth, ReadOnlySpan<float> factors = default)
    {
        var n = samples.Length / 2;
        double lowX = double.MaxValue, highX = double.MinValue, lowY = double.MaxValue, highY = double.MinValue;
        float narrowest = 1;
        for (var i = 0; i < n; i++)
        {
            lowX = Math.Min(lowX, samples[2 * i]);
            highX = Math.Max(highX, samples[2 * i]);
            lowY = Math.Min(lowY, samples[2 * i + 1]);
            highY = Math.Max(highY, samples[2 * i + 1]);
            narrowest = factors.IsEmpty ? 1 : Math.Min(narrowest, factors[i]);
        }

        var margin = Math.Max(8 * bandwidth, 0.25 * Math.Max(highX - lowX, highY - lowY));
        _lowX = lowX - margin;
        _lowY = lowY - margin;
        var width = Math.Max(highX - lowX, highY - lowY) + 2 * margin;
        _step = Math.Max(bandwidth * narrowest / 2, width / (MostNodes - 1));
        _columns = (int)Math.Ceiling((highX - lowX + 2 * margin) / _step) + 1;
        _rows = (int)Math.Ceiling((highY - lowY + 2 * margin) / _step) + 1;
        _values = new float[_columns * _rows];
        Fill(new GridKernels(samples, factors, bandwidth, Math.Min(n, MostKernels)));
    }

    /// <inheritdoc/>
    public void Focus(ReadOnlySpan<float> nodes)
    {
        // The table holds every kernel.
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<float> point, Span<float> gradient)
    {
        double u = Math.Clamp((point[0] - _lowX) / _step, 1, _columns - 2.001), v = Math.Clamp((point[1] - _lowY) / _step, 1, _rows - 2.001);
        int i = (int)u, j = (int)v;
        var (wx, dx) = Weights((float)(u - i));
        var (wy, dy) = Weights((float)(v - j));
        var values = _values.AsSpan((j - 1) * _columns + i - 1);
        Vector128<float> rows = Vector128<float>.Zero, slopes = Vector128<float>.Zero;
        for (var a = 0; a < 4; a++)
        {
            var row = Vector128.Create(values.Slice(a * _columns, 4));
            rows += Vector128.Create(wy[a]) * row;
            slopes += Vector128.Create(dy[a]) * row;
        }

        gradient[0] = (float)(Vector128.Dot(rows, dx) / _step);
        gradient[1] = (float)(Vector128.Dot(slopes, wx) / _step);
        return Vector128.Dot(rows, wx);
    }

    private static (Vector128<float> Weights, Vector128<float> Slopes) Weights(float f)
    {
        float f2 = f * f, f3 = f2 * f;
        return (
            Vector128.Create(-0.5f * f3 + f2 - 0.5f * f, 1.5f * f3 - 2.5f * f2 + 1, -1.5f * f3 + 2 * f2 + 0.5f * f, 0.5f * f3 - 0.5f * f2),
            Vector128.Create(-1.5f * f2 + 2 * f - 0.5f, 4.5f * f2 - 5 * f, -4.5f * f2 + 4 * f + 0.5f, 1.5f * f2 - f));
    }

    private void Fill(GridKernels kernels)
    {
        var n = kernels.Count;

        // e^{…} of rows [R, n], padded to whole tiles, with the kernels' weights; of one tile of columns at a time, [n, 8].
        var byRow = new double[(_rows + TileRows - 1) / TileRows * TileRows * n];
        for (var r = 0; r < _rows; r++)
        {
            Exponentials(kernels.Y, kernels, _lowY + r * _step, kernels.Weights, byRow.AsSpan(r * n, n));
        }

        double[] byColumn = new double[n * TileColumns], column = new double[n], ones = new double[n];
        Array.Fill(ones, 1);
        Span<double> tile = stackalloc double[TileRows * TileColumns];
        for (var c = 0; c < _columns; c += TileColumns)
        {
            for (var k = 0; k < TileColumns; k++)
            {
                Exponentials(kernels.X, kernels, _lowX + (c + k) * _step, ones, column);
                for (var i = 0; i < n; i++)
                {
                    byColumn[i * TileColumns + k] = column[i];
                }
            }

            for (var r = 0; r < _rows; r += TileRows)
            {
                Multiply(byRow.AsSpan(r * n, TileRows * n), byColumn, n, tile);
                Write(tile, r, c, kernels);
            }
        }
    }

    /// <summary>Logarithms of a tile of sums; of those that are cut, by the kernels that count anywhere in the tile.</summary>
    private void Write(ReadOnlySpan<double> tile, int r, int c, GridKernels kernels)
    {
        var isNear = false;
        for (var at = 0; at < tile.Length; at++)
        {
            int row = r + at / TileColumns, col = c + at % TileColumns;
            if (row >= _rows || col >= _columns)
            {
                continue;
            }

            var isCut = tile[at] <= LeastSum;
            if (isCut && !isNear)
            {
                kernels.Near(_lowX + (c + (TileColumns - 1) / 2.0) * _step, _lowY + (r + (TileRows - 1) / 2.0) * _step, double.Hypot(TileColumns - 1, TileRows - 1) / 2 * _step);
                isNear = true;
            }

            var log = isCut ? kernels.LogSum(_lowX + col * _step, _lowY + row * _step) : Math.Log(tile[at]);
            _values[row * _columns + col] = (float)(log - kernels.Constant);
        }
    }

    /// <summary>w_i·e^{−(s_i − at)²/2h_i²}.</summary>
    private static void Exponentials(double[] samples, GridKernels kernels, double at, double[] weights, Span<double> values)
    {
        var lanes = Vector<double>.Count;
        var i = 0;
        for (; i <= values.Length - lanes; i += lanes)
        {
            var away = new Vector<double>(samples, i) - new Vector<double>(at);
            var exponent = Vector.Max(-away * away * new Vector<double>(kernels.Precisions, i), new Vector<double>(LeastExponent));
            (new Vector<double>(weights, i) * Vector.Exp(exponent)).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = weights[i] * Math.Exp(Math.Max(-(samples[i] - at) * (samples[i] - at) * kernels.Precisions[i], LeastExponent));
        }
    }

    /// <summary>One tile [4, 8] of rows [4, n] times columns [n, 8].</summary>
    private static void Multiply(ReadOnlySpan<double> rows, ReadOnlySpan<double> columns, int n, Span<double> tile)
    {
        ReadOnlySpan<double> r0 = rows[..n], r1 = rows.Slice(n, n), r2 = rows.Slice(2 * n, n), r3 = rows.Slice(3 * n, n);
        Vector256<double> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (var k = 0; k < n; k++)
        {
            Vector256<double> low = Vector256.Create(columns.Slice(k * TileColumns, 4)), high = Vector256.Create(columns.Slice(k * TileColumns + 4, 4));
            var v = Vector256.Create(r0[k]);
            a0 = Vector256.FusedMultiplyAdd(v, low, a0);
            a1 = Vector256.FusedMultiplyAdd(v, high, a1);
            v = Vector256.Create(r1[k]);
            b0 = Vector256.FusedMultiplyAdd(v, low, b0);
            b1 = Vector256.FusedMultiplyAdd(v, high, b1);
            v = Vector256.Create(r2[k]);
            c0 = Vector256.FusedMultiplyAdd(v, low, c0);
            c1 = Vector256.FusedMultiplyAdd(v, high, c1);
            v = Vector256.Create(r3[k]);
            d0 = Vector256.FusedMultiplyAdd(v, low, d0);
            d1 = Vector256.FusedMultiplyAdd(v, high, d1);
        }

        a0.CopyTo(tile);
        a1.CopyTo(tile[4..]);
        b0.CopyTo(tile[8..]);
        b1.CopyTo(tile[12..]);
        c0.CopyTo(tile[16..]);
        c1.CopyTo(tile[20..]);
        d0.CopyTo(tile[24..]);
        d1.CopyTo(tile[28..]);
    }
}
