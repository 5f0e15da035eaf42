using System.Xml.Linq;
using SkiaSharp;

namespace HtiTune.Tests.Plotting;

/// <summary>What a figure's file holds.</summary>
internal static class Picture
{
    /// <summary>Width, height and the share of pixels that are not white.</summary>
    public static (int Width, int Height, double Drawn) Png(string path)
    {
        using var bitmap = SKBitmap.Decode(path);
        Assert.NotNull(bitmap);
        return (bitmap.Width, bitmap.Height, bitmap.Pixels.Count(pixel => pixel != SKColors.White) / (double)bitmap.Pixels.Length);
    }

    /// <summary>All lines of text in an .svg, and the figure's size.</summary>
    public static (string Width, string Height, IReadOnlyList<string> Texts) Svg(string path)
    {
        var root = XDocument.Load(path).Root!;
        var texts = root.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value.Trim()).ToList();
        return (root.Attribute("width")!.Value, root.Attribute("height")!.Value, texts);
    }
}
