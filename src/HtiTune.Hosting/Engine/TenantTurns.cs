namespace HtiTune.Hosting;

/// <summary>
/// So many computations of a tenant go on at a time in this process (fits, proposals, curves); further ones wait for their turn. So one tenant's large studies leave room
/// for another's. Requests go first; studies whose jobs came meanwhile are advanced one after the other, by jobs of their own.
/// </summary>
internal sealed class TenantTurns(IOptions<HtiTuneOptions> options, IWakeUps wakeUps, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    /// <summary>Computations of a tenant at a time, where options say nothing: half of the processors, at least one.</summary>
    public static int LimitOf(HtiTuneOptions options) => options.ComputePerTenant ?? Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Computations that go on, of all tenants; and those that wait.</summary>
    public (int Running, int Waiting) Count
    {
        get
        {
            lock (_lock)
            {
                return (_tenants.Values.Sum(tenant => tenant.Running), _tenants.Values.Sum(tenant => tenant.Requests.Count + tenant.Studies.Count));
            }
        }
    }

    /// <summary>Waits for a turn; dispose of it when the computation is over.</summary>
    /// <param name="tenant">Whose computation it is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<IDisposable> TakeAsync(string tenant, CancellationToken cancellation)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            var own = Of(tenant);
            if (own.Running < LimitOf(options.Value))
            {
                own.Running++;
                return new Turn(this, tenant);
            }

            waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            own.Requests.Enqueue(waiting);
        }

        await StorePatience.WaitForTurnAsync(within => HandedAsync(waiting, within), time, cancellation).ConfigureAwait(false);
        return new Turn(this, tenant);
    }

    // One whose wait was ended is passed over.
    private static async Task HandedAsync(TaskCompletionSource waiting, CancellationToken cancellation)
    {
        using (cancellation.UnsafeRegister(state => ((TaskCompletionSource)state!).TrySetCanceled(CancellationToken.None), waiting))
        {
            try
            {
                await waiting.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new OperationCanceledException(cancellation);
            }
        }
    }

    /// <summary>Takes a turn to advance a study; null where the tenant has none left: then the study is advanced when it has.</summary>
    public IDisposable? TryTake(string tenant, Guid study)
    {
        lock (_lock)
        {
            var own = Of(tenant);
            if (own.Running < LimitOf(options.Value))
            {
                own.Running++;
                own.Studies.Remove(study);
                return new Turn(this, tenant);
            }

            if (!own.Studies.Contains(study))
            {
                own.Studies.AddLast(study);
            }

            return null;
        }
    }

    private Tenant Of(string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant))
        {
            _tenants.Add(name, tenant = new Tenant());
        }

        return tenant;
    }

    private void Release(string name)
    {
        Guid? next = null;
        lock (_lock)
        {
            var own = _tenants[name];
            while (own.Requests.TryDequeue(out var waiting))
            {
                if (waiting.TrySetResult())
                {
                    // The turn is handed on.
                    return;
                }
            }

            own.Running--;
            if (own.Studies.First is { } first)
            {
                next = first.Value;
                own.Studies.RemoveFirst();
            }
            else if (own.Running == 0)
            {
                _tenants.Remove(name);
            }
        }

        if (next is { } study)
        {
            wakeUps.Advance(study);
        }
    }

    private sealed class Tenant
    {
        public int Running { get; set; }

        public Queue<TaskCompletionSource> Requests { get; } = [];

        public LinkedList<Guid> Studies { get; } = [];
    }

    private sealed class Turn(TenantTurns turns, string tenant) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                turns.Release(tenant);
            }
        }
    }
}
