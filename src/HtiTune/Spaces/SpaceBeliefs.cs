using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Beliefs of single places in units of the objective.</summary>
internal static class SpaceBeliefs
{
    // Φ⁻¹(.95).
    private const double Reach = 1.6448536269514722;
    private const double RangeShare = 0.01;
    private const int Quantiles = 31;

    /// <summary>By the values: quantiles go through the map, moments are those of quantiles.</summary>
    internal static SpaceBelief Of(PlainBelief plain, ReadOnlySpan<double> x)
    {
        var (mean, deviation) = plain.At(x);
        Span<double> values = stackalloc double[Quantiles];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = plain.Map.ToValue(mean + deviation * NormalDistribution.Quantile((i + 0.5) / Quantiles));
        }

        var (centre, spread) = Moments(values);
        return new SpaceBelief(centre, spread, plain.Map.ToValue(mean - Reach * deviation), plain.Map.ToValue(mean + Reach * deviation));
    }

    /// <summary>By draws of the outputs; what has no answer counts as the worst that has one.</summary>
    internal static SpaceBelief Of(CompositeBelief composite, ReadOnlySpan<double> x)
    {
        Span<double> values = stackalloc double[composite.Draws];
        composite.Draw(x, values);
        values.Sort();
        var answers = values.Length;
        while (answers > 0 && !double.IsFinite(values[answers - 1]))
        {
            answers--;
        }

        if (answers == 0)
        {
            return new SpaceBelief(double.NaN, double.NaN, double.NaN, double.NaN);
        }

        values[answers..].Fill(values[answers - 1]);
        var (centre, spread) = Moments(values);
        return new SpaceBelief(centre, spread, At(values, 0.05), At(values, 0.95));
    }

    /// <summary>ε where none is given: a hundredth of the range of what is believed, penalties left out, above 0.</summary>
    /// <param name="plain">The belief.</param>
    /// <param name="coordinates">Where values lie.</param>
    /// <param name="probes">Places that the range is taken over.</param>
    /// <param name="best">The best training, in the model.</param>
    /// <param name="stream">Chance.</param>
    internal static double DefaultEpsilon(PlainBelief plain, SpaceCoordinates coordinates, int probes, double best, RandomStream stream)
    {
        double least = best, most = best;
        for (var i = 0; i < probes; i++)
        {
            var mean = Math.Min(plain.Mean(coordinates.Place(coordinates.Random(stream))), plain.Map.Knee);
            (least, most) = (Math.Min(least, mean), Math.Max(most, mean));
        }

        return Math.Max(Math.Min(2 * RangeShare * (0.5 * plain.Map.ToValue(most) - 0.5 * plain.Map.ToValue(least)), double.MaxValue), 1e-300);
    }

    // x₍ₕ₎ with h = (n + 1)p, type 6 of Hyndman and Fan (1996): one more draw is below it with probability p, however few draws there are; between the n values themselves
    // (type 7) the 90 % interval of 32 draws would hold in 84.5 %. Weighed from either side, so that no difference overflows.
    private static double At(ReadOnlySpan<double> sorted, double share)
    {
        var place = Math.Clamp(share * (sorted.Length + 1) - 1, 0, sorted.Length - 1);
        var below = (int)place;
        var part = place - below;
        return below + 1 < sorted.Length ? (1 - part) * sorted[below] + part * sorted[below + 1] : sorted[below];
    }

    // Halved, so that no difference overflows.
    private static (double Mean, double Deviation) Moments(ReadOnlySpan<double> values)
    {
        double mean = 0, scale = 0, squares = 0;
        foreach (var value in values)
        {
            mean += value / values.Length;
        }

        foreach (var value in values)
        {
            scale = Math.Max(scale, Math.Abs(0.5 * value - 0.5 * mean));
        }

        foreach (var value in values)
        {
            var share = scale > 0 ? (0.5 * value - 0.5 * mean) / scale : 0;
            squares += share * share / values.Length;
        }

        return (Math.Clamp(mean, -double.MaxValue, double.MaxValue), Math.Min(2 * Math.Sqrt(squares) * scale, double.MaxValue));
    }
}
