using HtiTune.Plotting;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>Cost over samples and over anchors, on logarithmic axes.</summary>
internal static class ScalingFigure
{
    private static readonly Color[] Colours = [FigureStyle.Mean, Color.FromHex("#d55e00"), FigureStyle.Recommended];

    /// <summary>Draws the runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="anchors">K of the runs over N.</param>
    /// <param name="samples">N of the runs over K.</param>
    /// <param name="path">The file, .png or .svg.</param>
    internal static void Save(IReadOnlyList<ScalingRun> runs, int anchors, int samples, string path)
    {
        var names = runs.Select(run => run.Problem).Distinct().ToArray();
        var overN = runs.Where(run => run.Anchors == anchors).OrderBy(run => run.Samples).ToArray();
        var overK = runs.Where(run => run.Samples == samples).OrderBy(run => run.Anchors).ToArray();
        FigureFile.Save(path, new FigureOptions { Width = 1260, Height = 440 }, (canvas, area) =>
        {
            var room = FigureStyle.WriteTitle(canvas, area, null);
            LegendEntry[] entries = [.. names.Select((name, i) => new LegendEntry(name, Colours[i % Colours.Length], LegendSwatch.DottedLine)),
                new("as N log N, or as K", FigureStyle.Faint, LegendSwatch.Line)];
            var bottom = room.Bottom - FigureLegend.RowHeight;
            FigureLegend.Draw(canvas, new PixelRect(room.Left, room.Right, room.Bottom, bottom), entries);
            Panel(0, overN, run => run.Samples, run => run.CpuSeconds, $"samples N at each of {anchors} anchors", "fit, CPU seconds", n => n * Math.Log(n));
            Panel(1, overN, run => run.Samples, run => run.PeakMebibytes, $"samples N at each of {anchors} anchors", "peak memory, MiB", n => n * Math.Log(n));
            Panel(2, overK, run => run.Anchors, run => run.CpuSeconds, $"anchors K of {samples} samples", "fit, CPU seconds", k => k);

            void Panel(
                int place, ScalingRun[] series, Func<ScalingRun, double> x, Func<ScalingRun, double> y, string across, string up, Func<double, double> guide)
            {
                if (series.Length == 0)
                {
                    return;
                }

                using var plot = FigureStyle.NewPlot(across, up);
                var guides = plot.Add.Scatter(Guide(series, x, y, guide), FigureStyle.Faint);
                (guides.LineWidth, guides.MarkerSize) = (1.5f, 0);
                for (var i = 0; i < names.Length; i++)
                {
                    Coordinates[] points = [.. series.Where(run => run.Problem == names[i]).Select(run => new Coordinates(Math.Log10(x(run)), Math.Log10(y(run))))];
                    var line = plot.Add.Scatter(points, Colours[i % Colours.Length]);
                    (line.LineWidth, line.MarkerSize) = (2, 7);
                }

                plot.Axes.Bottom.TickGenerator = Ticks(series.Select(x).Distinct());
                plot.Axes.Left.TickGenerator = Ticks(Enumerable.Range(-3, 10).SelectMany(e => new[] { 1, 2, 5 }.Select(m => m * Math.Pow(10, e))));
                plot.Axes.SetLimits(
                    Math.Log10(series.Min(x)) - 0.1, Math.Log10(series.Max(x)) + 0.1, Math.Log10(series.Min(y)) - 0.1, Math.Log10(series.Max(y)) + 0.1);
                var width = room.Width / 3;
                FigureStyle.Render(plot, canvas, new PixelRect(room.Left + place * width, room.Left + (place + 1) * width - FigureStyle.Margin, bottom, room.Top));
            }
        });
    }

    /// <summary>The law through the dearest point of the largest n.</summary>
    private static Coordinates[] Guide(ScalingRun[] series, Func<ScalingRun, double> x, Func<ScalingRun, double> y, Func<double, double> law)
    {
        var last = series.Max(x);
        var top = series.Where(run => x(run) == last).Max(y);
        return [.. series.Select(x).Distinct().Select(n => new Coordinates(Math.Log10(n), Math.Log10(top * law(n) / law(last))))];
    }

    private static NumericManual Ticks(IEnumerable<double> values)
    {
        var ticks = new NumericManual();
        foreach (var value in values)
        {
            ticks.AddMajor(Math.Log10(value), value.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture));
        }

        return ticks;
    }
}
