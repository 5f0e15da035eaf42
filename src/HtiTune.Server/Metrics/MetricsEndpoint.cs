using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HtiTune.Server;

/// <summary>Who may scrape <c>/metrics</c>.</summary>
internal enum MetricsAccess
{
    /// <summary>An operator's key: of the tenant <c>*</c>, with the scope <c>read</c>.</summary>
    Operators,

    /// <summary>Everybody who reaches the server.</summary>
    Anyone,

    /// <summary>Nobody: there is no such page.</summary>
    Nobody,
}

/// <summary><c>/metrics</c>: what this process measures, and how the service stands in the store, for Prometheus.</summary>
internal static class MetricsEndpoint
{
    internal static void Map(WebApplication app, MetricsAccess access)
    {
        if (access == MetricsAccess.Nobody)
        {
            return;
        }

        // It counts from the start, not from the first scrape.
        app.Services.GetRequiredService<MeterSeries>();
        var page = app.MapGet("/metrics", AnswerAsync).DisableRateLimiting().ExcludeFromDescription();
        if (access == MetricsAccess.Anyone)
        {
            page.AllowAnonymous();
        }
        else
        {
            page.RequireAuthorization(ApiEndpoints.Read).WithMetadata(new OperatorsAlone());
        }
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, MeterSeries series, ServiceInspection inspection, IStudyService service, TenantTurns turns, LongAnswers answers)
    {
        StudyServiceException.ThrowIf(
            context.GetEndpoint()!.Metadata.GetMetadata<OperatorsAlone>() is not null && context.User.Tenant() is not null,
            StudyServiceError.NotFound, "There is nothing at this address; /openapi/v1.json lists what there is.");

        var text = new PrometheusText();
        text.Begin("htitune_build_info", "gauge", "The build that runs: always 1.");
        text.Value(PrometheusText.With("", "version", ProcessPresence.Version), 1);
        series.Write(text);
        var (running, waiting) = turns.Count;
        text.Gauge("htitune_computations_running", "Fits, proposals and curves that are being computed in this process.", running);
        text.Gauge("htitune_computations_waiting", "Computations that wait for a turn of their tenant in this process.", waiting);
        text.Gauge("htitune_answers_late", "Answers that are being computed for who was told to ask again.", answers.Count);
        await StoreAsync(text, inspection, service, context.RequestAborted).ConfigureAwait(false);
        return Results.Text(text.ToString(), PrometheusText.MediaType);
    }

    // Of a store that is away there is nothing to tell but that; the rest of the page stands.
    private static async Task StoreAsync(PrometheusText text, ServiceInspection inspection, IStudyService service, CancellationToken cancellation)
    {
        var condition = await inspection.LookAsync().ConfigureAwait(false);
        text.Gauge("htitune_store_ready", "Whether the store is written, and has room: 1 or 0.", condition.IsReady ? 1 : 0);
        text.Gauge("htitune_healthy", "Whether all is well: 1; 0 where something needs an operator or requests cannot be served.", condition.Status == HealthStatus.Healthy ? 1 : 0);
        if (condition.StoreMilliseconds is { } took)
        {
            text.Gauge("htitune_store_commit_seconds", "Time of the last commit that was made to measure it.", took / 1000);
            text.Gauge("htitune_outbox_lag_seconds", "How long the oldest step that was made necessary has waited to be handed on.", condition.OutboxLagSeconds);
            text.Gauge("htitune_workers_set_aside", "Workers that were set aside.", condition.SetAside.Count);
            text.Gauge("htitune_studies_faulted", "Studies that a fault has paused.", condition.Faulted.Count);
            text.Gauge("htitune_networks_unserved", "Networks that studies wait for and no process trains.", condition.Unserved.Count);
        }

        if (condition.FreeBytes is { } free)
        {
            text.Gauge("htitune_store_free_bytes", "Room where the store lies.", free);
        }

        if (!condition.IsReady)
        {
            return;
        }

        IReadOnlyList<QueueView> queues;
        try
        {
            queues = await service.QueuesAsync(null, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is System.Data.Common.DbException or TimeoutException or IOException or InvalidOperationException)
        {
            return;
        }

        Queues("htitune_queue_waiting", "Trainings that wait in a queue.", queue => queue.Queued);
        Queues("htitune_queue_running", "Trainings of a queue that are in the hands of workers.", queue => queue.Running);
        Queues("htitune_queue_lag_seconds", "How long the oldest training has waited in a queue.", queue => queue.LongestWait?.TotalSeconds ?? 0);

        void Queues(string name, string help, Func<QueueView, double> value)
        {
            text.Begin(name, "gauge", help);
            foreach (var queue in queues)
            {
                text.Value(PrometheusText.With("", "queue", queue.Name), value(queue));
            }
        }
    }

    private sealed class OperatorsAlone;
}
