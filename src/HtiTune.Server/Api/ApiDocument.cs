using System.Text.Json.Nodes;
using HtiTune.Data;
using HtiTune.Hosting;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HtiTune.Server;

/// <summary>What the OpenAPI document says beside what the code shows by itself.</summary>
internal static class ApiDocument
{
    internal static void Configure(OpenApiOptions document)
    {
        document.AddDocumentTransformer((openApi, _, _) =>
        {
            openApi.Info.Title = "HtiTune";
            openApi.Info.Description = "Studies that outlive processes and machines. Every request carries Authorization: Bearer hti_…; every error is a problem document (RFC 9457).";
            return Task.CompletedTask;
        });

        // The scales are a text in the definition, for one of them carries a number.
        document.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo is { Name: "scale", DeclaringType: var type } && type == typeof(StudyDefinition))
            {
                schema.AnyOf = [new OpenApiSchema { Enum = [.. Scale.Names.Select(name => (JsonNode)name)] }, new OpenApiSchema { Pattern = "^symlog=.+$" }];
            }

            return Task.CompletedTask;
        });
    }
}
