using Microsoft.AspNetCore.Mvc;

namespace HtiTune.Server;

/// <summary>Work for outside workers: ask (claim), renew, tell.</summary>
internal static class WorkEndpoints
{
    private const int RenewLimit = 256 << 10;
    private const string RetryAfterSeconds = "2";

    internal static void Map(RouteGroupBuilder api, RequestSizeLimitAttribute upload)
    {
        var work = api.MapGroup("/attempts").WithTags("Work").RequireAuthorization(ApiEndpoints.Write);
        work.MapPost("/claim", ClaimAsync).RequireRateLimiting(RateLimits.Claims)
            .WithMetadata(new RequestSizeLimitAttribute(RenewLimit))
            .WithSummary("Ask for a training").WithDescription("Who holds one gets it again (by worker and slot), with isHeld true: where this process has not claimed it itself, another one of the same name has, and each needs a "
                + "worker's name or a slot of its own. With study, only that study's: 409 where the worker's slot holds an attempt of another one, which is told first. 204: there is none now, nor in waitFor (at most 00:01:00), where that is given. "
                + "seed is at most 2^31 - 1.");
        work.MapPost("/{id:guid}/renew", async (Guid id, AttemptReport body, HttpContext context, IStudyService service) =>
            Results.Json(await service.RenewAsync(context.User.Tenant(), id, body, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .WithMetadata(new RequestSizeLimitAttribute(RenewLimit))
            .WithSummary("Renew a lease").WithDescription("holds false: end the training, though a valid result may still be handed in. stop, kill: a user asks for an end. "
                + "values: what the training measured on its way, [{ \"step\": 12, \"value\": 0.53 }], which pages draw.");
        work.MapPost("/{id:guid}/tell", TellAsync)
            .WithMetadata(upload)
            .WithSummary("Hand in a result or a failure").WithDescription("A value, or outputs with one row for each context; of a training without a result \"state\": \"failed\" (or timedOut, preempted, cancelled) and \"reason\". "
                + "With next, the next training is handed out in the same breath; with its waitFor (at most 00:01:00) as soon as there is one. The same told again: isRepeated true, and nothing changes; something else told again: 409, and the first stands.");
    }

    private static async Task<IResult> TellAsync(Guid id, WorkResult body, HttpContext context, IStudyService service, IHostApplicationLifetime life)
    {
        var tenant = context.User.Tenant();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        TellOutcome told;
        try
        {
            told = await service.TellAsync(tenant, id, body, body.Next?.WaitFor is null ? context.RequestAborted : ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // The server ends while a next training is waited for: the result is told again, which changes nothing, and the answer comes without one.
            told = await service.TellAsync(tenant, id, body with { Next = null }, context.RequestAborted).ConfigureAwait(false);
        }

        await GiveBackAsync(told.Next, tenant, context, service).ConfigureAwait(false);
        return Results.Json(told, HtiTuneJson.Api);
    }

    // Nobody heard of it: the next who asks gets it, and no attempt is lost.
    private static Task GiveBackAsync(ClaimedAttempt? claimed, string? tenant, HttpContext context, IStudyService service) => context.RequestAborted.IsCancellationRequested && claimed is { IsHeld: false }
        ? service.TellAsync(tenant, claimed.Attempt, new WorkResult { Lease = claimed.Lease, State = AttemptState.Preempted, Reason = "caller-gone" }, CancellationToken.None)
        : Task.CompletedTask;

    private static async Task<IResult> ClaimAsync(WorkRequest body, HttpContext context, IStudyService service, ServerTelemetry telemetry, IHostApplicationLifetime life)
    {
        using var open = telemetry.Claim();
        var tenant = context.User.Tenant();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        ClaimedAttempt? claimed = null;
        try
        {
            claimed = await service.ClaimAsync(tenant, body, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // The server ends: who waits asks another one, or this one again.
        }

        if (claimed is null)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Results.NoContent();
        }

        await GiveBackAsync(claimed, tenant, context, service).ConfigureAwait(false);
        return Results.Json(claimed, HtiTuneJson.Api);
    }
}
