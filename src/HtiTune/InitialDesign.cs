namespace HtiTune;

/// <summary>The first places to train, before a model can say where: fixed, because one-step-ahead errors depend on the order.</summary>
internal static class InitialDesign
{
    /// <summary>With so many values there is enough to model, and no fixed place is trained.</summary>
    public const int EnoughValues = 3;

    /// <summary>
    /// Places and their reasons, at most as many as the budget: the ends first, because the surrogate answers only between anchors;
    /// then the middle, its first test, unless there are <see cref="EnoughValues"/> places without it. One training alone goes to the middle.
    /// </summary>
    /// <param name="budget">Trainings to spend.</param>
    /// <param name="counted">Trainings that have a value, or are wanted by the user.</param>
    /// <param name="isOpen">Whether no training was, or is to be, at a place.</param>
    public static IEnumerable<(double U, string Reason)> Places(int budget, int counted, Func<double, bool> isOpen)
    {
        (double U, string Reason)[] ends = [(0, "initial: lower end"), (1, "initial: upper end")];
        ends = budget == 1 ? [] : Array.FindAll(ends, end => isOpen(end.U));
        var middle = counted + ends.Length < EnoughValues && isOpen(0.5) ? [(0.5, "initial: middle")] : Array.Empty<(double, string)>();
        return ends.Concat(middle).Take(budget);
    }

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
