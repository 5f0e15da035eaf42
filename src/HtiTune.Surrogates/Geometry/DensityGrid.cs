// log p̂ of two-dimensional samples on a grid with step h/2, read by bicubic interpolation (Catmull–Rom; Keys 1981): a lookup of
// sixteen values instead of a sum over all samples.

using System.Numerics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Log density of two-dimensional samples of one category, tabulated.</summary>
internal sealed class DensityGrid : ILogDensity
{
    private const int MostNodes = 320;
    private const int MostKernels = 2000;

    private readonly double _lowX, _lowY, _step;
    private readonly int _columns, _rows;
    private readonly float[] _values;

    /// <param name="samples">Samples [n, 2].</param>
    /// <param name="bandwidth">h.</param>
    internal DensityGrid(ReadOnlySpan<float> samples, double bandwidth)
    {
        var n = samples.Length / 2;
        double lowX = double.MaxValue, highX = double.MinValue, lowY = double.MaxValue, highY = double.MinValue;
        for (var i = 0; i < n; i++)
        {
            lowX = Math.Min(lowX, samples[2 * i]);
            highX = Math.Max(highX, samples[2 * i]);
            lowY = Math.Min(lowY, samples[2 * i + 1]);
            highY = Math.Max(highY, samples[2 * i + 1]);
        }

        var margin = Math.Max(8 * bandwidth, 0.25 * Math.Max(highX - lowX, highY - lowY));
        _lowX = lowX - margin;
        _lowY = lowY - margin;
        var width = Math.Max(highX - lowX, highY - lowY) + 2 * margin;
        _step = Math.Max(bandwidth / 2, width / (MostNodes - 1));
        _columns = (int)Math.Ceiling((highX - lowX + 2 * margin) / _step) + 1;
        _rows = (int)Math.Ceiling((highY - lowY + 2 * margin) / _step) + 1;
        _values = new float[_columns * _rows];
        Fill(samples, n, bandwidth);
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
        Span<double> wx = stackalloc double[4], wy = stackalloc double[4], dx = stackalloc double[4], dy = stackalloc double[4];
        Weights(u - i, wx, dx);
        Weights(v - j, wy, dy);
        double value = 0, slopeX = 0, slopeY = 0;
        for (var a = 0; a < 4; a++)
        {
            double row = 0, rowSlope = 0;
            var at = (j + a - 1) * _columns + i - 1;
            for (var b = 0; b < 4; b++)
            {
                row += wx[b] * _values[at + b];
                rowSlope += dx[b] * _values[at + b];
            }

            value += wy[a] * row;
            slopeX += wy[a] * rowSlope;
            slopeY += dy[a] * row;
        }

        gradient[0] = (float)(slopeX / _step);
        gradient[1] = (float)(slopeY / _step);
        return value;
    }

    private static void Weights(double f, Span<double> w, Span<double> d)
    {
        double f2 = f * f, f3 = f2 * f;
        w[0] = -0.5 * f3 + f2 - 0.5 * f;
        w[1] = 1.5 * f3 - 2.5 * f2 + 1;
        w[2] = -1.5 * f3 + 2 * f2 + 0.5 * f;
        w[3] = 0.5 * f3 - 0.5 * f2;
        d[0] = -1.5 * f2 + 2 * f - 0.5;
        d[1] = 4.5 * f2 - 5 * f;
        d[2] = -4.5 * f2 + 4 * f + 0.5;
        d[3] = 1.5 * f2 - f;
    }

    private void Fill(ReadOnlySpan<float> samples, int n, double bandwidth)
    {
        // An even subset of very large samples: a density estimate gains little beyond two thousand kernels.
        var kept = Math.Min(n, MostKernels);
        float[] x = new float[kept], y = new float[kept], exponents = new float[kept];
        for (var i = 0; i < kept; i++)
        {
            var row = (int)((long)i * n / kept);
            x[i] = samples[2 * row];
            y[i] = samples[2 * row + 1];
        }

        var precision = (float)(-0.5 / (bandwidth * bandwidth));
        var constant = Math.Log(kept * 2 * Math.PI * bandwidth * bandwidth);
        var lanes = Vector<float>.Count;
        for (var r = 0; r < _rows; r++)
        {
            for (var c = 0; c < _columns; c++)
            {
                float px = (float)(_lowX + c * _step), py = (float)(_lowY + r * _step);
                var most = float.NegativeInfinity;
                for (var i = 0; i < kept; i++)
                {
                    float ex = x[i] - px, ey = y[i] - py;
                    exponents[i] = (ex * ex + ey * ey) * precision;
                    most = Math.Max(most, exponents[i]);
                }

                var sums = Vector<float>.Zero;
                var k = 0;
                for (; k <= kept - lanes; k += lanes)
                {
                    sums += Vector.Exp(new Vector<float>(exponents, k) - new Vector<float>(most));
                }

                double sum = Vector.Sum(sums);
                for (; k < kept; k++)
                {
                    sum += Math.Exp(exponents[k] - most);
                }

                _values[r * _columns + c] = (float)(most + Math.Log(sum) - constant);
            }
        }
    }
}
