using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HtiTune.Hosting;

/// <summary>How the service stands, for operators.</summary>
/// <param name="IsReady">Whether requests can be served: the store is written, and has room.</param>
/// <param name="Faults">What is wrong, a sentence each; empty: nothing.</param>
/// <param name="StoreMilliseconds">Time that a commit took; null where there was none in time.</param>
/// <param name="FreeBytes">Room where the store lies; null where that cannot be told from here.</param>
/// <param name="ReconciledAt">When this process last looked at all studies.</param>
/// <param name="OutboxLagSeconds">How long the oldest line of the outbox has waited.</param>
/// <param name="Processes">Processes that are there.</param>
/// <param name="Unserved">Networks, with a queue, that active studies wait for and no process trains.</param>
/// <param name="SetAside">Workers that were set aside; those of tenants as TENANT/NAME.</param>
/// <param name="Faulted">Studies that a fault has paused.</param>
internal sealed record ServiceCondition(
    bool IsReady, IReadOnlyList<string> Faults, double? StoreMilliseconds, long? FreeBytes, DateTimeOffset? ReconciledAt, double OutboxLagSeconds, IReadOnlyList<ProcessShown> Processes,
    IReadOnlyList<UnservedNetwork> Unserved, IReadOnlyList<string> SetAside, IReadOnlyList<Guid> Faulted)
{
    /// <summary>Unhealthy: requests cannot be served. Degraded: something needs an operator.</summary>
    internal HealthStatus Status => !IsReady ? HealthStatus.Unhealthy : Faults.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
}

/// <summary>A process of the service.</summary>
internal sealed record ProcessShown(string Name, string Version, IReadOnlyList<string> Networks, IReadOnlyList<string> Queues, bool Advances, DateTimeOffset StartedAt, DateTimeOffset SeenAt);

/// <summary>A network that nobody trains.</summary>
internal sealed record UnservedNetwork(string Network, string Queue, int Studies);

/// <summary>Looks how the service stands: once at a time, for all who ask within a second, and never longer than <see cref="TimeLimit"/>.</summary>
internal sealed class ServiceInspection(
    StudyStore studies, OperationsStore store, StoreDialect dialect, ProcessPresence presence, Dispatcher dispatcher, IOptions<HtiTuneOptions> options, TimeProvider time)
{
    /// <summary>How long a look takes at most, whatever the store does.</summary>
    internal static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(1500);

    private const long LeastFreeBytes = 1 << 20;
    private const int MissedPeriods = 5;
    private static readonly TimeSpan s_holds = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private Task<ServiceCondition>? _look;
    private long _begun;

    /// <summary>How the service stands now.</summary>
    public async Task<ServiceCondition> LookAsync()
    {
        Task<ServiceCondition> look;
        lock (_lock)
        {
            // A look that hangs is not begun a second time.
            if (_look is null || _look.IsCompleted && time.GetElapsedTime(_begun) > s_holds)
            {
                _begun = time.GetTimestamp();
                _look = Task.Run(InspectAsync);
            }

            look = _look;
        }

        try
        {
            return await look.WaitAsync(TimeLimit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Away("The store does not answer.");
        }
    }

    private ServiceCondition Away(string fault) => new(false, [fault], null, null, dispatcher.ReconciledAt, 0, [], [], [], []);

    private async Task<ServiceCondition> InspectAsync()
    {
        StorePatience.Limit(TimeLimit);
        var faults = new List<string>();
        try
        {
            var begin = time.GetTimestamp();
            var free = store.FreeBytes();
            await presence.SeenAsync(CancellationToken.None).ConfigureAwait(false);
            var took = time.GetElapsedTime(begin).TotalMilliseconds;
            var isReady = free is null or >= LeastFreeBytes;
            Add(!isReady, $"The disk of the store is full: {free} bytes are free; expected at least {LeastFreeBytes}.");
            var (now, processes) = await store.ProcessesAsync(CancellationToken.None).ConfigureAwait(false);
            var waiting = await studies.OutboxAsync(1, CancellationToken.None).ConfigureAwait(false);
            var wanted = await store.WantedAsync(CancellationToken.None).ConfigureAwait(false);
            var faulted = await studies.FaultedAsync(CancellationToken.None).ConfigureAwait(false);
            List<string> aside = [.. (await studies.WorkersAsync(CancellationToken.None).ConfigureAwait(false)).Where(worker => worker.SetAsideAt is not null).Select(worker => worker.Name)];
            var allowed = MissedPeriods * options.Value.ReconcileEvery;
            var lag = waiting.Count > 0 ? TimeSpan.FromMilliseconds(Math.Max(0, now - waiting[0].CreatedAt)) : TimeSpan.Zero;
            List<ProcessShown> shown = [.. processes.Select(row => new ProcessShown(
                row.Name, row.Version, JsonSerializer.Deserialize<string[]>(row.Networks) ?? [], row.Queues.Split(',', StringSplitOptions.RemoveEmptyEntries), row.Advances,
                DateTimeOffset.FromUnixTimeMilliseconds(row.StartedAt), DateTimeOffset.FromUnixTimeMilliseconds(row.SeenAt)))];
            List<UnservedNetwork> unserved = [.. wanted.Where(one => one.Network is { } network && !shown.Exists(process => process.Networks.Contains(network) && process.Queues.Contains(one.Queue)))
                .Select(one => new UnservedNetwork(one.Network!, one.Queue, one.Studies))];
            Add(dispatcher.ReconciledAt is not { } at || time.GetUtcNow() - at > allowed, "The reconciler has not looked at the studies in time.");
            Add(lag > allowed, $"Work has been waiting in the outbox for {lag.TotalSeconds:0} s.");
            foreach (var one in unserved)
            {
                Add(true, $"No process trains the network '{one.Network}' in queue '{one.Queue}', for which {one.Studies} active studies wait.");
            }

            Add(faulted.Count > 0, $"{faulted.Count} studies were paused by a fault; their reasons say which.");
            Add(aside.Count > 0, $"Workers are set aside: {string.Join(", ", aside)}.");
            return new(isReady, faults, took, free, dispatcher.ReconciledAt, lag.TotalSeconds, shown, unserved, aside, [.. faulted.Select(study => study.Id)]);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            return Away(dialect.IsAway(problem) ? $"The store cannot be used: {problem.Message.ReplaceLineEndings(" ")}" : $"The store could not be looked at: {problem.Message.ReplaceLineEndings(" ")}");
        }

        void Add(bool isFault, string sentence)
        {
            if (isFault)
            {
                faults.Add(sentence);
            }
        }
    }
}
