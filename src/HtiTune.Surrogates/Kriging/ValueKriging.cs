// Notation, beside that of AnchorKriging
//   y_k        one number at each anchor
//   m(λ)       r(λ)ᵀQy + 1ᵀR⁻¹y/(1ᵀR⁻¹1), its kriging
//   σ²         yᵀQy/(K − 3): yᵀQy/(K − 1), times the variance (K − 1)/(K − 3) of a Student draw; (K − 1) of it where K ≤ 3
//   s²(λ)      σ² v(λ, λ)

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Kriging of one number an anchor: its mean costs K multiplications, its deviation K².</summary>
/// <remarks>Immutable, and safe to read from many threads.</remarks>
internal sealed class ValueKriging
{
    private readonly AnchorKriging _kriging;
    private readonly double[] _slopes;
    private readonly double _level;

    /// <param name="kriging">Places and parameters.</param>
    /// <param name="values">y, [K].</param>
    /// <param name="scale">σ where the values do not tell it, all being the same.</param>
    /// <param name="widening">What σ is multiplied by.</param>
    internal ValueKriging(AnchorKriging kriging, ReadOnlySpan<double> values, double scale, double widening = 1)
    {
        _kriging = kriging;
        (_slopes, _level) = kriging.Solve(values);
        var square = Math.Max(0, CholeskyFactor.Dot(_slopes, values));
        Square = square * widening * widening;
        Scale = widening * (square > 0 ? Math.Sqrt(square / (values.Length > 4 ? values.Length - 3.0 : Math.Max(1, values.Length - 2))) : scale);
    }

    /// <summary>σ.</summary>
    internal double Scale { get; }

    /// <summary>yᵀQy.</summary>
    internal double Square { get; }

    /// <summary>The kriging behind it.</summary>
    internal AnchorKriging Kriging => _kriging;

    /// <summary>m(λ).</summary>
    /// <param name="u">The coordinates of λ.</param>
    internal double Mean(ReadOnlySpan<double> u)
    {
        Span<double> r = _kriging.Count <= 256 ? stackalloc double[_kriging.Count] : new double[_kriging.Count];
        _kriging.Correlate(u, r);
        return _level + CholeskyFactor.Dot(r, _slopes);
    }

    /// <summary>m(λ) and s(λ), without ν.</summary>
    /// <param name="u">The coordinates of λ.</param>
    internal (double Mean, double Deviation) At(ReadOnlySpan<double> u)
    {
        Span<double> t = _kriging.Count <= 256 ? stackalloc double[_kriging.Count] : new double[_kriging.Count];
        _kriging.Correlate(u, t);
        var mean = _level + CholeskyFactor.Dot(t, _slopes);
        return (mean, Scale * Math.Sqrt(_kriging.Variance(t).Variance));
    }
}
