namespace HtiTune.Data;

// x₍₁₎ ≤ … ≤ x₍ₙ₎ are the values in order.
//   linear between them:  x₍ₖ₎ + (h − k)(x₍ₖ₊₁₎ − x₍ₖ₎), h = (n − 1)p + 1, k = ⌊h⌋: type 7 of Hyndman and Fan (1996), as NumPy has it
//   one of them:          x₍ₖ₎ with the least k of k/n ≥ p: type 1, the inverse of the distribution function

/// <summary>Quantiles of sorted values.</summary>
public static class OrderStatistics
{
    /// <summary>The quantile, linear between the values.</summary>
    /// <param name="sorted">Values, length n ≥ 1, ascending.</param>
    /// <param name="share">p, 0 to 1.</param>
    /// <exception cref="ArgumentException">There is no value, or the share is outside 0 to 1.</exception>
    public static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        Require(sorted, share);
        var h = (sorted.Length - 1) * share;
        var k = Math.Min((int)h, sorted.Length - 1);
        return sorted[k] + (h - k) * (sorted[Math.Min(k + 1, sorted.Length - 1)] - sorted[k]);
    }

    /// <summary>The least value that a share of all does not exceed.</summary>
    /// <param name="sorted">Values, length n ≥ 1, ascending.</param>
    /// <param name="share">p, 0 to 1.</param>
    /// <exception cref="ArgumentException">There is no value, or the share is outside 0 to 1.</exception>
    public static double LeastReached(ReadOnlySpan<double> sorted, double share)
    {
        Require(sorted, share);
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    private static void Require(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("There are no values; expected at least one.", nameof(sorted));
        }

        if (!(share >= 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "Expected 0 to 1.");
        }
    }
}
