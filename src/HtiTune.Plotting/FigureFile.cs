using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace HtiTune.Plotting;

/// <summary>A figure on its way to a file: .png or .svg, by the path's ending.</summary>
internal static class FigureFile
{
    /// <summary>Draws into a temporary file beside the path, then takes its name, so that a reader sees the whole figure or none.</summary>
    /// <param name="path">The file, ending in .png or .svg; its folder must exist.</param>
    /// <param name="options">The size in pixels.</param>
    /// <param name="draw">Draws onto a white canvas; gets the whole figure's rectangle.</param>
    /// <exception cref="ArgumentException">The path has another ending.</exception>
    public static void Save(string path, FigureOptions options, Action<SKCanvas, PixelRect> draw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var ending = Path.GetExtension(path).ToLowerInvariant();
        Action<string> write = ending switch
        {
            ".png" => file => WritePng(file, options, draw),
            ".svg" => file => WriteSvg(file, options, draw),
            _ => throw new ArgumentException($"A figure cannot be written as '{ending}' ({path}); expected .png or .svg.", nameof(path)),
        };

        FigureFont.Register();
        var temporary = path + ".part";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void WritePng(string file, FigureOptions options, Action<SKCanvas, PixelRect> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo(options.Width, options.Height))
            ?? throw new InvalidOperationException($"No memory for a figure of {options.Width} × {options.Height} pixels.");
        surface.Canvas.Clear(SKColors.White);
        draw(surface.Canvas, new PixelRect(0, options.Width, options.Height, 0));
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        using var stream = File.Create(file);
        data.SaveTo(stream);
    }

    private static void WriteSvg(string file, FigureOptions options, Action<SKCanvas, PixelRect> draw)
    {
        using var drawn = new MemoryStream();
        var bounds = SKRect.Create(options.Width, options.Height);
        using (var canvas = SKSvgCanvas.Create(bounds, drawn))
        {
            using var white = new SKPaint { Color = SKColors.White };
            canvas.DrawRect(bounds, white);
            draw(canvas, new PixelRect(0, options.Width, options.Height, 0));
        }

        // Without a view box a page that has less room than the figure is wide cuts it off.
        drawn.Position = 0;
        var figure = XDocument.Load(drawn, LoadOptions.PreserveWhitespace);
        figure.Root!.SetAttributeValue("viewBox", FormattableString.Invariant($"0 0 {options.Width} {options.Height}"));
        using var writer = XmlWriter.Create(file, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) });
        figure.Save(writer);
    }
}
