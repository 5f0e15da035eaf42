namespace HtiTune.Plotting;

/// <summary>What the trainings of a study brought, in their order: each value, the best so far, and those that failed.</summary>
/// <param name="Trials">All trials, in their order.</param>
/// <param name="Goal">Which values are better.</param>
/// <param name="Epsilon">The regret that does not matter.</param>
/// <param name="Good">What the axis shows where values are extreme; null: all.</param>
internal sealed record HistoryFigure(IReadOnlyList<Trial> Trials, Goal Goal, double Epsilon, GoodPart? Good)
{
    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        var entries = Legend();
        var room = FigureLegend.Frame(canvas, area, options.Title, entries);
        FigureStyle.RenderGrid(canvas, room, [Panel(options.ValueLabel ?? "objective")]);
    }

    private List<LegendEntry> Legend()
    {
        var entries = new List<LegendEntry>
        {
            new("best so far", FigureStyle.Mean, LegendSwatch.Line),
            new("within ε of the best", FigureStyle.Band, LegendSwatch.Band),
            new("training", FigureStyle.Ink, LegendSwatch.Dot),
        };
        if (Trials.Any(t => t.IsReused))
        {
            entries.Add(new("of an earlier run", FigureStyle.Faint, LegendSwatch.Dot));
        }

        if (Trials.Any(Misses))
        {
            entries.Add(new("misses a constraint", FigureStyle.Miss, LegendSwatch.Dot));
        }

        if (Good is not null)
        {
            entries.Add(Good.Entry);
        }

        if (Trials.Any(t => t.Value is null))
        {
            entries.Add(new("failed or cancelled", FigureStyle.Miss, LegendSwatch.Dot));
        }

        return entries;
    }

    private Plot Panel(string label)
    {
        var plot = FigureStyle.NewPlot("training", label);
        var done = Trials.Where(t => t.Value is not null).ToList();
        var sign = Goal == Goal.Maximize ? 1 : -1;
        var (first, last) = (Trials[0].Number - 0.5, Trials[^1].Number + 0.5);

        // Where constraints are missed by all, nothing is the best; any value stands for it in the limits of the axis.
        List<Trial> counted = [.. done.Where(t => !Misses(t))];
        var best = (counted.Count > 0 ? counted : done).Max(t => sign * t.Value!.Value) * sign;
        var least = sign > 0 ? best - Epsilon : best;
        if (counted.Count > 0)
        {
            FigureStyle.AddBand(plot, [first, last], [least, least], [least + Epsilon, least + Epsilon], FigureStyle.Band);
            var (xs, ys) = Steps(counted, sign, last);
            FigureStyle.AddLine(plot, xs, [.. ys.Select(y => Good?.Drawn(y) ?? y)], FigureStyle.Mean, 2.2f);
        }

        bool IsWithin(Trial trial) => Good?.IsBeyond(trial) != true;
        Dots(plot, counted.Where(t => !t.IsReused && IsWithin(t)), FigureStyle.Ink);
        Dots(plot, counted.Where(t => t.IsReused && IsWithin(t)), FigureStyle.Faint);
        Dots(plot, done.Where(t => Misses(t) && IsWithin(t)), FigureStyle.Miss);
        plot.Axes.AutoScale();
        var (low, high) = Good is null ? (plot.Axes.GetLimits().Bottom, plot.Axes.GetLimits().Top) : (Math.Min(Good.Bottom, least), Math.Max(Good.Top, least + Epsilon));
        Good?.Mark(plot, done.Where(t => !IsWithin(t)).Select(t => ((double)t.Number, t.Value!.Value)), low, high);
        var lost = Trials.Where(t => t.Value is null).ToList();
        if (lost.Count > 0)
        {
            // A training without a value stands on the lower rim.
            var marks = plot.Add.Markers(lost.Select(t => (double)t.Number).ToArray(), lost.Select(_ => low).ToArray());
            marks.MarkerStyle = new MarkerStyle(MarkerShape.Eks, 11, FigureStyle.Miss) { LineColor = FigureStyle.Miss, LineWidth = 2.4f };
            low -= 0.06 * (high - low);
        }

        plot.Axes.SetLimits(first, last, low, high);
        TrainingAxis.Apply(plot, Trials);
        return plot;
    }

    private static (double[] Xs, double[] Ys) Steps(List<Trial> done, int sign, double last)
    {
        var (xs, ys) = (new List<double>(), new List<double>());
        var best = double.NegativeInfinity;
        foreach (var trial in done)
        {
            var better = Math.Max(best, sign * trial.Value!.Value);
            if (better > best)
            {
                if (ys.Count > 0)
                {
                    xs.Add(trial.Number);
                    ys.Add(sign * best);
                }

                xs.Add(trial.Number);
                ys.Add(sign * better);
                best = better;
            }
        }

        xs.Add(last);
        ys.Add(sign * best);
        return ([.. xs], [.. ys]);
    }

    private static bool Misses(Trial trial) => trial.IsFeasible == false && trial.Value is not null;

    private static void Dots(Plot plot, IEnumerable<Trial> trials, Color color) =>
        FigureStyle.AddDots(plot, [.. trials.Select(trial => ((double)trial.Number, trial.Value!.Value))], color, 10);
}

/// <summary>An axis of training numbers.</summary>
internal static class TrainingAxis
{
    /// <summary>Ticks at whole numbers, at most twenty.</summary>
    /// <param name="plot">The plot, drawn over numbers.</param>
    /// <param name="trials">The trials shown, in their order.</param>
    public static void Apply(Plot plot, IReadOnlyList<Trial> trials)
    {
        var (first, last) = (trials[0].Number, trials[^1].Number);
        var every = (last - first) / 20 + 1;
        int[] ticks = [.. Enumerable.Range(first, last - first + 1).Where(n => (n - first) % every == 0)];
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. ticks.Select(n => (double)n)], [.. ticks.Select(n => n.ToString())]);
    }
}
