using HtiTune.Preferences;

namespace HtiTune.Plotting;

/// <summary>Figures of preferences among several features.</summary>
public static class PreferenceFigures
{
    private const int MostPairs = 6;

    /// <summary>Draws the curve λ*(w) of a family with its 90 % band, and what each feature comes to along it.</summary>
    /// <param name="model">The model that gave the curve.</param>
    /// <param name="curve">At least two points, from <see cref="PreferenceModel.Curve"/>.</param>
    /// <param name="weightLabel">What w is, for the axis.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and title.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, or there are fewer than two points.</exception>
    public static void Curve(
        PreferenceModel model, IReadOnlyList<PreferenceAnswer> curve, string weightLabel, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentException.ThrowIfNullOrWhiteSpace(weightLabel);
        options ??= new FigureOptions();
        options.Validate();
        if (curve.Count < 2)
        {
            throw new ArgumentException($"The curve has {curve.Count} points; expected at least 2.", nameof(curve));
        }

        var figure = new PreferenceCurveFigure(model, [.. curve.OrderBy(p => p.Weight)], weightLabel);
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    /// <summary>Draws a Pareto front: every pair of features against each other (six pairs at most), trained places ringed; of one hyperparameter coloured by λ.</summary>
    /// <param name="model">The model that gave the front; two features or more.</param>
    /// <param name="front">The front, from <see cref="PreferenceModel.Front"/>.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and title.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, the front is empty, or there is one feature only.</exception>
    public static void Front(PreferenceModel model, IReadOnlyList<ParetoPoint> front, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Front(model.Space, [.. model.Features.Select(feature => (feature.Name, feature.Goal))], front, path, options);
    }

    /// <summary>Draws a Pareto front as a run found it.</summary>
    /// <param name="space">What was tuned.</param>
    /// <param name="features">Name and goal of each feature; two or more.</param>
    /// <param name="front">The front, from <see cref="TuningResult.Front"/>.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and title.</param>
    /// <exception cref="ArgumentException">As of the other overload.</exception>
    public static void Front(
        SearchSpace space, IReadOnlyList<(string Name, Goal Goal)> features, IReadOnlyList<ParetoPoint> front, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(front);
        options ??= new FigureOptions();
        options.Validate();
        if (features.Count < 2 || front.Count == 0)
        {
            throw new ArgumentException(
                $"There are {front.Count} places on the front of {features.Count} features; expected at least one, and two features.", nameof(front));
        }

        string[] labels = [.. features.Select(feature => $"{feature.Name} ({(feature.Goal == Goal.Minimize ? "less" : "more")} is better)")];
        FigureFile.Save(path, options, (canvas, area) => DrawFront(canvas, area, space, labels, front, options));
    }

    private static void DrawFront(SKCanvas canvas, PixelRect area, SearchSpace space, string[] labels, IReadOnlyList<ParetoPoint> front, FigureOptions options)
    {
        LegendEntry[] entries =
        [
            new("not beaten by any other value, by posterior means", FigureStyle.Mean, LegendSwatch.Dot),
            new("trained", FigureStyle.Ink, LegendSwatch.Dot),
            new("90 % interval", FigureStyle.Faint, LegendSwatch.Line),
        ];
        var room = FigureLegend.Frame(canvas, area, options.Title, entries, space.IsLine ? LambdaColors.BarWidth : 0);
        LambdaRange? range = space.IsLine ? new LambdaRange(space.Line, 0, 1) : null;
        var pairs = Enumerable.Range(0, labels.Length)
            .SelectMany(j => Enumerable.Range(j + 1, labels.Length - j - 1).Select(k => (j, k))).Take(MostPairs);
        FigureStyle.RenderGrid(
            canvas,
            room,
            [.. pairs.Select(pair => Pair(labels, front, range, pair.j, pair.k))]);
        if (range is { } colours)
        {
            LambdaColors.DrawBar(canvas, new PixelRect(room.Right, room.Right + LambdaColors.BarWidth, room.Bottom, room.Top), colours);
        }
    }

    private static Plot Pair(string[] labels, IReadOnlyList<ParetoPoint> front, LambdaRange? range, int j, int k)
    {
        var plot = FigureStyle.NewPlot(labels[j], labels[k]);
        foreach (var point in front)
        {
            var color = ColorOf(range, point);
            var (x, y) = (point.Features[j], point.Features[k]);

            // A 90 % interval is 1.645 deviations to either side.
            FigureStyle.AddLine(plot, [x - 1.645 * point.Deviations[j], x + 1.645 * point.Deviations[j]], [y, y], FigureStyle.Faint.WithAlpha(.35), 1);
            FigureStyle.AddLine(plot, [x, x], [y - 1.645 * point.Deviations[k], y + 1.645 * point.Deviations[k]], FigureStyle.Faint.WithAlpha(.35), 1);
            var dot = plot.Add.Marker(x, y, MarkerShape.FilledCircle, 8, color);
            dot.MarkerStyle.LineWidth = 0;
        }

        foreach (var point in front.Where(p => p.IsTrained))
        {
            var ring = plot.Add.Marker(point.Features[j], point.Features[k], MarkerShape.FilledCircle, 12, ColorOf(range, point));
            (ring.MarkerStyle.LineColor, ring.MarkerStyle.LineWidth) = (FigureStyle.Ink, 2.2f);
        }

        plot.Axes.AutoScale();
        return plot;
    }

    private static Color ColorOf(LambdaRange? range, ParetoPoint point) => range is { } line ? LambdaColors.Of(line, line.Hyperparameter.ToUnit(point.Lambda)) : FigureStyle.Mean;
}
