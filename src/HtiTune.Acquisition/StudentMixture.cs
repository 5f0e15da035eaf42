namespace HtiTune.Acquisition;

// Notation: p(f) = Σ_k π_k t_ν(f; μ_k, s_k²), one ν for all k; weights π [K], locations μ [K], scales s [K].

/// <summary>A mixture of Student-t distributions with common degrees of freedom: the posterior of the objective at one point.</summary>
public sealed class StudentMixture
{
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
        var step = Math.Max(Deviation, 1e-300);
        double low = Mean - step, high = Mean + step;
        for (var reach = step; Distribution(low) > probability; reach *= 2)
        {
            low -= reach;
        }

        for (var reach = step; Distribution(high) < probability; reach *= 2)
        {
            high += reach;
        }

        // Newton's step where it stays inside the bracket, else its middle.
        var tolerance = 1e-9 * step;
        var x = 0.5 * (low + high);
        for (var i = 0; i < 200 && high - low > tolerance; i++)
        {
            var error = Distribution(x) - probability;
            if (error > 0)
            {
                high = x;
            }
            else
            {
                low = x;
            }

            var move = error * Math.Exp(-LogDensity(x));
            if (Math.Abs(move) < 0.1 * tolerance)
            {
                return x - move;
            }

            var next = x - move;
            x = next > low && next < high ? next : 0.5 * (low + high);
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
