using HtiTune.Data;

namespace HtiTune.Benchmarks.Laws;

// f(u) = √(2/K) Σ_k cos(ω_k u + φ_k),  ω_k ~ N(0, 1/ℓ²), φ_k uniform: nearly a path of the Gaussian process exp(−|u − v|²/(2ℓ²)) [Rahimi2007]

/// <summary>A random smooth function of unit variance.</summary>
internal sealed class Wave
{
    private const int Terms = 12;

    private readonly (double Rate, double Phase)[] _terms;

    /// <param name="stream">Chance.</param>
    /// <param name="length">ℓ, the distance over which it varies.</param>
    public Wave(RandomStream stream, double length) =>
        _terms = [.. Enumerable.Range(0, Terms).Select(_ => (stream.NextNormal() / length, 2 * Math.PI * stream.NextDouble()))];

    /// <summary>f(u).</summary>
    public double At(double u)
    {
        var sum = 0.0;
        foreach (var (rate, phase) in _terms)
        {
            sum += Math.Cos(rate * u + phase);
        }

        return Math.Sqrt(2.0 / Terms) * sum;
    }
}
