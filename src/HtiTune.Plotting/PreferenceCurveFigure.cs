using HtiTune.Preferences;
using ScottPlot;
using SkiaSharp;

namespace HtiTune.Plotting;

// w        the family's parameter: the horizontal coordinate
// u*(w)    place of the best λ, with the central 90 % of where it may lie

/// <summary>The best λ along a family of preferences, and what the features come to.</summary>
/// <param name="Model">The model.</param>
/// <param name="Points">Ascending in w.</param>
/// <param name="WeightLabel">What w is.</param>
internal sealed record PreferenceCurveFigure(PreferenceModel Model, IReadOnlyList<PreferenceAnswer> Points, string WeightLabel)
{
    private const int MostFeatures = 4;

    private double[] Weights => [.. Points.Select(p => p.Weight!.Value)];

    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        LegendEntry[] entries =
        [
            new($"best {Model.Hyperparameter.Name}", FigureStyle.Mean, LegendSwatch.Line),
            new("where it may lie, 90 %", FigureStyle.Band, LegendSwatch.Band),
            new("certified with no training", FigureStyle.Recommended, LegendSwatch.Dot),
            new("not certified", FigureStyle.Miss, LegendSwatch.Dot),
        ];
        var room = FigureLegend.Frame(canvas, area, options.Title, entries);
        var split = room.Left + room.Width * 0.58f;
        using var best = BestPanel();
        FigureStyle.Render(best, canvas, new PixelRect(room.Left, split - FigureStyle.Margin, room.Bottom, room.Top));
        var shown = Math.Min(Model.Features.Count, MostFeatures);
        var height = (room.Bottom - room.Top) / shown;
        for (var j = 0; j < shown; j++)
        {
            using var panel = FeaturePanel(j, isLast: j == shown - 1);
            FigureStyle.Render(panel, canvas, new PixelRect(split, room.Right, room.Top + height * (j + 1), room.Top + height * j));
        }
    }

    private Plot BestPanel()
    {
        var plot = FigureStyle.NewPlot(WeightLabel, Model.Hyperparameter.Name);
        double[] At(Func<PreferenceAnswer, double> lambda) => [.. Points.Select(p => Model.Hyperparameter.ToUnit(lambda(p)))];
        FigureStyle.AddBand(plot, Weights, At(a => a.LambdaLow), At(a => a.LambdaHigh), FigureStyle.Band);
        FigureStyle.AddLine(plot, Weights, At(a => a.Lambda), FigureStyle.Mean, 2.2f);
        foreach (var (isCertified, color) in new[] { (false, FigureStyle.Miss), (true, FigureStyle.Recommended) })
        {
            var shown = Points.Where(p => p.Outcome is Certified == isCertified).ToList();
            if (shown.Count > 0)
            {
                var dots = plot.Add.Markers(
                    shown.Select(p => p.Weight!.Value).ToArray(), shown.Select(p => Model.Hyperparameter.ToUnit(p.Lambda)).ToArray());
                dots.MarkerStyle = new MarkerStyle(MarkerShape.FilledCircle, 8, color) { LineColor = Colors.White, LineWidth = 1 };
            }
        }

        plot.Axes.AutoScaleX();
        LambdaAxis.ApplyVertically(plot, Model.Hyperparameter, -0.02, 1.02);
        return plot;
    }

    private Plot FeaturePanel(int feature, bool isLast)
    {
        var plot = FigureStyle.NewPlot(isLast ? WeightLabel : "", Model.Features[feature].Name);
        FigureStyle.AddLine(plot, Weights, [.. Points.Select(p => p.Features[feature])], FigureStyle.Mean, 2.2f, markerSize: 5);
        plot.Axes.AutoScale();
        return plot;
    }
}
