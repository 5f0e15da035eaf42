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
}
