namespace HtiTune.Plotting;

// Notation
//   u, v    places of two hyperparameters in their ranges, 0 to 1
//   m(u, v) mean of what is believed where these two stand at u and v and all others are as recommended

/// <summary>What is believed over pairs of hyperparameters, all others as recommended: the pairs on which the objective hangs most.</summary>
/// <param name="Study">The study.</param>
internal sealed record ContourFigure(TuningResult Study)
{
    private const int Cells = 33;
    private const int MostPairs = 6;
    private const int Levels = 9;

    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Its rectangle.</param>
    /// <param name="options">Title and label.</param>
    public void Draw(SKCanvas canvas, PixelRect area, FigureOptions options)
    {
        var room = FigureLegend.Frame(canvas, area, options.Title,
        [
            new("training", FigureStyle.Faint, LegendSwatch.Dot), new("recommended", FigureStyle.Recommended, LegendSwatch.Dot),
        ], LambdaColors.BarWidth);
        var weight = Study.Importances.ToDictionary(importance => importance.Name, importance => importance.Total);
        var active = SpaceAxis.Active(Study);
        var pairs = active.SelectMany((first, i) => active.Skip(i + 1).Select(second => (First: first, Second: second)))
            .OrderByDescending(pair => weight[pair.First.Name] + weight[pair.Second.Name]).Take(MostPairs).ToList();
        double[][,] believed = [.. pairs.Select(pair => Believed(pair.First, pair.Second))];

        // One range of colours, so that panels can be compared; it must not be empty.
        var (low, high) = (believed.Min(cells => cells.Cast<double>().Min()), believed.Max(cells => cells.Cast<double>().Max()));
        var half = Math.Max(0.5 * high - 0.5 * low, 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)) + 1e-300);
        var values = Hyperparameter.Continuous(options.ValueLabel ?? "objective", 0.5 * low + 0.5 * high - half, 0.5 * low + 0.5 * high + half);
        FigureStyle.RenderGrid(canvas, room, [.. pairs.Select((pair, i) => Panel(pair.First, pair.Second, believed[i], values, pairs.Count))]);
        LambdaColors.DrawBar(canvas, new PixelRect(room.Right, room.Right + LambdaColors.BarWidth, room.Bottom, room.Top), new LambdaRange(values, 0, 1));
    }

    // m at the middles of cells; a category is one cell. Rows from the top, as a picture has them.
    private double[,] Believed(Hyperparameter first, Hyperparameter second)
    {
        var (columns, rows) = (CellsOf(first), CellsOf(second));
        var cells = new double[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var at = SpaceAxis.With(Study, (first, first.ValueAt((column + 0.5) / columns)), (second, second.ValueAt((rows - row - 0.5) / rows)));
                cells[row, column] = Study.Predict(at).Mean;
            }
        }

        return cells;
    }

    private Plot Panel(Hyperparameter first, Hyperparameter second, double[,] cells, ContinuousHyperparameter values, int panels)
    {
        var plot = FigureStyle.NewPlot(first.Name, second.Name);
        var map = plot.Add.Heatmap(cells);
        (map.Rectangle, map.Colormap, map.ManualRange) = (new CoordinateRect(0, 1, 0, 1), new LambdaColors.ShownMap(), new ScottPlot.Range(values.Minimum, values.Maximum));
        map.Smooth = first is ContinuousHyperparameter && second is ContinuousHyperparameter;
        if (map.Smooth && cells.Cast<double>().Distinct().Skip(1).Any())
        {
            var lines = plot.Add.ContourLines(Points(cells), Levels);
            (lines.LineColor, lines.LineWidth, lines.LabelStyle.IsVisible) = (Colors.White.WithAlpha(.55), 1, false);
        }

        var trained = Study.Trials.Where(trial => trial.Value is not null && trial.Configuration.TryGet(first.Name, out _) && trial.Configuration.TryGet(second.Name, out _));
        FigureStyle.AddDots(plot, [.. trained.Select(trial => At(trial.Configuration))], FigureStyle.Faint, 8);
        FigureStyle.AddDots(plot, [At(Study.Configuration)], FigureStyle.Recommended, 13);
        SpaceAxis.ApplyBelow(plot, first, panels);
        SpaceAxis.ApplyLeft(plot, second);
        return plot;

        (double U, double V) At(Configuration configuration) => (first.ToUnit(configuration[first.Name]), second.ToUnit(configuration[second.Name]));
    }

    private static Coordinates3d[,] Points(double[,] cells)
    {
        var (rows, columns) = (cells.GetLength(0), cells.GetLength(1));
        var points = new Coordinates3d[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                points[row, column] = new Coordinates3d((column + 0.5) / columns, (rows - row - 0.5) / rows, cells[row, column]);
            }
        }

        return points;
    }

    private static int CellsOf(Hyperparameter one) => one is CategoricalHyperparameter words ? words.Choices.Count : Cells;
}
