using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HtiTune.Server;

/// <summary>The OpenAPI document: enough to generate a client from that needs no other page.</summary>
internal static class ApiDocument
{
    private const string Scheme = "key";

    private static readonly (string Name, string Description)[] s_tags =
    [
        ("Studies", "What is tuned, what was trained, and what is believed."), ("Work", "For workers outside of the service: claim a training, renew its lease, tell its result."),
        ("Surrogates", "The distribution of outputs between trainings."), ("Service", "Networks, queues, workers, health."), ("Keys", "API keys."),
        ("Webhooks", "Addresses that are told of what happens."),
    ];

    internal static void Configure(OpenApiOptions document)
    {
        document.AddDocumentTransformer((openApi, _, _) =>
        {
            openApi.Info.Title = "HtiTune";
            openApi.Info.Version = ProcessPresence.Version;
            openApi.Info.License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" };
            openApi.Info.Description = "Studies that outlive processes and machines. Every request carries Authorization: Bearer hti_…; every error is a problem document (RFC 9457).";
            foreach (var server in openApi.Servers ?? [])
            {
                server.Url = server.Url?.TrimEnd('/');
            }

            openApi.Components ??= new OpenApiComponents();
            openApi.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "hti_ID_SECRET", Description = "An API key, of HtiTune.Server keys add or POST /api/v1/keys." },
            };
            openApi.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, openApi)] = [] }];
            foreach (var tag in openApi.Tags ?? new HashSet<OpenApiTag>())
            {
                tag.Description = s_tags.Single(one => one.Name == tag.Name).Description;
            }

            return Task.CompletedTask;
        });
        document.AddOperationTransformer(ApiOperations.CompleteAsync);
        document.AddSchemaTransformer(ApiSchemas.CompleteAsync);
    }
}
