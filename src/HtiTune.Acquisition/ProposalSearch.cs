namespace HtiTune.Acquisition;

/// <summary>Where the next training pays most.</summary>
/// <param name="U">The point, on the unit scale.</param>
/// <param name="LogExpectedImprovement">ln EI there, EI in units of the objective.</param>
public sealed record ProposedPoint(double U, double LogExpectedImprovement)
{
    /// <summary>EI: the gain over the best trained value that a training there is expected to bring, in units of the objective.</summary>
    public double ExpectedGain => Math.Exp(LogExpectedImprovement);
}

/// <summary>Finds the point of largest log expected improvement: best grid point, then a golden-section search between its neighbours.</summary>
public static class ProposalSearch
{
    private const double GoldenShare = 0.6180339887498949;
    private const int Refinements = 12;

    /// <summary>Points are kept apart by a twentieth of the length scale, but by no more than this and no less than 1e-4.</summary>
    private const double LargestSeparation = 0.01;

    /// <summary>The least distance between trainings, on the unit scale: below it a new one tells next to nothing new.</summary>
    /// <param name="process">The process, for its length scale.</param>
    public static double Separation(BridgeProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Math.Clamp(process.MeanLengthScale / 20, 1e-4, LargestSeparation);
    }

    /// <summary>Finds it.</summary>
    /// <param name="process">The bridge process.</param>
    /// <param name="posterior">Its posterior on a grid over the range.</param>
    /// <param name="taken">Points where a training exists, succeeded or not.</param>
    /// <param name="failed">
    /// Points where a training failed. A failure's neighbourhood is likely to fail again: EI is multiplied by 1 − k(u, failed).
    /// </param>
    /// <returns>The proposal, at least <see cref="Separation"/> from every taken point; null when no grid point is.</returns>
    public static ProposedPoint? Find(BridgeProcess process, GridPosterior posterior, IReadOnlyList<double> taken, IReadOnlyList<double>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(taken);
        failed ??= [];
        var separation = Separation(process);
        var reach = Math.Clamp(process.MeanLengthScale, 0.05, 0.3);
        var points = posterior.Points;
        var rough = posterior.RoughLogExpectedImprovement(process.BestMean);
        var best = -1;
        var bestValue = double.NegativeInfinity;
        for (var i = 0; i < points.Count; i++)
        {
            if (!Free(points[i]))
            {
                continue;
            }

            var value = rough[i] + Discount(points[i]);
            if (best < 0 || value > bestValue)
            {
                (best, bestValue) = (i, value);
            }
        }

        if (best < 0)
        {
            return null;
        }

        // Golden section keeps the best point it has seen, so an acquisition with several modes can only gain.
        var (u, log) = (points[best], posterior[best].LogExpectedImprovement(process.BestMean) + Discount(points[best]));
        var low = points[Math.Max(0, best - 1)];
        var high = points[Math.Min(points.Count - 1, best + 1)];
        var left = high - GoldenShare * (high - low);
        var right = low + GoldenShare * (high - low);
        double atLeft = Value(left), atRight = Value(right);
        for (var i = 0; i < Refinements; i++)
        {
            if (atLeft >= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - GoldenShare * (high - low);
                atLeft = Value(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + GoldenShare * (high - low);
                atRight = Value(right);
            }
        }

        return new ProposedPoint(u, log);

        bool Free(double point)
        {
            foreach (var other in taken)
            {
                if (Math.Abs(point - other) < separation)
                {
                    return false;
                }
            }

            return true;
        }

        double Discount(double point)
        {
            var sum = 0.0;
            foreach (var failure in failed)
            {
                sum += Math.Log(Math.Max(1e-300, 1 - Matern52.Correlation(point - failure, reach)));
            }

            return sum;
        }

        double Value(double point)
        {
            if (!Free(point))
            {
                return double.NegativeInfinity;
            }

            var value = process.At(point).LogExpectedImprovement(process.BestMean) + Discount(point);
            if (value > log)
            {
                (u, log) = (point, value);
            }

            return value;
        }
    }
}
