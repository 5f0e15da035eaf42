namespace HtiTune.Plotting;

/// <summary>One context's fan: past values, the outputs at every value of a hyperparameter, the actual values.</summary>
internal static class FanPanel
{
    // The past is drawn over twice the horizon at most, or the fan would be a sliver.
    private const int PastPerStep = 2;

    /// <summary>The panel of one context.</summary>
    /// <param name="fan">The fan.</param>
    /// <param name="row">The context's row.</param>
    /// <param name="valueLabel">Label of the vertical axis.</param>
    public static Plot Of(TrajectoryFan fan, int row, string valueLabel)
    {
        var steps = fan.Outputs[0].Columns;
        var plot = FigureStyle.NewPlot("steps ahead", valueLabel, $"context {row}");
        var (pastXs, pastYs) = Past(fan, row, steps);
        var xs = Enumerable.Range(1, steps).Select(step => (double)step).ToArray();
        var lines = fan.Outputs.Select(outputs => outputs.Row(row).ToArray().Select(y => (double)y).ToArray()).ToList();
        if (pastXs.Length > 0)
        {
            // The fan opens at the last value known.
            xs = [pastXs[^1], .. xs];
            lines = [.. lines.Select(ys => (double[])[pastYs[^1], .. ys])];
        }

        // Between two whole numbers or words there is nothing.
        for (var i = 0; i + 1 < lines.Count && fan.Along is ContinuousHyperparameter; i++)
        {
            var between = plot.Add.FillY(xs, lines[i], lines[i + 1]);
            between.FillColor = LambdaColors.Of(fan.Range, (fan.Places[i] + fan.Places[i + 1]) / 2).WithAlpha(.45);
            between.LineWidth = 0;
        }

        for (var i = 0; i < lines.Count; i++)
        {
            var line = plot.Add.Scatter(xs, lines[i], LambdaColors.Of(fan.Range, fan.Places[i]));
            line.LineWidth = 1.6f;
            line.MarkerSize = steps == 1 && pastXs.Length == 0 ? 8 : 0;
        }

        if (pastXs.Length > 0)
        {
            var past = plot.Add.Scatter(pastXs, pastYs, FigureStyle.Faint);
            (past.LineWidth, past.MarkerSize) = (1.8f, 5);
        }

        if (fan.Actual is { } actual)
        {
            double[] actualXs = [.. Enumerable.Range(1, steps).Select(step => (double)step)];
            double[] actualYs = [.. actual.Row(row).ToArray().Select(y => (double)y)];
            plot.Add.Markers(actualXs, actualYs).MarkerStyle = FigureStyle.Dot(10);
        }

        Frame(plot, pastXs.Length > 0 ? pastXs[0] : 1, steps);
        return plot;
    }

    /// <summary>What the panels' colours mean, beside the colour bar.</summary>
    /// <param name="fan">The fan.</param>
    public static IReadOnlyList<LegendEntry> Legend(TrajectoryFan fan)
    {
        var entries = new List<LegendEntry>();
        if (fan.Past is not null)
        {
            entries.Add(new("past", FigureStyle.Faint, LegendSwatch.DottedLine));
        }

        if (fan.Actual is not null)
        {
            entries.Add(new("actual", FigureStyle.Ink, LegendSwatch.Dot));
        }

        return entries;
    }

    private static (double[] Xs, double[] Ys) Past(TrajectoryFan fan, int row, int steps)
    {
        if (fan.Past is not { } past)
        {
            return ([], []);
        }

        var shown = Math.Min(past.Columns, PastPerStep * steps);
        return (
            [.. Enumerable.Range(1 - shown, shown).Select(step => (double)step)],
            [.. past.Row(row)[^shown..].ToArray().Select(y => (double)y)]);
    }

    private static void Frame(Plot plot, double first, int last)
    {
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsX(first - 0.4, last + 0.4);
        var every = Math.Max(1, (int)Math.Ceiling((last - first) / 10));
        var ticks = Enumerable.Range((int)first, last - (int)first + 1).Where(step => step % every == 0).ToArray();
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. ticks.Select(step => (double)step)], [.. ticks.Select(step => step.ToString())]);
    }
}
