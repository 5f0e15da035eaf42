using System.Security.Cryptography;

namespace HtiTune.Hosting;

/// <summary>
/// All that must outlive a process, in one database of any kind with a <see cref="StoreDialect"/>. Every method is one transaction: it has happened wholly or not at
/// all. Whatever makes further work necessary writes it into the outbox in the same transaction, so that a study's state and its queued work never disagree. What takes
/// more than a statement stands in a room of its own: <see cref="StudyLives"/>, <see cref="StudyLists"/>, <see cref="StudyCommits"/>, <see cref="AttemptClaims"/>,
/// <see cref="AttemptEnds"/>, <see cref="LeaseSweep"/>.
/// </summary>
/// <remarks>
/// The order in which a transaction locks, everywhere: the lock <c>claims</c> where it is needed, then the study's row, then all below it; so no two wait for each other.
/// </remarks>
internal sealed class StudyStore(StoreDialect dialect)
{
    /// <summary>How long a key's last use may be out of date: a use is not a write each time.</summary>
    private static readonly long LastUsePrecision = (long)TimeSpan.FromMinutes(5).TotalMilliseconds;

    /// <summary>Brings the database to the model of this version (migrations).</summary>
    public Task MigrateAsync(CancellationToken cancellation) => dialect.MigrateAsync(cancellation);

    /// <inheritdoc cref="StoreDialect.ReadAsync"/>
    public Task<T> ReadAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation) => dialect.ReadAsync(work, cancellation);

    /// <inheritdoc cref="StoreDialect.WriteAsync"/>
    public Task<T> WriteAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation) => dialect.WriteAsync(work, cancellation);

    /// <summary>The database's clock, ms since 1970.</summary>
    public Task<long> NowAsync(CancellationToken cancellation) => dialect.ReadAsync(session => Task.FromResult(session.Now), cancellation);

    /// <summary>Sets a study's tags, as its column holds them, and notes; returns whether it is there.</summary>
    public Task<bool> DescribeAsync(Guid study, string? tags, string? notes, CancellationToken cancellation) => dialect.WriteAsync(async session =>
        await session.ExecuteAsync($"UPDATE studies SET tags = {tags}, notes = {notes} WHERE id = {study}").ConfigureAwait(false) > 0, cancellation);

    /// <summary>What an attempt measured on its way, by step.</summary>
    public Task<IReadOnlyList<IntermediateValue>> ValuesAsync(Guid attempt, CancellationToken cancellation) =>
        dialect.ReadAsync(session => AttemptValues.OfAsync(session, attempt), cancellation);

    /// <summary>The study that a tenant began under an idempotency key; null where there is none.</summary>
    public Task<StudyRow?> FindByKeyAsync(string tenant, string idempotencyKey, CancellationToken cancellation) => dialect.ReadAsync(
        session => session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE tenant = {tenant} AND idempotency_key = {idempotencyKey}"), cancellation);

    public Task<StudyRow?> FindAsync(Guid study, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study}"), cancellation);

    /// <summary>Studies that a fault has paused (<see cref="StudyFault.Mark"/>).</summary>
    public Task<IReadOnlyList<StudyRow>> FaultedAsync(CancellationToken cancellation) =>
        ReadAllAsync<StudyRow>($"SELECT * FROM studies WHERE state = {(int)StudyState.Paused} AND reason LIKE {StudyFault.Mark + "%"} ORDER BY id", cancellation);

    public async Task<IReadOnlyList<StudyEvent>> EventsAsync(Guid study, long afterSequence, int size, CancellationToken cancellation) => EventSeal.Open(await ReadAllAsync<StudyEvent>(
        $"SELECT * FROM events WHERE study_id = {study} AND sequence > {afterSequence} ORDER BY sequence LIMIT {size}", cancellation).ConfigureAwait(false));

    public Task<IReadOnlyList<TrialRow>> TrialsAsync(Guid study, CancellationToken cancellation) =>
        ReadAllAsync<TrialRow>($"SELECT * FROM trials WHERE study_id = {study} ORDER BY number", cancellation);

    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(Guid study, Guid? trial, CancellationToken cancellation) => trial is { } only
        ? ReadAllAsync<AttemptRow>($"SELECT * FROM attempts WHERE study_id = {study} AND trial_id = {only} ORDER BY number", cancellation)
        : ReadAllAsync<AttemptRow>(
            $"SELECT a.* FROM attempts a JOIN trials t ON t.id = a.trial_id WHERE a.study_id = {study} ORDER BY t.number, a.number", cancellation);

    public Task<SurrogateRow?> FindSurrogateAsync(Guid surrogate, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<SurrogateRow>($"SELECT * FROM surrogates WHERE id = {surrogate}"), cancellation);

    /// <summary>An attempt with its trial and study; null where there is none.</summary>
    public Task<AttemptRow?> FindAttemptAsync(Guid attempt, CancellationToken cancellation) => dialect.ReadAsync(async session =>
        await session.RowAsync<AttemptRow>($"SELECT * FROM attempts WHERE id = {attempt}").ConfigureAwait(false) is { } row
            && await session.RowAsync<TrialRow>($"SELECT * FROM trials WHERE id = {row.TrialId}").ConfigureAwait(false) is { } trial
            && await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {row.StudyId}").ConfigureAwait(false) is { } study
            ? row.Of(trial, study) : null, cancellation);

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

    /// <summary>Takes a worker that was set aside back into service.</summary>
    public Task<bool> ReinstateAsync(string worker, CancellationToken cancellation) => dialect.WriteAsync(async session => await session.ExecuteAsync(
        $"UPDATE workers SET set_aside_at = NULL, reason = NULL, quick_failures = 0 WHERE name = {worker} AND set_aside_at IS NOT NULL").ConfigureAwait(false) > 0, cancellation);

    /// <summary>The oldest lines; they stay until <see cref="DispatchedAsync"/>.</summary>
    public Task<IReadOnlyList<OutboxRow>> OutboxAsync(int size, CancellationToken cancellation) =>
        ReadAllAsync<OutboxRow>($"SELECT * FROM outbox ORDER BY id LIMIT {size}", cancellation);

    public Task DispatchedAsync(IReadOnlyCollection<long> lines, CancellationToken cancellation) =>
        dialect.WriteAsync(session => session.ExecuteAsync($"DELETE FROM outbox WHERE id IN {lines.ToArray()}"), cancellation);

    /// <summary>Keeps bytes; returns their hash. Keeping the same again changes nothing.</summary>
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

    /// <summary>Outputs by their hash.</summary>
    public async Task<Matrix> OutputsAsync(string hash, CancellationToken cancellation) =>
        NpyFile.FromBytes(await BytesAsync(hash, cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException($"The store has no outputs {hash}."), hash);

    /// <summary>Bytes by their hash, for who asks in the midst of a computation, on a thread of its own.</summary>
    public byte[]? Bytes(string hash) => BytesAsync(hash, CancellationToken.None).GetAwaiter().GetResult();

    public Task AddKeyAsync(ApiKeyRow key, CancellationToken cancellation) => dialect.WriteAsync(session =>
    {
        key.CreatedAt = session.Now;
        return session.InsertNewAsync(key);
    }, cancellation);

    public Task<ApiKeyRow?> FindKeyAsync(string id, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<ApiKeyRow>($"SELECT * FROM api_keys WHERE id = {id}"), cancellation);

    /// <summary>Notes that a key was used, to some minutes.</summary>
    public Task KeyUsedAsync(string id, CancellationToken cancellation) => dialect.WriteAsync(
        session => session.ExecuteAsync($"UPDATE api_keys SET last_used_at = {session.Now} WHERE id = {id} AND COALESCE(last_used_at, 0) < {session.Now - LastUsePrecision}"), cancellation);

    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(string? tenant, CancellationToken cancellation) => ReadAllAsync<ApiKeyRow>(new SqlText()
        .Add($"SELECT * FROM api_keys WHERE id IS NOT NULL").AddIf(tenant is not null, $"AND tenant = {tenant}").Add($"ORDER BY created_at, id").ToSql(), cancellation);

    public Task<bool> RevokeKeyAsync(string id, CancellationToken cancellation) => dialect.WriteAsync(async session =>
        await session.ExecuteAsync($"UPDATE api_keys SET revoked_at = {session.Now} WHERE id = {id} AND revoked_at IS NULL").ConfigureAwait(false) > 0, cancellation);

    private Task<IReadOnlyList<T>> ReadAllAsync<T>(FormattableString sql, CancellationToken cancellation)
        where T : class => dialect.ReadAsync(async session => (IReadOnlyList<T>)await session.RowsAsync<T>(sql).ConfigureAwait(false), cancellation);
}
