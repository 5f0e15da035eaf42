using System.Security.Cryptography;

namespace HtiTune.Hosting;

// What keeps the service going: sweeps, workers, queues, outbox, bytes, keys.
internal sealed partial class StudyStore
{
    /// <summary>How long a key's last use may be out of date: a use is not a write each time.</summary>
    private static readonly long LastUsePrecision = (long)TimeSpan.FromMinutes(5).TotalMilliseconds;

    public Task<SweepResult> SweepAsync(SweepSettings settings, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        await session.LockAsync(ClaimsLock).ConfigureAwait(false);
        var quiet = session.Now - 3 * (long)settings.RenewEvery.TotalMilliseconds;
        int lost = 0, failed = 0, silent = 0;
        var suspects = await session.ColumnAsync<Guid>(
            $"SELECT id FROM attempts WHERE state IN (1, 2, 3) AND (lease_until < {session.Now} OR (state <> 3 AND renewed_at < {quiet})) ORDER BY study_id, id").ConfigureAwait(false);
        foreach (var suspect in suspects)
        {
            if (await FindLockedAsync(session, suspect).ConfigureAwait(false) is not { } found || !IsUnderWay(found.Attempt.State))
            {
                continue;
            }
            var (study, row, trial) = found;
            if (row.LeaseUntil < session.Now)
            {
                var end = new AttemptEnd(AttemptState.Lost, "lease-over", null);
                await CloseAsync(session, row, trial, end.State, end.Reason, null).ConfigureAwait(false);
                await FollowAsync(session, study, row, trial, end).ConfigureAwait(false);
                lost++;
                failed += trial.AttemptsUsed + 1 >= trial.MaxAttempts ? 1 : 0;
            }
            else if (row.State != AttemptState.Silent && row.RenewedAt < quiet)
            {
                row.State = AttemptState.Silent;
                await session.ExecuteAsync($"UPDATE attempts SET state = {(int)row.State} WHERE id = {row.Id}").ConfigureAwait(false);
                await AppendAttemptAsync(session, row, trial.Number).ConfigureAwait(false);
                silent++;
            }
        }
        return new SweepResult(lost, failed, silent);
    }, cancellation);

    public Task<int> ReviveAsync(TimeSpan idle, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        var since = session.Now - (long)idle.TotalMilliseconds;
        return await session.ExecuteAsync(
            $"""
            INSERT INTO outbox (kind, study_id, created_at)
            SELECT {"advance"}, s.id, {session.Now} FROM studies s
            WHERE s.state = 0 AND s.updated_at <= {since}
              AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.study_id = s.id AND o.kind = 'advance')
              AND (NOT EXISTS (SELECT 1 FROM attempts a WHERE a.study_id = s.id AND a.state IN (0, 1, 2, 3))
                OR EXISTS (SELECT 1 FROM trials t WHERE t.study_id = s.id AND t.taken_at IS NULL AND t.end_order IS NOT NULL))
            """).ConfigureAwait(false);
    }, cancellation);

    public Task SeenAsync(WorkerRow worker, CancellationToken cancellation) => dialect.WriteAsync(session => session.ExecuteAsync(
        $"""
        INSERT INTO workers (tenant, name, queues, slots, first_seen_at, last_seen_at, quick_failures)
        VALUES ({worker.Tenant}, {worker.Name}, {worker.Queues}, {worker.Slots}, {session.Now}, {session.Now}, 0)
        ON CONFLICT (tenant, name) DO UPDATE SET last_seen_at = excluded.last_seen_at, queues = excluded.queues, slots = excluded.slots
        """), cancellation);

    public Task<IReadOnlyList<WorkerRow>> WorkersAsync(CancellationToken cancellation) => ReadAllAsync<WorkerRow>(
        $"""
        SELECT w.*, CAST((SELECT COUNT(*) FROM attempts a WHERE a.state IN (1, 2, 3) AND a.worker = w.name AND a.worker_tenant = w.tenant) AS INTEGER) AS running
        FROM workers w ORDER BY w.name, w.tenant
        """, cancellation);

    public Task<bool> ReinstateAsync(string worker, CancellationToken cancellation) => dialect.WriteAsync(async session => await session.ExecuteAsync(
        $"UPDATE workers SET set_aside_at = NULL, reason = NULL, quick_failures = 0 WHERE name = {worker} AND set_aside_at IS NOT NULL").ConfigureAwait(false) > 0, cancellation);

    public Task<IReadOnlyList<QueueRow>> QueuesAsync(string? tenant, CancellationToken cancellation) => dialect.ReadAsync(async session =>
    {
        var open = await session.RowsAsync<AttemptRow>(new SqlText()
            // Each half has an index of its own, so that what has ended is not looked at.
            .Add($"SELECT queue, state, queued_at FROM attempts WHERE state = 0").AddIf(tenant is not null, $"AND tenant = {tenant}")
            .Add($"UNION ALL SELECT queue, state, queued_at FROM attempts WHERE state IN (1, 2, 3)").AddIf(tenant is not null, $"AND tenant = {tenant}").ToSql()).ConfigureAwait(false);
        return (IReadOnlyList<QueueRow>)[.. open.GroupBy(a => a.Queue, StringComparer.Ordinal).OrderBy(q => q.Key, StringComparer.Ordinal).Select(queue =>
        {
            var waiting = queue.Where(a => a.State == AttemptState.Queued).ToList();
            return new QueueRow(queue.Key, waiting.Count, queue.Count() - waiting.Count, waiting.Count > 0 ? waiting.Min(a => a.QueuedAt) : null);
        })];
    }, cancellation);

    public Task<IReadOnlyList<OutboxRow>> OutboxAsync(int size, CancellationToken cancellation) =>
        ReadAllAsync<OutboxRow>($"SELECT * FROM outbox ORDER BY id LIMIT {size}", cancellation);

    public Task DispatchedAsync(IReadOnlyCollection<long> lines, CancellationToken cancellation) =>
        dialect.WriteAsync(session => session.ExecuteAsync($"DELETE FROM outbox WHERE id IN {lines.ToArray()}"), cancellation);

    public async Task<string> KeepAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var isKept = await dialect.ReadAsync(async session => await session.NumberAsync($"SELECT 1 FROM blobs WHERE hash = {hash}").ConfigureAwait(false) is not null, cancellation)
            .ConfigureAwait(false);
        if (!isKept)
        {
            var copy = bytes.ToArray();
            await dialect.WriteAsync(
                session => session.InsertNewAsync(new BlobRow { Hash = hash, Length = copy.Length, Bytes = copy, CreatedAt = session.Now }), cancellation).ConfigureAwait(false);
        }
        return hash;
    }

    public Task<byte[]?> BytesAsync(string hash, CancellationToken cancellation) => dialect.ReadAsync(async session =>
        (await session.ColumnAsync<byte[]>($"SELECT bytes FROM blobs WHERE hash = {hash}").ConfigureAwait(false)).FirstOrDefault(), cancellation);

    public Task AddKeyAsync(ApiKeyRow key, CancellationToken cancellation) => dialect.WriteAsync(session =>
    {
        key.CreatedAt = session.Now;
        return session.InsertNewAsync(key);
    }, cancellation);

    public Task<ApiKeyRow?> FindKeyAsync(string id, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<ApiKeyRow>($"SELECT * FROM api_keys WHERE id = {id}"), cancellation);

    public Task KeyUsedAsync(string id, CancellationToken cancellation) => dialect.WriteAsync(
        session => session.ExecuteAsync($"UPDATE api_keys SET last_used_at = {session.Now} WHERE id = {id} AND COALESCE(last_used_at, 0) < {session.Now - LastUsePrecision}"), cancellation);

    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(string? tenant, CancellationToken cancellation) => ReadAllAsync<ApiKeyRow>(new SqlText()
        .Add($"SELECT * FROM api_keys WHERE id IS NOT NULL").AddIf(tenant is not null, $"AND tenant = {tenant}").Add($"ORDER BY created_at, id").ToSql(), cancellation);

    public Task<bool> RevokeKeyAsync(string id, CancellationToken cancellation) => dialect.WriteAsync(async session =>
        await session.ExecuteAsync($"UPDATE api_keys SET revoked_at = {session.Now} WHERE id = {id} AND revoked_at IS NULL").ConfigureAwait(false) > 0, cancellation);
}
