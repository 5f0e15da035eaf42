using System.Security.Cryptography;
using HtiTune.Data;

namespace HtiTune.Hosting;

/// <summary>
/// The store over any database with a <see cref="StoreDialect"/>: opens the transactions in which its rooms work. The order in which a transaction locks,
/// everywhere: the lock <c>claims</c> where it is needed, then the study's row, then all below it; so no two wait for each other.
/// </summary>
internal sealed class StudyStore(StoreDialect dialect) : IStudyStore
{
    /// <summary>How long a key's last use may be out of date: a use is not a write each time.</summary>
    private static readonly long LastUsePrecision = (long)TimeSpan.FromMinutes(5).TotalMilliseconds;

    public Task MigrateAsync(CancellationToken cancellation) => dialect.MigrateAsync(cancellation);

    public Task<long> NowAsync(CancellationToken cancellation) => dialect.ReadAsync(session => Task.FromResult(session.Now), cancellation);

    public Task<StudyRow?> LoadAsync(Guid study, long afterSequence, CancellationToken cancellation) =>
        dialect.ReadAsync(session => StudyCommits.LoadAsync(session, study, afterSequence), cancellation);

    public Task<CommitResult> CommitAsync(StudyCommit commit, CancellationToken cancellation) =>
        dialect.WriteAsync(session => StudyCommits.CommitAsync(session, commit), cancellation);

    public Task<StudyRow> CreateAsync(StudyRow study, IReadOnlyList<TrialRow> anchors, CancellationToken cancellation) =>
        dialect.WriteAsync(session => StudyLives.CreateAsync(session, study, anchors), cancellation);

    public Task<IReadOnlyList<StudyRow>> ListAsync(string? tenant, StudyQuery query, CancellationToken cancellation) =>
        dialect.ReadAsync(session => StudyLists.ListAsync(session, tenant, query), cancellation);

    public Task<int> CountLikeAsync(string? tenant, StudyQuery query, CancellationToken cancellation) =>
        dialect.ReadAsync(session => StudyLists.CountAsync(session, tenant, StudyLists.PageOf(query)), cancellation);

    public Task<bool> DescribeAsync(Guid study, string? tags, string? notes, CancellationToken cancellation) => dialect.WriteAsync(async session =>
        await session.ExecuteAsync($"UPDATE studies SET tags = {tags}, notes = {notes} WHERE id = {study}").ConfigureAwait(false) > 0, cancellation);

    public Task<(IReadOnlyList<StudyRow> Rows, int Total, IReadOnlyList<string> Tenants)> PageAsync(string? tenant, StudyPageQuery query, CancellationToken cancellation) =>
        dialect.ReadAsync(session => StudyLists.PageAsync(session, tenant, query), cancellation);

    public Task<int> CountAsync(string? tenant, StudyState? state, CancellationToken cancellation) =>
        dialect.ReadAsync(session => StudyLists.CountAsync(session, tenant, new StudyPageQuery { State = state }), cancellation);

    public Task<bool> ChangeStateAsync(Guid study, IReadOnlyCollection<StudyState> from, StudyState to, string? reason, CancellationToken cancellation) =>
        dialect.WriteAsync(session => StudyLives.ChangeStateAsync(session, study, from, to, reason), cancellation);

    public Task<bool> DeleteAsync(Guid study, CancellationToken cancellation) =>
        dialect.WriteAsync(session => StudyLives.DeleteAsync(session, study), cancellation);

    public Task<(AttemptRow? Attempt, string? Refusal)> ClaimAsync(WorkRequest request, CancellationToken cancellation) =>
        dialect.WriteAsync(session => AttemptClaims.ClaimAsync(session, request), cancellation);

    public Task<LeaseStatus> RenewAsync(Guid attempt, AttemptReport report, CancellationToken cancellation) =>
        dialect.WriteAsync(session => AttemptClaims.RenewAsync(session, attempt, report), cancellation);

    public Task<IReadOnlyList<IntermediateValue>> ValuesAsync(Guid attempt, CancellationToken cancellation) =>
        dialect.ReadAsync(session => AttemptValues.OfAsync(session, attempt), cancellation);

    public Task<(AttemptState? State, AttemptRow? Before)> EndAsync(Guid attempt, Guid lease, WorkResult end, CancellationToken cancellation) =>
        dialect.WriteAsync(session => AttemptEnds.EndAsync(session, attempt, lease, end), cancellation);

    public Task<bool> AskToEndAsync(Guid attempt, bool kill, CancellationToken cancellation) =>
        dialect.WriteAsync(session => AttemptEnds.AskToEndAsync(session, attempt, kill), cancellation);

    public Task<bool> RetryAsync(Guid trial, CancellationToken cancellation) =>
        dialect.WriteAsync(session => AttemptEnds.RetryAsync(session, trial), cancellation);

    public Task<SweepResult> SweepAsync(SweepSettings settings, CancellationToken cancellation) =>
        dialect.WriteAsync(session => LeaseSweep.SweepAsync(session, settings), cancellation);

    public Task<int> ReviveAsync(TimeSpan idle, CancellationToken cancellation) =>
        dialect.WriteAsync(session => LeaseSweep.ReviveAsync(session, idle), cancellation);

    public Task<IReadOnlyList<QueueRow>> QueuesAsync(string? tenant, CancellationToken cancellation) =>
        dialect.ReadAsync(session => LeaseSweep.QueuesAsync(session, tenant), cancellation);

    public Task<StudyRow?> FindByKeyAsync(string tenant, string idempotencyKey, CancellationToken cancellation) => dialect.ReadAsync(
        session => session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE tenant = {tenant} AND idempotency_key = {idempotencyKey}"), cancellation);

    public Task<StudyRow?> FindAsync(Guid study, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study}"), cancellation);

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

    public Task<bool> ReinstateAsync(string worker, CancellationToken cancellation) => dialect.WriteAsync(async session => await session.ExecuteAsync(
        $"UPDATE workers SET set_aside_at = NULL, reason = NULL, quick_failures = 0 WHERE name = {worker} AND set_aside_at IS NOT NULL").ConfigureAwait(false) > 0, cancellation);

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

    private Task<IReadOnlyList<T>> ReadAllAsync<T>(FormattableString sql, CancellationToken cancellation)
        where T : class => dialect.ReadAsync(async session => (IReadOnlyList<T>)await session.RowsAsync<T>(sql).ConfigureAwait(false), cancellation);
}
