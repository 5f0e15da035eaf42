namespace HtiTune.Plotting;

/// <summary>What is believed along each hyperparameter, all others as recommended.</summary>
/// <param name="Study">The study.</param>
internal sealed record SliceFigure(TuningResult Study)
{
    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        var room = FigureLegend.Frame(canvas, area, options.Title,
        [
            new("predicted", FigureStyle.Mean, LegendSwatch.Line), new("90 % of predictions", FigureStyle.Band, LegendSwatch.Band),
            new("training", FigureStyle.Faint, LegendSwatch.Dot), new("recommended", FigureStyle.Recommended, LegendSwatch.Dot),
        ]);
        List<Plot> panels = [.. SpaceAxis.Active(Study).Select(one => Panel(one, options.ValueLabel ?? "objective"))];

        // One range of values, so that panels can be compared.
        var (low, high) = (panels.Min(plot => plot.Axes.GetLimits().Bottom), panels.Max(plot => plot.Axes.GetLimits().Top));
        panels.ForEach(plot => plot.Axes.SetLimitsY(low, high));
        FigureStyle.RenderGrid(canvas, room, panels);
    }

    private Plot Panel(Hyperparameter one, string label)
    {
        var importance = Study.Importances.First(importance => importance.Name == one.Name);
        var plot = FigureStyle.NewPlot(one.Name, label, $"{one.Name}: {Share(importance.Total)} of the variation{Between(importance.TotalInterval)}");
        var values = SpaceAxis.ValuesOf(one);
        double[] places = [.. values.Select(one.ToUnit)];
        Prediction[] believed = [.. values.Select(value => Study.Predict(SpaceAxis.With(Study, (one, value))))];
        foreach (var (u, shown) in SpaceAxis.Stretches(one, places))
        {
            FigureStyle.AddBand(plot, u, [.. shown.Select(i => believed[i].Low)], [.. shown.Select(i => believed[i].High)], FigureStyle.Band);
            FigureStyle.AddLine(plot, u, [.. shown.Select(i => believed[i].Mean)], FigureStyle.Mean, 2.2f, one is IntegerHyperparameter && places.Length < SpaceAxis.Points / 2 ? 6 : 0);
        }

        var (least, most) = (believed.Min(p => p.Low), believed.Max(p => p.High));
        var trained = Study.Trials.Where(trial => trial.Value is { } value && value >= least - (most - least) && value <= most + (most - least) && trial.Configuration.TryGet(one.Name, out _)).ToList();
        FigureStyle.AddDots(plot, [.. trained.Select(trial => (one.ToUnit(trial.Configuration[one.Name]), trial.Value!.Value))], FigureStyle.Faint, 7);
        FigureStyle.AddDots(plot, [(one.ToUnit(Study.Configuration[one.Name]), Study.RealValue ?? Study.PredictedValue)], FigureStyle.Recommended, 11);
        plot.Axes.AutoScale();
        SpaceAxis.ApplyBelow(plot, one, SpaceAxis.Active(Study).Count);
        return plot;
    }

    private static string Between((double Low, double High) interval) => interval.High - interval.Low < 0.01 ? ""
        : string.Create(CultureInfo.InvariantCulture, $" ({100 * interval.Low:F0} to {100 * interval.High:F0})");

    private static string Share(double share) => share < 0.01 ? "below 1 %" : share > 0.99 ? "above 99 %" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:F0} %");
}
