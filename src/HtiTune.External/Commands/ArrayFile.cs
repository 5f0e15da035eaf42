namespace HtiTune.External;

/// <summary>A matrix from any file that networks write: .npy, .npz, .safetensors, .csv or .json.</summary>
internal static class ArrayFile
{
    /// <summary>What names of files end in.</summary>
    internal static readonly string[] Formats = [".npy", ".npz", ".safetensors", ".csv", ".json"];

    /// <summary>The same in words.</summary>
    internal static readonly string Endings = $"{string.Join(", ", Formats[..^1])} or {Formats[^1]}";

    private const int LongestNumber = 64;

    // All that UTF-8 holds but what steers a terminal.
    private static readonly System.Buffers.SearchValues<byte> s_text =
        System.Buffers.SearchValues.Create([(byte)'\t', (byte)'\r', (byte)'\n', .. Enumerable.Range(' ', 256 - ' ').Where(one => one != 0x7F).Select(one => (byte)one)]);

    /// <summary>Reads a matrix; a single number is a row of one column, one axis a column.</summary>
    /// <param name="path">
    /// The file; its ending says what it is, but that text by the name of a .npy file is read as .csv, what begins as a list or an object of JSON as .json, and a number by itself is one.
    /// </param>
    /// <param name="array">Name of the array in an archive; null where it holds one.</param>
    /// <param name="wanted">Names of the columns wanted, in this order, of a file that names its columns; null: all, as they stand. Names of which the file has none are names for its own.</param>
    /// <returns>The matrix, and the columns' names where the file has them.</returns>
    /// <exception cref="DataFormatException">It holds something else.</exception>
    internal static (Matrix Matrix, IReadOnlyList<string>? Columns) Read(string path, string? array = null, IReadOnlyList<string>? wanted = null)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".csv" or ".npy" or ".json" when LoneNumber(path) is { } number:
                return (Matrix.From(new double[,] { { number } }), null);
            case ".json":
            // A script's author who writes text need not have read that the default is .npy.
            case ".csv" or ".npy" when IsText(path, out var start) && JsonOutputs.IsMeant(start):
                return JsonOutputs.Read(path, wanted);
            case ".csv":
            case ".npy" when IsText(path, out _):
                var table = wanted is null ? CsvFile.Read(path) : CsvFile.Read(path, Chosen(path, "line 1", CsvFile.NamesOf(path), wanted));
                return (table.Matrix, table.Header);
            case ".npz":
                return (ToMatrix(path, NpzFile.Read(path, array)), null);
            case ".safetensors":
                return (ToMatrix(path, SafetensorsFile.Read(path, array)), null);
            case ".npy":
                return (ToMatrix(path, NpyFile.Read(path)), null);
            default:
                throw new DataFormatException(path, "its name", $"it ends in '{Path.GetExtension(path)}'", Endings);
        }
    }

    /// <summary>The columns that are taken of a file that names them: those wanted, in their order; all where none is wanted, or as many as there are, of which it names none.</summary>
    /// <exception cref="DataFormatException">It names some of those wanted, and not others.</exception>
    internal static List<string> Chosen(string path, string place, IReadOnlyList<string> names, IReadOnlyList<string>? wanted)
    {
        if (wanted is null || !wanted.Any(names.Contains) && wanted.Count == names.Count)
        {
            return [.. names];
        }

        List<string> missing = [.. wanted.Where(name => !names.Contains(name))];
        return missing.Count == 0 ? [.. wanted]
            : throw new DataFormatException(
                path, place, $"there is no column '{string.Join("', '", missing)}'", $"{string.Join(", ", wanted)}, as \"columns\" or the first outputs name them; it has {string.Join(", ", names)}");
    }

    // A loss that was written by itself, as by a shell's echo: no table has less than two lines.
    private static double? LoneNumber(string path) =>
        new FileInfo(path).Length <= LongestNumber && double.TryParse(File.ReadAllText(path).Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Letters, digits, signs, spaces and line ends alone, as far as it is looked at, or a mark that says so. What is no number in it is told by its line.
    private static bool IsText(string path, out string text)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[256];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        text = System.Text.Encoding.UTF8.GetString(start[..length]);
        return start[..length] is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || length > 0 && start[..length].IndexOfAnyExcept(s_text) < 0;
    }

    private static Matrix ToMatrix(string path, NpyArray array) => array.Shape.Length switch
    {
        0 => (array with { Shape = [1] }).ToMatrix(),
        1 or 2 => array.ToMatrix(),
        _ => throw new DataFormatException(path, "shape", $"({string.Join(", ", array.Shape)})", "one axis or two: (rows,) or (rows, columns)"),
    };
}
