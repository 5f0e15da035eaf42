using HtiTune.Data.Notebooks;

namespace HtiTune.Plotting;

/// <summary>A figure in memory, which a notebook shows by itself: <c>Figure.Of(path => StudyFigures.Objective(study, path))</c>.</summary>
[TypeFormatterSource(typeof(Source))]
public sealed class Figure
{
    private readonly byte[] _png;

    private Figure(byte[] png) => _png = png;

    /// <summary>The image in the PNG format.</summary>
    public ReadOnlySpan<byte> Png => _png;

    /// <summary>Draws a figure into memory.</summary>
    /// <param name="draw">Draws into the file it is told, which ends in .png: any method of <see cref="StudyFigures"/>, <see cref="TrajectoryFigures"/> or <see cref="PreferenceFigures"/>.</param>
    /// <exception cref="ArgumentNullException">There is no function.</exception>
    /// <exception cref="FileNotFoundException">The function has written no file.</exception>
    public static Figure Of(Action<string> draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        var folder = Directory.CreateTempSubdirectory("htitune-figure-").FullName;
        try
        {
            var path = Path.Combine(folder, "figure.png");
            draw(path);
            return new Figure(File.ReadAllBytes(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes the figure to a file.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    public void Save(string path) => Data.AtomicFile.Write(path, stream => stream.Write(_png));

    private sealed class Source : HtmlSource<Figure>
    {
        protected override string Html(Figure value) => $"<img style=\"max-width:100%\" src=\"data:image/png;base64,{Convert.ToBase64String(value._png)}\"/>";

        protected override string Text(Figure value) => $"figure, {value._png.Length / 1024} kB";
    }
}
