using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Networks;

/// <summary>The inner loops of <see cref="FrozenNetwork"/>: four rows by sixteen outputs at a time in vector registers.</summary>
internal static class DenseKernel
{
    private const int Rows = 4;

    /// <summary>output = input·weights + bias.</summary>
    /// <param name="input">[n, I].</param>
    /// <param name="n">Rows.</param>
    /// <param name="inputs">I.</param>
    /// <param name="weights">[I, O].</param>
    /// <param name="bias">[O].</param>
    /// <param name="outputs">O.</param>
    /// <param name="output">Takes [n, O].</param>
    internal static void Multiply(
        ReadOnlySpan<float> input, int n, int inputs, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, Span<float> output)
    {
        var wide = outputs & ~15;
        var i = 0;
        for (; i + Rows <= n; i += Rows)
        {
            for (var o = 0; o < wide; o += 16)
            {
                FourRows(input.Slice(i * inputs, Rows * inputs), inputs, weights, bias, outputs, o, output[(i * outputs)..]);
            }
        }

        for (; i < n; i++)
        {
            for (var o = 0; o < wide; o += 16)
            {
                OneRow(input.Slice(i * inputs, inputs), weights, bias, outputs, o, output.Slice(i * outputs, outputs));
            }
        }

        for (i = 0; i < n; i++)
        {
            for (var o = wide; o < outputs; o++)
            {
                var sum = bias[o];
                for (var k = 0; k < inputs; k++)
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
    /// <param name="delta">[n, O], O a multiple of 16.</param>
    /// <param name="outputs">O.</param>
    /// <param name="output">Takes [I, O].</param>
    internal static void MultiplyTransposed(
        ReadOnlySpan<float> input, int n, int inputs, ReadOnlySpan<float> delta, int outputs, Span<float> output)
    {
        ref var x = ref MemoryMarshal.GetReference(input[..(n * inputs)]);
        ref var w = ref MemoryMarshal.GetReference(delta[..(n * outputs)]);
        for (var o = 0; o < outputs; o += 16)
        {
            for (var i = 0; i < inputs; i += Rows)
            {
                Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
                for (var k = 0; k < n; k++)
                {
                    var w0 = Vector256.LoadUnsafe(ref w, (nuint)(k * outputs + o));
                    var w1 = Vector256.LoadUnsafe(ref w, (nuint)(k * outputs + o + 8));
                    var v = Vector256.Create(Unsafe.Add(ref x, k * inputs + i));
                    a0 = Vector256.FusedMultiplyAdd(v, w0, a0);
                    a1 = Vector256.FusedMultiplyAdd(v, w1, a1);
                    v = Vector256.Create(Unsafe.Add(ref x, k * inputs + i + 1));
                    b0 = Vector256.FusedMultiplyAdd(v, w0, b0);
                    b1 = Vector256.FusedMultiplyAdd(v, w1, b1);
                    v = Vector256.Create(Unsafe.Add(ref x, k * inputs + i + 2));
                    c0 = Vector256.FusedMultiplyAdd(v, w0, c0);
                    c1 = Vector256.FusedMultiplyAdd(v, w1, c1);
                    v = Vector256.Create(Unsafe.Add(ref x, k * inputs + i + 3));
                    d0 = Vector256.FusedMultiplyAdd(v, w0, d0);
                    d1 = Vector256.FusedMultiplyAdd(v, w1, d1);
                }

                a0.CopyTo(output[(i * outputs + o)..]);
                a1.CopyTo(output[(i * outputs + o + 8)..]);
                b0.CopyTo(output[((i + 1) * outputs + o)..]);
                b1.CopyTo(output[((i + 1) * outputs + o + 8)..]);
                c0.CopyTo(output[((i + 2) * outputs + o)..]);
                c1.CopyTo(output[((i + 2) * outputs + o + 8)..]);
                d0.CopyTo(output[((i + 3) * outputs + o)..]);
                d1.CopyTo(output[((i + 3) * outputs + o + 8)..]);
            }
        }
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
        ReadOnlySpan<float> input, int inputs, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs, int o, Span<float> output)
    {
        Vector256<float> low = Vector256.Create(bias.Slice(o, 8)), high = Vector256.Create(bias.Slice(o + 8, 8));
        Vector256<float> a0 = low, a1 = high, b0 = low, b1 = high, c0 = low, c1 = high, d0 = low, d1 = high;
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var w = ref MemoryMarshal.GetReference(weights);
        for (var k = 0; k < inputs; k++)
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
