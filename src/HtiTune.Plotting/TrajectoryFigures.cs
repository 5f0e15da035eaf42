using HtiTune.Surrogates;

namespace HtiTune.Plotting;

/// <summary>Figures of outputs that move with hyperparameters.</summary>
public static class TrajectoryFigures
{
    /// <summary>Draws, for a few contexts, the outputs over the horizon at every value of a fan, coloured by it.</summary>
    /// <param name="fan">The outputs, with what came before and what came true where known.</param>
    /// <param name="rows">The contexts' row numbers, from 0; 1 to 9 of them, a panel each.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending, the size, a shape or a row number is none of the allowed.</exception>
    public static void Fan(TrajectoryFan fan, IReadOnlyList<int> rows, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(fan);
        ArgumentNullException.ThrowIfNull(rows);
        options ??= new FigureOptions();
        options.Validate();
        Validate(fan, rows);
        FigureFile.Save(path, options, (canvas, area) => Draw(canvas, area, fan, rows, options));
    }

    /// <summary>
    /// Draws how the distribution of the outputs moves with λ: for every output column the median, the middle half and the middle 90 % of the
    /// surrogate's outputs over the contexts, and the anchors' own.
    /// </summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="anchors">The anchors; asked again are their contexts.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="columns">The output's columns, from 0, 1 to 9 of them, a panel each; null for the first 6.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending, the size or a column number is none of the allowed.</exception>
    public static void Distribution(
        ISurrogate surrogate, AnchorSet anchors, string path, IReadOnlyList<int>? columns = null, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(anchors);
        options ??= new FigureOptions();
        options.Validate();
        var figure = DistributionFigure.Of(surrogate, anchors, Columns(columns, anchors[0].Samples.Dimension, 6));
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    /// <summary>
    /// Draws how the distribution of the outputs moves with each of several hyperparameters, all others as in a configuration: for every output column and every hyperparameter
    /// the median, the middle half and the middle 90 % of the surrogate's outputs over the contexts.
    /// </summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="at">Where the others stay: a configuration of its space.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="along">Names of the hyperparameters that move, active in <paramref name="at"/>; null for all that are.</param>
    /// <param name="columns">The output's columns, from 0; null for as many of the first as have room, 9 panels in all.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending, the size, a name or a column number is none of the allowed, or there are more than 9 panels.</exception>
    public static void Distribution(
        SpaceSurrogate surrogate, Configuration at, string path, IReadOnlyList<string>? along = null, IReadOnlyList<int>? columns = null, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(at);
        options ??= new FigureOptions();
        options.Validate();
        surrogate.Space.RequireRanges(at);
        var active = SpaceAxis.Active(surrogate.Space, at);
        if (along?.FirstOrDefault(name => active.All(one => one.Name != name)) is { } unknown)
        {
            throw new ArgumentException(
                $"The figure is asked for along '{unknown}'; expected hyperparameters that are active in {at}: {string.Join(", ", active.Select(one => one.Name))}.", nameof(along));
        }

        List<Hyperparameter> moving = [.. active.Where(one => along?.Contains(one.Name) != false)];
        var most = DistributionFigure.MostPanels / moving.Count;
        if (most == 0)
        {
            throw new ArgumentException($"The figure is asked for along {moving.Count} hyperparameters; expected at most {DistributionFigure.MostPanels}.", nameof(along));
        }

        var figure = DistributionFigure.Of(surrogate, at, moving, Columns(columns, surrogate.Dimension, Math.Min(most, 6), most));
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    private static IReadOnlyList<int> Columns(IReadOnlyList<int>? columns, int dimension, int byDefault, int most = DistributionFigure.MostPanels)
    {
        columns ??= [.. Enumerable.Range(0, Math.Min(dimension, byDefault))];
        return columns.Count >= 1 && columns.Count <= most && columns.All(c => c >= 0 && c < dimension)
            ? columns
            : throw new ArgumentException($"The figure is asked for the output columns [{string.Join(", ", columns)}]; expected 1 to {most} numbers from 0 to {dimension - 1}.", nameof(columns));
    }

    private static void Draw(SKCanvas canvas, PixelRect area, TrajectoryFan fan, IReadOnlyList<int> rows, FigureOptions options)
    {
        var entries = FanPanel.Legend(fan);
        var room = FigureLegend.Frame(canvas, area, options.Title, entries, LambdaColors.BarWidth);

        FigureStyle.RenderGrid(canvas, room, [.. rows.Select(row => FanPanel.Of(fan, row, options.ValueLabel ?? "output"))]);
        LambdaColors.DrawBar(canvas, new PixelRect(room.Right, room.Right + LambdaColors.BarWidth, room.Bottom, room.Top), fan.Range);
    }

    private static void Validate(TrajectoryFan fan, IReadOnlyList<int> rows)
    {
        var (count, dimension) = (fan.Outputs[0].Rows, fan.Outputs[0].Columns);
        if (rows.Count is < 1 or > 9)
        {
            throw new ArgumentException($"The fan is asked for {rows.Count} contexts; expected 1 to 9.", nameof(rows));
        }

        foreach (var row in rows.Where(row => row < 0 || row >= count))
        {
            throw new ArgumentException($"The fan is asked for row {row}; expected 0 to {count - 1}.", nameof(rows));
        }

        if (fan.Past is { } past && past.Rows != count)
        {
            throw new ArgumentException($"The fan's past has {past.Rows} rows; expected {count}, as its outputs.", nameof(fan));
        }

        if (fan.Actual is { } actual && (actual.Rows != count || actual.Columns != dimension))
        {
            throw new ArgumentException(
                $"The fan's actual values have the shape [{actual.Rows}, {actual.Columns}]; expected [{count}, {dimension}].",
                nameof(fan));
        }
    }
}
