namespace HtiTune.Acquisition;

/// <summary>Where the next training pays most.</summary>
/// <param name="U">The point, on the unit scale.</param>
/// <param name="LogExpectedImprovement">ln EI there, EI in units of the objective; whatever acquisition chose the point.</param>
public sealed record ProposedPoint(double U, double LogExpectedImprovement)
{
    /// <summary>EI: the gain over the best trained value that a training there is expected to bring, in units of the objective.</summary>
    public double ExpectedGain => Math.Exp(LogExpectedImprovement);

    /// <summary>ln of the worth by which it was chosen; <see cref="LogExpectedImprovement"/> by default.</summary>
    public double LogWorth { get; init; } = LogExpectedImprovement;
}

/// <summary>Finds the point of largest worth: best grid point, then a golden-section search between its neighbours.</summary>
public static class ProposalSearch
{
    private const double GoldenShare = 0.6180339887498949;
    private const int Refinements = 12;

    /// <summary>Points are kept apart by a fortieth of the length scale, but by no more than this and no less than 1e-4. A twentieth was too far: runs then missed the bottom of narrow minima.</summary>
    private const double LargestSeparation = 0.01;

    // Trainings of one batch tell of each other's neighbourhood only when they end: they keep a tenth of it, and at most this.
    private const double LargestBatchSeparation = 0.05;
    private const double LeastSeparation = 1e-4;

    private static readonly ExpectedImprovement Default = new();

    /// <summary>The least distance between trainings, on the unit scale: below it a new one tells next to nothing new.</summary>
    /// <param name="process">The process, for its length scale.</param>
    public static double Separation(BridgeProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Math.Clamp(process.MeanLengthScale / 40, LeastSeparation, LargestSeparation);
    }

    /// <summary>The least distance between trainings that are under way at the same time, on the unit scale.</summary>
    /// <param name="process">The process, for its length scale.</param>
    public static double BatchSeparation(BridgeProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Math.Clamp(process.MeanLengthScale / 10, LeastSeparation, LargestBatchSeparation);
    }

    /// <summary>Finds it.</summary>
    /// <param name="process">The bridge process.</param>
    /// <param name="posterior">Its posterior on a grid over the range.</param>
    /// <param name="taken">Points where a training exists, succeeded or not.</param>
    /// <param name="failed">
    /// Points where a training failed. A failure's neighbourhood is likely to fail again: the worth is multiplied by 1 − k(u, failed).
    /// </param>
    /// <param name="acquisition">The worth; null for <see cref="ExpectedImprovement"/>.</param>
    /// <returns>
    /// The proposal, at least <see cref="Separation"/> from every taken point; null when no grid point is, or none is worth anything.
    /// </returns>
    public static ProposedPoint? Find(
        BridgeProcess process,
        GridPosterior posterior,
        IReadOnlyList<double> taken,
        IReadOnlyList<double>? failed = null,
        IAcquisition? acquisition = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(taken);
        var separation = Separation(process);
        return Find(process, posterior, u => Keeps(u, taken, separation), failed ?? [], acquisition ?? Default);
    }

    /// <summary>Finds the points of a batch, one after the other, each as if the ones before had given just what is expected there.</summary>
    /// <param name="process">The bridge process.</param>
    /// <param name="grid">A grid over the range, ascending, on the unit scale.</param>
    /// <param name="count">Number of points wanted, at least 1.</param>
    /// <param name="taken">Points where a training exists, succeeded or not.</param>
    /// <param name="pending">Points where a training is under way; null for none.</param>
    /// <param name="failed">Points where a training failed; null for none.</param>
    /// <param name="acquisition">The worth; null for <see cref="ExpectedImprovement"/>.</param>
    /// <returns>
    /// The points in order of choice: at least <see cref="Separation"/> from every taken point, and <see cref="BatchSeparation"/> from each
    /// other and the pending ones. Fewer than wanted where no more have room or worth.
    /// </returns>
    public static IReadOnlyList<ProposedPoint> FindBatch(
        BridgeProcess process,
        IReadOnlyList<double> grid,
        int count,
        IReadOnlyList<double> taken,
        IReadOnlyList<double>? pending = null,
        IReadOnlyList<double>? failed = null,
        IAcquisition? acquisition = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(taken);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var (separation, apart) = (Separation(process), BatchSeparation(process));
        List<double> underWay = [.. pending ?? []];
        var believed = underWay.Aggregate(process, (current, u) => current.Believe(u));
        var found = new List<ProposedPoint>();
        while (found.Count < count)
        {
            var next = Find(
                believed, believed.OnGrid(grid), u => Keeps(u, taken, separation) && Keeps(u, underWay, apart), failed ?? [], acquisition ?? Default);
            if (next is null)
            {
                break;
            }

            found.Add(next);
            underWay.Add(next.U);
            believed = believed.Believe(next.U);
        }

        return found;
    }

    private static bool Keeps(double point, IReadOnlyList<double> others, double distance)
    {
        foreach (var other in others)
        {
            if (Math.Abs(point - other) < distance)
            {
                return false;
            }
        }

        return true;
    }

    private static ProposedPoint? Find(
        BridgeProcess process, GridPosterior posterior, Func<double, bool> isFree, IReadOnlyList<double> failed, IAcquisition acquisition)
    {
        var reach = Math.Clamp(process.MeanLengthScale, 0.05, 0.3);
        var points = posterior.Points;
        var worths = acquisition.OnGrid(posterior);
        var best = -1;
        var bestValue = double.NegativeInfinity;
        for (var i = 0; i < points.Count; i++)
        {
            if (!isFree(points[i]))
            {
                continue;
            }

            var value = worths[i] + Discount(points[i]);
            if (value > bestValue)
            {
                (best, bestValue) = (i, value);
            }
        }

        if (best < 0)
        {
            return null;
        }

        var search = new PeakSearch(point => isFree(point) ? acquisition.At(posterior, point)!.Value + Discount(point) : double.NegativeInfinity, points[best], bestValue);
        if (acquisition.At(posterior, points[best]) is { } exact)
        {
            search.Log = exact + Discount(points[best]);
            search.Refine(points[Math.Max(0, best - 1)], points[Math.Min(points.Count - 1, best + 1)]);
        }

        return new ProposedPoint(search.U, process.At(search.U).LogExpectedImprovement(process.BestMean) + Discount(search.U)) { LogWorth = search.Log };

        double Discount(double point)
        {
            var sum = 0.0;
            foreach (var failure in failed)
            {
                sum += Math.Log(Math.Max(1e-300, 1 - Matern52.Correlation(point - failure, reach)));
            }

            return sum;
        }
    }

    /// <summary>Golden section that keeps the best point it has seen, so a worth with several modes can only gain.</summary>
    private sealed class PeakSearch(Func<double, double> logWorth, double u, double log)
    {
        /// <summary>The best point so far.</summary>
        public double U { get; private set; } = u;

        /// <summary>ln of the worth there.</summary>
        public double Log { get; set; } = log;

        public void Refine(double low, double high)
        {
            var left = high - GoldenShare * (high - low);
            var right = low + GoldenShare * (high - low);
            double atLeft = Try(left), atRight = Try(right);
            for (var i = 0; i < Refinements; i++)
            {
                if (atLeft >= atRight)
                {
                    (high, right, atRight) = (right, left, atLeft);
                    left = high - GoldenShare * (high - low);
                    atLeft = Try(left);
                }
                else
                {
                    (low, left, atLeft) = (left, right, atRight);
                    right = low + GoldenShare * (high - low);
                    atRight = Try(right);
                }
            }
        }

        private double Try(double point)
        {
            var value = logWorth(point);
            if (value > Log)
            {
                (U, Log) = (point, value);
            }

            return value;
        }
    }
}
