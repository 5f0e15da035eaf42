namespace HtiTune.Plotting;

/// <summary>
/// The colour of a value, by its place between the first and the last one shown, along the hyperparameter's scale; and the bar that explains it.
/// </summary>
internal static class LambdaColors
{
    /// <summary>Room for the bar in pixels.</summary>
    public const float BarWidth = 104;

    private const int Steps = 128;

    // The palest end of the map is left out: thin lines in it vanish on white.
    private const double Share = 0.9;

    private static readonly ScottPlot.Colormaps.Viridis Map = new();

    /// <summary>The colour of a place.</summary>
    /// <param name="range">The values shown.</param>
    /// <param name="u">The place of a value, within the range.</param>
    public static Color Of(LambdaRange range, double u) => Map.GetColor(Share * (u - range.From) / (range.To - range.From));

    /// <summary>The same colours for a picture: 0 to 1 are the ends of the range.</summary>
    internal sealed class ShownMap : IColormap
    {
        /// <inheritdoc/>
        public string Name => "shown range";

        /// <inheritdoc/>
        public Color GetColor(double position) => Map.GetColor(Share * position);
    }

    /// <summary>Draws the colour bar with ticks at round values.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The room for bar, ticks and label.</param>
    /// <param name="range">The values shown.</param>
    public static void DrawBar(SKCanvas canvas, PixelRect area, LambdaRange range)
    {
        var bar = new PixelRect(area.Left + 14, area.Left + 34, area.Bottom - 62, area.Top + 34);
        using var paint = new SKPaint();
        for (var i = 0; i < Steps; i++)
        {
            var upper = bar.Bottom - bar.Height * (i + 1) / Steps;
            paint.Color = Map.GetColor(Share * (i + 0.5) / Steps).ToSKColor();
            canvas.DrawRect(bar.Left, upper, bar.Width, bar.Height / Steps + 0.5f, paint);
        }

        var (hyperparameter, from, to) = range;
        using var ink = new SKPaint { Color = FigureStyle.Ink.ToSKColor(), StrokeWidth = 1 };
        var (places, words) = SpaceAxis.Ticks(hyperparameter, 0.06, from, to);
        for (var i = 0; i < places.Length; i++)
        {
            var y = bar.Bottom - bar.Height * (float)((places[i] - from) / (to - from));
            canvas.DrawLine(bar.Right, y, bar.Right + 5, y, ink);
            FigureStyle.Write(canvas, words[i], new Pixel(bar.Right + 9, y), Alignment.MiddleLeft, 13);
        }

        var middle = new Pixel(area.Right - 14, bar.Top + bar.Height / 2);
        FigureStyle.Write(canvas, hyperparameter.Name, middle, Alignment.MiddleCenter, 15, rotation: -90);
    }
}

/// <summary>The values of a hyperparameter that a figure shows.</summary>
/// <param name="Hyperparameter">The hyperparameter.</param>
/// <param name="From">Place of the first value, 0 to 1.</param>
/// <param name="To">Place of the last value, above <paramref name="From"/>.</param>
internal readonly record struct LambdaRange(Hyperparameter Hyperparameter, double From, double To);
