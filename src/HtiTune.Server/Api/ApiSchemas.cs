using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HtiTune.Journal;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HtiTune.Server;

/// <summary>What the document says of types beside what their members show: of numbers, configurations and scales, which converters write, and of answers, whose members are all there.</summary>
internal static class ApiSchemas
{
    // Members that are null where there is no such number.
    private static readonly string[] s_maybe = ["lambda", "lambdaLow", "lambdaHigh", "predicted", "predictedDeviation", "regretBound", "expectedGain", "low", "high"];

    private static readonly Type[] s_requests =
    [
        typeof(CreateStudyRequest), typeof(EarlierTraining), typeof(StudyDefinition), typeof(TunerSettings), typeof(PreferRequest), typeof(EnqueueRequest),
        typeof(PredictRequest), typeof(CancelRequest), typeof(WorkRequest), typeof(AttemptReport), typeof(WorkResult), typeof(KeyRequest),
    ];

    internal static Task CompleteAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var (type, member) = (context.JsonTypeInfo.Type, context.JsonPropertyInfo);
        if (member is { Name: "scale" } && member.DeclaringType == typeof(StudyDefinition))
        {
            // The scales are a text in the definition, for one of them carries a number.
            schema.AnyOf = [new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. Scale.Names.Select(name => (JsonNode)name)] }, new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^symlog=.+$" }];
        }
        else if (type == typeof(double) || type == typeof(double?))
        {
            var isMissing = type == typeof(double?) || member is not null && !s_requests.Contains(member.DeclaringType) && s_maybe.Contains(member.Name);
            schema.Type = JsonSchemaType.Number | (isMissing ? JsonSchemaType.Null : 0);
            schema.Format = "double";
        }
        else if (type == typeof(Matrix))
        {
            (schema.Type, schema.Items) = (JsonSchemaType.Array | ((schema.Type ?? 0) & JsonSchemaType.Null), new OpenApiSchema { Type = JsonSchemaType.Array, Items = Number() });
        }
        else if (type == typeof(Configuration))
        {
            Fill(schema, Configuration());
        }
        else if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && schema.Items is null or OpenApiSchema { Type: null, AnyOf: null, OneOf: null })
        {
            schema.Items = element == typeof(double) ? Number() : element == typeof(Configuration) ? Configuration() : schema.Items;
        }
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && !s_requests.Contains(type) && schema.Properties is { Count: > 0 })
        {
            // What answers gain later breaks no client.
            schema.AdditionalPropertiesAllowed = true;
            schema.AdditionalProperties = null;
            var absent = context.JsonTypeInfo.Properties.Where(one => one.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), true) == true).Select(one => one.Name);
            schema.Required = schema.Properties.Keys.Except(absent).ToHashSet();
            if (type == typeof(NeedsTraining))
            {
                schema.Properties["at"] = new OpenApiSchema { AnyOf = [Number(), Configuration()], Description = "Where a training is worth most: λ, or a configuration of several hyperparameters." };
            }

            schema.Examples = type == typeof(Problems.ProblemBody) ? [ApiExamples.Problem] : schema.Examples;
        }

        if (schema.Enum is { Count: > 0 } && schema.Type is null)
        {
            schema.Type = JsonSchemaType.String | (Nullable.GetUnderlyingType(type) is null ? 0 : JsonSchemaType.Null);
        }

        if (schema.Default is { } standard && member is not null && s_requests.Contains(member.DeclaringType))
        {
            // Generators take a member with a default for one that is always there; who asks may leave it out.
            schema.Description = $"{schema.Description} {standard.ToJsonString()} where it is left out.".TrimStart();
            schema.Default = null;
        }

        return Task.CompletedTask;
    }

    /// <summary>What is asked of a surrogate: conditions, or so many draws.</summary>
    internal static OpenApiSchema SampleRequest() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "lambda" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["lambda"] = Number(),
            ["conditions"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Number() }, Description = "A row of conditions for each row of outputs." },
            ["rows"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000000", Description = "In place of conditions: so many draws." },
        },
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema Number() => new() { Type = JsonSchemaType.Number, Format = "double" };

    private static OpenApiSchema Configuration() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Each active hyperparameter's name and value: a number, or one of its words.",
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Number | JsonSchemaType.String },
    };

    private static void Fill(OpenApiSchema schema, OpenApiSchema with)
    {
        (schema.Type, schema.Format, schema.AdditionalProperties) = (with.Type | ((schema.Type ?? 0) & JsonSchemaType.Null), with.Format, with.AdditionalProperties);
        schema.Description ??= with.Description;
    }
}
