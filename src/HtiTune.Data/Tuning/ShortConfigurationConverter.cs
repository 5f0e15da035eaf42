using System.Text.Json;

namespace HtiTune.Journal;

/// <summary>A configuration in a journal: the number alone where there is one hyperparameter, whose name the header holds; else names and values.</summary>
public sealed class ShortConfigurationConverter : JsonConverter<Configuration>
{
    // Of one that is a number alone in its line.
    private const string NoName = "lambda";

    private static readonly ConfigurationConverter s_names = new();

    /// <inheritdoc/>
    public override Configuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadOne(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Configuration value, JsonSerializerOptions options) => WriteOne(writer, value);

    /// <summary>A configuration that was read, with the name that the header holds.</summary>
    internal static Configuration Named(Configuration configuration, string hyperparameter) =>
        configuration.Count == 1 && configuration.TryGet(NoName, out var value) ? new Configuration(hyperparameter, value) : configuration;

    internal static Configuration ReadOne(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number
        ? new Configuration(NoName, reader.GetDouble())
        : s_names.Read(ref reader, typeof(Configuration), JsonSerializerOptions.Default);

    internal static void WriteOne(Utf8JsonWriter writer, Configuration value)
    {
        if (value.Count == 1 && double.IsFinite(value.Lambda))
        {
            writer.WriteNumberValue(value.Lambda);
        }
        else
        {
            s_names.Write(writer, value, JsonSerializerOptions.Default);
        }
    }
}

/// <summary>Configurations in a journal, each as <see cref="ShortConfigurationConverter"/> has it.</summary>
internal sealed class ShortConfigurationsConverter : JsonConverter<IReadOnlyList<Configuration>>
{
    public override IReadOnlyList<Configuration> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"configurations are {reader.TokenType}; expected an array");
        }

        var configurations = new List<Configuration>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            configurations.Add(ShortConfigurationConverter.ReadOne(ref reader));
        }

        return configurations;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<Configuration> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var configuration in value)
        {
            ShortConfigurationConverter.WriteOne(writer, configuration);
        }

        writer.WriteEndArray();
    }
}
