using System.Text;

namespace HtiTune.Cli;

/// <summary>The members of an output that <c>--json a,b</c> names: of a list's entries where the output is one list, else of the output itself.</summary>
internal static class ChosenFields
{
    private const string Option = "--json";

    /// <summary>Takes the fields off a command line: what follows <c>--json</c>, where it is no option, and no file or folder that exists.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The command line without them, and the fields; null for all.</returns>
    internal static (string[] Args, IReadOnlyList<string>? Fields) Split(string[] args)
    {
        for (var i = 0; i < args.Length && args[i] != "--"; i++)
        {
            if (args[i].StartsWith(Option + "=", StringComparison.Ordinal))
            {
                return ([.. args[..i], Option, .. args[(i + 1)..]], Names(args[i][(Option.Length + 1)..]));
            }

            // `tell --json 3 out.npy` names a training there, no field.
            if (args[i] == Option && i + 1 < args.Length && args[i + 1] is [>= 'a' and <= 'z', ..] && args[i + 1].All(c => char.IsAsciiLetterOrDigit(c) || c == ',') && !Path.Exists(args[i + 1]))
            {
                return ([.. args[..(i + 1)], .. args[(i + 2)..]], Names(args[i + 1]));
            }
        }

        return (args, null);
    }

    /// <summary>An output with the chosen members alone, in the order in which they were named.</summary>
    /// <exception cref="CliException">A field is none of its members; the message names them.</exception>
    internal static string Of(ReadOnlyMemory<byte> json, IReadOnlyList<string> fields)
    {
        using var document = JsonDocument.Parse(json);
        var lists = document.RootElement.EnumerateObject().Where(member => IsList(member.Value)).ToList();
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, EventWriter.Options))
        {
            if (lists is [var list] && !fields.All(name => document.RootElement.TryGetProperty(name, out _)))
            {
                writer.WriteStartArray();
                foreach (var entry in list.Value.EnumerateArray())
                {
                    Choose(writer, entry, fields);
                }

                writer.WriteEndArray();
            }
            else
            {
                Choose(writer, document.RootElement, fields);
            }
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static bool IsList(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.Object) && value.GetArrayLength() > 0;

    private static void Choose(Utf8JsonWriter writer, JsonElement entry, IReadOnlyList<string> fields)
    {
        writer.WriteStartObject();
        foreach (var name in fields)
        {
            if (!entry.TryGetProperty(name, out var value))
            {
                var members = entry.EnumerateObject().Select(member => member.Name).ToList();
                throw new CliException("H001", $"--json names '{name}'{Nearest.Question(name, members)}; expected some of {string.Join(", ", members)}.");
            }

            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } names
        ? names
        : throw new CliException("H001", "--json= names no field; expected names with commas between, e.g. --json=number,lambda.");
}
