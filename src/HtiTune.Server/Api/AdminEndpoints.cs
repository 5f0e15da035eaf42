namespace HtiTune.Server;

/// <summary>Workers, queues, networks and keys.</summary>
internal static class AdminEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/networks", (IStudyService service) => Results.Json(service.Networks, HtiTuneJson.Api)).RequireAuthorization(ApiEndpoints.Read).WithTags("Service").WithSummary("Networks that the server can train");
        api.MapGet("/queues", async (HttpContext context, IStudyService service) =>
            Results.Json(await service.QueuesAsync(context.User.Tenant(), context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithTags("Service").WithSummary("Queues, and what waits in them");
        api.MapGet("/workers", async (HttpContext context, PresentWorkers workers) =>
            Results.Json(await workers.ListAsync(context.User.Tenant(), context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithTags("Service").WithSummary("Workers that are there or set aside; of a tenant its own");
        api.MapPost("/workers/{name}/reinstate", (string name, HttpContext context, IStudyService service) => ReinstateAsync(context, service, context.User.Tenant(), name))
            .RequireAuthorization(ApiEndpoints.Write).WithTags("Service").WithSummary("Take a worker that was set aside back into service, by the name that it claims with");
        api.MapPost("/workers/{tenant}/{name}/reinstate", (string tenant, string name, HttpContext context, IStudyService service) =>
            ReinstateAsync(context, service, context.User.Tenant() is { } own && own != tenant ? "\0" : tenant, name))
            .RequireAuthorization(ApiEndpoints.Write).WithTags("Service").WithSummary("Take a tenant's worker that was set aside back into service");

        var keys = api.MapGroup("/keys").RequireAuthorization(ApiEndpoints.Admin).WithTags("Keys");
        keys.MapGet("/", async (HttpContext context, StudyStore store) =>
            Results.Json((await store.KeysAsync(context.User.Tenant(), context.RequestAborted).ConfigureAwait(false)).Select(key => new KeyShown(
                key.Id, key.Name, key.Tenant, key.Scopes, DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt), key.RevokedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null)), HtiTuneJson.Api))
            .WithSummary("Keys, without their secrets");
        keys.MapPost("/", async (KeyRequest body, HttpContext context, StudyStore store, ServerOptions options) =>
        {
            var tenant = body.Tenant ?? context.User.OwnTenant();
            if (context.User.Tenant() is { } own && tenant != own)
            {
                throw new StudyServiceException(StudyServiceError.Invalid, "tenant: only operators make keys of other tenants.");
            }

            try
            {
                var (key, row) = ApiKeys.Make(body.Name, tenant, body.Scopes, options);
                await store.AddKeyAsync(row, context.RequestAborted).ConfigureAwait(false);
                return Results.Json(new KeyMade(row.Id, key, row.Tenant, row.Scopes), HtiTuneJson.Api, statusCode: StatusCodes.Status201Created);
            }
            catch (FormatException problem)
            {
                throw new StudyServiceException(StudyServiceError.Invalid, problem.Message);
            }
        }).WithSummary("Make a key; it is shown this once");
        keys.MapDelete("/{id}", async (string id, HttpContext context, StudyStore store, ApiKeys keys) =>
        {
            var row = await store.FindKeyAsync(id, context.RequestAborted).ConfigureAwait(false);
            if (row is null || context.User.Tenant() is { } tenant && row.Tenant != tenant || !await store.RevokeKeyAsync(id, context.RequestAborted).ConfigureAwait(false))
            {
                throw new StudyServiceException(StudyServiceError.NotFound, "There is no such key.");
            }

            keys.Forget(id);
            return Results.NoContent();
        }).WithSummary("Revoke a key");
    }

    // A slash within a segment stays escaped on its way here.
    private static async Task<IResult> ReinstateAsync(HttpContext context, IStudyService service, string? tenant, string name)
    {
        await service.ReinstateAsync(tenant, name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), context.RequestAborted).ConfigureAwait(false);
        return Results.NoContent();
    }
}
