using HtiTune.Diagnostics;

namespace HtiTune.Plotting;

// u        place of λ in its range along its scale, 0 to 1: the horizontal coordinate
// μ(u)     posterior mean, with its band [low, high]
// m(u)     the surrogate's value
// (u, y)   anchors: real trainings, numbered in their order
// u*       the recommendation

/// <summary>An objective over λ: the whole range on the left, the surroundings of the recommendation on the right.</summary>
/// <param name="Hyperparameter">The hyperparameter λ.</param>
/// <param name="Curve">Posterior and surrogate, ascending in λ.</param>
/// <param name="Anchors">Completed trainings.</param>
/// <param name="Recommended">The recommended λ and the value expected, or measured, there.</param>
/// <param name="Truth">A known curve, or nothing.</param>
/// <param name="Good">What the axes show where values are extreme; null: all.</param>
internal sealed record ObjectiveFigure(
    ContinuousHyperparameter Hyperparameter,
    IReadOnlyList<PosteriorPoint> Curve,
    IReadOnlyList<Trial> Anchors,
    CurvePoint Recommended,
    IReadOnlyList<CurvePoint> Truth,
    GoodPart? Good)
{
    // Half the width of the close-up, as a share of the range.
    private const double CloseUp = 0.12;

    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        var value = options.ValueLabel ?? "objective";
        var entries = Legend();
        var room = FigureLegend.Frame(canvas, area, options.Title, entries);

        var place = U(Recommended.Lambda);
        var (from, to) = (Math.Max(0, place - CloseUp), Math.Min(1, place + CloseUp));
        var split = room.Left + room.Width * 0.54f;
        using var whole = Panel(value, "the whole range", -0.02, 1.02, markWindow: (from, to));
        using var close = Panel(value, "around the recommendation", from, to);
        FigureStyle.Render(whole, canvas, new PixelRect(room.Left, split - FigureStyle.Margin, room.Bottom, room.Top));
        FigureStyle.Render(close, canvas, new PixelRect(split, room.Right, room.Bottom, room.Top));
    }

    private List<LegendEntry> Legend()
    {
        var entries = new List<LegendEntry>
        {
            new("posterior mean", FigureStyle.Mean, LegendSwatch.Line),
            new("its band, 90 %", FigureStyle.Band, LegendSwatch.Band),
        };
        if (HasWideBand)
        {
            entries.Add(new("95 % for all λ at once", FigureStyle.WideBand, LegendSwatch.Band));
        }

        entries.Add(new("still possible", FigureStyle.Possible, LegendSwatch.Band));
        if (Curve.Any(p => double.IsFinite(p.Surrogate)))
        {
            entries.Add(new("surrogate", FigureStyle.Surrogate, LegendSwatch.Line));
        }

        entries.Add(new("real trainings, numbered", FigureStyle.Ink, LegendSwatch.Dot));
        if (Truth.Count > 0)
        {
            entries.Add(new("dense sweep of real trainings", FigureStyle.Truth, LegendSwatch.DottedLine));
        }

        if (Good is not null)
        {
            entries.Add(Good.Entry);
        }

        var recommended = $"recommended: {Hyperparameter.Name} {Recommended.Lambda.ToString("G4", CultureInfo.InvariantCulture)}";
        entries.Add(new(recommended, FigureStyle.Recommended, LegendSwatch.Line));
        return entries;
    }

    private double U(double lambda) => Hyperparameter.ToUnit(lambda);

    private Plot Panel(string valueLabel, string title, double from, double to, (double From, double To)? markWindow = null)
    {
        var plot = FigureStyle.NewPlot(Hyperparameter.Name, valueLabel, title);
        if (markWindow is var (left, right))
        {
            var window = plot.Add.HorizontalSpan(left, right);
            window.FillStyle.Color = FigureStyle.Recommended.WithAlpha(.07);
            window.LineStyle.Width = 0;
        }

        MarkPossible(plot);

        // The surrogate lies broad beneath the mean: where both agree, its rim still shows.
        var u = Curve.Select(p => U(p.Lambda)).ToArray();
        if (HasWideBand)
        {
            // What is still possible is told by this one: where it reaches beyond what it assures elsewhere.
            FigureStyle.AddBand(plot, u, [.. Curve.Select(p => Drawn(p.LowForAll!.Value))], [.. Curve.Select(p => Drawn(p.HighForAll!.Value))], FigureStyle.WideBand);
        }

        FigureStyle.AddBand(plot, u, [.. Curve.Select(p => Drawn(p.Low))], [.. Curve.Select(p => Drawn(p.High))], FigureStyle.Band);
        var known = Curve.Where(p => double.IsFinite(p.Surrogate)).ToList();
        FigureStyle.AddLine(plot, [.. known.Select(p => U(p.Lambda))], [.. known.Select(p => Drawn(p.Surrogate))], FigureStyle.Surrogate, 5.5f);
        FigureStyle.AddLine(plot, u, [.. Curve.Select(p => Drawn(p.Mean))], FigureStyle.Mean, 2.2f);
        FigureStyle.AddLine(plot, [.. Truth.Select(p => U(p.Lambda))], [.. Truth.Select(p => Drawn(p.Value))], FigureStyle.Truth, 1, markerSize: 5);
        plot.Add.VerticalLine(U(Recommended.Lambda), 1.8f, FigureStyle.Recommended);
        var (low, high) = ValueRange(from, to);
        DrawAnchors(plot, (from, to), (low, high), numbered: lambda => markWindow is not var (l, r) || U(lambda) < l || U(lambda) > r);
        LambdaAxis.Apply(plot, Hyperparameter, from, to);
        plot.Axes.SetLimitsY(low, high);
        return plot;
    }

    private bool HasWideBand => Curve.All(p => p is { LowForAll: not null, HighForAll: not null });

    private double Drawn(double value) => Good?.Drawn(value) ?? value;

    private bool IsBeyond(Trial trial) => Good?.IsBeyond(trial) == true;

    // The background, in pieces where the posterior has ruled out what lies between.
    private void MarkPossible(Plot plot)
    {
        for (var i = 0; i < Curve.Count; i++)
        {
            if (Curve[i].IsPossible)
            {
                var last = i;
                while (last + 1 < Curve.Count && Curve[last + 1].IsPossible)
                {
                    last++;
                }

                // Half a step to either side, so that a single place is seen too.
                var (left, right) = (U(Curve[i].Lambda), U(Curve[last].Lambda));
                var stripe = plot.Add.HorizontalSpan(Math.Max(0, left - 0.002), Math.Min(1, right + 0.002));
                stripe.FillStyle.Color = FigureStyle.Possible;
                stripe.LineStyle.Width = 0;
                i = last;
            }
        }
    }

    private void DrawAnchors(Plot plot, (double From, double To) range, (double Low, double High) values, Func<double, bool> numbered)
    {
        var (from, to) = range;
        double Y(Trial anchor) => IsBeyond(anchor) ? Good!.Edge(anchor.Value!.Value, values.Low, values.High) : anchor.Value!.Value;
        var shown = Anchors.Where(a => U(a.Lambda) >= from && U(a.Lambda) <= to).OrderBy(a => a.Lambda).ToList();
        if (shown.Count == 0)
        {
            return;
        }

        var within = shown.Where(a => !IsBeyond(a)).ToList();
        if (within.Count > 0)
        {
            plot.Add.Markers(within.Select(a => U(a.Lambda)).ToArray(), within.Select(a => a.Value!.Value).ToArray()).MarkerStyle = FigureStyle.Dot(9);
        }

        Good?.Mark(plot, shown.Where(IsBeyond).Select(a => (U(a.Lambda), a.Value!.Value)), values.Low, values.High);

        // Numbers of close neighbours are stacked, or they would cover each other.
        var (previous, level) = (double.NegativeInfinity, 0);
        foreach (var anchor in shown.Where(a => numbered(a.Lambda)))
        {
            level = U(anchor.Lambda) - previous < 0.03 * (to - from) ? level + 1 : 0;
            previous = U(anchor.Lambda);
            var number = plot.Add.Text(anchor.Number.ToString(), U(anchor.Lambda), Y(anchor));

            // Above the axis there is no room.
            var isTop = IsBeyond(anchor) && anchor.Value > Good!.High;
            number.LabelStyle.Alignment = isTop ? Alignment.UpperCenter : Alignment.LowerCenter;
            number.LabelStyle.OffsetY = (isTop ? 1 : -1) * (7 + 15 * level);
            number.LabelStyle.FontSize = 13;
            number.LabelStyle.ForeColor = FigureStyle.Ink;
            number.LabelStyle.BackgroundColor = Colors.White.WithAlpha(.7);
            number.LabelStyle.Padding = 1;
        }
    }

    // All lines and anchors between two places; of the band as much as would double their range, so that a wide one hides nothing.
    private (double Low, double High) ValueRange(double from, double to)
    {
        bool Shown(double lambda) => U(lambda) >= from - 1e-9 && U(lambda) <= to + 1e-9;
        var points = Curve.Where(p => Shown(p.Lambda)).ToList();
        var values = points.Select(p => p.Mean)
            .Concat(points.Where(p => double.IsFinite(p.Surrogate)).Select(p => p.Surrogate))
            .Concat(Truth.Where(p => Shown(p.Lambda)).Select(p => p.Value))
            .Concat(Anchors.Where(a => Shown(a.Lambda)).Select(a => a.Value!.Value))
            .Append(Recommended.Value)
            .Where(double.IsFinite)
            .Select(value => Good is null ? value : Math.Clamp(value, Good.Bottom, Good.Top)).ToList();
        var (least, greatest) = (values.Min(), values.Max());
        var range = Math.Max(greatest - least, 1e-9 * Math.Max(1, Math.Abs(greatest)));
        var low = Math.Max(points.Select(p => p.Low).Append(least).Min(), least - range / 2);
        var high = Math.Min(points.Select(p => p.High).Append(greatest).Max(), greatest + range / 2);
        return (low - 0.05 * range, high + 0.09 * range);
    }
}
