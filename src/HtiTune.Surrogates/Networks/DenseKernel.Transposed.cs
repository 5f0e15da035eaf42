using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Networks;

internal static partial class DenseKernel
{
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
            for (int i = 0, height; i < used; i += height)
            {
                height = widest > 0 && i + WideRows <= inputs ? WideRows : Rows;
                var o = 0;
                for (; height == WideRows && o < widest; o += 32)
                {
                    EightInputsWide(x[i..], count, inputs, w[o..], outputs, output[(i * outputs + o)..]);
                }

                for (; o < outputs; o += 16)
                {
                    for (var at = i; at < i + height; at += Rows)
                    {
                        FourInputs(x[at..], count, inputs, w[o..], outputs, output[(at * outputs + o)..]);
                    }
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

    private static void EightInputsWide(ReadOnlySpan<float> input, int n, int inputs, ReadOnlySpan<float> delta, int outputs, Span<float> output)
    {
        ref var x = ref MemoryMarshal.GetReference(input[..((n - 1) * inputs + WideRows)]);
        ref var w = ref MemoryMarshal.GetReference(delta[..((n - 1) * outputs + 32)]);
        ref var y = ref MemoryMarshal.GetReference(output[..(7 * outputs + 32)]);
        Vector512<float> a0 = Vector512.LoadUnsafe(ref y), a1 = Vector512.LoadUnsafe(ref y, 16);
        Vector512<float> b0 = Vector512.LoadUnsafe(ref y, (nuint)outputs), b1 = Vector512.LoadUnsafe(ref y, (nuint)outputs + 16);
        Vector512<float> c0 = Vector512.LoadUnsafe(ref y, (nuint)(2 * outputs)), c1 = Vector512.LoadUnsafe(ref y, (nuint)(2 * outputs + 16));
        Vector512<float> d0 = Vector512.LoadUnsafe(ref y, (nuint)(3 * outputs)), d1 = Vector512.LoadUnsafe(ref y, (nuint)(3 * outputs + 16));
        Vector512<float> e0 = Vector512.LoadUnsafe(ref y, (nuint)(4 * outputs)), e1 = Vector512.LoadUnsafe(ref y, (nuint)(4 * outputs + 16));
        Vector512<float> f0 = Vector512.LoadUnsafe(ref y, (nuint)(5 * outputs)), f1 = Vector512.LoadUnsafe(ref y, (nuint)(5 * outputs + 16));
        Vector512<float> g0 = Vector512.LoadUnsafe(ref y, (nuint)(6 * outputs)), g1 = Vector512.LoadUnsafe(ref y, (nuint)(6 * outputs + 16));
        Vector512<float> h0 = Vector512.LoadUnsafe(ref y, (nuint)(7 * outputs)), h1 = Vector512.LoadUnsafe(ref y, (nuint)(7 * outputs + 16));
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
            v = Vector512.Create(Unsafe.Add(ref x, k * inputs + 4));
            e0 = Vector512.FusedMultiplyAdd(v, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(v, w1, e1);
            v = Vector512.Create(Unsafe.Add(ref x, k * inputs + 5));
            f0 = Vector512.FusedMultiplyAdd(v, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(v, w1, f1);
            v = Vector512.Create(Unsafe.Add(ref x, k * inputs + 6));
            g0 = Vector512.FusedMultiplyAdd(v, w0, g0);
            g1 = Vector512.FusedMultiplyAdd(v, w1, g1);
            v = Vector512.Create(Unsafe.Add(ref x, k * inputs + 7));
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
}
