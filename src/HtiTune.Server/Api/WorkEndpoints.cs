using HtiTune.Hosting;
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
        work.MapPost("/{id:guid}/renew", async (Guid id, RenewBody body, HttpContext context, IStudyService service) =>
            Results.Json(await service.RenewAsync(context.User.Tenant(), id, body.Lease, body.Progress, body.LogTail, body.LeaseFor, context.RequestAborted).ConfigureAwait(false), ApiJson.Options))
            .WithMetadata(new RequestSizeLimitAttribute(RenewLimit))
            .WithSummary("Renew a lease").WithDescription("holds false: end the training, though a valid result may still be handed in. stop, kill: a user asks for an end.");
        work.MapPost("/{id:guid}/tell", async (Guid id, TellBody body, HttpContext context, IStudyService service) =>
            Results.Json(await service.TellAsync(
                context.User.Tenant(), id, body.Lease,
                new WorkResult
                {
                    Value = body.Value, Outputs = body.Outputs is { } rows ? Matrices.Of(rows, "outputs") : null, State = body.State, Reason = body.Reason, LogTail = body.LogTail, ExitCode = body.ExitCode,
                },
                body.Next, context.RequestAborted).ConfigureAwait(false), ApiJson.Options))
            .WithMetadata(upload)
            .WithSummary("Hand in a result or a failure").WithDescription("A value, or outputs with one row for each context; of a training without a result \"state\": \"failed\" (or timedOut, preempted, cancelled) and \"reason\". "
                + "With next, the next training is handed out in the same breath. The same told again: isRepeated true, and nothing changes; something else told again: 409, and the first stands.");
    }

    private static async Task<IResult> ClaimAsync(WorkRequest body, HttpContext context, IStudyService service, IHostApplicationLifetime life)
    {
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

        if (context.RequestAborted.IsCancellationRequested && !claimed.IsHeld)
        {
            // Nobody heard of it: the next who asks gets it, and no attempt is lost.
            await service.TellAsync(tenant, claimed.Attempt, claimed.Lease, new WorkResult { State = AttemptState.Preempted, Reason = "caller-gone" }, null, CancellationToken.None).ConfigureAwait(false);
        }

        return Results.Json(claimed, ApiJson.Options);
    }
}
