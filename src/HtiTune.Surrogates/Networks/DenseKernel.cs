using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Networks;

/// <summary>
/// The inner loops of <see cref="FrozenNetwork"/>: four rows by sixteen outputs at a time in vector registers, or by thirty-two where these are wide. Each output is
/// the same sum in the same order either way.
/// </summary>
internal static class DenseKernel
{
    private const int Rows = 4;

    /// <summary>Rows of which two sides of width 64 stay in the processor's first cache.</summary>
    private const int CachedRows = 64;

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
        var i = 0;
        for (; i + Rows <= n; i += Rows)
        {
            for (var o = 0; o < widest; o += 32)
            {
                FourRowsWide(input.Slice(i * inputs, Rows * inputs), inputs, used, weights, bias, outputs, o, output[(i * outputs)..]);
            }

            for (var o = widest; o < wide; o += 16)
            {
                FourRows(input.Slice(i * inputs, Rows * inputs), inputs, used, weights, bias, outputs, o, output[(i * outputs)..]);
            }
        }

        for (; i < n; i++)
        {
            for (var o = 0; o < wide; o += 16)
            {
                OneRow(input.Slice(i * inputs, used), weights, bias, outputs, o, output.Slice(i * outputs, outputs));
            }
        }

        for (i = 0; i < n; i++)
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

    /// <summary>output = inputᵀ·delta: the gradient of weights, summed over rows.</summary>
    /// <param name="input">[n, I], I a multiple of 4.</param>
    /// <param name="n">Rows.</param>
    /// <param name="inputs">I.</param>
    /// <param name="used">Inputs that are not 0 for certain, the first ones; the gradient of others is 0.</param>
    /// <param name="delta">[n, O], O a multiple of 16.</param>
    /// <param name="outputs">O.</param>
    /// <param name="output">Takes [I, O].</param>
    internal static void MultiplyTransposed(
        ReadOnlySpan<float> input, int n, int inputs, int used, ReadOnlySpan<float> delta, int outputs, Span<float> output)
    {
        output[..(inputs * outputs)].Clear();
        var widest = Vector512.IsHardwareAccelerated ? outputs & ~31 : 0;
        for (var start = 0; start < n; start += CachedRows)
        {
            var count = Math.Min(CachedRows, n - start);
            ReadOnlySpan<float> x = input.Slice(start * inputs, count * inputs), w = delta.Slice(start * outputs, count * outputs);
            for (var i = 0; i < used; i += Rows)
            {
                for (var o = 0; o < widest; o += 32)
                {
                    FourInputsWide(x[i..], count, inputs, w[o..], outputs, output[(i * outputs + o)..]);
                }

                for (var o = widest; o < outputs; o += 16)
                {
                    FourInputs(x[i..], count, inputs, w[o..], outputs, output[(i * outputs + o)..]);
                }
            }
        }
    }

    private static void FourInputs(ReadOnlySpan<float> input, int n, int inputs, ReadOnlySpan<float> delta, int outputs, Span<float> output)
    {
        ref var x = ref MemoryMarshal.GetReference(input[..((n - 1) * inputs + Rows)]);
        ref var w = ref MemoryMarshal.GetReference(delta[..((n - 1) * outputs + 16)]);
        ref var y = ref MemoryMarshal.GetReference(output[..(3 * outputs + 16)]);
        Vector256<float> a0 = Vector256.LoadUnsafe(ref y), a1 = Vector256.LoadUnsafe(ref y, 8);
        Vector256<float> b0 = Vector256.LoadUnsafe(ref y, (nuint)outputs), b1 = Vector256.LoadUnsafe(ref y, (nuint)outputs + 8);
        Vector256<float> c0 = Vector256.LoadUnsafe(ref y, (nuint)(2 * outputs)), c1 = Vector256.LoadUnsafe(ref y, (nuint)(2 * outputs + 8));
        Vector256<float> d0 = Vector256.LoadUnsafe(ref y, (nuint)(3 * outputs)), d1 = Vector256.LoadUnsafe(ref y, (nuint)(3 * outputs + 8));
        for (var k = 0; k < n; k++)
        {
            var w0 = Vector256.LoadUnsafe(ref w, (nuint)(k * outputs));
            var w1 = Vector256.LoadUnsafe(ref w, (nuint)(k * outputs + 8));
            var v = Vector256.Create(Unsafe.Add(ref x, k * inputs));
            a0 = Vector256.FusedMultiplyAdd(v, w0, a0);
            a1 = Vector256.FusedMultiplyAdd(v, w1, a1);
            v = Vector256.Create(Unsafe.Add(ref x, k * inputs + 1));
            b0 = Vector256.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector256.FusedMultiplyAdd(v, w1, b1);
            v = Vector256.Create(Unsafe.Add(ref x, k * inputs + 2));
            c0 = Vector256.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector256.FusedMultiplyAdd(v, w1, c1);
            v = Vector256.Create(Unsafe.Add(ref x, k * inputs + 3));
            d0 = Vector256.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector256.FusedMultiplyAdd(v, w1, d1);
        }

        a0.StoreUnsafe(ref y);
        a1.StoreUnsafe(ref y, 8);
        b0.StoreUnsafe(ref y, (nuint)outputs);
        b1.StoreUnsafe(ref y, (nuint)outputs + 8);
        c0.StoreUnsafe(ref y, (nuint)(2 * outputs));
        c1.StoreUnsafe(ref y, (nuint)(2 * outputs + 8));
        d0.StoreUnsafe(ref y, (nuint)(3 * outputs));
        d1.StoreUnsafe(ref y, (nuint)(3 * outputs + 8));
    }

    private static void FourInputsWide(ReadOnlySpan<float> input, int n, int inputs, ReadOnlySpan<float> delta, int outputs, Span<float> output)
    {
        ref var x = ref MemoryMarshal.GetReference(input[..((n - 1) * inputs + Rows)]);
        ref var w = ref MemoryMarshal.GetReference(delta[..((n - 1) * outputs + 32)]);
        ref var y = ref MemoryMarshal.GetReference(output[..(3 * outputs + 32)]);
        Vector512<float> a0 = Vector512.LoadUnsafe(ref y), a1 = Vector512.LoadUnsafe(ref y, 16);
        Vector512<float> b0 = Vector512.LoadUnsafe(ref y, (nuint)outputs), b1 = Vector512.LoadUnsafe(ref y, (nuint)outputs + 16);
        Vector512<float> c0 = Vector512.LoadUnsafe(ref y, (nuint)(2 * outputs)), c1 = Vector512.LoadUnsafe(ref y, (nuint)(2 * outputs + 16));
        Vector512<float> d0 = Vector512.LoadUnsafe(ref y, (nuint)(3 * outputs)), d1 = Vector512.LoadUnsafe(ref y, (nuint)(3 * outputs + 16));
        for (var k = 0; k < n; k++)
        {
            var w0 = Vector512.LoadUnsafe(ref w, (nuint)(k * outputs));
            var w1 = Vector512.LoadUnsafe(ref w, (nuint)(k * outputs + 16));
            var v = Vector512.Create(Unsafe.Add(ref x, k * inputs));
            a0 = Vector512.FusedMultiplyAdd(v, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(v, w1, a1);
            v = Vector512.Create(Unsafe.Add(ref x, k * inputs + 1));
            b0 = Vector512.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(v, w1, b1);
            v = Vector512.Create(Unsafe.Add(ref x, k * inputs + 2));
            c0 = Vector512.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(v, w1, c1);
            v = Vector512.Create(Unsafe.Add(ref x, k * inputs + 3));
            d0 = Vector512.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(v, w1, d1);
        }

        a0.StoreUnsafe(ref y);
        a1.StoreUnsafe(ref y, 16);
        b0.StoreUnsafe(ref y, (nuint)outputs);
        b1.StoreUnsafe(ref y, (nuint)outputs + 16);
        c0.StoreUnsafe(ref y, (nuint)(2 * outputs));
        c1.StoreUnsafe(ref y, (nuint)(2 * outputs + 16));
        d0.StoreUnsafe(ref y, (nuint)(3 * outputs));
        d1.StoreUnsafe(ref y, (nuint)(3 * outputs + 16));
    }

    /// <summary>row = (1 + scale)·row + shift.</summary>
    internal static void ScaleShift(Span<float> row, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        for (var i = 0; i < row.Length; i++)
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
                vectors[j] /= Vector<float>.One + Vector.Exp(-vectors[j]);
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

    private static void FourRowsWide(
        ReadOnlySpan<float> input, int inputs, int used, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, int o, Span<float> output)
    {
        Vector512<float> low = Vector512.Create(bias.Slice(o, 16)), high = Vector512.Create(bias.Slice(o + 16, 16));
        Vector512<float> a0 = low, a1 = high, b0 = low, b1 = high, c0 = low, c1 = high, d0 = low, d1 = high;
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var w = ref MemoryMarshal.GetReference(weights);
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
        }

        a0.CopyTo(output.Slice(o, 16));
        a1.CopyTo(output.Slice(o + 16, 16));
        b0.CopyTo(output.Slice(outputs + o, 16));
        b1.CopyTo(output.Slice(outputs + o + 16, 16));
        c0.CopyTo(output.Slice(2 * outputs + o, 16));
        c1.CopyTo(output.Slice(2 * outputs + o + 16, 16));
        d0.CopyTo(output.Slice(3 * outputs + o, 16));
        d1.CopyTo(output.Slice(3 * outputs + o + 16, 16));
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
