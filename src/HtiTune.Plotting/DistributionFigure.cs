using HtiTune.Data;
using HtiTune.Surrogates;
using ScottPlot;
using SkiaSharp;

namespace HtiTune.Plotting;

// u        place of λ, 0 to 1: the horizontal coordinate
// q_p(u)   the p-quantile of one output column over the contexts, p = .05, .25, .5, .75, .95

/// <summary>How the distribution of the outputs moves with λ.</summary>
/// <param name="Hyperparameter">The hyperparameter λ.</param>
/// <param name="Curve">Places and quantiles between the anchors, [λ][column][p].</param>
/// <param name="Anchors">The same at the anchors themselves.</param>
/// <param name="Columns">Numbers of the output's columns.</param>
internal sealed record DistributionFigure(
    ContinuousHyperparameter Hyperparameter,
    IReadOnlyList<(double U, double[][] Quantiles)> Curve,
    IReadOnlyList<(double U, double[][] Quantiles)> Anchors,
    IReadOnlyList<int> Columns)
{
    private const int Places = 97;

    private static readonly double[] Shares = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>Asks the surrogate at evenly spaced places, the anchors' included, in the anchors' contexts.</summary>
    public static DistributionFigure Of(ISurrogate surrogate, AnchorSet anchors, IReadOnlyList<int> columns)
    {
        var hyperparameter = surrogate.Hyperparameter;
        var contexts = anchors[0].Samples.Contexts;
        var (from, to) = (hyperparameter.ToUnit(surrogate.Anchors[0]), hyperparameter.ToUnit(surrogate.Anchors[^1]));
        var lambdas = Enumerable.Range(1, Places - 2).Select(i => hyperparameter.FromUnit(from + (to - from) * i / (Places - 1)))
            .Concat(surrogate.Anchors).Distinct().Order();
        return new DistributionFigure(
            hyperparameter,
            [.. lambdas.Select(lambda => (hyperparameter.ToUnit(lambda), QuantilesOf(surrogate.Sample(lambda, contexts).Samples.Outputs, columns)))],
            [.. anchors.Select(anchor => (hyperparameter.ToUnit(anchor.Lambda), QuantilesOf(anchor.Samples.Outputs, columns)))],
            columns);
    }

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
            new("the anchors' own", FigureStyle.Ink, LegendSwatch.Dot),
        ];
        var room = FigureLegend.Frame(canvas, area, options.Title, entries);
        var label = options.ValueLabel ?? "output";
        FigureStyle.RenderGrid(
            canvas, room, [.. Enumerable.Range(0, Columns.Count).Select(c => Panel(c, label))]);
    }

    private Plot Panel(int column, string label)
    {
        var plot = FigureStyle.NewPlot(Hyperparameter.Name, label, Columns.Count > 1 ? $"column {Columns[column]}" : null);
        double[] u = [.. Curve.Select(c => c.U)];
        double[] Line(int share) => [.. Curve.Select(c => c.Quantiles[column][share])];
        FigureStyle.AddBand(plot, u, Line(0), Line(4), FigureStyle.Band);
        FigureStyle.AddBand(plot, u, Line(1), Line(3), FigureStyle.Mean.WithAlpha(.3));
        FigureStyle.AddLine(plot, u, Line(2), FigureStyle.Mean, 2.2f);
        foreach (var (share, size) in new[] { (0, 5f), (2, 9f), (4, 5f) })
        {
            var dots = plot.Add.Markers(Anchors.Select(a => a.U).ToArray(), Anchors.Select(a => a.Quantiles[column][share]).ToArray());
            dots.MarkerStyle = FigureStyle.Dot(size);
        }

        plot.Axes.AutoScaleY();
        LambdaAxis.Apply(plot, Hyperparameter, -0.02, 1.02);
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
