using System.Text.Json;

namespace HtiTune.External;

/// <summary>
/// Outputs that a script writes as JSON: a number; a list of numbers, which is a column; a list of rows, each a list or an object of numbers; or an object of numbers, which is one row,
/// or of lists, which are columns. Names of members are names of columns.
/// </summary>
internal static class JsonOutputs
{
    private const string Expected = "a number, a list of numbers or of rows, or an object of numbers or lists, e.g. {\"loss\": 0.3, \"accuracy\": 0.9}";

    private static readonly JsonDocumentOptions s_lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Whether a text begins as a list or an object does.</summary>
    internal static bool IsMeant(ReadOnlySpan<char> text) => text.TrimStart("\uFEFF \t\r\n") is ['[' or '{', ..];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="wanted">Names of the columns wanted, in this order, where the file names them: other members may hold anything. Null: all.</param>
    /// <exception cref="DataFormatException">It holds something else, or a number that is not finite.</exception>
    internal static (Matrix Matrix, IReadOnlyList<string>? Columns) Read(string path, IReadOnlyList<string>? wanted = null)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), s_lenient);
            return Of(path, document.RootElement, wanted);
        }
        catch (JsonException fault)
        {
            // Python writes what is no JSON where a loss is not a number.
            var word = File.ReadLines(path).Skip((int)(fault.LineNumber ?? 0)).FirstOrDefault() is { } line ? Array.Find(["NaN", "-Infinity", "Infinity"], line.Contains) : null;
            var place = $"line {(fault.LineNumber ?? 0) + 1}";
            throw word is null
                ? new DataFormatException(path, place, "the file is no JSON", Expected, fault)
                : new DataFormatException(path, place, $"the value is {word}", "a finite number", fault);
        }
    }

    private static (Matrix Matrix, IReadOnlyList<string>? Columns) Of(string path, JsonElement root, IReadOnlyList<string>? wanted)
    {
        switch (root.ValueKind)
        {
            case JsonValueKind.Number:
                return (Matrix.From(new double[,] { { Number(path, root, "the number") } }), null);
            case JsonValueKind.Object:
                var columns = ColumnsOf(path, "the object", root, wanted);
                double[][] all = [.. columns.Select(name => root.GetProperty(name) is { ValueKind: JsonValueKind.Array } list
                    ? list.EnumerateArray().Select((one, i) => Number(path, one, $"'{name}'[{i}]", wanted is null)).ToArray()
                    : [Number(path, root.GetProperty(name), $"'{name}'", wanted is null)])];
                return Array.Find(all, column => column.Length != all[0].Length) is null
                    ? (Rows(all[0].Length, columns.Count, (i, j) => all[j][i]), columns)
                    : throw new DataFormatException(path, "the object", $"its lists have {string.Join(", ", all.Select(column => column.Length))} numbers", "lists of one length");
            case JsonValueKind.Array when root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Object:
                var names = ColumnsOf(path, "[0]", root[0], wanted);
                return (Rows(root.GetArrayLength(), names.Count, (i, j) => root[i].ValueKind == JsonValueKind.Object && root[i].TryGetProperty(names[j], out var value)
                    ? Number(path, value, $"[{i}] '{names[j]}'", wanted is null)
                    : throw new DataFormatException(path, $"[{i}]", $"there is no '{names[j]}'", "the members of [0]")), names);
            case JsonValueKind.Array:
                var width = root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Array ? root[0].GetArrayLength() : (int?)null;
                return (Rows(root.GetArrayLength(), width ?? 1, (i, j) => width is null ? Number(path, root[i], $"[{i}]")
                    : root[i].ValueKind == JsonValueKind.Array && root[i].GetArrayLength() == width ? Number(path, root[i][j], $"[{i}][{j}]")
                    : throw new DataFormatException(path, $"[{i}]", "the row is not as long as the first", $"a list of {width} numbers")), null);
            default:
                throw new DataFormatException(path, "the file", $"it holds {Kind(root)}", Expected);
        }
    }

    // All members are numbers unless some are wanted by name.
    private static List<string> ColumnsOf(string path, string place, JsonElement row, IReadOnlyList<string>? wanted)
    {
        List<string> names = [.. row.EnumerateObject().Select(member => member.Name)];
        var chosen = ArrayFile.Chosen(path, place, names, wanted);
        return chosen.Count > 0 ? chosen : throw new DataFormatException(path, place, "it has no members", Expected);
    }

    private static Matrix Rows(int rows, int columns, Func<int, int, double> value)
    {
        var values = new double[rows * columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(i / columns, i % columns);
        }

        return Matrix.FromDoubles(rows, columns, values);
    }

    private static double Number(string path, JsonElement element, string place, bool mayLeaveOut = false) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new DataFormatException(
                path, place, $"it is {Kind(element)}", "a finite number" + (mayLeaveOut && element.ValueKind != JsonValueKind.Number ? ", or \"columns\" that name the members which are" : ""));

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        JsonValueKind.String => $"the text \"{(element.GetString() is { Length: > 40 } text ? text[..40] + "…" : element.GetString())}\"",
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.Array => "a list",
        _ => "an object",
    };
}
