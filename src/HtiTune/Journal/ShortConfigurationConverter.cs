using System.Text.Json;
using System.Text.Json.Serialization;
using HtiTune.Data;

namespace HtiTune;

/// <summary>A configuration in a journal: the number alone where there is one hyperparameter, whose name the header holds; else names and values.</summary>
internal sealed class ShortConfigurationConverter : JsonConverter<Configuration>
{
    public override Configuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.Number
        ? new Configuration("lambda", reader.GetDouble())
        : JsonSerializer.Deserialize(ref reader, JournalJson.Default.Configuration) ?? throw new JsonException("a configuration is null; expected a number or an object");

    public override void Write(Utf8JsonWriter writer, Configuration value, JsonSerializerOptions options)
    {
        if (value.Count == 1 && double.IsFinite(value.Lambda))
        {
            writer.WriteNumberValue(value.Lambda);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, JournalJson.Default.Configuration);
        }
    }
}
