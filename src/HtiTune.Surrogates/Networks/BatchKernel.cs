using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates.Networks;

/// <summary>The loops over single values in the training of a <see cref="BatchNetwork"/>; all lengths are multiples of 8.</summary>
internal static class BatchKernel
{
    private const int Square = 16;

    /// <summary>z ↦ z·σ(z), and σ(z).</summary>
    internal static void SiLU(Span<float> values, Span<float> sigmoid)
    {
        if (Vector512.IsHardwareAccelerated && values.Length % Vector512<float>.Count == 0)
        {
            Span<Vector512<float>> wide = MemoryMarshal.Cast<float, Vector512<float>>(values), slopes = MemoryMarshal.Cast<float, Vector512<float>>(sigmoid);
            for (var i = 0; i < wide.Length; i++)
            {
                slopes[i] = Vector512<float>.One / (Vector512<float>.One + VectorExponential.Of(-wide[i]));
                wide[i] *= slopes[i];
            }

            return;
        }

        Span<Vector<float>> z = MemoryMarshal.Cast<float, Vector<float>>(values), s = MemoryMarshal.Cast<float, Vector<float>>(sigmoid);
        for (var i = 0; i < z.Length; i++)
        {
            s[i] = Vector<float>.One / (Vector<float>.One + VectorExponential.Of(-z[i]));
            z[i] *= s[i];
        }
    }

    /// <summary>delta ⊙= σ + h ⊙ (1 − σ).</summary>
    internal static void SiLUBack(Span<float> delta, ReadOnlySpan<float> hidden, ReadOnlySpan<float> sigmoid)
    {
        var d = Vectors(delta);
        ReadOnlySpan<Vector256<float>> h = Vectors(hidden), s = Vectors(sigmoid);
        for (var i = 0; i < d.Length; i++)
        {
            d[i] *= s[i] + h[i] * (Vector256<float>.One - s[i]);
        }
    }

    /// <summary>values = scale·(values − targets); returns Σ (values − targets)².</summary>
    internal static double Differences(Span<float> values, ReadOnlySpan<float> targets, float scale)
    {
        var v = Vectors(values);
        var t = Vectors(targets);
        var sums = Vector256<double>.Zero;
        for (var i = 0; i < v.Length; i++)
        {
            var difference = v[i] - t[i];
            var (low, high) = Vector256.Widen(difference * difference);
            sums += low + high;
            v[i] = scale * difference;
        }

        return Vector256.Sum(sums);
    }

    /// <summary>row = (1 + scale) ⊙ before + shift.</summary>
    internal static void Film(ReadOnlySpan<float> before, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> row)
    {
        var to = Vectors(row);
        ReadOnlySpan<Vector256<float>> a = Vectors(before), factor = Vectors(scale), added = Vectors(shift);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = (Vector256<float>.One + factor[i]) * a[i] + added[i];
        }
    }

    /// <summary>scaleSlope += delta ⊙ before, shiftSlope += delta, delta ⊙= 1 + scale.</summary>
    internal static void FilmBack(
        Span<float> delta, ReadOnlySpan<float> before, ReadOnlySpan<float> scale, Span<float> scaleSlope, Span<float> shiftSlope)
    {
        Span<Vector256<float>> d = Vectors(delta), gamma = Vectors(scaleSlope), beta = Vectors(shiftSlope);
        ReadOnlySpan<Vector256<float>> a = Vectors(before), factor = Vectors(scale);
        for (var i = 0; i < d.Length; i++)
        {
            gamma[i] += d[i] * a[i];
            beta[i] += d[i];
            d[i] *= Vector256<float>.One + factor[i];
        }
    }

    /// <summary>transposed = weightsᵀ, its first rows.</summary>
    /// <param name="weights">[I, O].</param>
    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="used">Rows that are written, at most O.</param>
    /// <param name="transposed">Takes [used, I].</param>
    internal static void Transpose(ReadOnlySpan<float> weights, int inputs, int outputs, int used, Span<float> transposed)
    {
        ref var w = ref MemoryMarshal.GetReference(weights[..(inputs * outputs)]);
        ref var t = ref MemoryMarshal.GetReference(transposed[..(used * inputs)]);

        // A square at a time: what is read and what is written stays in the processor's first cache.
        for (var first = 0; first < used; first += Square)
        {
            var last = Math.Min(used, first + Square);
            for (var i = 0; i < inputs; i++)
            {
                for (var o = first; o < last; o++)
                {
                    Unsafe.Add(ref t, o * inputs + i) = Unsafe.Add(ref w, i * outputs + o);
                }
            }
        }
    }

    /// <summary>sums += row.</summary>
    internal static void Add(ReadOnlySpan<float> row, Span<float> sums)
    {
        var total = Vectors(sums);
        var values = Vectors(row);
        for (var i = 0; i < total.Length; i++)
        {
            total[i] += values[i];
        }
    }

    internal static Span<Vector256<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector256<float>>(values);

    internal static ReadOnlySpan<Vector256<float>> Vectors(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector256<float>>(values);
}
