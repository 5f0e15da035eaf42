namespace HtiTune.Acquisition;

// Notation (maximising)
//   μ, s   location and scale of the posterior at a point     f⁺   the value to improve on
//   z      (μ − f⁺)/s                                          h(z) = E max(0, z + Z) = φ(z) + z Φ(z), Z standard normal
//   log EI = ln s + ln h(z)                                    (Ament et al. 2023)
// For x = −z ≥ 1, h(−x) = φ(x) (1 − x M(x)) with the Mills ratio M; by Laplace's continued fraction
//   M = 1/(x + R),   R = 1/(x + 2/(x + 3/(x + …)))     ⇒     1 − x M = R M, free of cancellation down to any z.

/// <summary>The logarithm of expected improvement, without underflow: a proposal can be ranked where the improvement is 1e-1000.</summary>
public static class LogExpectedImprovement
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>ln h(z) of the standard normal distribution, h(z) = φ(z) + z Φ(z).</summary>
    /// <param name="z">Any finite number.</param>
    /// <returns>ln h(z), to 1e-12 absolute or relative (checked from z = −1e4 to 6).</returns>
    public static double LogH(double z)
    {
        var x = Math.Abs(z);
        if (x < 1)
        {
            // Φ(z) = ½ + φ(z) z (1 + z²/3 + z⁴/15 + …)   (DLMF 7.6.2)
            var density = Math.Exp(-0.5 * z * z - HalfLogTwoPi);
            var term = 1.0;
            var sum = 1.0;
            for (var j = 1; term > 1e-17 * sum; j++)
            {
                term *= z * z / (2 * j + 1);
                sum += term;
            }

            return Math.Log(density + z * (0.5 + density * z * sum));
        }

        // The fraction's error falls like exp(−2x√(2m)) in the number of terms m.
        var r = 0.0;
        for (var m = 24 + (int)(400 / (x * x)); m >= 2; m--)
        {
            r = m / (x + r);
        }

        r = 1 / (x + r);
        var log = -0.5 * x * x - HalfLogTwoPi + Math.Log(r / (x + r));
        return z < 0 ? log : Math.Log(x + Math.Exp(log));
    }

    /// <summary>Log expected improvement of a normal posterior.</summary>
    /// <param name="mean">Mean μ.</param>
    /// <param name="deviation">Standard deviation s ≥ 0, in the units of the mean.</param>
    /// <param name="best">The value to improve on, f⁺; larger is better.</param>
    /// <returns>ln E max(0, f − f⁺); −∞ where the deviation is 0 and the mean is no improvement.</returns>
    public static double Normal(double mean, double deviation, double best)
    {
        Require.NotNegative(deviation);
        return deviation > 0 ? Math.Log(deviation) + LogH((mean - best) / deviation) : Certain(mean - best);
    }

    /// <summary>Log expected improvement of a Student-t posterior.</summary>
    /// <param name="location">Location μ.</param>
    /// <param name="scale">Scale s ≥ 0 (not the standard deviation), in the units of the location.</param>
    /// <param name="degreesOfFreedom">ν &gt; 1.</param>
    /// <param name="best">The value to improve on, f⁺; larger is better.</param>
    /// <returns>ln E max(0, f − f⁺); −∞ where the scale is 0 and the location is no improvement.</returns>
    public static double Student(double location, double scale, double degreesOfFreedom, double best)
    {
        Require.NotNegative(scale);
        if (!(degreesOfFreedom > 1))
        {
            throw new ArgumentOutOfRangeException(nameof(degreesOfFreedom), degreesOfFreedom, "The mean exists only above 1.");
        }

        return scale > 0
            ? Math.Log(scale) + new StudentT(degreesOfFreedom).LogExcess((location - best) / scale)
            : Certain(location - best);
    }

    internal static double Certain(double gain) => gain > 0 ? Math.Log(gain) : double.NegativeInfinity;
}
