// Notation
//   a, b   end points of a path in R^D;  s  place on it, 0 … 1;  Q  number of sines;  z  coefficients [Q, D]
//   γ(s) = (1 − s)·a + s·b + Σ_q z_q · sin(qπs)/q,   q = 1 … Q
// The basis is orthogonal in the kinetic energy: ½∫|γ'|² = ½|b − a|² + (π²/4)·Σ_q |z_q|², so all coefficients are equally stiff.

namespace HtiTune.Surrogates.Geometry;

/// <summary>Smooth paths with fixed ends: a straight line and a bend of Q sines.</summary>
internal static class SineBasis
{
    /// <summary>Q, the number of sines.</summary>
    internal const int Count = 14;

    /// <summary>Writes sin(qπs)/q for q = 1 … Q.</summary>
    internal static void At(double s, Span<float> basis)
    {
        for (var q = 1; q <= Count; q++)
        {
            // Exactly zero at both ends, so that a path meets its ends to the last bit.
            basis[q - 1] = s is 0 or 1 ? 0f : (float)(Math.Sin(q * Math.PI * s) / q);
        }
    }

    /// <summary>Adds the bend Σ_q basis_q·z_q to a point.</summary>
    /// <param name="coefficients">z, shape [Q, D].</param>
    /// <param name="basis">Values of the basis at s, length Q.</param>
    /// <param name="point">The point [D] to move.</param>
    internal static void AddBend(ReadOnlySpan<float> coefficients, ReadOnlySpan<float> basis, Span<float> point)
    {
        var d = point.Length;
        for (var q = 0; q < Count; q++)
        {
            var weight = basis[q];
            for (var k = 0; k < d; k++)
            {
                point[k] += weight * coefficients[q * d + k];
            }
        }
    }
}
