namespace HtiTune;

/// <summary>The first places to train, before a model can say where: fixed, because one-step-ahead errors depend on the order.</summary>
internal static class InitialDesign
{
    /// <summary>From this budget on the quarters are trained too.</summary>
    private const int BudgetForQuarters = 8;

    /// <summary>With so many values there is enough to model, and no fixed place is trained.</summary>
    public const int EnoughValues = 3;

    /// <summary>
    /// Places and their reasons, at most as many as the budget: the ends first, because the surrogate answers only between anchors;
    /// then the middle, its first test. One training alone goes to the middle.
    /// </summary>
    public static IEnumerable<(double U, string Reason)> Places(int budget) => budget switch
    {
        <= 0 => [],
        1 => [(0.5, "initial: middle")],
        _ => ((double, string)[])
        [
            (0, "initial: lower end"), (1, "initial: upper end"), (0.5, "initial: middle"),
            .. budget >= BudgetForQuarters ? ((double, string)[])[(0.25, "initial: lower quarter"), (0.75, "initial: upper quarter")] : [],
        ],
    };

    /// <summary>The middle of the widest gap between taken places and the ends: where to go when nothing has succeeded yet.</summary>
    public static double WidestGap(IEnumerable<double> taken)
    {
        // An end that was not tried counts as twice as far away as it is: it has a neighbour on one side only.
        double[] places = [.. taken.Distinct().Order()];
        if (places.Length == 0)
        {
            return 0.5;
        }

        var (best, width) = (0.0, 2 * places[0]);
        for (var i = 1; i < places.Length; i++)
        {
            if (places[i] - places[i - 1] > width)
            {
                (best, width) = (0.5 * (places[i] + places[i - 1]), places[i] - places[i - 1]);
            }
        }

        return 2 * (1 - places[^1]) > width ? 1 : best;
    }
}
