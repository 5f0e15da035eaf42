using System.Buffers;
using System.Text;

namespace HtiTune.Data;

/// <summary>Tables of numbers in comma-separated files [RFC4180]: a header line, UTF-8, numbers with a decimal point.</summary>
/// <remarks>
/// Positions in messages count lines and columns from 1, the header being line 1. Empty lines are allowed at the end only.
/// </remarks>
public static class CsvFile
{
    // In a name, these would be taken for a separator, a line end or a quote unless the name stands in quotes.
    private static readonly SearchValues<char> s_special = SearchValues.Create(",\"\r\n;\t");

    private const string Mark = "# ";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>Reads the named columns of a table, or all of them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of the columns wanted, in the order wanted; all unless given. Other columns may hold anything.</param>
    /// <returns>The columns, every number finite, in double precision (<see cref="Matrix.Exact"/>).</returns>
    /// <exception cref="DataFormatException">The file holds something else; the message says where and what was expected.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">No column is wanted, or one twice.</exception>
    public static CsvTable Read(string path, IReadOnlyList<string>? columns = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (columns is not null && (columns.Count == 0 || columns.Distinct().Count() < columns.Count))
        {
            throw new ArgumentException(
                $"The columns wanted are '{string.Join("', '", columns)}'; expected at least one, each once.", nameof(columns));
        }

        try
        {
            using var text = Open(path);
            return Read(path, new CsvReader(path, text), columns);
        }
        catch (DecoderFallbackException fault)
        {
            throw NotText(path, fault);
        }
    }

    /// <summary>The names of a table's columns; none where there is no header.</summary>
    /// <exception cref="DataFormatException">The file holds something else.</exception>
    internal static List<string> NamesOf(string path)
    {
        try
        {
            using var text = Open(path);
            var record = new List<CsvField>();
            return new CsvReader(path, text).Read(record) && !IsBlank(record) ? Names(record) : [];
        }
        catch (DecoderFallbackException fault)
        {
            throw NotText(path, fault);
        }
    }

    /// <summary>Writes a table, whole or not at all; numbers in the shortest form that reads back the same.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="table">The table, at least one column; names neither empty nor repeated, numbers finite.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty or repeated, their number is not that of the columns, or a number is not finite.
    /// </exception>
    public static void Write(string path, CsvTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var (header, matrix) = table;
        if (header.Count == 0 || header.Count != matrix.Columns)
        {
            throw new ArgumentException(
                $"{header.Count} names for {matrix.Columns} columns; expected one each, and at least one.", nameof(table));
        }

        if (header.Any(string.IsNullOrWhiteSpace) || header.Distinct().Count() < header.Count)
        {
            throw new ArgumentException($"The names are '{string.Join("', '", header)}'; expected none empty or repeated.", nameof(table));
        }

        Check.Finite(matrix, "value", nameof(table));
        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            text.NewLine = "\n";
            text.WriteLine(string.Join(',', header.Select(Quote)));
            for (var i = 0; i < matrix.Rows; i++)
            {
                for (var j = 0; j < matrix.Columns; j++)
                {
                    text.Write(j > 0 ? "," : "");
                    text.Write(matrix.HasDoubles ? matrix.Exact(i, j).ToString("R", CultureInfo.InvariantCulture) : matrix[i, j].ToString("R", CultureInfo.InvariantCulture));
                }

                text.WriteLine();
            }
        });
    }

    private static CsvTable Read(string path, CsvReader reader, IReadOnlyList<string>? columns)
    {
        var record = new List<CsvField>();
        if (!reader.Read(record) || IsBlank(record))
        {
            throw new DataFormatException(path, "line 1", "there is no header", "the names of the columns, separated by commas");
        }

        var names = Names(record);
        var places = CsvHeader.Places(path, record, names, columns);
        var values = new List<double>();
        int? blank = null;
        while (reader.Read(record))
        {
            if (IsBlank(record))
            {
                blank ??= record[0].Line;
                continue;
            }

            if (blank is not null)
            {
                throw new DataFormatException(path, $"line {blank}", "the line is empty", $"{names.Count} fields, as the header has");
            }

            if (record.Count != names.Count)
            {
                throw new DataFormatException(
                    path, $"line {record[0].Line}", $"the line has {record.Count} fields", $"{names.Count}, as the header has");
            }

            foreach (var j in places)
            {
                values.Add(Number(path, record[j], j, names[j]));
            }
        }

        return new CsvTable(Array.ConvertAll(places, j => names[j]), Matrix.FromDoubles(values.Count / places.Length, places.Length, [.. values]));
    }

    private static double Number(string path, CsvField field, int column, string name)
    {
        if (double.TryParse(field.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            return value;
        }

        throw new DataFormatException(
            path,
            $"line {field.Line}, column {column + 1} ('{name}')",
            string.IsNullOrWhiteSpace(field.Text) ? "the field is empty" : $"the field is '{Shown(field.Text)}'",
            "a finite number with a decimal point, at most 1.8e308 in size");
    }

    private static string Name(CsvField field) => field.Quoted ? field.Text : field.Text.Trim();

    // Before the names that it is given numpy.savetxt writes a mark.
    private static List<string> Names(List<CsvField> record)
    {
        var names = record.ConvertAll(Name);
        if (names is [var first, ..] && !record[0].Quoted && first.StartsWith(Mark, StringComparison.Ordinal))
        {
            names[0] = first[Mark.Length..].TrimStart();
        }

        return names;
    }

    private static string Shown(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    // Also quoted: what would be trimmed or taken for a number or a mark.
    private static string Quote(string name) =>
        name.AsSpan().ContainsAny(s_special) || name != name.Trim() || CsvHeader.IsNumber(name) || name.StartsWith(Mark, StringComparison.Ordinal)
            ? $"\"{name.Replace("\"", "\"\"")}\""
            : name;

    /// <summary>Opens a file as text in UTF-8; what is not is told by <see cref="DecoderFallbackException"/> when it is read.</summary>
    internal static StreamReader Open(string path) => new(path, s_utf8, detectEncodingFromByteOrderMarks: false);

    /// <summary>The fault of a file that is not UTF-8.</summary>
    internal static DataFormatException NotText(string path, DecoderFallbackException fault) =>
        new(path, FirstInvalidByte(path), "the text is not UTF-8", "a text file in UTF-8", fault);

    /// <summary>Whether a record is an empty line.</summary>
    internal static bool IsBlank(List<CsvField> record) => record is [{ Quoted: false } only] && string.IsNullOrWhiteSpace(only.Text);

    private static string FirstInvalidByte(string path)
    {
        // In pieces, each with what the one before could not decode by its end: the file may be large.
        using var stream = File.OpenRead(path);
        var buffer = new byte[1 << 16];
        var (at, line, kept) = (0L, 1, 0);
        while (true)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            var bytes = buffer.AsSpan(0, kept + read);
            var isLast = bytes.Length < buffer.Length;
            while (Rune.DecodeFromUtf8(bytes, out var rune, out var length) is var status && status != OperationStatus.NeedMoreData)
            {
                if (status == OperationStatus.InvalidData)
                {
                    return $"line {line} (byte {at})";
                }

                at += length;
                line += rune.Value == '\n' ? 1 : 0;
                bytes = bytes[length..];
            }

            if (isLast)
            {
                return $"line {line} (byte {at})";
            }

            kept = bytes.Length;
            bytes.CopyTo(buffer);
        }
    }
}
