namespace HtiTune;

/// <summary>When a study may call its recommendation certified.</summary>
public enum CertificateRule
{
    /// <summary>
    /// The bound on the regret holds twice in a row, with a training between; over several hyperparameters once, where a run that began with trainings of earlier ones has made
    /// one that came as it was forecast.
    /// </summary>
    TwoPasses,

    /// <summary>
    /// The training between the two goes to where the model is least sure of itself, and no part of the range wider than a quarter of it is left
    /// without a training; of several hyperparameters no part of any one's range, and of few values each is trained. Costs about two trainings more, and asks where a
    /// search for the best would not.
    /// </summary>
    Strict,
}

/// <summary>What <see cref="CertificateRule.Strict"/> asks for.</summary>
internal static class StrictRule
{
    /// <summary>The largest gap between trainings, and between an end and its next, that is allowed; on the unit scale.</summary>
    public const double LargestGap = 0.25;

    // Quarters of the range are places of floating-point numbers.
    private const double Rounding = 1e-9;

    /// <summary>Whether the places leave no gap that is too wide.</summary>
    /// <param name="places">Places with a value, on the unit scale.</param>
    public static bool Covers(IEnumerable<double> places) => WidestGap(places).Width <= LargestGap + Rounding;

    /// <summary>
    /// Where to challenge a recommendation that has passed: in the widest gap while it is too wide, else where the posterior deviation is
    /// largest, away from other trainings.
    /// </summary>
    /// <param name="analysis">The state.</param>
    /// <param name="taken">Places where a training succeeded or failed.</param>
    /// <param name="pending">Places where a training is under way.</param>
    public static double? Challenge(Analysis analysis, IReadOnlyList<double> taken, IReadOnlyList<double> pending)
    {
        var apart = ProposalSearch.BatchSeparation(analysis.Process);
        var (middle, width) = WidestGap(analysis.Process.Observations.Select(o => o.U));
        if (width > LargestGap + Rounding && IsFree(middle))
        {
            return middle;
        }

        var (best, largest) = (-1, 0.0);
        for (var i = 0; i < analysis.Posterior.Count; i++)
        {
            if (IsFree(analysis.Posterior.Points[i]) && analysis.Posterior[i].Deviation is var deviation && deviation > largest)
            {
                (best, largest) = (i, deviation);
            }
        }

        return best < 0 ? null : analysis.Posterior.Points[best];

        bool IsFree(double u) => taken.All(t => Math.Abs(t - u) >= Analysis.LeastSeparation) && pending.All(p => Math.Abs(p - u) >= apart);
    }

    private static (double Middle, double Width) WidestGap(IEnumerable<double> places)
    {
        var (from, middle, width) = (0.0, 0.0, 0.0);
        foreach (var place in places.Order().Append(1))
        {
            if (place - from > width)
            {
                (middle, width) = (0.5 * (from + place), place - from);
            }

            from = place;
        }

        return (middle, width);
    }
}
