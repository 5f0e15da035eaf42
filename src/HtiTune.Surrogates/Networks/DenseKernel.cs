using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates.Networks;

/// <summary>
/// The inner loops of <see cref="FrozenNetwork"/>: four rows by sixteen outputs at a time in vector registers, or eight by thirty-two where these are wide. Each output is
/// the same sum in the same order either way.
/// </summary>
internal static partial class DenseKernel
{
    private const int Rows = 4, WideRows = 8;

    /// <summary>Rows of which two sides of width 64 stay in the processor's first cache.</summary>
    private const int CachedRows = 64;

    private const int CachedWeights = 32768;

    /// <summary>output = input·weights + bias.</summary>
    /// <param name="input">[n, I].</param>
    /// <param name="n">Rows.</param>
    /// <param name="inputs">I.</param>
    /// <param name="weights">[I, O].</param>
    /// <param name="bias">[O].</param>
    /// <param name="outputs">O.</param>
    /// <param name="output">Takes [n, O].</param>
    internal static void Multiply(
        ReadOnlySpan<float> input, int n, int inputs, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, Span<float> output) =>
        Multiply(input, n, inputs, inputs, weights, bias, outputs, output);

    /// <summary>output = input·weights + bias, where the inputs beyond some are 0.</summary>
    /// <param name="input">[n, I].</param>
    /// <param name="n">Rows.</param>
    /// <param name="inputs">I.</param>
    /// <param name="used">Inputs that are not 0 for certain, the first ones.</param>
    /// <param name="weights">[I, O].</param>
    /// <param name="bias">[O].</param>
    /// <param name="outputs">O.</param>
    /// <param name="output">Takes [n, O].</param>
    internal static void Multiply(
        ReadOnlySpan<float> input, int n, int inputs, int used, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, Span<float> output)
    {
        int wide = outputs & ~15, widest = Vector512.IsHardwareAccelerated ? outputs & ~31 : 0;
        // Where weights are too many for the processor's cache, those of a few columns serve many rows before others are fetched.
        int four = n / Rows * Rows, block = used * outputs > CachedWeights ? CachedRows : WideRows;
        for (var start = 0; start < four; start += block)
        {
            int end = Math.Min(four, start + block), narrow = widest == 0 ? start : end / WideRows * WideRows;
            for (var o = 0; o < wide; o += o < widest ? 32 : 16)
            {
                var r = start;
                for (; o < widest && r < narrow; r += WideRows)
                {
                    EightRowsWide(input.Slice(r * inputs, WideRows * inputs), inputs, used, weights, bias, outputs, o, output[(r * outputs)..]);
                }

                for (; r < end; r += Rows)
                {
                    FourRows(input.Slice(r * inputs, Rows * inputs), inputs, used, weights, bias, outputs, o, output[(r * outputs)..]);
                    if (o < widest)
                    {
                        FourRows(input.Slice(r * inputs, Rows * inputs), inputs, used, weights, bias, outputs, o + 16, output[(r * outputs)..]);
                    }
                }
            }
        }

        for (var i = four; i < n; i++)
        {
            for (var o = 0; o < wide; o += 16)
            {
                OneRow(input.Slice(i * inputs, used), weights, bias, outputs, o, output.Slice(i * outputs, outputs));
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var o = wide; o < outputs; o++)
            {
                var sum = bias[o];
                for (var k = 0; k < used; k++)
                {
                    sum += input[i * inputs + k] * weights[k * outputs + o];
                }

                output[i * outputs + o] = sum;
            }
        }
    }

    /// <summary>row = (1 + scale)·row + shift.</summary>
    internal static void ScaleShift(Span<float> row, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        ReadOnlySpan<Vector<float>> factors = MemoryMarshal.Cast<float, Vector<float>>(scale), added = MemoryMarshal.Cast<float, Vector<float>>(shift);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = (Vector<float>.One + factors[i]) * vectors[i] + added[i];
        }

        for (var i = vectors.Length * Vector<float>.Count; i < row.Length; i++)
        {
            row[i] = (1 + scale[i]) * row[i] + shift[i];
        }
    }

    /// <summary>v ↦ v/(1 + e^{−v}), row by row, so that a row's last few values are rounded alike wherever the row stands.</summary>
    internal static void SiLU(Span<float> values, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = values.Slice(i * columns, columns);
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
            for (var j = 0; j < vectors.Length; j++)
            {
                vectors[j] /= Vector<float>.One + VectorExponential.Of(-vectors[j]);
            }

            for (var j = vectors.Length * Vector<float>.Count; j < columns; j++)
            {
                row[j] /= 1 + MathF.Exp(-row[j]);
            }
        }
    }

    private static void FourRows(
        ReadOnlySpan<float> input, int inputs, int used, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, int o, Span<float> output)
    {
        Vector256<float> low = Vector256.Create(bias.Slice(o, 8)), high = Vector256.Create(bias.Slice(o + 8, 8));
        Vector256<float> a0 = low, a1 = high, b0 = low, b1 = high, c0 = low, c1 = high, d0 = low, d1 = high;
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var w = ref MemoryMarshal.GetReference(weights);
        for (var k = 0; k < used; k++)
        {
            var w0 = Vector256.LoadUnsafe(ref w, (nuint)(k * outputs + o));
            var w1 = Vector256.LoadUnsafe(ref w, (nuint)(k * outputs + o + 8));
            var v = Vector256.Create(Unsafe.Add(ref x, k));
            a0 = Vector256.FusedMultiplyAdd(v, w0, a0);
            a1 = Vector256.FusedMultiplyAdd(v, w1, a1);
            v = Vector256.Create(Unsafe.Add(ref x, inputs + k));
            b0 = Vector256.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector256.FusedMultiplyAdd(v, w1, b1);
            v = Vector256.Create(Unsafe.Add(ref x, 2 * inputs + k));
            c0 = Vector256.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector256.FusedMultiplyAdd(v, w1, c1);
            v = Vector256.Create(Unsafe.Add(ref x, 3 * inputs + k));
            d0 = Vector256.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector256.FusedMultiplyAdd(v, w1, d1);
        }

        a0.CopyTo(output.Slice(o, 8));
        a1.CopyTo(output.Slice(o + 8, 8));
        b0.CopyTo(output.Slice(outputs + o, 8));
        b1.CopyTo(output.Slice(outputs + o + 8, 8));
        c0.CopyTo(output.Slice(2 * outputs + o, 8));
        c1.CopyTo(output.Slice(2 * outputs + o + 8, 8));
        d0.CopyTo(output.Slice(3 * outputs + o, 8));
        d1.CopyTo(output.Slice(3 * outputs + o + 8, 8));
    }

    private static void EightRowsWide(
        ReadOnlySpan<float> input, int inputs, int used, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, int o, Span<float> output)
    {
        Vector512<float> low = Vector512.Create(bias.Slice(o, 16)), high = Vector512.Create(bias.Slice(o + 16, 16));
        Vector512<float> a0 = low, a1 = high, b0 = low, b1 = high, c0 = low, c1 = high, d0 = low, d1 = high;
        Vector512<float> e0 = low, e1 = high, f0 = low, f1 = high, g0 = low, g1 = high, h0 = low, h1 = high;
        ref var x = ref MemoryMarshal.GetReference(input[..(7 * inputs + used)]);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var y = ref MemoryMarshal.GetReference(output[o..(7 * outputs + o + 32)]);
        for (var k = 0; k < used; k++)
        {
            var w0 = Vector512.LoadUnsafe(ref w, (nuint)(k * outputs + o));
            var w1 = Vector512.LoadUnsafe(ref w, (nuint)(k * outputs + o + 16));
            var v = Vector512.Create(Unsafe.Add(ref x, k));
            a0 = Vector512.FusedMultiplyAdd(v, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(v, w1, a1);
            v = Vector512.Create(Unsafe.Add(ref x, inputs + k));
            b0 = Vector512.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(v, w1, b1);
            v = Vector512.Create(Unsafe.Add(ref x, 2 * inputs + k));
            c0 = Vector512.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(v, w1, c1);
            v = Vector512.Create(Unsafe.Add(ref x, 3 * inputs + k));
            d0 = Vector512.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(v, w1, d1);
            v = Vector512.Create(Unsafe.Add(ref x, 4 * inputs + k));
            e0 = Vector512.FusedMultiplyAdd(v, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(v, w1, e1);
            v = Vector512.Create(Unsafe.Add(ref x, 5 * inputs + k));
            f0 = Vector512.FusedMultiplyAdd(v, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(v, w1, f1);
            v = Vector512.Create(Unsafe.Add(ref x, 6 * inputs + k));
            g0 = Vector512.FusedMultiplyAdd(v, w0, g0);
            g1 = Vector512.FusedMultiplyAdd(v, w1, g1);
            v = Vector512.Create(Unsafe.Add(ref x, 7 * inputs + k));
            h0 = Vector512.FusedMultiplyAdd(v, w0, h0);
            h1 = Vector512.FusedMultiplyAdd(v, w1, h1);
        }

        a0.StoreUnsafe(ref y);
        a1.StoreUnsafe(ref y, 16);
        b0.StoreUnsafe(ref y, (nuint)outputs);
        b1.StoreUnsafe(ref y, (nuint)outputs + 16);
        c0.StoreUnsafe(ref y, (nuint)(2 * outputs));
        c1.StoreUnsafe(ref y, (nuint)(2 * outputs + 16));
        d0.StoreUnsafe(ref y, (nuint)(3 * outputs));
        d1.StoreUnsafe(ref y, (nuint)(3 * outputs + 16));
        e0.StoreUnsafe(ref y, (nuint)(4 * outputs));
        e1.StoreUnsafe(ref y, (nuint)(4 * outputs + 16));
        f0.StoreUnsafe(ref y, (nuint)(5 * outputs));
        f1.StoreUnsafe(ref y, (nuint)(5 * outputs + 16));
        g0.StoreUnsafe(ref y, (nuint)(6 * outputs));
        g1.StoreUnsafe(ref y, (nuint)(6 * outputs + 16));
        h0.StoreUnsafe(ref y, (nuint)(7 * outputs));
        h1.StoreUnsafe(ref y, (nuint)(7 * outputs + 16));
    }

    private static void OneRow(
        ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, int o, Span<float> output)
    {
        // The same order of the same operations as in FourRows: a row's answer does not depend on its neighbours.
        Vector256<float> low = Vector256.Create(bias.Slice(o, 8)), high = Vector256.Create(bias.Slice(o + 8, 8));
        ref var w = ref MemoryMarshal.GetReference(weights);
        for (var k = 0; k < input.Length; k++)
        {
            var v = Vector256.Create(input[k]);
            low = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref w, (nuint)(k * outputs + o)), low);
            high = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref w, (nuint)(k * outputs + o + 8)), high);
        }

        low.CopyTo(output.Slice(o, 8));
        high.CopyTo(output.Slice(o + 8, 8));
    }
}
