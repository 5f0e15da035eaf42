using System.Text;

namespace HtiTune.Data;

/// <summary>A line of a comma-separated file as text.</summary>
/// <param name="Line">Its number in the file, from 1, the header being line 1.</param>
/// <param name="Fields">Its fields, as many as the header has names; quotes are taken off, and blanks around what is not quoted.</param>
public sealed record CsvTextLine(int Line, IReadOnlyList<string> Fields);

/// <summary>A comma-separated file [RFC4180] as text, for tables that hold more than numbers; <see cref="CsvFile"/> reads numbers.</summary>
/// <param name="Header">Names of the columns, in order; some may be empty or repeated.</param>
/// <param name="Lines">The lines, in order.</param>
public sealed record CsvText(IReadOnlyList<string> Header, IReadOnlyList<CsvTextLine> Lines)
{
    /// <summary>Reads a file in UTF-8. Empty lines are left out.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">
    /// It has no header, is separated by something else than commas, or a line has another number of fields; the message says where.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CsvText Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var text = CsvFile.Open(path);
            return Read(path, new CsvReader(path, text));
        }
        catch (DecoderFallbackException fault)
        {
            throw CsvFile.NotText(path, fault);
        }
    }

    private static CsvText Read(string path, CsvReader reader)
    {
        var record = new List<CsvField>();
        if (!reader.Read(record) || CsvFile.IsBlank(record))
        {
            throw new DataFormatException(path, "line 1", "there is no header", "the names of the columns, separated by commas");
        }

        CsvHeader.RequireCommas(path, record);
        List<string> header = [.. record.Select(Text)];
        var lines = new List<CsvTextLine>();
        while (reader.Read(record))
        {
            if (CsvFile.IsBlank(record) && header.Count > 1)
            {
                continue;
            }

            if (record.Count != header.Count)
            {
                throw new DataFormatException(
                    path, $"line {record[0].Line}", $"the line has {record.Count} fields", $"{header.Count}, as the header has");
            }

            lines.Add(new CsvTextLine(record[0].Line, [.. record.Select(Text)]));
        }

        return new CsvText(header, lines);
    }

    private static string Text(CsvField field) => field.Quoted ? field.Text : field.Text.Trim();
}
