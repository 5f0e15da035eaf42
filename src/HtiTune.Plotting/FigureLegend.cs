namespace HtiTune.Plotting;

/// <summary>What a colour means: a swatch and a word.</summary>
internal readonly record struct LegendEntry(string Text, Color Color, LegendSwatch Swatch);

/// <summary>How a legend shows a colour.</summary>
internal enum LegendSwatch
{
    Line,
    Band,
    Dot,
    DottedLine,
    Triangle,
}

/// <summary>A legend in rows beneath a figure, outside every plot, so that it covers nothing.</summary>
internal static class FigureLegend
{
    /// <summary>Height of one row in pixels.</summary>
    public const float RowHeight = 24;

    private const float SwatchWidth = 24, Space = 7, Between = 20, FontSize = 13.5f;

    /// <summary>Number of rows that the entries fill.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="width">Room in pixels.</param>
    public static int RowCount(IReadOnlyList<LegendEntry> entries, float width) => Rows(entries, width).Count;

    /// <summary>Draws a figure's title above and its legend beneath.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The whole figure.</param>
    /// <param name="title">The line above the figure, if any.</param>
    /// <param name="entries">The legend.</param>
    /// <param name="right">Width in pixels to leave free on the right.</param>
    /// <returns>The room between them.</returns>
    public static PixelRect Frame(SKCanvas canvas, PixelRect area, string? title, IReadOnlyList<LegendEntry> entries, float right = 0)
    {
        var room = FigureStyle.WriteTitle(canvas, area, title);
        var width = room.Width - right;
        var bottom = room.Bottom - RowHeight * RowCount(entries, width);
        Draw(canvas, new PixelRect(room.Left, room.Left + width, room.Bottom, bottom), entries);
        return new PixelRect(room.Left, room.Left + width, bottom, room.Top);
    }

    /// <summary>Draws the entries, each row centred.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The room.</param>
    /// <param name="entries">The entries.</param>
    public static void Draw(SKCanvas canvas, PixelRect area, IReadOnlyList<LegendEntry> entries)
    {
        var y = area.Top + RowHeight / 2;
        foreach (var row in Rows(entries, area.Width))
        {
            var x = area.Left + (area.Width - row.Sum(EntryWidth) + Between) / 2;
            foreach (var entry in row)
            {
                DrawSwatch(canvas, entry, x, y);
                FigureStyle.Write(canvas, entry.Text, new Pixel(x + SwatchWidth + Space, y), Alignment.MiddleLeft, FontSize);
                x += EntryWidth(entry);
            }

            y += RowHeight;
        }
    }

    private static List<List<LegendEntry>> Rows(IReadOnlyList<LegendEntry> entries, float width)
    {
        var rows = new List<List<LegendEntry>>();
        var filled = float.PositiveInfinity;
        foreach (var entry in entries)
        {
            if (filled + EntryWidth(entry) > width)
            {
                rows.Add([]);
                filled = 0;
            }

            rows[^1].Add(entry);
            filled += EntryWidth(entry);
        }

        return rows;
    }

    private static float EntryWidth(LegendEntry entry) => SwatchWidth + Space + FigureStyle.TextWidth(entry.Text, FontSize) + Between;

    private static void DrawSwatch(SKCanvas canvas, LegendEntry entry, float x, float y)
    {
        using var paint = new SKPaint { Color = entry.Color.ToSKColor(), IsAntialias = true, StrokeWidth = 3 };
        switch (entry.Swatch)
        {
            case LegendSwatch.Band:
                canvas.DrawRect(x, y - 7, SwatchWidth, 14, paint);
                break;
            case LegendSwatch.Dot:
                canvas.DrawCircle(x + SwatchWidth / 2, y, 5, paint);
                break;
            case LegendSwatch.DottedLine:
                paint.StrokeWidth = 1.5f;
                canvas.DrawLine(x, y, x + SwatchWidth, y, paint);
                canvas.DrawCircle(x + SwatchWidth / 2, y, 3, paint);
                break;
            case LegendSwatch.Triangle:
                var middle = x + SwatchWidth / 2;
                using (var triangle = new SKPath())
                {
                    triangle.AddPoly([new SKPoint(middle - 6, y + 5), new SKPoint(middle + 6, y + 5), new SKPoint(middle, y - 6)]);
                    canvas.DrawPath(triangle, paint);
                }

                break;
            default:
                canvas.DrawLine(x, y, x + SwatchWidth, y, paint);
                break;
        }
    }
}
