using MathNet.Numerics;

namespace HtiTune.Acquisition;

// Notation
//   ν    degrees of freedom, above 1          t(z)   density, T(z) distribution function, T̄ = 1 − T
//   x    |z|                                   B      Beta(ν/2, ½)
//   t(z) = (1 + z²/ν)^(−(ν+1)/2) / (√ν B)
// Middle, x < 1 (DLMF 15.8.1 on the incomplete beta function; all terms positive):
//   T(x) = ½ + x t(x) Σ_j Π_{i<j} ((ν+1)/2 + i)/(3/2 + i) · y^j,   y = x²/(ν + x²)
// Tail, x ≥ 1 (DLMF 8.17.7 with 15.8.1):  with q = ν/x², c = ν/2 + 1,
//   T̄(x) = t(x) (ν + x²)/(ν x) · ₂F₁(½, 1; c; −q),   ₂F₁ = 1/(1 + Q)
//   Q = k₁q/(1 + k₂q/(1 + k₃q/(1 + …)))   Gauss's continued fraction (DLMF 15.7.5), every k positive: no cancellation
//   k_{2m+1} = (½ + m)(c + m − 1)/((c + 2m − 1)(c + 2m)),   k_{2m} = m(c − ½ + m − 1)/((c + 2m − 2)(c + 2m − 1))
// Expected excess over a bar, H(z) = E max(0, z + Z), Z ~ t_ν:
//   H(z) = z T(z) + (ν + z²)/(ν − 1) t(z)                                  |z| < 1
//   H(−x) = t(x) (1 + x²/ν) (1/(ν−1) + Q/(1 + Q))                          x ≥ 1: both terms positive, no cancellation
//   H(x) = x + H(−x)                                                       since E Z = 0

/// <summary>The standard Student-t distribution, accurate far into its tails and for any number of degrees of freedom.</summary>
internal sealed class StudentT
{
    private readonly double _nu;
    private readonly double _logConstant;

    /// <summary>The distribution with ν degrees of freedom.</summary>
    public StudentT(double nu)
    {
        _nu = nu;
        _logConstant = LogConstant(nu);
    }

    /// <summary>ln t(z).</summary>
    public double LogDensity(double z) => _logConstant - 0.5 * (_nu + 1) * Log1P(z * z / _nu);

    /// <summary>T(z).</summary>
    public double Distribution(double z) => DistributionAndDensity(z).Distribution;

    /// <summary>T(z) and t(z), of which the one needs the other.</summary>
    /// <param name="z">z.</param>
    public (double Distribution, double Density) DistributionAndDensity(double z)
    {
        var x = Math.Abs(z);
        var density = Math.Exp(LogDensity(x));
        var upper = x < 1 ? 0.5 - x * density * CentralSeries(x) : density * (_nu + x * x) / (_nu * x) / (1 + Tail(x));
        return (z > 0 ? 1 - upper : upper, density);
    }

    /// <summary>ln T(z), without underflow.</summary>
    public double LogDistribution(double z)
    {
        if (z >= -1)
        {
            return Math.Log(Distribution(z));
        }

        var x = -z;
        return LogDensity(x) + Math.Log((_nu + x * x) / (_nu * x) / (1 + Tail(x)));
    }

    /// <summary>ln H(z), H(z) = E max(0, z + Z); finite for every finite z.</summary>
    public double LogExcess(double z)
    {
        var x = Math.Abs(z);
        if (x < 1)
        {
            var density = Math.Exp(LogDensity(x));
            var distribution = 0.5 + z * density * CentralSeries(x);
            return Math.Log(z * distribution + (_nu + z * z) / (_nu - 1) * density);
        }

        // ln t(x) + ln(1 + x²/ν): the density's exponent −(ν+1)/2, and one more.
        var tail = Tail(x);
        var log = _logConstant - 0.5 * (_nu - 1) * Log1P(x * x / _nu) + Math.Log(1 / (_nu - 1) + tail / (1 + tail));
        return z < 0 ? log : Math.Log(x + Math.Exp(log));
    }

    // ln 1/(√ν B(ν/2, ½)) = ln Γ(a + ½) − ln Γ(a) − ½ ln(πν), a = ν/2. The difference of two large ln Γ loses digits, so its
    // asymptotic series (DLMF 5.11.13) takes over at a = 20, where its next term is below 1e-15.
    private static double LogConstant(double nu)
    {
        var a = 0.5 * nu;
        double difference;
        if (a < 20)
        {
            difference = SpecialFunctions.GammaLn(a + 0.5) - SpecialFunctions.GammaLn(a);
        }
        else
        {
            var i = 1 / a;
            var s = i * i;
            difference = 0.5 * Math.Log(a) - i * (1.0 / 8 - s * (1.0 / 192 - s * (1.0 / 640 - s * (17.0 / 14336))));
        }

        return difference - 0.5 * Math.Log(Math.PI * nu);
    }

    // ln(1 + x) for x ≥ 0 without the rounding of 1 + x (Kahan); the base library's LogP1 rounds, which ν/2 would multiply.
    private static double Log1P(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    private double CentralSeries(double x)
    {
        var y = x * x / (_nu + x * x);
        var term = 1.0;
        var sum = 1.0;
        for (var i = 0; term > 1e-17 * sum; i++)
        {
            term *= (0.5 * (_nu + 1) + i) / (1.5 + i) * y;
            sum += term;
        }

        return sum;
    }

    // Q by backward recurrence. Away from the normal limit the fraction converges geometrically, by (√(1+q) − 1)/(√(1+q) + 1) a
    // term; near it like exp(−2x√(2m)) (as Laplace's for the Mills ratio). The smaller of the two counts suffices.
    private double Tail(double x)
    {
        var q = _nu / (x * x);
        var c = 0.5 * _nu + 1;
        var root = Math.Sqrt(1 + q);
        var geometric = 34 / Math.Log((root + 1) / Math.Max(root - 1, 1e-12));
        var terms = 8 + (int)Math.Min(geometric, 180 / (x * x) + 16);
        var value = 0.0;
        for (var k = terms; k >= 1; k--)
        {
            var m = k / 2;
            var coefficient = (k & 1) == 1
                ? (0.5 + m) * (c + m - 1) / ((c + 2 * m - 1) * (c + 2 * m))
                : m * (c + m - 1.5) / ((c + 2 * m - 2) * (c + 2 * m - 1));
            value = coefficient * q / (1 + value);
        }

        return value;
    }
}
