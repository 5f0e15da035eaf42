using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace HtiTune.Hosting;

/// <summary>JSON of the store: definitions, results and the data of events.</summary>
internal static class StudyJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        MaxDepth = 32,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutNoLambda } },
    };

    // Over several hyperparameters a result has a configuration, and no λ.
    private static void WithoutNoLambda(JsonTypeInfo type)
    {
        if (type.Type == typeof(StudyResult))
        {
            foreach (var member in type.Properties.Where(one => one.Name is "lambda" or "lambdaLow" or "lambdaHigh"))
            {
                member.ShouldSerialize = (_, value) => value is not double.NaN;
            }
        }
    }

    /// <summary>A value as requests and answers spell it.</summary>
    public static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException("null where data is expected");
}

/// <summary>What a trial's <see cref="TrialRow.Measures"/> holds: the values of all that the run measures, by objective, and whether every constraint is met.</summary>
internal sealed record TrialMeasures(IReadOnlyDictionary<string, double> Features, bool? IsFeasible);
