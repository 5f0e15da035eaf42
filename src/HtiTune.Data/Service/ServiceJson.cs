using System.Text.Json;
using System.Text.Json.Serialization;

namespace HtiTune.Service;

/// <summary>JSON as the service speaks it: names and words begin in small letters, what is null is left out, and what is no number is null.</summary>
internal static class ServiceJson
{
    internal static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new NumberOrNothing() },
    };

    /// <summary>The same in lines that people can read, for what a program keeps beside a study.</summary>
    internal static JsonSerializerOptions Lines { get; } = new(Options) { WriteIndented = true };
}
