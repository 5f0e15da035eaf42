namespace HtiTune.Plotting;

// Notation
//   r    rank of a training's value among all, 0 (best) to 1 (worst): what colours and the last axis show, so that one huge value does not hide the others

/// <summary>Trainings as lines over one axis for each hyperparameter and one for the value: what good configurations have in common.</summary>
/// <param name="Study">The study.</param>
internal sealed record ParallelFigure(TuningResult Study)
{
    private const float WordSize = 12.5f;

    // The palest end of the colours would vanish on white.
    private const double ColorShare = 0.9;

    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        var map = new ScottPlot.Colormaps.Viridis();
        var room = FigureLegend.Frame(canvas, area, options.Title,
        [
            new("better training", map.GetColor(0), LegendSwatch.Line), new("worse training", map.GetColor(ColorShare), LegendSwatch.Line),
            new("recommended", FigureStyle.Recommended, LegendSwatch.Line),
        ]);
        var axes = Study.Anchors.Space.ToList();
        using var plot = FigureStyle.NewPlot("", "");
        plot.HideAxesAndGrid();
        var ranked = Ranked();
        foreach (var (trial, rank) in ranked.Reverse())
        {
            AddLine(plot, axes, trial.Configuration, 1 - rank, map.GetColor(ColorShare * rank), 1.6f);
        }

        AddLine(plot, axes, Study.Configuration, Study.RealValue is null ? null : 1 - ranked.First(r => r.Trial.Configuration.Equals(Study.Configuration)).Rank, FigureStyle.Recommended, 3.2f);
        for (var i = 0; i < axes.Count; i++)
        {
            var (places, words) = SpaceAxis.Ticks(axes[i]);
            AddAxis(plot, i, axes[i].Name, places, words);
        }

        // The best, the middle and the worst value stand for all.
        var shown = ranked.Where((_, i) => i == 0 || i == ranked.Count - 1 || i == ranked.Count / 2).DistinctBy(r => r.Rank).ToList();
        AddAxis(plot, axes.Count, $"{options.ValueLabel ?? "objective"} (rank)", [.. shown.Select(r => 1 - r.Rank)], [.. shown.Select(r => r.Trial.Value!.Value.ToString("G4", CultureInfo.InvariantCulture))]);
        plot.Axes.SetLimits(-0.15, axes.Count + 0.45, -0.06, 1.12);
        FigureStyle.Render(plot, canvas, room);
    }

    // Trainings with a value, the best first; equal values have one rank.
    private IReadOnlyList<(Trial Trial, double Rank)> Ranked()
    {
        var sign = Study.Goal == Goal.Minimize ? 1 : -1;
        List<Trial> sorted = [.. Study.Trials.Where(trial => trial.Value is not null).OrderBy(trial => sign * trial.Value!.Value)];
        return [.. sorted.Select(trial => (trial, sorted.Count == 1 ? 0 : sorted.FindIndex(other => other.Value == trial.Value) / (sorted.Count - 1.0)))];
    }

    // Where a hyperparameter is not active the line is broken.
    private static void AddLine(Plot plot, IReadOnlyList<Hyperparameter> axes, Configuration configuration, double? end, Color color, float width)
    {
        List<(double X, double Y)> run = [];
        for (var i = 0; i <= axes.Count; i++)
        {
            double? y = i == axes.Count ? end : configuration.TryGet(axes[i].Name, out var value) ? axes[i].ToUnit(value) : null;
            if (y is { } there)
            {
                run.Add((i, there));
            }

            if (y is null || i == axes.Count)
            {
                FigureStyle.AddLine(plot, [.. run.Select(point => point.X)], [.. run.Select(point => point.Y)], color, width, run.Count == 1 ? 7 : 0);
                run.Clear();
            }
        }
    }

    private static void AddAxis(Plot plot, double x, string name, double[] places, string[] words)
    {
        FigureStyle.AddLine(plot, [x, x], [0, 1], FigureStyle.Ink, 1.2f);
        Word(name, 1.06, Alignment.LowerCenter, 15);
        for (var i = 0; i < places.Length; i++)
        {
            FigureStyle.AddLine(plot, [x, x + 0.02], [places[i], places[i]], FigureStyle.Ink, 1);
            Word(" " + words[i], places[i], Alignment.MiddleLeft, WordSize, 0.025);
        }

        void Word(string text, double y, Alignment alignment, float size, double right = 0)
        {
            var label = plot.Add.Text(text, x + right, y);
            (label.LabelFontName, label.LabelFontSize, label.LabelFontColor, label.LabelAlignment) = (FigureFont.Family, size, FigureStyle.Ink, alignment);
            label.LabelBackgroundColor = y > 1 ? Colors.Transparent : Colors.White.WithAlpha(.6);
        }
    }
}
