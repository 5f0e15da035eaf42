namespace HtiTune.Acquisition;

// Notation: p(f) = Σ_k π_k t_ν(f; μ_k, s_k²), one ν for all k; weights π [K], locations μ [K], scales s [K].

/// <summary>A mixture of Student-t distributions with common degrees of freedom: the posterior of the objective at one point.</summary>
public sealed class StudentMixture
{
    // Newton's steps between two of bisection.
    private const int Patience = 4;

    private readonly double[] _weights;
    private readonly double[] _locations;
    private readonly double[] _scales;
    private readonly StudentT _standard;

    internal StudentMixture(double[] weights, double[] locations, double[] scales, double degreesOfFreedom)
    {
        _weights = weights;
        _locations = locations;
        _scales = scales;
        _standard = new StudentT(degreesOfFreedom);
        DegreesOfFreedom = degreesOfFreedom;
        double mean = 0, second = 0;
        for (var k = 0; k < weights.Length; k++)
        {
            mean += weights[k] * locations[k];
        }

        for (var k = 0; k < weights.Length; k++)
        {
            var offset = locations[k] - mean;
            second += weights[k] * (offset * offset + scales[k] * scales[k] * degreesOfFreedom / (degreesOfFreedom - 2));
        }

        Mean = mean;
        Variance = second;
    }

    /// <summary>Degrees of freedom ν of every component, above 2.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>Σ π_k μ_k.</summary>
    public double Mean { get; }

    /// <summary>Variance: spread within the components and between them.</summary>
    public double Variance { get; }

    /// <summary>Standard deviation.</summary>
    public double Deviation => Math.Sqrt(Variance);

    /// <summary>P(f ≤ value).</summary>
    /// <param name="value">In units of the objective.</param>
    public double Distribution(double value)
    {
        var sum = 0.0;
        for (var k = 0; k < _weights.Length; k++)
        {
            var offset = value - _locations[k];
            sum += _weights[k] * (_scales[k] > 0 ? _standard.Distribution(offset / _scales[k]) : offset >= 0 ? 1 : 0);
        }

        return sum;
    }

    private static double Score(double probability) => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, Math.Clamp(probability, 1e-300, 1 - 1e-16));

    // The weighted geometric mean: a few wide components do not move it far.
    private double TypicalScale()
    {
        var sum = 0.0;
        for (var k = 0; k < _weights.Length; k++)
        {
            sum += _weights[k] * Math.Log(Math.Max(_scales[k], 1e-300));
        }

        return Math.Exp(sum);
    }

    private (double Distribution, double Density) DistributionAndDensity(double value)
    {
        var (sum, slope) = (0.0, 0.0);
        for (var k = 0; k < _weights.Length; k++)
        {
            var offset = value - _locations[k];
            var (distribution, density) = _scales[k] > 0 ? _standard.DistributionAndDensity(offset / _scales[k]) : (offset >= 0 ? 1 : 0, 0);
            sum += _weights[k] * distribution;
            slope += _scales[k] > 0 ? _weights[k] * density / _scales[k] : 0;
        }

        return (sum, slope);
    }

    /// <summary>Φ⁻¹(P(f ≤ value)): the value's place in deviations of a normal distribution, −8 to 8.</summary>
    /// <param name="value">In units of the objective.</param>
    public double NormalScore(double value)
    {
        const double Least = 1e-15;
        return MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, Math.Clamp(Distribution(value), Least, 1 - Least));
    }

    /// <summary>ln p(value); +∞ where a component is certain of exactly this value.</summary>
    /// <param name="value">In units of the objective.</param>
    public double LogDensity(double value)
    {
        var sum = new LogSum();
        for (var k = 0; k < _weights.Length; k++)
        {
            var offset = value - _locations[k];
            sum.Add(_scales[k] > 0
                ? Math.Log(_weights[k] / _scales[k]) + _standard.LogDensity(offset / _scales[k])
                : offset == 0 ? double.PositiveInfinity : double.NegativeInfinity);
        }

        return sum.Value;
    }

    /// <summary>The value that is exceeded with probability 1 − <paramref name="probability"/>.</summary>
    /// <param name="probability">Between 0 and 1, ends excluded.</param>
    /// <returns>The quantile, to 1e-9 of the distribution's width: the root of a monotone function, so it is always found.</returns>
    public double Quantile(double probability)
    {
        Require.Share(probability);
        var tolerance = 1e-9 * Math.Max(Deviation, 1e-300);
        double low = double.NegativeInfinity, high = double.PositiveInfinity;
        var score = Score(probability);
        var step = Math.Max(TypicalScale(), tolerance);
        var x = Mean + step * score;
        for (var i = 1; i < 200 && high - low > tolerance; i++)
        {
            var (distribution, density) = DistributionAndDensity(x);
            (low, high) = distribution > probability ? (low, x) : (x, high);

            // On the scale of normal scores the distribution is nearly a line, far out too: Newton's step there.
            var own = Score(distribution);
            var move = (own - score) * Math.Exp(-0.5 * own * own) / (density * Math.Sqrt(2 * Math.PI));
            if (Math.Abs(move) < 0.1 * tolerance)
            {
                return x - move;
            }

            // It must stay inside the bracket, and near while that has no end yet; else, and now and then, the bracket's middle.
            var (least, most) = (Math.Max(low, x - 4 * step), Math.Min(high, x + 4 * step));
            var isBracket = double.IsFinite(high - low);
            x -= move;
            if (!(x > least && x < most) || isBracket && i % Patience == 0)
            {
                x = isBracket ? 0.5 * (low + high) : distribution > probability ? least : most;
            }

            step = isBracket ? high - low : 4 * step;
        }

        return 0.5 * (low + high);
    }

    /// <summary>Log expected improvement of the mixture over a value.</summary>
    /// <param name="best">The value to improve on, f⁺.</param>
    /// <returns>ln Σ π_k E_k max(0, f − f⁺), without underflow.</returns>
    public double LogExpectedImprovement(double best)
    {
        var sum = new LogSum();
        for (var k = 0; k < _weights.Length; k++)
        {
            var gain = _locations[k] - best;
            sum.Add(_scales[k] > 0
                ? Math.Log(_weights[k] * _scales[k]) + _standard.LogExcess(gain / _scales[k])
                : Math.Log(_weights[k]) + Acquisition.LogExpectedImprovement.Certain(gain));
        }

        return sum.Value;
    }
}
