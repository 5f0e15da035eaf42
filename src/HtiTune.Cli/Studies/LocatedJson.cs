namespace HtiTune.Cli;

/// <summary>A value of a JSON file that knows its line, so that a fault can be shown there.</summary>
/// <param name="Kind">Object, array, string, number, true, false or null.</param>
/// <param name="Line">Its line, from 1.</param>
internal sealed record LocatedJson(JsonTokenType Kind, int Line)
{
    private const int SizeLimit = 1 << 20;

    /// <summary>The text of a string, or the digits of a number.</summary>
    internal string Text { get; private init; } = "";

    /// <summary>An object's members, in order.</summary>
    internal List<(string Name, int Line, LocatedJson Value)> Members { get; } = [];

    /// <summary>An array's elements.</summary>
    internal List<LocatedJson> Elements { get; } = [];

    /// <summary>The number; NaN where it is none.</summary>
    internal double Number =>
        Kind == JsonTokenType.Number && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : double.NaN;

    /// <summary>What it is, for messages.</summary>
    internal string Shown => Kind switch
    {
        JsonTokenType.String => $"\"{(Text.Length > 60 ? Text[..60] + "…" : Text)}\"",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        _ => Text,
    };

    /// <summary>Reads a file; comments and trailing commas are allowed.</summary>
    /// <exception cref="CliException">It is no JSON, or too large; the message names file, line and column.</exception>
    internal static LocatedJson Read(string path, string code)
    {
        var size = new FileInfo(path).Length;
        CliException.ThrowIf(size > SizeLimit, code, $"{path}: the file has {size} bytes; expected a JSON file of at most {SizeLimit}.");

        var bytes = File.ReadAllBytes(path);
        var text = bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes.AsSpan(3) : bytes;
        var lines = new LineCounter(text.ToArray());
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16 });
        try
        {
            reader.Read();
            var root = Value(ref reader, lines);
            while (reader.Read())
            {
            }

            return root;
        }
        catch (JsonException problem)
        {
            var message = problem.Message.Split(" LineNumber:", StringSplitOptions.None)[0];
            throw new CliException(code, $"{path}:{problem.LineNumber + 1}:{problem.BytePositionInLine + 1}: {message}");
        }
        catch (InvalidOperationException)
        {
            throw new CliException(code, $"{path}:{lines.At(reader.TokenStartIndex)}: the text is not UTF-8; expected a JSON file in UTF-8.");
        }
    }

    private static LocatedJson Value(ref Utf8JsonReader reader, LineCounter lines)
    {
        var line = lines.At(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var node = new LocatedJson(JsonTokenType.StartObject, line);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (name, at) = (reader.GetString()!, lines.At(reader.TokenStartIndex));
                    reader.Read();
                    node.Members.Add((name, at, Value(ref reader, lines)));
                }

                return node;
            case JsonTokenType.StartArray:
                var list = new LocatedJson(JsonTokenType.StartArray, line);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Elements.Add(Value(ref reader, lines));
                }

                return list;
            case JsonTokenType.String:
                return new LocatedJson(JsonTokenType.String, line) { Text = reader.GetString()! };
            default:
                return new LocatedJson(reader.TokenType, line) { Text = System.Text.Encoding.UTF8.GetString(reader.ValueSpan) };
        }
    }

    // Tokens come in order: it counts on from where it was.
    private sealed class LineCounter(byte[] text)
    {
        private long _at;
        private int _line = 1;

        internal int At(long place)
        {
            for (; _at < place && _at < text.Length; _at++)
            {
                _line += text[_at] == (byte)'\n' ? 1 : 0;
            }

            return _line;
        }
    }
}
