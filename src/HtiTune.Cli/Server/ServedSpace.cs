using System.Text.Json;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary>The hyperparameters of a study that a server keeps, and its configurations as they come over the wire.</summary>
internal static class ServedSpace
{
    /// <summary>What a study tunes.</summary>
    internal static SearchSpace Of(StudyRequest definition) => definition.Hyperparameters is { } texts
        ? SearchSpace.Parse(texts)
        : Hyperparameter.Continuous(definition.Hyperparameter ?? "lambda", definition.Minimum ?? 0, definition.Maximum ?? 1, Scale.Parse(definition.Scale ?? "linear"));

    /// <summary>A configuration of a study; a server of an earlier version tells λ alone.</summary>
    internal static Configuration At(string name, double lambda, IReadOnlyDictionary<string, JsonElement>? configuration) => configuration is { Count: > 0 }
        ? new Configuration([.. configuration.Select(pair => (pair.Key, ValueOf(pair.Value)))])
        : new Configuration(name, lambda);

    /// <summary>A configuration as it goes over the wire.</summary>
    internal static IReadOnlyDictionary<string, JsonElement> Wire(Configuration configuration) => configuration.Pairs.ToDictionary(
        pair => pair.Key, pair => pair.Value.IsNumber ? JsonSerializer.SerializeToElement(pair.Value.Number) : JsonSerializer.SerializeToElement(pair.Value.Word));

    private static HyperparameterValue ValueOf(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() ?? "";
}
