namespace HtiTune.Server;

/// <summary>A webhook to be added.</summary>
/// <param name="Url">Where calls go: an address of a host that the operator lists.</param>
/// <param name="Kinds">What is told: study.ended, training.wanted.</param>
internal sealed record WebhookRequest(string Url, IReadOnlyList<string> Kinds);

/// <summary>Webhooks of a tenant: for the end of a study, and for a training that waits for an outside worker.</summary>
internal sealed class Webhooks(WebhookStore store, WebhookAddresses addresses)
{
    /// <summary>Webhooks of a tenant.</summary>
    internal const int Most = 20;

    public async Task<IReadOnlyList<Webhook>> ListAsync(string? tenant, CancellationToken cancellation) =>
        [.. (await store.ListAsync(tenant, cancellation).ConfigureAwait(false)).Select(Of)];

    public async Task<Webhook> AddAsync(string tenant, string? url, IReadOnlyList<string>? kinds, CancellationToken cancellation)
    {
        List<string> faults = addresses.FaultOf(url) is { } fault ? [$"url: {fault}"] : [];
        if (kinds is not { Count: > 0 } || kinds.Except(WebhookKind.All).Any())
        {
            faults.Add($"kinds are {(kinds is { Count: > 0 } ? string.Join(", ", kinds) : "missing")}; expected some of {string.Join(", ", WebhookKind.All)}");
        }

        StudyServiceException.ThrowIf(faults.Count > 0, StudyServiceError.Invalid, $"The webhook: {string.Join("; ", faults)}.");

        var row = new WebhookRow { Tenant = tenant, Url = url!, Kinds = WordColumn.Of([.. kinds!.Distinct()])!, Secret = WebhookSender.NewSecret() };
        return await store.AddAsync(row, Most, cancellation).ConfigureAwait(false) ? Of(row) with { Secret = row.Secret }
            : throw new StudyServiceException(StudyServiceError.Conflict, $"The tenant has {Most} webhooks, as many as it may; expected one to be deleted first.");
    }

    public async Task DeleteAsync(string? tenant, Guid id, CancellationToken cancellation)
    {
        StudyServiceException.ThrowIf(!await store.DeleteAsync(tenant, id, cancellation).ConfigureAwait(false),
            StudyServiceError.NotFound, "There is no such webhook.");
    }

    private static Webhook Of(WebhookRow row) => new(row.Id, row.Tenant, row.Url, WordColumn.Words(row.Kinds), At(row.CreatedAt)!.Value, At(row.SentAt), row.Error, At(row.FailedAt));

    private static DateTimeOffset? At(long? milliseconds) => milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}

/// <summary>Addresses of webhooks.</summary>
internal static class WebhookEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var hooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        hooks.MapGet("/", async (HttpContext context, Webhooks webhooks) =>
            Results.Json(await webhooks.ListAsync(context.User.Tenant(), context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("Webhooks, without their secrets");
        hooks.MapPost("/", async (WebhookRequest body, HttpContext context, Webhooks webhooks) =>
        {
            var made = await webhooks.AddAsync(context.User.OwnTenant(), body.Url, body.Kinds, context.RequestAborted).ConfigureAwait(false);
            return Results.Json(made, HtiTuneJson.Api, statusCode: StatusCodes.Status201Created);
        })
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("Add a webhook; its secret is shown this once")
            .WithDescription("Calls are POST with a JSON body { id, kind, time, study, training } and the headers webhook-id, webhook-timestamp and webhook-signature "
                + "(v1, then HMAC-SHA256 over id.timestamp.body with the secret behind whsec_, in base64). "
                + "An answer of 200 to 299 takes a call; any other, a redirect too, has it made again with back-off. A call may come twice, with the same id.");
        hooks.MapDelete("/{id:guid}", async (Guid id, HttpContext context, Webhooks webhooks) =>
        {
            await webhooks.DeleteAsync(context.User.Tenant(), id, context.RequestAborted).ConfigureAwait(false);
            return Results.NoContent();
        }).RequireAuthorization(ApiEndpoints.Write).WithSummary("Delete a webhook, with the calls that wait");
    }
}
