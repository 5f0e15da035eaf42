using ScottPlot;
using SkiaSharp;

namespace HtiTune.Plotting;

/// <summary>
/// The colour of a λ, by its place between a fan's first and last λ along the hyperparameter's scale; and the bar that explains it.
/// </summary>
internal static class LambdaColors
{
    private const int Steps = 128;

    // The palest end of the map is left out: thin lines in it vanish on white.
    private const double Share = 0.9;

    private static readonly ScottPlot.Colormaps.Viridis Map = new();

    /// <summary>The colour of a λ.</summary>
    /// <param name="fan">The fan.</param>
    /// <param name="lambda">λ, from the fan's first to its last.</param>
    public static Color Of(TrajectoryFan fan, double lambda)
    {
        var (from, to) = Ends(fan);
        return Map.GetColor(Share * (fan.Hyperparameter.ToUnit(lambda) - from) / (to - from));
    }

    /// <summary>Draws the colour bar with ticks at round λ.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The room for bar, ticks and label.</param>
    /// <param name="fan">The fan.</param>
    public static void DrawBar(SKCanvas canvas, PixelRect area, TrajectoryFan fan)
    {
        var bar = new PixelRect(area.Left + 14, area.Left + 34, area.Bottom - 62, area.Top + 34);
        using var paint = new SKPaint();
        for (var i = 0; i < Steps; i++)
        {
            var upper = bar.Bottom - bar.Height * (i + 1) / Steps;
            paint.Color = Map.GetColor(Share * (i + 0.5) / Steps).ToSKColor();
            canvas.DrawRect(bar.Left, upper, bar.Width, bar.Height / Steps + 0.5f, paint);
        }

        var (from, to) = Ends(fan);
        using var ink = new SKPaint { Color = FigureStyle.Ink.ToSKColor(), StrokeWidth = 1 };
        foreach (var lambda in LambdaAxis.Ticks(fan.Hyperparameter, from, to, gap: 0.06))
        {
            var y = bar.Bottom - bar.Height * (float)((fan.Hyperparameter.ToUnit(lambda) - from) / (to - from));
            canvas.DrawLine(bar.Right, y, bar.Right + 5, y, ink);
            FigureStyle.Write(canvas, LambdaAxis.Text(lambda), new Pixel(bar.Right + 9, y), Alignment.MiddleLeft, 13);
        }

        var middle = new Pixel(area.Right - 14, bar.Top + bar.Height / 2);
        FigureStyle.Write(canvas, fan.Hyperparameter.Name, middle, Alignment.MiddleCenter, 15, rotation: -90);
    }

    private static (double From, double To) Ends(TrajectoryFan fan) =>
        (fan.Hyperparameter.ToUnit(fan.Lambdas[0]), fan.Hyperparameter.ToUnit(fan.Lambdas[^1]));
}
