using HtiTune.Preferences;

namespace HtiTune.Plotting;

// w        the family's parameter: the horizontal coordinate
// u*(w)    place of the best λ, with the central 90 % of where it may lie where there is one hyperparameter; a panel each where there are several

/// <summary>The best configuration along a family of preferences, and what the features come to.</summary>
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
            new(Model.Space.IsLine ? $"best {Model.Hyperparameter.Name}" : "best configuration", FigureStyle.Mean, LegendSwatch.Line),
            .. Model.Space.IsLine ? [new LegendEntry("where it may lie, 90 %", FigureStyle.Band, LegendSwatch.Band)] : Array.Empty<LegendEntry>(),
            new("certified with no training", FigureStyle.Recommended, LegendSwatch.Dot),
            new("not certified", FigureStyle.Miss, LegendSwatch.Dot),
        ];
        var room = FigureLegend.Frame(canvas, area, options.Title, entries);
        var split = room.Left + room.Width * 0.58f;
        FigureStyle.RenderGrid(canvas, new PixelRect(room.Left, split, room.Bottom, room.Top), [.. Model.Space.Select(BestPanel)]);
        var shown = Math.Min(Model.Features.Count, MostFeatures);
        var height = (room.Bottom - room.Top) / shown;
        for (var j = 0; j < shown; j++)
        {
            using var panel = FeaturePanel(j, isLast: j == shown - 1);
            FigureStyle.Render(panel, canvas, new PixelRect(split, room.Right, room.Top + height * (j + 1), room.Top + height * j));
        }
    }

    private Plot BestPanel(Hyperparameter one)
    {
        var plot = FigureStyle.NewPlot(WeightLabel, one.Name);
        if (one is ContinuousHyperparameter line && Model.Space.IsLine)
        {
            FigureStyle.AddBand(plot, Weights, [.. Points.Select(p => line.ToUnit(p.LambdaLow))], [.. Points.Select(p => line.ToUnit(p.LambdaHigh))], FigureStyle.Band);
        }

        // Where the hyperparameter is not active there is nothing to draw.
        var active = Points.Where(p => p.Configuration.TryGet(one.Name, out _)).ToList();
        double PlaceOf(PreferenceAnswer answer) => one.ToUnit(answer.Configuration[one.Name]);
        if (one is not CategoricalHyperparameter)
        {
            FigureStyle.AddLine(plot, [.. active.Select(p => p.Weight!.Value)], [.. active.Select(PlaceOf)], FigureStyle.Mean, 2.2f);
        }

        foreach (var (isCertified, color) in new[] { (false, FigureStyle.Miss), (true, FigureStyle.Recommended) })
        {
            var shown = active.Where(p => p.Outcome is Certified == isCertified).ToList();
            if (shown.Count > 0)
            {
                var dots = plot.Add.Markers(shown.Select(p => p.Weight!.Value).ToArray(), shown.Select(PlaceOf).ToArray());
                dots.MarkerStyle = new MarkerStyle(MarkerShape.FilledCircle, 8, color) { LineColor = Colors.White, LineWidth = 1 };
            }
        }

        plot.Axes.AutoScaleX();
        SpaceAxis.ApplyLeft(plot, one);
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
