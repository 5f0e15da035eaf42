namespace HtiTune.Plotting;

/// <summary>
/// The font of every figure, carried in the library: a slim container has no font at all, and a figure would lose its words there.
/// </summary>
internal sealed class FigureFont : IFontResolver
{
    /// <summary>The family's name for ScottPlot.</summary>
    public const string Family = "HtiTune figures";

    private static readonly Lazy<SKData> File = new(() =>
    {
        using var stream = typeof(FigureFont).Assembly.GetManifestResourceStream("HtiTune.Plotting.DejaVuSans-subset.ttf")
            ?? throw new InvalidOperationException("The library lacks its font; it was not built whole.");
        return SKData.Create(stream);
    });

    private static readonly Lazy<bool> Registered = new(() =>
    {
        Fonts.FontResolvers.Add(new FigureFont());
        return true;
    });

    private FigureFont()
    {
    }

    /// <summary>Makes the family known to ScottPlot, once a process.</summary>
    public static void Register() => _ = Registered.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Family ? SKTypeface.FromData(File.Value) : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);
}
