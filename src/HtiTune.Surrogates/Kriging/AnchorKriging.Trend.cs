using HtiTune.Data;

namespace HtiTune.Surrogates;

// The straight line along z, whose notation stands with the class.
internal sealed partial class AnchorKriging
{
    /// <summary>Qg/(gᵀQg), and gᵀQg after it.</summary>
    private double[] Trend()
    {
        var trend = new double[Count + 1];
        for (var k = 0; k < Count; k++)
        {
            trend[k] = CholeskyFactor.Dot(_q.Value.AsSpan(k * Count, Count), _warped);
        }

        var square = CholeskyFactor.Dot(trend.AsSpan(0, Count), _warped);
        for (var k = 0; k < Count; k++)
        {
            trend[k] /= square;
        }

        trend[Count] = square;
        return trend;
    }

    /// <summary>Adds the trend's part to w; returns that of the variance.</summary>
    private double Follow(double[] trend, ReadOnlySpan<double> u, Span<double> weights)
    {
        var missed = _warps[0].Apply(u[0]) - CholeskyFactor.Dot(weights, _warped);
        CholeskyFactor.Add(missed, trend.AsSpan(0, Count), weights);
        return missed * missed / trend[Count];
    }
}
