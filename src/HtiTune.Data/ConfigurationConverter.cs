using System.Text.Json;

namespace HtiTune.Data;

/// <summary>A configuration as JSON: an object of names and numbers or words, in order; numbers to the last bit.</summary>
public sealed class ConfigurationConverter : JsonConverter<Configuration>
{
    /// <inheritdoc/>
    public override Configuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"a configuration is {reader.TokenType}; expected an object of names and values");
        }

        var values = new List<(string, HyperparameterValue)>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            values.Add((name, reader.TokenType switch
            {
                JsonTokenType.Number => reader.GetDouble(),
                JsonTokenType.String => reader.GetString()!,
                _ => throw new JsonException($"the value of '{name}' is {reader.TokenType}; expected a number or a word"),
            }));
        }

        try
        {
            return new Configuration(values);
        }
        catch (ArgumentException problem)
        {
            throw new JsonException(problem.Message, problem);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Configuration value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, one) in value.Pairs)
        {
            if (one.IsNumber)
            {
                writer.WriteNumber(name, one.Number);
            }
            else
            {
                writer.WriteString(name, one.Word);
            }
        }

        writer.WriteEndObject();
    }
}
