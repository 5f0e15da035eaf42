// Notation
//   e^x = 2^n e^r,  n = ⌊x/ln 2 + ½⌋,  r = x − n ln 2, |r| ≤ ½ ln 2;  e^r by its Taylor series to r⁷, whose rest is below 6e-9 of it
// Vector.Exp takes single numbers to double precision and back: of densities of many kernels that is most of the cost.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace HtiTune.Surrogates.Geometry;

/// <summary>e^x of single numbers, several at a time, to single precision.</summary>
internal static class VectorExponential
{
    /// <summary>The least x that is told from smaller ones; 2ⁿ is a normal number there.</summary>
    internal const float Least = -86f;

    private const float PerLogTwo = 1.44269504f, LogTwoHigh = 0.693359375f, LogTwoLow = -2.12194440e-4f;
    private const int Bias = 127, MantissaBits = 23;

    /// <summary>e^x.</summary>
    /// <param name="x">Up to 88; below <see cref="Least"/> as there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Of(Vector<float> x)
    {
        x = Vector.Max(x, new Vector<float>(Least));
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
}
