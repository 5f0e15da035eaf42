// Notation
//   z = 1 − (1 − u^a)^b, u, z ∈ [0, 1]     the distribution function of [Kumaraswamy1980]: it stretches or presses together either end
//   t = u^a,  s = 1 − t
//   ∂z/∂log a = b s^(b−1) · a t ln u      ∂z/∂log b = −b s^b ln s      both 0 at the ends

namespace HtiTune.Surrogates;

/// <summary>A monotone map of [0, 1] onto itself.</summary>
/// <param name="A">a, positive.</param>
/// <param name="B">b, positive.</param>
internal readonly record struct KumaraswamyWarp(double A, double B)
{
    /// <summary>z(u).</summary>
    internal double Apply(double u)
    {
        if (A == 1 && B == 1)
        {
            return u;
        }

        return u <= 0 ? 0 : u >= 1 ? 1 : 1 - Math.Pow(1 - Math.Pow(u, A), B);
    }

    /// <summary>∂z/∂log a and ∂z/∂log b at u.</summary>
    internal (double A, double B) Slopes(double u)
    {
        if (u is <= 0 or >= 1)
        {
            return (0, 0);
        }

        var t = Math.Pow(u, A);
        var s = 1 - t;

        // Where t rounds to 1 the slopes have long vanished, or the place is the end itself.
        return s <= 0 ? (0, 0) : (B * Math.Pow(s, B - 1) * A * t * Math.Log(u), -B * Math.Pow(s, B) * Math.Log(s));
    }
}
