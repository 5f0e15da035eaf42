using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HtiTune.Service;

/// <summary>
/// JSON of all that is told or written down, each form of it once. Names begin with a small letter in all of them; they differ in how words are spelt, in what stands for
/// nothing and for what is no number, and in how strict they read.
/// </summary>
internal static class HtiTuneJson
{
    private const int StoreDepth = 32, ApiDepth = 16;

    /// <summary>As clients speak with the service: words in small letters, what is null is left out, and what is no number is null.</summary>
    internal static JsonSerializerOptions Service { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new NumberOrNothing() },
    };

    /// <summary>The same in lines that people can read, for what a program keeps beside a study.</summary>
    internal static JsonSerializerOptions Lines { get; } = new(Service) { WriteIndented = true };

    /// <summary>As a store keeps definitions, results and the data of events: words as the code has them, what is null is left out, and what is no number has its name.</summary>
    internal static JsonSerializerOptions Store { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        MaxDepth = StoreDepth,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutNoLambda } },
    };

    /// <summary>As the service answers: words in small letters, null as null, and what is no number is null; it reads nothing that it does not know.</summary>
    internal static JsonSerializerOptions Api { get; } = Strict(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Makes options those of <see cref="Api"/>.</summary>
    internal static JsonSerializerOptions Strict(JsonSerializerOptions options)
    {
        options.MaxDepth = ApiDepth;

        // No browser takes these answers for a page.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new NumberOrNothing(isStrict: true));
        return options;
    }

    /// <summary>As the command line writes results, and what it keeps beside a journal: words as the code has them, null as null, and what is no number has its name.</summary>
    internal static JsonSerializerOptions CommandLine() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>As a line of a study's journal: words as the code has them, null as null, and what is no number has its name; what is missing is refused.</summary>
    /// <param name="types">The events, without reflection.</param>
    /// <param name="words">How their words are read.</param>
    internal static JsonSerializerOptions Journal(IJsonTypeInfoResolver types, params ReadOnlySpan<JsonConverter> words)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = types,
        };
        foreach (var word in words)
        {
            options.Converters.Add(word);
        }

        return options;
    }

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
}
