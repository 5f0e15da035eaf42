using System.Text;

namespace HtiTune.Cli;

/// <summary>Writes JSON on standard output: one object a line, each with the version of its form.</summary>
internal static class EventWriter
{
    /// <summary>The version of all JSON that the command writes. Members may be added to it; what is there keeps its meaning.</summary>
    internal const int Schema = 2;

    /// <summary>One line; letters of all languages as they are.</summary>
    internal static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Lock s_lock = new();

    /// <summary>The members that <c>--json a,b</c> chose; null for all.</summary>
    internal static IReadOnlyList<string>? Fields { get; set; }

    /// <summary>Writes one object.</summary>
    internal static void Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", Schema);
            members(writer);
            writer.WriteEndObject();
        }

        var text = Fields is { } fields ? ChosenFields.Of(stream.ToArray(), fields) : Encoding.UTF8.GetString(stream.ToArray());
        lock (s_lock)
        {
            Console.Out.WriteLine(text);
            Console.Out.Flush();
        }
    }

    /// <summary>A state as JSON and lists have it: in small letters.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Writes an event with its time.</summary>
    internal static void Event(string name, Action<Utf8JsonWriter> members) => Write(writer =>
    {
        writer.WriteString("event", name);
        writer.WriteString("time", TimeProvider.System.GetUtcNow());
        members(writer);
    });

    /// <summary>Writes where a training is made: λ where there is one hyperparameter, else names and values.</summary>
    internal static void Place(Utf8JsonWriter writer, Configuration at, bool isLine)
    {
        if (isLine)
        {
            writer.Number("lambda", at.Lambda);
            return;
        }

        writer.WritePropertyName("configuration");
        new ConfigurationConverter().Write(writer, at, JsonSerializerOptions.Default);
    }

    /// <summary>Writes a number, or null where there is none or it is not finite.</summary>
    internal static void Number(this Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
