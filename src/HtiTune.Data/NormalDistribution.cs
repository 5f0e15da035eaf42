namespace HtiTune.Data;

// Φ(z)    standard normal distribution function, [Cody1969]
// Φ⁻¹(p)  its quantile function, [Wichura1988]
// Both are rational (minimax) approximations, one a range of the argument, good to about the last digit of a double.

/// <summary>The standard normal distribution function and its inverse, in double precision.</summary>
internal static class NormalDistribution
{
    // [Wichura1988], PPND16: numerators a, c, e and denominators b, d, f, by ascending power.
    private static readonly double[] s_a =
    [
        3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ];

    private static readonly double[] s_b =
    [
        1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ];

    private static readonly double[] s_c =
    [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ];

    private static readonly double[] s_d =
    [
        1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    private static readonly double[] s_e =
    [
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    private static readonly double[] s_f =
    [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    // [Cody1969], as in his SPECFUN routine ANORM [Cody1993]: |z| ≤ 0.66291 (a/b), ≤ √32 (c/d), beyond (p/q), by ascending power.
    private static readonly double[] s_centreNumerator =
    [
        1.8154981253343561249e4, 1.0676894854603709582e3, 1.6102823106855587881e2, 2.2352520354606839287, 6.5682337918207449113e-2,
    ];

    private static readonly double[] s_centreDenominator =
        [4.5507789335026729956e4, 1.0260932208618978205e4, 9.7609855173777669322e2, 4.7202581904688241870e1, 1];

    private static readonly double[] s_shoulderNumerator =
    [
        9.8427148383839780218e3, 1.1602651437647350124e4, 6.8481904505362823326e3, 2.4945375852903726711e3, 5.9727027639480026226e2,
        9.3506656132177855979e1, 8.8831497943883759412, 3.9894151208813466764e-1, 1.0765576773720192317e-8,
    ];

    private static readonly double[] s_shoulderDenominator =
    [
        1.9685429676859990727e4, 3.8912003286093271411e4, 3.4900952721145977266e4, 1.8615571640885098091e4, 6.4855582982667607550e3,
        1.5193775994075548050e3, 2.3538790178262499861e2, 2.2266688044328115691e1, 1,
    ];

    private static readonly double[] s_tailNumerator =
    [
        2.9112874951168792e-5, 1.421619193227893466e-3, 2.2235277870649807e-2, 1.274011611602473639e-1, 2.1589853405795699e-1,
        2.307344176494017303e-2,
    ];

    private static readonly double[] s_tailDenominator =
    [
        7.29751555083966205e-5, 3.78239633202758244e-3, 6.59881378689285515e-2, 4.68238212480865118e-1, 1.28426009614491121, 1,
    ];

    /// <summary>Numerator and denominator of Φ⁻¹ in its middle, by ascending power of r.</summary>
    internal static (double[] Numerator, double[] Denominator) Centre => (s_a, s_b);

    /// <summary>The same for s ≤ 5, by powers of s − 1.6.</summary>
    internal static (double[] Numerator, double[] Denominator) Shoulder => (s_c, s_d);

    /// <summary>The same beyond, by powers of s − 5.</summary>
    internal static (double[] Numerator, double[] Denominator) Tail => (s_e, s_f);

    /// <summary>Φ⁻¹(p), to 5e-16 relative; −∞ at 0, +∞ at 1, NaN outside [0, 1].</summary>
    internal static double Quantile(double p)
    {
        // |q| = |p − 1/2| ≤ 0.425:  z = q · A(r)/B(r),  r = 0.425² − q²
        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var r = 0.180625 - q * q;
            return q * Polynomial(s_a, r) / Polynomial(s_b, r);
        }

        var tail = q < 0 ? p : 1 - p;
        if (!(tail > 0))
        {
            return tail == 0 ? Math.Sign(q) * double.PositiveInfinity : double.NaN;
        }

        // s = √(−ln min(p, 1 − p)):  |z| = C/D (s − 1.6) for s ≤ 5,  E/F (s − 5) beyond, down to the smallest double
        var s = Math.Sqrt(-Math.Log(tail));
        var z = s <= 5
            ? Polynomial(s_c, s - 1.6) / Polynomial(s_d, s - 1.6)
            : Polynomial(s_e, s - 5) / Polynomial(s_f, s - 5);
        return q < 0 ? -z : z;
    }

    /// <summary>Φ(z), to 4e-15 relative, down to z = −37.</summary>
    internal static double Cumulative(double z)
    {
        if (double.IsNaN(z))
        {
            return z;
        }

        var y = Math.Abs(z);
        if (y <= 0.66291)
        {
            // Φ(z) = 1/2 + z · P(z²)/Q(z²)
            return 0.5 + z * Polynomial(s_centreNumerator, z * z) / Polynomial(s_centreDenominator, z * z);
        }

        if (y > 40)
        {
            return z < 0 ? 0 : 1;
        }

        double ratio;
        if (y <= Math.Sqrt(32))
        {
            // Φ(−y) = e^(−y²/2) · P(y)/Q(y)
            ratio = Polynomial(s_shoulderNumerator, y) / Polynomial(s_shoulderDenominator, y);
        }
        else
        {
            // Φ(−y) = e^(−y²/2)/y · (1/√(2π) − x P(x)/Q(x)),  x = 1/y²
            var x = 1 / (y * y);
            ratio = (1 / Math.Sqrt(2 * Math.PI) - x * Polynomial(s_tailNumerator, x) / Polynomial(s_tailDenominator, x)) / y;
        }

        // y² rounds, and the exponential magnifies that by y²: split y = h + r with h of few bits, so that h² is exact.
        var h = Math.Truncate(y * 16) / 16;
        var lower = Math.Exp(-h * h / 2) * Math.Exp(-(y - h) * (y + h) / 2) * ratio;
        return z < 0 ? lower : 1 - lower;
    }

    private static double Polynomial(double[] coefficients, double x)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
        {
            sum = sum * x + coefficients[i];
        }

        return sum;
    }
}
