namespace HtiTune.External;

/// <summary>A matrix from any file that networks write: .npy, .npz, .safetensors or .csv.</summary>
internal static class ArrayFile
{
    private const int LongestNumber = 64;

    private static readonly System.Buffers.SearchValues<byte> s_text =
        System.Buffers.SearchValues.Create([(byte)'\t', (byte)'\r', (byte)'\n', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(one => (byte)one)]);

    /// <summary>Reads a matrix; a single number is a row of one column, one axis a column.</summary>
    /// <param name="path">The file; its ending says what it is, but that text by the name of a .npy file is read as .csv, and a number by itself is one.</param>
    /// <param name="array">Name of the array in an archive; null where it holds one.</param>
    /// <returns>The matrix, and the columns' names where the file has them.</returns>
    /// <exception cref="DataFormatException">It holds something else.</exception>
    internal static (Matrix Matrix, IReadOnlyList<string>? Columns) Read(string path, string? array = null)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".csv" or ".npy" when LoneNumber(path) is { } number:
                return (Matrix.From(new double[,] { { number } }), null);
            case ".csv":
            // A script's author who writes text need not have read that the default is .npy.
            case ".npy" when IsText(path):
                var table = CsvFile.Read(path);
                return (table.Matrix, table.Header);
            case ".npz":
                return (ToMatrix(path, NpzFile.Read(path, array)), null);
            case ".safetensors":
                return (ToMatrix(path, SafetensorsFile.Read(path, array)), null);
            case ".npy":
                return (ToMatrix(path, NpyFile.Read(path)), null);
            default:
                throw new DataFormatException(path, "its name", $"it ends in '{Path.GetExtension(path)}'", ".npy, .npz, .safetensors or .csv");
        }
    }

    // A loss that was written by itself, as by a shell's echo: no table has less than two lines.
    private static double? LoneNumber(string path) =>
        new FileInfo(path).Length <= LongestNumber && double.TryParse(File.ReadAllText(path).Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Letters, digits, signs, spaces and line ends alone, as far as it is looked at. What is no number in it is told by its line.
    private static bool IsText(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[256];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return length > 0 && start[..length].IndexOfAnyExcept(s_text) < 0;
    }

    private static Matrix ToMatrix(string path, NpyArray array) => array.Shape.Length switch
    {
        0 => (array with { Shape = [1] }).ToMatrix(),
        1 or 2 => array.ToMatrix(),
        _ => throw new DataFormatException(path, "shape", $"({string.Join(", ", array.Shape)})", "one axis or two: (rows,) or (rows, columns)"),
    };
}
