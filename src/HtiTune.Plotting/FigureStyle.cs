namespace HtiTune.Plotting;

/// <summary>Colours (readable with the common colour blindnesses, after Okabe and Ito 2008), fonts and frames of every figure.</summary>
internal static class FigureStyle
{
    public static readonly Color Ink = Color.FromHex("#222222");
    public static readonly Color Faint = Color.FromHex("#8a8a8a");
    public static readonly Color GridLine = Color.FromHex("#e6e6e6");
    public static readonly Color Mean = Color.FromHex("#0072b2");
    public static readonly Color Band = Color.FromHex("#0072b2").WithAlpha(.18);
    public static readonly Color WideBand = Color.FromHex("#0072b2").WithAlpha(.09);
    public static readonly Color Surrogate = Color.FromHex("#f0b27a");
    public static readonly Color Truth = Color.FromHex("#555555");
    public static readonly Color Possible = Color.FromHex("#f0e442").WithAlpha(.28);
    public static readonly Color Miss = Color.FromHex("#d55e00");
    public static readonly Color Recommended = Color.FromHex("#007a5a");

    /// <summary>Empty pixels around a figure.</summary>
    public const float Margin = 12;

    private const float TitleHeight = 36;

    /// <summary>A dark dot that stands out from any line.</summary>
    /// <param name="size">Its diameter in pixels.</param>
    public static MarkerStyle Dot(float size) => new(MarkerShape.FilledCircle, size, Ink) { LineColor = Colors.White, LineWidth = 1.2f };

    /// <summary>An empty plot in the house's look, axes labelled.</summary>
    /// <param name="horizontal">Label of the horizontal axis.</param>
    /// <param name="vertical">Label of the vertical axis.</param>
    /// <param name="title">The line above the plot, or none.</param>
    public static Plot NewPlot(string horizontal, string vertical, string? title = null)
    {
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false; // several plots share a canvas
        plot.FigureBackground.Color = Colors.Transparent;
        plot.HideLegend();
        plot.Font.Set(FigureFont.Family);
        plot.Grid.MajorLineColor = GridLine;
        plot.Axes.Color(Ink);
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.XLabel(horizontal, 15);
        plot.YLabel(vertical, 15);
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            TickDensity = 0.6,
            LabelFormatter = LambdaAxis.Text,
        };
        if (title is not null)
        {
            plot.Title(title, 15);
            plot.Axes.Title.Label.Bold = false;
        }

        return plot;
    }

    /// <summary>Draws a plot into its place.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The place.</param>
    /// <remarks>A plot's first rendering draws everything twice, to settle its layout; words would come out bold. It goes nowhere.</remarks>
    public static void Render(Plot plot, SKCanvas canvas, PixelRect area)
    {
        using var nowhere = new SKNoDrawCanvas((int)area.Right + 1, (int)area.Bottom + 1);
        plot.Render(nowhere, area);
        plot.Render(canvas, area);
    }

    /// <summary>Draws plots beside each other, up to three in a row and else in a square, and disposes them.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="room">Their room.</param>
    /// <param name="plots">The plots, in reading order.</param>
    /// <param name="beside">How many stand beside each other; null for what suits their number.</param>
    public static void RenderGrid(SKCanvas canvas, PixelRect room, IReadOnlyList<Plot> plots, int? beside = null)
    {
        var columns = beside ?? ColumnsOf(plots.Count);
        var lines = (plots.Count + columns - 1) / columns;
        var (width, height) = (room.Width / columns, room.Height / lines);
        for (var i = 0; i < plots.Count; i++)
        {
            var (left, top) = (room.Left + width * (i % columns), room.Top + height * (i / columns));
            using var plot = plots[i];
            Render(plot, canvas, new PixelRect(left, left + width - Margin, top + height, top));
        }
    }

    /// <summary>How many of so many plots stand beside each other.</summary>
    /// <param name="plots">How many there are.</param>
    public static int ColumnsOf(int plots) => plots <= 3 ? plots : (int)Math.Ceiling(Math.Sqrt(plots));

    /// <summary>Adds a line without markers.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="xs">Horizontal places; where there is none, nothing is drawn.</param>
    /// <param name="ys">Values.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="markerSize">Diameter of a mark at every point; 0 for none.</param>
    public static void AddLine(Plot plot, double[] xs, double[] ys, Color color, float width, float markerSize = 0)
    {
        if (xs.Length > 0)
        {
            var line = plot.Add.Scatter(xs, ys, color);
            (line.LineWidth, line.MarkerSize) = (width, markerSize);
        }
    }

    /// <summary>Adds dots with a white rim.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="dots">Where they are; where there is none, nothing is drawn.</param>
    /// <param name="color">Their colour.</param>
    /// <param name="size">Their diameter in pixels.</param>
    public static void AddDots(Plot plot, IReadOnlyList<(double X, double Y)> dots, Color color, float size)
    {
        if (dots.Count > 0)
        {
            plot.Add.Markers(dots.Select(dot => dot.X).ToArray(), dots.Select(dot => dot.Y).ToArray()).MarkerStyle =
                new MarkerStyle(MarkerShape.FilledCircle, size, color) { LineColor = Colors.White, LineWidth = 1.2f };
        }
    }

    /// <summary>Adds a band without a rim.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="xs">Horizontal places; less than two draw nothing.</param>
    /// <param name="low">Its lower end.</param>
    /// <param name="high">Its upper end.</param>
    /// <param name="color">Its colour.</param>
    public static void AddBand(Plot plot, double[] xs, double[] low, double[] high, Color color)
    {
        if (xs.Length > 1)
        {
            var band = plot.Add.FillY(xs, low, high);
            (band.FillColor, band.LineWidth) = (color, 0);
        }
    }

    /// <summary>Writes the line above a figure, if there is one.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The whole figure.</param>
    /// <param name="title">The line.</param>
    /// <returns>The room left, within the margin.</returns>
    public static PixelRect WriteTitle(SKCanvas canvas, PixelRect area, string? title)
    {
        var room = new PixelRect(area.Left + Margin, area.Right - Margin, area.Bottom - Margin, area.Top + Margin);
        if (title is null)
        {
            return room;
        }

        Write(canvas, title, new Pixel(area.Left + area.Width / 2, room.Top + TitleHeight / 2), Alignment.MiddleCenter, 20);
        return new PixelRect(room.Left, room.Right, room.Bottom, room.Top + TitleHeight);
    }

    /// <summary>Writes one line of text.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="text">The text.</param>
    /// <param name="at">Its place.</param>
    /// <param name="alignment">The part of the text that lies at the place.</param>
    /// <param name="size">Font size in pixels.</param>
    /// <param name="rotation">Clockwise turn in degrees.</param>
    public static void Write(SKCanvas canvas, string text, Pixel at, Alignment alignment, float size, float rotation = 0)
    {
        using var paint = Paint.NewDisposablePaint();
        var label = new LabelStyle
        {
            Text = text, FontName = FigureFont.Family, FontSize = size, ForeColor = Ink, Alignment = alignment, Rotation = rotation,
        };
        label.Render(canvas, at, paint);
    }

    /// <summary>Width of one line of text in pixels.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Font size in pixels.</param>
    public static float TextWidth(string text, float size)
    {
        using var paint = Paint.NewDisposablePaint();
        return new LabelStyle { Text = text, FontName = FigureFont.Family, FontSize = size }.Measure(text, paint).Width;
    }
}
