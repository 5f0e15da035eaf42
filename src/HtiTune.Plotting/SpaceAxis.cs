using ScottPlot.TickGenerators;

namespace HtiTune.Plotting;

/// <summary>A hyperparameter of a space as an axis over its places u from 0 to 1: ticks at round values, at whole numbers, or at the choices.</summary>
internal static class SpaceAxis
{
    /// <summary>Points along a range.</summary>
    public const int Points = 65;

    // Room beyond the ends, so that dots at them are whole.
    private const double Beyond = 0.02;

    private const int MostTicks = 8;

    // Half a word's share on either side of its mark.
    private const double Whisker = 0.12;

    // A word's share of a figure's width.
    private const double RoomOfWord = 0.08;

    /// <summary>The hyperparameters that are active in a study's recommendation, in the order of its search space.</summary>
    /// <param name="study">The study.</param>
    public static IReadOnlyList<Hyperparameter> Active(TuningResult study) => Active(study.Anchors.Space, study.Configuration);

    /// <summary>The hyperparameters that are active in a configuration, in the order of its search space.</summary>
    /// <param name="space">The search space.</param>
    /// <param name="at">A configuration of it.</param>
    public static IReadOnlyList<Hyperparameter> Active(SearchSpace space, Configuration at) => [.. space.Where(one => at.TryGet(one.Name, out _))];

    /// <summary>The recommended configuration with other values of some hyperparameters.</summary>
    /// <param name="study">The study.</param>
    /// <param name="changed">Which hyperparameters, and their values.</param>
    public static Configuration With(TuningResult study, params ReadOnlySpan<(Hyperparameter One, HyperparameterValue Value)> changed) => With(study.Anchors.Space, study.Configuration, changed);

    /// <summary>
    /// A configuration with other values of some hyperparameters. One that becomes active by them stands in the middle of its range, and one that no longer is has no value.
    /// </summary>
    /// <param name="space">The search space.</param>
    /// <param name="at">A configuration of it.</param>
    /// <param name="changed">Which hyperparameters, and their values.</param>
    public static Configuration With(SearchSpace space, Configuration at, params ReadOnlySpan<(Hyperparameter One, HyperparameterValue Value)> changed)
    {
        double[] places = [.. space.Select(other => at.TryGet(other.Name, out var own) ? other.ToUnit(own) : 0.5)];
        for (var i = 0; i < space.Count; i++)
        {
            foreach (var (one, value) in changed)
            {
                places[i] = one.Name == space[i].Name ? one.ToUnit(value) : places[i];
            }
        }

        return space.FromUnit(places);
    }

    /// <summary>Values of a hyperparameter along its range: all choices, or those at some points, of which most kinds have fewer.</summary>
    /// <param name="one">The hyperparameter.</param>
    /// <param name="points">How many points, at least 2.</param>
    public static IReadOnlyList<HyperparameterValue> ValuesOf(Hyperparameter one, int points = Points) => one is CategoricalHyperparameter words
        ? [.. words.Choices.Select(HyperparameterValue.FromString)]
        : [.. Enumerable.Range(0, points).Select(i => one.ValueAt(i / (points - 1.0))).Distinct()];

    /// <summary>What is drawn in one go along a hyperparameter, as places and which of the values stand there: a range as a whole, and each word by itself, for between two there is nothing.</summary>
    /// <param name="one">The hyperparameter.</param>
    /// <param name="places">Places of its values.</param>
    public static IEnumerable<(double[] U, int[] Values)> Stretches(Hyperparameter one, double[] places) => one is CategoricalHyperparameter
        ? places.Select((u, i) => ((double[])[u - Whisker / places.Length, u + Whisker / places.Length], (int[])[i, i]))
        : [(places, [.. Enumerable.Range(0, places.Length)])];

    /// <summary>Ticks of a hyperparameter: places u and words.</summary>
    /// <param name="one">The hyperparameter.</param>
    /// <param name="gap">Least distance of two of a continuous one, as a share of the axis.</param>
    /// <param name="from">Least place shown of a continuous one.</param>
    /// <param name="to">Greatest place shown of a continuous one.</param>
    public static (double[] Places, string[] Words) Ticks(Hyperparameter one, double gap = 0.09, double from = 0, double to = 1)
    {
        if (one is ContinuousHyperparameter continuous)
        {
            var lambdas = LambdaAxis.Ticks(continuous, from, to, gap);
            return ([.. lambdas.Select(continuous.ToUnit)], [.. lambdas.Select(LambdaAxis.Text)]);
        }

        var values = ValuesOf(one);
        var every = one is CategoricalHyperparameter ? 1 : (values.Count + MostTicks - 1) / MostTicks;
        var shown = values.Where((_, i) => i % every == 0).ToList();
        return ([.. shown.Select(one.ToUnit)], [.. shown.Select(value => value.ToString())]);
    }

    /// <summary>Puts the ticks on a plot's horizontal axis and shows the whole range.</summary>
    /// <param name="plot">The plot, drawn over u.</param>
    /// <param name="one">The hyperparameter.</param>
    /// <param name="panels">How many plots share the figure: the more, the fewer ticks have room.</param>
    public static void ApplyBelow(Plot plot, Hyperparameter one, int panels = 1)
    {
        var (places, words) = Ticks(one, RoomOfWord * FigureStyle.ColumnsOf(panels));
        plot.Axes.Bottom.TickGenerator = new NumericManual(places, words);
        plot.Axes.SetLimitsX(-Beyond, 1 + Beyond);
    }

    /// <summary>Puts the ticks on a plot's vertical axis and shows the whole range.</summary>
    /// <param name="plot">The plot, whose values are places u.</param>
    /// <param name="one">The hyperparameter.</param>
    public static void ApplyLeft(Plot plot, Hyperparameter one)
    {
        var (places, words) = Ticks(one);
        plot.Axes.Left.TickGenerator = new NumericManual(places, words);
        plot.Axes.SetLimitsY(-Beyond, 1 + Beyond);
    }
}
