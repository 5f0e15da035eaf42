namespace HtiTune.Data;

/// <summary>The header line of a comma-separated file: which column stands where.</summary>
internal static class CsvHeader
{
    /// <summary>The places of the columns wanted, or of all.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="header">The fields of line 1.</param>
    /// <param name="names">Their texts, trimmed where not quoted.</param>
    /// <param name="wanted">Names wanted; all unless given.</param>
    /// <exception cref="DataFormatException">A name wanted is missing or ambiguous, or the line is no header.</exception>
    internal static int[] Places(string path, List<CsvField> header, List<string> names, IReadOnlyList<string>? wanted)
    {
        RequireCommas(path, header);
        if (wanted is not null)
        {
            return [.. wanted.Select(name => Place(path, names, name))];
        }

        if (header.TrueForAll(field => !field.Quoted && IsNumber(field.Text)))
        {
            throw new DataFormatException(
                path, "line 1", "the line holds only numbers", "the names of the columns (in quotes where they are numbers; from pandas: to_csv(…, header=[\"a\", \"b\"]))");
        }

        for (var j = 0; j < names.Count; j++)
        {
            if (names[j].Length == 0)
            {
                throw new DataFormatException(
                    path, $"line 1, column {j + 1}", "the name is empty", j == 0 && names.Count > 1 ? "a name for each column (pandas writes its index here: to_csv(…, index=False) leaves it out)" : "a name for each column");
            }

            RequireOnce(path, names, names[j], j);
        }

        return [.. Enumerable.Range(0, names.Count)];
    }

    /// <summary>Throws where the fields of line 1 are separated by something else.</summary>
    internal static void RequireCommas(string path, List<CsvField> header)
    {
        if (header is [{ Quoted: false } only] && only.Text.AsSpan().IndexOfAny(';', '\t') is var separator and >= 0)
        {
            throw new DataFormatException(
                path,
                "line 1",
                $"the names are separated by '{(only.Text[separator] == ';' ? ";" : "tab")}'",
                "fields separated by commas");
        }
    }

    /// <summary>Whether a text reads as a number.</summary>
    internal static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static int Place(string path, List<string> names, string wanted)
    {
        var place = names.IndexOf(wanted);
        if (place < 0)
        {
            throw new DataFormatException(path, "line 1", $"there is no column '{wanted}'", $"one of '{string.Join("', '", names)}'");
        }

        RequireOnce(path, names, wanted, place);
        return place;
    }

    private static void RequireOnce(string path, List<string> names, string name, int first)
    {
        var second = names.IndexOf(name, first + 1);
        if (second >= 0)
        {
            throw new DataFormatException(
                path, $"line 1, column {second + 1}", $"the name '{name}' is that of column {first + 1} too", "names that differ");
        }
    }
}
