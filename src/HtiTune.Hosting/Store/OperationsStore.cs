namespace HtiTune.Hosting;

/// <summary>What running the service needs of the store, beside studies: log-ins, the keys of cookies, and which processes are there.</summary>
internal sealed class OperationsStore(StoreDialect dialect)
{
    /// <summary>How long log-ins are remembered; no cookie holds longer.</summary>
    private static readonly long s_sessionsKept = (long)TimeSpan.FromDays(31).TotalMilliseconds;

    private static readonly TimeSpan s_workersKept = TimeSpan.FromDays(1);

    /// <summary>After this time a process that has not written its row is gone.</summary>
    internal static TimeSpan GoneAfter { get; } = TimeSpan.FromSeconds(30);

    // Log-ins

    public Task BeginSessionAsync(string id, string keyId, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        await session.ExecuteAsync($"DELETE FROM sessions WHERE created_at < {session.Now - s_sessionsKept}").ConfigureAwait(false);
        return await session.InsertNewAsync(new SessionRow { Id = id, KeyId = keyId, CreatedAt = session.Now }).ConfigureAwait(false);
    }, cancellation);

    public Task EndSessionAsync(string id, CancellationToken cancellation) =>
        dialect.WriteAsync(session => session.ExecuteAsync($"UPDATE sessions SET ended_at = {session.Now} WHERE id = {id} AND ended_at IS NULL"), cancellation);

    /// <summary>The log-in, where it was not ended.</summary>
    public Task<SessionRow?> FindSessionAsync(string id, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<SessionRow>($"SELECT * FROM sessions WHERE id = {id} AND ended_at IS NULL"), cancellation);

    // Keys of cookies

    public Task<List<string>> ProtectionKeysAsync(CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.ColumnAsync<string>($"SELECT xml FROM protection_keys ORDER BY created_at, name"), cancellation);

    public Task KeepProtectionKeyAsync(string name, string xml, CancellationToken cancellation) => dialect.WriteAsync(
        session => session.InsertNewAsync(new ProtectionKeyRow { Name = name, Xml = xml, CreatedAt = session.Now }), cancellation);

    // Processes

    /// <summary>Writes a process's row: a commit, which tells whether the store can be written.</summary>
    /// <param name="process">The process; its times are the database's.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task SeenAsync(ProcessRow process, CancellationToken cancellation) => dialect.WriteAsync(session => session.ExecuteAsync(
        $"""
        INSERT INTO processes (name, version, networks, queues, advances, started_at, seen_at)
        VALUES ({process.Name}, {process.Version}, {process.Networks}, {process.Queues}, {process.Advances}, {session.Now}, {session.Now})
        ON CONFLICT (name) DO UPDATE SET version = excluded.version, networks = excluded.networks, queues = excluded.queues, advances = excluded.advances, seen_at = excluded.seen_at
        """), cancellation);

    /// <summary>Deletes the row of a process that stops, and those of processes that are gone for long.</summary>
    public Task GoneAsync(string name, CancellationToken cancellation) => dialect.WriteAsync(session => session.ExecuteAsync(
        $"DELETE FROM processes WHERE name = {name} OR seen_at < {session.Now - 10 * (long)GoneAfter.TotalMilliseconds}"), cancellation);

    /// <summary>Forgets workers that were not seen for a day, unless they were set aside or still hold a training.</summary>
    public Task ForgetWorkersAsync(CancellationToken cancellation) => dialect.WriteAsync(session => session.ExecuteAsync(
        $"""
        DELETE FROM workers WHERE last_seen_at < {session.Now - (long)s_workersKept.TotalMilliseconds} AND set_aside_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.state IN (1, 2, 3) AND a.worker = workers.name AND a.worker_tenant = workers.tenant)
        """), cancellation);

    /// <summary>Processes that have written their row of late, and the database's clock.</summary>
    public Task<(long Now, List<ProcessRow> Processes)> ProcessesAsync(CancellationToken cancellation) => dialect.ReadAsync(async session =>
        (session.Now, await session.RowsAsync<ProcessRow>($"SELECT * FROM processes WHERE seen_at > {session.Now - (long)GoneAfter.TotalMilliseconds} ORDER BY name").ConfigureAwait(false)), cancellation);

    /// <summary>Networks and queues of active studies, with how many studies each has; no network: outside workers train.</summary>
    public Task<List<(string? Network, string Queue, int Studies)>> WantedAsync(CancellationToken cancellation) => dialect.ReadAsync(async session =>
        (await session.RowsAsync<StudyRow>($"SELECT network, queue FROM studies WHERE state = 0").ConfigureAwait(false))
            .GroupBy(study => (study.Network, study.Queue)).Select(group => (group.Key.Network, group.Key.Queue, group.Count())).OrderBy(one => one.Network, StringComparer.Ordinal)
            .ThenBy(one => one.Queue, StringComparer.Ordinal).ToList(), cancellation);

    /// <summary>Bytes that are free where the store lies; null where that cannot be told from here.</summary>
    public long? FreeBytes() => dialect.FreeBytes();
}
