using ScottPlot;
using SkiaSharp;

namespace HtiTune.Plotting;

/// <summary>Figures of outputs that move with λ.</summary>
public static class TrajectoryFigures
{
    private const float ColorBarWidth = 104;

    /// <summary>Draws, for a few contexts, the outputs over the horizon at every λ of a fan, coloured by λ.</summary>
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

    private static void Draw(SKCanvas canvas, PixelRect area, TrajectoryFan fan, IReadOnlyList<int> rows, FigureOptions options)
    {
        var room = FigureStyle.WriteTitle(canvas, area, options.Title);
        var entries = FanPanel.Legend(fan);
        var bottom = room.Bottom - FigureLegend.RowHeight * FigureLegend.RowCount(entries, room.Width);
        FigureLegend.Draw(canvas, new PixelRect(room.Left, room.Right - ColorBarWidth, room.Bottom, bottom), entries);

        var columns = rows.Count <= 3 ? rows.Count : (int)Math.Ceiling(Math.Sqrt(rows.Count));
        var lines = (rows.Count + columns - 1) / columns;
        var (width, height) = ((room.Width - ColorBarWidth) / columns, (bottom - room.Top) / lines);
        for (var i = 0; i < rows.Count; i++)
        {
            var (left, top) = (room.Left + width * (i % columns), room.Top + height * (i / columns));
            using var panel = FanPanel.Of(fan, rows[i], options.ValueLabel ?? "output");
            FigureStyle.Render(panel, canvas, new PixelRect(left, left + width - FigureStyle.Margin, top + height, top));
        }

        LambdaColors.DrawBar(canvas, new PixelRect(room.Right - ColorBarWidth, room.Right, bottom, room.Top), fan);
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
