namespace HtiTune.Server;

/// <summary>Workers that are there: who trains, was seen of late or is a process of the service, and who was set aside. All others are gone.</summary>
internal sealed class PresentWorkers(IStudyService service, OperationsStore store, TimeProvider time)
{
    private static readonly TimeSpan s_goneAfter = TimeSpan.FromMinutes(10);

    /// <summary>Workers of a tenant that are there; null: of all.</summary>
    public async Task<IReadOnlyList<WorkerView>> ListAsync(string? tenant, CancellationToken cancellation) => (await SplitAsync(tenant, cancellation).ConfigureAwait(false)).Present;

    /// <summary>Workers of a tenant (null: of all) that are there, and those that are gone, who was seen last first.</summary>
    public async Task<(IReadOnlyList<WorkerView> Present, IReadOnlyList<WorkerView> Gone)> SplitAsync(string? tenant, CancellationToken cancellation)
    {
        var processes = (await store.ProcessesAsync(cancellation).ConfigureAwait(false)).Processes.Select(process => process.Name).ToHashSet(StringComparer.Ordinal);
        var there = (await service.WorkersAsync(cancellation).ConfigureAwait(false)).Where(worker => tenant is null || worker.Tenant == tenant)
            .ToLookup(worker => worker.IsSetAside || worker.Running > 0 || time.GetUtcNow() - worker.LastSeenAt < s_goneAfter || worker.Tenant.Length == 0 && processes.Contains(worker.Name));
        return ([.. there[true]], [.. there[false].OrderByDescending(worker => worker.LastSeenAt)]);
    }
}
