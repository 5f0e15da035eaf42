using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace HtiTune.Hosting;

/// <summary>Whether the service works: the store answers, the reconciler looks at everything in time, no work is left lying, no study was paused by a fault, and no worker is set aside.</summary>
internal sealed class ServiceHealth(IStudyStore store, Dispatcher dispatcher, IOptions<HtiTuneOptions> options, TimeProvider time) : IHealthCheck
{
    private const int Patience = 5;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long now;
        IReadOnlyList<OutboxRow> waiting;
        try
        {
            now = await store.NowAsync(cancellationToken).ConfigureAwait(false);
            waiting = await store.OutboxAsync(1, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The store does not answer.", problem);
        }

        var allowed = Patience * options.Value.ReconcileEvery;
        if (dispatcher.ReconciledAt is not { } at || time.GetUtcNow() - at > allowed)
        {
            return HealthCheckResult.Degraded("The reconciler has not looked at the studies in time.");
        }

        if (waiting.Count > 0 && now - waiting[0].CreatedAt > allowed.TotalMilliseconds)
        {
            return HealthCheckResult.Degraded("Work has been waiting in the outbox.");
        }

        var faulted = await store.FaultedAsync(cancellationToken).ConfigureAwait(false);
        if (faulted.Count > 0)
        {
            return HealthCheckResult.Degraded($"{faulted.Count} studies were paused by a fault; their reasons say which.");
        }

        var asideCount = (await store.WorkersAsync(cancellationToken).ConfigureAwait(false)).Count(worker => worker.SetAsideAt is not null);
        return asideCount > 0 ? HealthCheckResult.Degraded($"{asideCount} workers are set aside.") : HealthCheckResult.Healthy();
    }
}
