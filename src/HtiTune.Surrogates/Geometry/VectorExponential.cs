// Notation
//   e^x = 2^n e^r,  n = ⌊x/ln 2 + ½⌋,  r = x − n ln 2, |r| ≤ ½ ln 2;  e^r by its Taylor series to r⁷, whose rest is below 6e-9 of it
// Native least and greatest answer their second operand where one is no number, so that such an x stays none.
// Vector.Exp takes single numbers to double precision and back: of densities of many kernels that is most of the cost.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>e^x of single numbers, several at a time, to single precision.</summary>
internal static class VectorExponential
{
    /// <summary>The least x that is told from smaller ones; 2ⁿ is a normal number there.</summary>
    internal const float Least = -86f;

    /// <summary>Numbers that are the widest vector's.</summary>
    internal const int Lanes = 16;

    /// <summary>The greatest x that is told from greater ones.</summary>
    private const float Most = 88f;

    private const float PerLogTwo = 1.44269504f, LogTwoHigh = 0.693359375f, LogTwoLow = -2.12194440e-4f;
    private const int Bias = 127, MantissaBits = 23;

    /// <summary>e^x.</summary>
    /// <param name="x">Below <see cref="Least"/> as there, above 88 as there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Of(Vector<float> x)
    {
        x = Vector.MinNative(new Vector<float>(Most), Vector.MaxNative(new Vector<float>(Least), x));
        var n = Vector.Floor(Vector.FusedMultiplyAdd(x, new Vector<float>(PerLogTwo), new Vector<float>(0.5f)));
        var r = Vector.FusedMultiplyAdd(n, new Vector<float>(-LogTwoHigh), x);
        r = Vector.FusedMultiplyAdd(n, new Vector<float>(-LogTwoLow), r);
        var series = new Vector<float>(1f / 5040);
        series = Vector.FusedMultiplyAdd(series, r, new Vector<float>(1f / 720));
        series = Vector.FusedMultiplyAdd(series, r, new Vector<float>(1f / 120));
        series = Vector.FusedMultiplyAdd(series, r, new Vector<float>(1f / 24));
        series = Vector.FusedMultiplyAdd(series, r, new Vector<float>(1f / 6));
        series = Vector.FusedMultiplyAdd(series, r, new Vector<float>(0.5f));
        series = Vector.FusedMultiplyAdd(series, r, Vector<float>.One);
        series = Vector.FusedMultiplyAdd(series, r, Vector<float>.One);
        return series * Vector.AsVectorSingle((Vector.ConvertToInt32Native(n) + new Vector<int>(Bias)) << MantissaBits);
    }

    /// <summary>The same, value by value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Of(Vector512<float> x)
    {
        x = Vector512.MinNative(Vector512.Create(Most), Vector512.MaxNative(Vector512.Create(Least), x));
        var n = Vector512.Floor(Vector512.FusedMultiplyAdd(x, Vector512.Create(PerLogTwo), Vector512.Create(0.5f)));
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LogTwoHigh), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LogTwoLow), r);
        var series = Vector512.Create(1f / 5040);
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1f / 720));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1f / 120));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1f / 24));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1f / 6));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(0.5f));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512<float>.One);
        series = Vector512.FusedMultiplyAdd(series, r, Vector512<float>.One);
        return series * ((Vector512.ConvertToInt32Native(n) + Vector512.Create(Bias)) << MantissaBits).AsSingle();
    }

    /// <summary>Σ w_i e^{factor·x_i}.</summary>
    /// <param name="x">x, whole vectors of <see cref="Lanes"/>.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="weights">w, as many; empty where all are 1.</param>
    internal static float Sum(ReadOnlySpan<float> x, float factor, ReadOnlySpan<float> weights)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            ReadOnlySpan<Vector512<float>> wide = MemoryMarshal.Cast<float, Vector512<float>>(x), by = MemoryMarshal.Cast<float, Vector512<float>>(weights);
            var all = Vector512<float>.Zero;
            for (var i = 0; i < wide.Length; i++)
            {
                var kernel = Of(wide[i] * factor);
                all += by.IsEmpty ? kernel : kernel * by[i];
            }

            return Vector512.Sum(all);
        }

        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(x), own = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var sum = Vector<float>.Zero;
        for (var i = 0; i < from.Length; i++)
        {
            var kernel = Of(from[i] * factor);
            sum += own.IsEmpty ? kernel : kernel * own[i];
        }

        return Vector.Sum(sum);
    }
}
