using HtiTune.Diagnostics;

namespace HtiTune.Plotting;

// t        number of a training: the horizontal coordinate
// y_t      its value, and the 90 % interval that the trainings before it gave
// E_t      evidence against the intervals (CalibrationTest); an alarm at 20
// trust    E[ρ] before the training

/// <summary>Whether predictions have held: each value against its interval, trust in the surrogate, and the evidence against the intervals.</summary>
/// <param name="Trials">The trials that were predicted, in their order.</param>
/// <param name="Calibration">What came of it.</param>
/// <param name="Good">What the axis of values shows where values are extreme; null: all.</param>
internal sealed record CalibrationFigure(IReadOnlyList<Trial> Trials, Calibration Calibration, GoodPart? Good)
{
    private const double Alarm = 20;

    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        List<LegendEntry> entries =
        [
            new("predicted, with its 90 % interval", FigureStyle.Mean, LegendSwatch.Line),
            new("value within", FigureStyle.Ink, LegendSwatch.Dot),
            new($"value missed ({Calibration.Misses} of {Calibration.Tests} tested)", FigureStyle.Miss, LegendSwatch.Dot),
        ];
        if (Good is not null)
        {
            entries.Add(Good.Entry);
        }

        var room = FigureLegend.Frame(canvas, area, options.Title, entries);
        var split = room.Left + room.Width * 0.56f;
        using var predictions = Predictions(options.ValueLabel ?? "objective");
        FigureStyle.Render(predictions, canvas, new PixelRect(room.Left, split - FigureStyle.Margin, room.Bottom, room.Top));
        using var trust = Panel("trust in the surrogate", t => t.Trust, 0, 1.02, FigureStyle.Recommended);
        var half = (room.Top + room.Bottom) / 2;
        var isTested = Trials.Any(trial => trial.Test is not null);
        FigureStyle.Render(trust, canvas, new PixelRect(split, room.Right, isTested ? half : room.Bottom, room.Top));
        if (isTested)
        {
            using var evidence = Evidence();
            FigureStyle.Render(evidence, canvas, new PixelRect(split, room.Right, room.Bottom, half));
        }
    }

    private Plot Predictions(string label)
    {
        var plot = FigureStyle.NewPlot("training", label);
        foreach (var trial in Trials)
        {
            FigureStyle.AddLine(plot, [trial.Number, trial.Number], [Drawn(trial.PredictedLow!.Value), Drawn(trial.PredictedHigh!.Value)], FigureStyle.Mean.WithAlpha(.55), 4);
            FigureStyle.AddLine(plot, [trial.Number - 0.18, trial.Number + 0.18], [Drawn(trial.Predicted!.Value), Drawn(trial.Predicted.Value)], FigureStyle.Mean, 2.4f);
            if (Good?.IsBeyond(trial) == true)
            {
                continue;
            }

            var isMiss = trial.Test?.IsMiss ?? (trial.Value < trial.PredictedLow || trial.Value > trial.PredictedHigh);
            plot.Add.Marker(trial.Number, trial.Value!.Value).MarkerStyle =
                new MarkerStyle(MarkerShape.FilledCircle, 10, isMiss ? FigureStyle.Miss : FigureStyle.Ink) { LineColor = Colors.White, LineWidth = 1.2f };
        }

        plot.Axes.AutoScaleY();
        if (Good is not null)
        {
            plot.Axes.SetLimitsY(Good.Bottom, Good.Top);
            Good.Mark(plot, Trials.Where(Good.IsBeyond).Select(t => ((double)t.Number, t.Value!.Value)), Good.Bottom, Good.Top);
        }

        Frame(plot);
        return plot;
    }

    private double Drawn(double value) => Good?.Drawn(value) ?? value;

    private Plot Evidence()
    {
        var plot = Panel("evidence against", t => t.Test is { } test ? Math.Log10(test.Evidence) : null, null, null, FigureStyle.Miss);
        var line = plot.Add.HorizontalLine(Math.Log10(Alarm), 1.6f, FigureStyle.Faint, LinePattern.Dashed);
        line.LabelText = "";
        var limits = plot.Axes.GetLimits();
        plot.Axes.SetLimitsY(Math.Min(limits.Bottom, -0.7), Math.Max(limits.Top, Math.Log10(Alarm) + 0.2));
        double[] marks = [0.01, 0.1, 1, 10, Alarm, 100, 1000, 10_000];
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. marks.Select(Math.Log10)], [.. marks.Select(m => m == Alarm ? "alarm 20" : m.ToString("G4", CultureInfo.InvariantCulture))]);
        return plot;
    }

    private Plot Panel(string label, Func<Trial, double?> value, double? low, double? high, Color color)
    {
        var plot = FigureStyle.NewPlot("training", label);
        var known = Trials.Where(t => value(t) is not null).ToList();
        FigureStyle.AddLine(plot, [.. known.Select(t => (double)t.Number)], [.. known.Select(t => value(t)!.Value)], color, 2.2f, markerSize: 7);
        plot.Axes.AutoScaleY();
        if (low is not null && high is not null)
        {
            plot.Axes.SetLimitsY(low.Value, high.Value);
        }

        Frame(plot);
        return plot;
    }

    private void Frame(Plot plot)
    {
        plot.Axes.SetLimitsX(Trials[0].Number - 0.6, Trials[^1].Number + 0.6);
        TrainingAxis.Apply(plot, Trials);
    }
}
