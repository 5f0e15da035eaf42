using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HtiTune.Server;

/// <summary>Whether the server lives, whether it can serve, and what an operator should know. Each answers within two seconds whatever the store does.</summary>
internal static class HealthEndpoints
{
    internal static void Map(WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous().DisableRateLimiting();

        // Who sees this page need not be told which worker or network it is about.
        foreach (var path in (string[])["/health", "/health/ready"])
        {
            app.MapHealthChecks(path).AllowAnonymous().DisableRateLimiting();
        }

        app.MapGet("/version", () => Results.Json(new VersionBody(ProcessPresence.Version), HtiTuneJson.Api)).AllowAnonymous().WithTags("Service").WithSummary("The server's version").WithAnswers();
    }

    /// <summary>Maps what is for operators alone.</summary>
    internal static void MapDetails(RouteGroupBuilder api) =>
        api.MapGet("/health", async (HttpContext context, ServiceInspection inspection) =>
        {
            StudyServiceException.ThrowIf(context.User.Tenant() is not null,
                StudyServiceError.NotFound, "There is nothing at this address; /openapi/v1.json lists what there is.");

            var condition = await inspection.LookAsync().ConfigureAwait(false);
            return Results.Json(new HealthBody(condition.Status, condition), HtiTuneJson.Api);
        }).RequireAuthorization(ApiEndpoints.Read).WithTags("Service").WithSummary("How the service stands (operators)");
}

/// <summary>The server's version.</summary>
internal sealed record VersionBody(string Version);

/// <summary>How the service stands.</summary>
internal sealed record HealthBody(HealthStatus Status, ServiceCondition Condition);
