// Notation
//   z_i [p], A_i [D]   places of n rows in the metric, and their weights;  s(z) = Σ_i e^(−½|z − z_i|²) A_i
// In single precision a kernel errs by ε = 6·10⁻⁸ at random, and s_j(z) by ε |A_·j|, the root of a sum of squares: where that is less than Allowed, sums are taken so, in half the time.

using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates;

/// <summary>Sums of Gaussian kernels in single precision, where their weights allow it.</summary>
internal sealed class SingleKernels
{
    /// <summary>What a sum may err by, in standard deviations of the outputs.</summary>
    private const double Allowed = 1e-5;

    private const double Rounding = 6e-8;

    private readonly float[] _places, _weights;
    private readonly int _padded;

    private SingleKernels(double[] places, double[] weights, int padded)
    {
        _places = Array.ConvertAll(places, value => (float)value);
        _weights = Array.ConvertAll(weights, value => (float)value);
        _padded = padded;
    }

    /// <summary>The kernels; null where single precision is not enough.</summary>
    /// <param name="places">z, by column, [p, padded].</param>
    /// <param name="weights">A, by column, [D, padded]; 0 where rows only pad.</param>
    /// <param name="padded">Rows, padded to whole vectors.</param>
    /// <param name="d">D.</param>
    internal static SingleKernels? Of(double[] places, double[] weights, int padded, int d) =>
        padded % Vector<float>.Count == 0 && Enumerable.Range(0, d).All(j => Rounding * Math.Sqrt(weights.AsSpan(j * padded, padded).ToArray().Sum(value => value * value)) < Allowed)
            ? new SingleKernels(places, weights, padded)
            : null;

    /// <summary>sums = mean + s(at).</summary>
    /// <param name="at">z, length p.</param>
    /// <param name="mean">What is added, length D.</param>
    /// <param name="sums">Takes them, length D.</param>
    internal void Sum(ReadOnlySpan<double> at, ReadOnlySpan<double> mean, Span<float> sums) =>
        Sum(at, mean, sums, Vector512.IsHardwareAccelerated && Vector<float>.Count == Vector256<float>.Count);

    /// <summary>The same, by vectors of twice the width or not, to the last bit: sums are taken in one order.</summary>
    internal void Sum(ReadOnlySpan<double> at, ReadOnlySpan<double> mean, Span<float> sums, bool isWide)
    {
        var z = MemoryMarshal.Cast<float, Vector<float>>(_places);
        var a = MemoryMarshal.Cast<float, Vector<float>>(_weights);
        var rows = _padded / Vector<float>.Count;
        Span<Vector<float>> totals = stackalloc Vector<float>[sums.Length];
        totals.Clear();
        for (var i = isWide ? SumPairs(at, totals) : 0; i < rows; i++)
        {
            var squares = Vector<float>.Zero;
            for (int j = 0, k = i; j < at.Length; j++, k += rows)
            {
                var away = z[k] - new Vector<float>((float)at[j]);
                squares += away * away;
            }

            var kernel = Vector.Exp(squares * new Vector<float>(-0.5f));
            for (int j = 0, k = i; j < totals.Length; j++, k += rows)
            {
                totals[j] += kernel * a[k];
            }
        }

        for (var j = 0; j < sums.Length; j++)
        {
            sums[j] = (float)(mean[j] + Vector.Sum(totals[j]));
        }
    }

    // Two vectors of rows at once, added one after the other. Returns how many vectors that were.
    private int SumPairs(ReadOnlySpan<double> at, Span<Vector<float>> totals)
    {
        const int Lanes = 16;
        var pairs = _padded / Lanes;
        for (var i = 0; i < pairs; i++)
        {
            var squares = Vector512<float>.Zero;
            for (int j = 0, k = i * Lanes; j < at.Length; j++, k += _padded)
            {
                var away = Vector512.Create<float>(_places.AsSpan(k, Lanes)) - Vector512.Create((float)at[j]);
                squares += away * away;
            }

            var kernel = Vector512.Exp(squares * Vector512.Create(-0.5f));
            for (int j = 0, k = i * Lanes; j < totals.Length; j++, k += _padded)
            {
                var parts = kernel * Vector512.Create<float>(_weights.AsSpan(k, Lanes));
                totals[j] = totals[j] + parts.GetLower().AsVector() + parts.GetUpper().AsVector();
            }
        }

        return 2 * pairs;
    }
}
