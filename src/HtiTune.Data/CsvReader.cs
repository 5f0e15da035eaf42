using System.Text;

namespace HtiTune.Data;

/// <summary>A field of a comma-separated file.</summary>
/// <param name="Text">Its text, quotes taken off.</param>
/// <param name="Quoted">Whether it stood in quotes.</param>
/// <param name="Line">The line on which it starts, from 1.</param>
internal readonly record struct CsvField(string Text, bool Quoted, int Line);

/// <summary>Takes a comma-separated file apart [RFC4180]: fields in quotes may hold commas, line ends, and quotes doubled.</summary>
internal sealed class CsvReader(string file, TextReader reader)
{
    private const int End = -1;

    // More is no table, and must not fill the memory before that is told.
    private const int LongestField = 1 << 20;
    private const int MostFields = 1 << 20;
    private readonly StringBuilder _text = new();
    private int _line = 1;

    /// <summary>Reads the next record; false at the end of the file.</summary>
    /// <param name="record">Takes the fields.</param>
    internal bool Read(List<CsvField> record)
    {
        record.Clear();
        if (reader.Peek() == End)
        {
            return false;
        }

        do
        {
            if (record.Count == MostFields)
            {
                throw new DataFormatException(file, $"line {_line}", $"the line has more than {MostFields} fields", $"at most {MostFields}");
            }

            record.Add(reader.Peek() == '"' ? Quoted(record.Count + 1) : Plain(record.Count + 1));
        }
        while (Skip(','));

        // Plain and Quoted stop before a comma, a line end or the end of the file.
        if (Skip('\r') | Skip('\n'))
        {
            _line++;
        }

        return true;
    }

    private CsvField Plain(int column)
    {
        _text.Clear();
        while (reader.Peek() is not (',' or '\r' or '\n' or End))
        {
            if (reader.Peek() == '"')
            {
                throw Fault(_line, column, "a quote stands within a field", "quotes around the whole field, and quotes within doubled");
            }

            Append(reader.Read(), _line, column);
        }

        return new CsvField(_text.ToString(), false, _line);
    }

    private CsvField Quoted(int column)
    {
        var start = _line;
        _text.Clear();
        reader.Read();
        while (true)
        {
            var next = reader.Read();
            if (next == End)
            {
                throw Fault(start, column, "the file ends within quotes that open here", "closing quotes");
            }

            if (next == '"' && !Skip('"'))
            {
                return reader.Peek() is ',' or '\r' or '\n' or End
                    ? new CsvField(_text.ToString(), true, start)
                    : throw Fault(_line, column, $"'{(char)reader.Peek()}' follows the closing quotes", "a comma or the end of the line");
            }

            _line += next == '\n' ? 1 : 0;
            Append(next, start, column);
        }
    }

    private void Append(int next, int line, int column)
    {
        if (_text.Length == LongestField)
        {
            throw Fault(line, column, $"the field is longer than {LongestField} characters", "a shorter one");
        }

        _text.Append((char)next);
    }

    private bool Skip(char expected)
    {
        var ahead = reader.Peek() == expected;
        if (ahead)
        {
            reader.Read();
        }

        return ahead;
    }

    private DataFormatException Fault(int line, int column, string found, string expected) =>
        new(file, $"line {line}, column {column}", found, expected);
}
