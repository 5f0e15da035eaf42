// Notation
//   u      position of λ between the first and the last anchor on the hyperparameter's scale, 0 … 1
//   θ      shift on the logit axis; 0 is constant speed, negative lingers near 0 and arrives late
//   g_θ(u) warped position, 0 … 1:  logit g = logit u + θ
//
// g_θ is the Möbius map u·a / (1 + u·(a − 1)) with a = exp θ: smooth, monotone, closed under composition (shifts add), and its
// own inverse with −θ. It holds the odds λ/(1 − λ) of a range [0, m] exactly: θ = ln(1 − m).

namespace HtiTune.Surrogates.Clock;

/// <summary>A one-parameter monotone warp of λ.</summary>
/// <param name="Shift">θ, between −<see cref="MaximumShift"/> and <see cref="MaximumShift"/>.</param>
internal readonly record struct LogitShiftClock(double Shift)
{
    /// <summary>|θ| stays below this: at 7 the middle of the range has moved to 0.1 % of the way.</summary>
    internal const double MaximumShift = 7;

    /// <summary>g_θ(u).</summary>
    internal double Warp(double u)
    {
        // The second form keeps digits near 1, the first near 0.
        var a = Math.Exp(Shift);
        return u <= 0.5 ? u * a / (1 + u * (a - 1)) : 1 - (1 - u) / ((1 - u) + u * a);
    }

    /// <summary>How far between two positions a third one is after the warp: (g(u) − g(low)) / (g(high) − g(low)).</summary>
    internal double Fraction(double u, double low, double high)
    {
        if (u <= low)
        {
            return 0;
        }

        if (u >= high)
        {
            return 1;
        }

        // On the odds axis o = u/(1−u) the warp is a product, so the fraction has a closed form without cancellation:
        // (u − low)/(high − low) · (1 + high·(a−1)) / (1 + u·(a−1)).
        var a = Math.Exp(Shift);
        return (u - low) / (high - low) * (1 + high * (a - 1)) / (1 + u * (a - 1));
    }

    /// <summary>The place whose fraction between two positions is given: the inverse of <see cref="Fraction"/>.</summary>
    internal double Place(double fraction, double low, double high)
    {
        double bend = Math.Exp(Shift) - 1, pull = 1 + high * bend;
        return (fraction * (high - low) + low * pull) / (pull - fraction * bend * (high - low));
    }
}
