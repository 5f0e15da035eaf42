using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HtiTune.Server;

/// <summary>What the document says of an operation beside its types: headers, lists of words, bodies that are no JSON, examples.</summary>
internal static partial class ApiOperations
{
    private const string Binary = "application/octet-stream";

    internal static Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
        }

        foreach (var parameter in operation.Parameters ?? [])
        {
            Words(parameter);
            if (operation.OperationId == "listStudies" && parameter is OpenApiParameter { Name: "state" } state)
            {
                state.Schema = new OpenApiSchemaReference(nameof(StudyState), context.Document);
            }
        }

        Headers(operation);
        Bodies(operation, context.Document!);
        if (operation.RequestBody?.Content is { } content && content.TryGetValue("application/json", out var body) && ApiExamples.Of(operation.OperationId!) is { } example)
        {
            body.Example = example;
        }

        return Task.CompletedTask;
    }

    // A part of a path that takes few words is an enumeration, not a pattern.
    private static void Words(IOpenApiParameter parameter)
    {
        if (parameter.Schema is OpenApiSchema { Pattern: { } pattern } schema && Alternatives().Match(pattern) is { Success: true } match)
        {
            schema.Pattern = null;
            schema.Enum = [.. match.Groups[1].Value.Split('|').Select(word => (JsonNode)word)];
        }
    }

    private static void Headers(OpenApiOperation operation)
    {
        if (operation.OperationId == "createStudy")
        {
            Request("Idempotency-Key", "The same key with the same request gives the study that was begun first, with another request 422. 1 to 200 characters.");
            Response("201", "Location", "Address of the study.", JsonSchemaType.String);
        }
        else if (operation.OperationId == "listStudies")
        {
            Response("200", "X-Total-Count", "Studies that match, on all pages.", JsonSchemaType.Integer);
            Response("200", "Link", "The next page's address, with rel=next; missing on the last.", JsonSchemaType.String);
        }
        else if (operation.OperationId == "streamEvents")
        {
            Request("Last-Event-ID", "The number of the last event that was seen; those behind it follow.");
        }
        else if (operation.OperationId == "claim")
        {
            Response("204", "Retry-After", "Seconds to wait.", JsonSchemaType.Integer);
        }

        if (operation.Responses?.ContainsKey("200") == true)
        {
            Response("202", "Retry-After", "Seconds to wait before it is asked for again.", JsonSchemaType.Integer);
        }

        Response("401", "WWW-Authenticate", "Bearer.", JsonSchemaType.String);
        Response("429", "Retry-After", "Seconds to wait.", JsonSchemaType.Integer);
        Response("503", "Retry-After", "Seconds to wait.", JsonSchemaType.Integer);

        void Request(string name, string description) => (operation.Parameters ??= []).Add(
            new OpenApiParameter { Name = name, In = ParameterLocation.Header, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });

        void Response(string status, string name, string description, JsonSchemaType type)
        {
            if (operation.Responses?.TryGetValue(status, out var found) == true && found is OpenApiResponse response)
            {
                (response.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } };
            }
        }
    }

    private static void Bodies(OpenApiOperation operation, OpenApiDocument document)
    {
        if (operation.OperationId == "createStudy" && operation.RequestBody?.Content is { } content)
        {
            content["multipart/form-data"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "definition" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["definition"] = new OpenApiSchemaReference(nameof(StudyDefinition), document),
                        ["anchors"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = File(), Description = "Outputs of trainings made before, as .npy; each file is named by its λ: 0.25.npy." },
                    },
                },
                Encoding = new Dictionary<string, OpenApiEncoding>
                {
                    ["definition"] = new() { ContentType = "application/json" }, ["anchors"] = new() { ContentType = Binary },
                },
            };
        }
        else if (operation.OperationId == "sample")
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = ApiSchemas.SampleRequest() }, [Binary] = new() { Schema = File("Conditions as .npy [n, C], with ?lambda=.") },
                },
            };
            operation.Responses!["200"].Content![Binary] = new OpenApiMediaType { Schema = File("Outputs as .npy [n, D], where Accept asks for it.") };
        }
    }

    private static OpenApiSchema File(string? description = null) => new() { Type = JsonSchemaType.String, Format = "binary", Description = description };

    [GeneratedRegex(@"^\^\(([\w|-]+)\)\$$")]
    private static partial Regex Alternatives();
}
