using HtiTune.Diagnostics;

namespace HtiTune.Plotting;

/// <summary>What an axis of values shows where some of them are extreme: the others. Those beyond are marked at its edge.</summary>
internal sealed class GoodPart
{
    // Half of the good values' range is shown beyond them, and lines are drawn so many ranges far.
    private const double Beyond = 0.5;
    private const double Reach = 10;

    private readonly ExtremeValues _values;
    private readonly HashSet<Trial> _beyond;
    private readonly int _count;

    private GoodPart(ExtremeValues values, HashSet<Trial> beyond, int count) => (_values, _beyond, _count) = (values, beyond, count);

    /// <summary>The greatest good value.</summary>
    public double High => _values.High;

    /// <summary>Lower end of the axis.</summary>
    public double Bottom => _values.Low - Beyond * Range;

    /// <summary>Upper end of the axis.</summary>
    public double Top => High + Beyond * Range;

    /// <summary>What a mark at the edge means.</summary>
    public LegendEntry Entry => new(
        string.Create(CultureInfo.InvariantCulture, $"beyond the axis: {_values.Count} of {_count} values, {_values.Worst:G3} at worst"), FigureStyle.Miss, LegendSwatch.Triangle);

    private double Range => Math.Max(High - _values.Low, 1e-9 * Math.Max(1, Math.Abs(High)));

    /// <summary>The good part of some values; null where none of them is extreme, so that an axis shows all.</summary>
    /// <param name="goal">Which values are better.</param>
    /// <param name="space">The search space; null where only the trials' λ tell its range.</param>
    /// <param name="trials">Trials; those without a value do not count.</param>
    public static GoodPart? Of(Goal goal, SearchSpace? space, IReadOnlyList<Trial> trials)
    {
        Trial[] valued = [.. trials.Where(trial => trial.Value is not null)];
        if (space is null)
        {
            var lambdas = valued.Select(trial => trial.Lambda).DefaultIfEmpty().ToList();
            if (!(lambdas.Min() < lambdas.Max()))
            {
                return null;
            }

            space = Hyperparameter.Continuous("λ", lambdas.Min(), lambdas.Max());
        }

        return ExtremeValues.Among(goal, space, [.. valued.Select(trial => (trial.Configuration, trial.Value!.Value))]) is { } extreme
            ? new GoodPart(extreme, [.. valued.Where((_, i) => extreme.IsExtreme[i])], valued.Length)
            : null;
    }

    /// <summary>Whether a trial's value lies beyond.</summary>
    public bool IsBeyond(Trial trial) => _beyond.Contains(trial);

    /// <summary>A value as it is drawn: not so far beyond the axis that a drawing overflows.</summary>
    public double Drawn(double value) => Math.Clamp(value, Bottom - Reach * Range, Top + Reach * Range);

    /// <summary>Marks values that lie beyond at the edge.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="beyond">Their horizontal places, and the values.</param>
    /// <param name="low">Lower end of the axis.</param>
    /// <param name="high">Its upper end.</param>
    public void Mark(Plot plot, IEnumerable<(double X, double Value)> beyond, double low, double high)
    {
        foreach (var (x, value) in beyond)
        {
            var isAbove = value > High;
            plot.Add.Marker(x, Edge(value, low, high)).MarkerStyle =
                new MarkerStyle(isAbove ? MarkerShape.FilledTriangleUp : MarkerShape.FilledTriangleDown, 11, FigureStyle.Miss) { LineColor = Colors.White, LineWidth = 1.2f };
        }
    }

    /// <summary>Where a value beyond the axis is marked.</summary>
    public double Edge(double value, double low, double high) => value > High ? high - 0.03 * (high - low) : low + 0.03 * (high - low);
}
