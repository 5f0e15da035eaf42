using ScottPlot.TickGenerators;

namespace HtiTune.Plotting;

// λ   value of the hyperparameter, in its own units
// u   place in its range along its scale, 0 to 1: the coordinate that is drawn
// A tick stands at a round λ, but where u(λ) is.

/// <summary>Ticks on a hyperparameter's own scale, at round values.</summary>
internal static class LambdaAxis
{
    /// <summary>Round values between two places of the range, apart enough for their labels.</summary>
    /// <param name="hyperparameter">The hyperparameter.</param>
    /// <param name="from">Least place u, 0 to 1.</param>
    /// <param name="to">Greatest place u, above <paramref name="from"/>.</param>
    /// <param name="gap">Least distance of two ticks, as a share of to − from.</param>
    /// <returns>λ, ascending in u.</returns>
    /// <remarks>
    /// Greedy: the roundest values come first, and each is kept if it is far enough from those kept before. On a linear scale that
    /// would leave uneven steps, so there one step of 1, 2 or 5 times a power of ten is taken.
    /// </remarks>
    public static IReadOnlyList<double> Ticks(ContinuousHyperparameter hyperparameter, double from = 0, double to = 1, double gap = 0.09)
    {
        var (low, high) = (hyperparameter.FromUnit(from), hyperparameter.FromUnit(to));
        (low, high) = (Math.Min(low, high), Math.Max(low, high));
        if (hyperparameter.Scale.Equals(Scale.Linear))
        {
            return EvenSteps(low, high, gap);
        }

        var kept = new SortedList<double, double>();
        foreach (var lambda in RoundestFirst(low, high, hyperparameter.Scale as SymmetricLogScale))
        {
            var u = hyperparameter.ToUnit(lambda);
            if (kept.Keys.All(other => Math.Abs(other - u) >= gap * (to - from)))
            {
                kept.Add(u, lambda);
            }
        }

        return [.. kept.Values];
    }

    /// <summary>Puts the ticks on a plot's horizontal axis and shows the places from … to.</summary>
    /// <param name="plot">The plot, drawn over u.</param>
    /// <param name="hyperparameter">The hyperparameter.</param>
    /// <param name="from">Least place u shown.</param>
    /// <param name="to">Greatest place u shown.</param>
    public static void Apply(Plot plot, ContinuousHyperparameter hyperparameter, double from, double to)
    {
        var ticks = Ticks(hyperparameter, Math.Max(from, 0), Math.Min(to, 1));
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. ticks.Select(hyperparameter.ToUnit)], [.. ticks.Select(Text)]);
        plot.Axes.SetLimitsX(from, to);
    }

    /// <summary>The value of a tick, e.g. 0.8 or 1e-05.</summary>
    /// <param name="lambda">λ.</param>
    public static string Text(double lambda) => (lambda + 0.0).ToString("G6", CultureInfo.InvariantCulture);

    private static List<double> EvenSteps(double low, double high, double gap)
    {
        var least = gap * (high - low);
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var step = power * new[] { 1.0, 2, 5, 10 }.First(m => m * power >= least * (1 - 1e-9));
        var ticks = new List<double>();
        for (var k = Math.Ceiling(low / step - 1e-9); k * step <= high + 1e-9 * step; k++)
        {
            ticks.Add(Math.Clamp(Decimal(k * step, digits: 12), low, high));
        }

        return ticks;
    }

    private static IEnumerable<double> RoundestFirst(double low, double high, SymmetricLogScale? symmetric)
    {
        if (low <= 0 && high >= 0)
        {
            yield return 0;
        }

        // 1 − m·10^k counts as round as m·10^k where the range ends near 1: probabilities are read by their complement there.
        double[][] digits = [[1], [5], [2], [3, 7], [4, 6, 8, 9], [1.5, 2.5]];
        var probabilities = low >= 0 && high <= 1 && symmetric is null;

        // Below the threshold of a symmetric log nothing is apart.
        double[] sizes = [Math.Abs(low), Math.Abs(high), probabilities ? 1 - high : 0, low <= 0 && high >= 0 ? symmetric?.Threshold ?? 0 : 0];
        var (least, greatest) = (Exponent(sizes.Where(size => size > 0).Min()), Exponent(sizes.Max()));
        foreach (var digit in digits.SelectMany(d => d))
        {
            for (var exponent = greatest; exponent >= least; exponent--)
            {
                var size = Decimal(digit * Math.Pow(10, exponent), digits: 12);
                foreach (var lambda in probabilities ? [size, Decimal(1 - size, digits: 12)] : new[] { size, -size })
                {
                    if (lambda >= low && lambda <= high)
                    {
                        yield return lambda;
                    }
                }
            }
        }

    }

    private static int Exponent(double size) => (int)Math.Floor(Math.Log10(size));

    // The double nearest to a few decimal digits: 3 · 0.1 becomes 0.3.
    private static double Decimal(double value, int digits) =>
        double.Parse(value.ToString($"G{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
