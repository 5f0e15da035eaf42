namespace HtiTune.Benchmarks.Laws;

// Notation (Jones and Pewsey 2009, tail weight 1)
//   X = sinh(asinh Z + ε) = Z cosh ε + √(1 + Z²) sinh ε,   Z ~ N(0, 1)
//   E X = c sinh ε, c = E √(1 + Z²);   E X² = cosh² ε + 2 sinh² ε, since E Z √(1 + Z²) = 0

/// <summary>The sinh-arcsinh distribution: a normal one with a skew ε, whose quantile function is elementary.</summary>
internal static class SinhArcsinh
{
    // E √(1 + Z²), by the trapezoidal rule.
    private const double MeanRoot = 1.3545308064801707;

    /// <summary>The value that a normal quantile z goes to; rises with z.</summary>
    /// <param name="z">Quantile of the standard normal distribution.</param>
    /// <param name="skew">ε.</param>
    public static double Value(double z, double skew) => z * Math.Cosh(skew) + Math.Sqrt(1 + z * z) * Math.Sinh(skew);

    /// <summary>E X.</summary>
    /// <param name="skew">ε.</param>
    public static double Mean(double skew) => MeanRoot * Math.Sinh(skew);

    /// <summary>Standard deviation of X.</summary>
    /// <param name="skew">ε.</param>
    public static double Deviation(double skew)
    {
        double c = Math.Cosh(skew), s = Math.Sinh(skew);
        return Math.Sqrt(c * c + (2 - MeanRoot * MeanRoot) * s * s);
    }
}
