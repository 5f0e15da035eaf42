using HtiTune.Surrogates;

namespace HtiTune.Plotting;

// u        place of λ, 0 to 1: the horizontal coordinate
// q_p(u)   the p-quantile of one output column over the contexts, p = .05, .25, .5, .75, .95

/// <summary>How the distribution of the outputs moves with a hyperparameter.</summary>
/// <param name="Panels">What is drawn, a panel each.</param>
/// <param name="HasAnchors">Whether dots are the anchors' own; else the dot is where the others stay.</param>
internal sealed record DistributionFigure(IReadOnlyList<DistributionPanel> Panels, bool HasAnchors)
{
    /// <summary>The most panels that a figure has.</summary>
    public const int MostPanels = 9;

    private const int MostBeside = 4;

    private const int Places = 97;

    private static readonly double[] Shares = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>How many panels stand beside each other; null: as many as make a square.</summary>
    public int? Columns { get; init; }

    /// <summary>Asks the surrogate at evenly spaced places, the anchors' included, in the anchors' contexts.</summary>
    public static DistributionFigure Of(ISurrogate surrogate, AnchorSet anchors, IReadOnlyList<int> columns)
    {
        var hyperparameter = surrogate.Hyperparameter;
        var contexts = anchors[0].Samples.Contexts;
        var (from, to) = (hyperparameter.ToUnit(surrogate.Anchors[0]), hyperparameter.ToUnit(surrogate.Anchors[^1]));
        var lambdas = Enumerable.Range(1, Places - 2).Select(i => hyperparameter.FromUnit(from + (to - from) * i / (Places - 1)))
            .Concat(surrogate.Anchors).Distinct().Order();
        List<(double U, double[][] Quantiles)> curve = [.. lambdas.Select(lambda => (hyperparameter.ToUnit(lambda), QuantilesOf(surrogate.Sample(lambda, contexts).Samples.Outputs, columns)))];
        List<(double U, double[][] Quantiles)> dots = [.. anchors.Select(anchor => (hyperparameter.ToUnit(anchor.Lambda), QuantilesOf(anchor.Samples.Outputs, columns)))];
        return new DistributionFigure(PanelsOf(hyperparameter, columns, curve, dots, null), HasAnchors: true);
    }

    /// <summary>Asks a surrogate of several hyperparameters while each of some moves over its range and the others stay.</summary>
    public static DistributionFigure Of(SpaceSurrogate surrogate, Configuration at, IReadOnlyList<Hyperparameter> along, IReadOnlyList<int> columns)
    {
        var there = QuantilesOf(surrogate.Sample(at).Samples.Outputs, columns);
        List<List<DistributionPanel>> panels = [.. along.Select(one => PanelsOf(
            one, columns,
            [.. SpaceAxis.ValuesOf(one).Select(value => (one.ToUnit(value), QuantilesOf(surrogate.Sample(SpaceAxis.With(surrogate.Space, at, (one, value))).Samples.Outputs, columns)))],
            [(one.ToUnit(at[one.Name]), there)], one.Name))];

        // A line for each column of the outputs, where it has room.
        return new DistributionFigure([.. columns.SelectMany((_, c) => panels.Select(of => of[c]))], HasAnchors: false) { Columns = along.Count <= MostBeside ? along.Count : null };
    }

    private static List<DistributionPanel> PanelsOf(
        Hyperparameter one, IReadOnlyList<int> columns, List<(double U, double[][] Quantiles)> curve, List<(double U, double[][] Quantiles)> dots, string? along) =>
        [.. columns.Select((column, c) => new DistributionPanel(
            one, columns.Count > 1 ? $"column {column}{(along is null ? "" : $", along {along}")}" : along is null ? null : $"along {along}",
            [.. curve.Select(place => (place.U, place.Quantiles[c]))], [.. dots.Select(place => (place.U, place.Quantiles[c]))]))];

    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        LegendEntry[] entries =
        [
            new("median", FigureStyle.Mean, LegendSwatch.Line),
            new("middle half", FigureStyle.Mean.WithAlpha(.38), LegendSwatch.Band),
            new("middle 90 %", FigureStyle.Band, LegendSwatch.Band),
            new(HasAnchors ? "the anchors' own" : "where the others stay", FigureStyle.Ink, LegendSwatch.Dot),
        ];
        var room = FigureLegend.Frame(canvas, area, options.Title, entries);
        FigureStyle.RenderGrid(canvas, room, [.. Panels.Select(panel => Draw(panel, options.ValueLabel ?? "output"))], Columns);
    }

    private Plot Draw(DistributionPanel panel, string label)
    {
        var plot = FigureStyle.NewPlot(panel.Hyperparameter.Name, label, panel.Title);

        foreach (var (u, shown) in SpaceAxis.Stretches(panel.Hyperparameter, [.. panel.Curve.Select(place => place.U)]))
        {
            double[] Line(int share) => Array.ConvertAll(shown, i => panel.Curve[i].Quantiles[share]);
            FigureStyle.AddBand(plot, u, Line(0), Line(4), FigureStyle.Band);
            FigureStyle.AddBand(plot, u, Line(1), Line(3), FigureStyle.Mean.WithAlpha(.3));
            FigureStyle.AddLine(plot, u, Line(2), FigureStyle.Mean, 2.2f);
        }

        foreach (var (share, size) in new[] { (0, 5f), (2, 9f), (4, 5f) })
        {
            var dots = plot.Add.Markers(panel.Dots.Select(a => a.U).ToArray(), panel.Dots.Select(a => a.Quantiles[share]).ToArray());
            dots.MarkerStyle = FigureStyle.Dot(size);
        }

        plot.Axes.AutoScaleY();
        if (panel.Hyperparameter is ContinuousHyperparameter continuous && HasAnchors)
        {
            LambdaAxis.Apply(plot, continuous, -0.02, 1.02);
        }
        else
        {
            SpaceAxis.ApplyBelow(plot, panel.Hyperparameter, Columns ?? Panels.Count);
        }

        return plot;
    }

    private static double[][] QuantilesOf(Matrix outputs, IReadOnlyList<int> columns) =>
        [.. columns.Select(column =>
        {
            double[] sorted = [.. Enumerable.Range(0, outputs.Rows).Select(i => (double)outputs[i, column]).Order()];
            return Shares.Select(share =>
            {
                var place = share * (sorted.Length - 1);
                var below = (int)place;
                return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
            }).ToArray();
        })];
}

/// <summary>One output column along one hyperparameter.</summary>
/// <param name="Hyperparameter">What moves.</param>
/// <param name="Title">Which column, and along what; null where that is plain.</param>
/// <param name="Curve">Places and quantiles, [place][p].</param>
/// <param name="Dots">The same where dots stand.</param>
internal sealed record DistributionPanel(
    Hyperparameter Hyperparameter, string? Title, IReadOnlyList<(double U, double[] Quantiles)> Curve, IReadOnlyList<(double U, double[] Quantiles)> Dots);
