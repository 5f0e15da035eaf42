using static HtiTune.Hosting.StudyWrites;

namespace HtiTune.Hosting;

/// <summary>Attempts in workers' hands: claim and renew.</summary>
internal static class AttemptClaims
{
    /// <summary>
    /// Claims a queued attempt in a fair order: higher priority; the front (lost, preempted); the study with the fewest under way; the longest wait.
    /// Idempotent by worker and slot: who holds one gets it again. Counts a worker's presence; one set aside gets nothing.
    /// Limits (<see cref="WorkRequest"/>) hold within the transaction.
    /// </summary>
    /// <returns>
    /// The attempt, with its trial and study; or why nothing was claimed: <c>empty</c>, <c>set-aside</c>, <c>limit</c>, or <c>holds-other</c>, with the attempt of another study that
    /// the worker's slot holds.
    /// </returns>
    public static Task<(AttemptRow? Attempt, string? Refusal)> ClaimAsync(
        this StudyStore store, WorkRequest request, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        await session.LockAsync(ClaimsLock).ConfigureAwait(false);
        return await ClaimLockedAsync(session, request).ConfigureAwait(false);
    }, cancellation);

    /// <summary>Renews a lease by the time that the report says, with what is known: progress, log's end. Says whether the lease still holds, and whether a stop or kill was asked for.</summary>
    public static Task<LeaseStatus> RenewAsync(this StudyStore store, Guid attempt, AttemptReport report, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        var row = await session.RowAsync<AttemptRow>($"SELECT * FROM attempts WHERE id = {attempt} AND lease = {report.Lease}").ConfigureAwait(false);
        if (row is null || !IsUnderWay(row.State))
        {
            return new LeaseStatus(false, row?.StopAskedAt is not null, row?.KillAskedAt is not null);
        }
        var isNews = row.State != AttemptState.Running;
        if (isNews)
        {
            await LockStudyAsync(session, row.StudyId).ConfigureAwait(false);
        }
        row = await session.RowAsync<AttemptRow>(
            $"""
            UPDATE attempts SET lease_until = {session.Now + (long)report.LeaseFor!.Value.TotalMilliseconds}, renewed_at = {session.Now}, state = {(int)AttemptState.Running},
              started_at = COALESCE(started_at, {session.Now}), progress = COALESCE({report.Progress}, progress), log_tail = COALESCE({Tail(report.LogTail)}, log_tail)
            WHERE id = {attempt} AND lease = {report.Lease} AND state IN (1, 2, 3) RETURNING *
            """).ConfigureAwait(false);
        if (row is null)
        {
            return new LeaseStatus(false, false, false);
        }
        if (isNews)
        {
            await AppendAttemptAsync(session, row, await NumberOfAsync(session, row.TrialId).ConfigureAwait(false)).ConfigureAwait(false);
        }
        await AttemptValues.KeepAsync(session, attempt, report.Values ?? []).ConfigureAwait(false);
        return new LeaseStatus(true, row.StopAskedAt is not null, row.KillAskedAt is not null);
    }, cancellation);

    /// <summary>A claim within a transaction that holds the claims' lock.</summary>
    internal static async Task<(AttemptRow? Attempt, string? Refusal)> ClaimLockedAsync(StoreSession session, WorkRequest request)
    {
        if (await HoldOrRefuseAsync(session, request).ConfigureAwait(false) is { } answer)
        {
            return answer;
        }
        var full = await FullAsync(session, request).ConfigureAwait(false);
        // Ends only by an answer: whatever was claimed or cancelled meanwhile is not found again.
        while (true)
        {
            var found = await session.RowAsync<AttemptRow>(Next(session, request, full.Queues, full.Tenants)).ConfigureAwait(false);
            if (found is null)
            {
                var isLimited = (full.Queues.Length > 0 || full.Tenants.Length > 0) && await session.RowAsync<AttemptRow>(Next(session, request, [], [])).ConfigureAwait(false) is not null;
                return (null, isLimited ? "limit" : "empty");
            }
            if (await LockStudyAsync(session, found.StudyId).ConfigureAwait(false) is not { State: StudyState.Active } study)
            {
                continue;
            }
            Hand(session, found, request);
            var attempt = await session.RowAsync<AttemptRow>(
                $"""
                UPDATE attempts SET state = {(int)found.State}, worker = {found.Worker}, worker_tenant = {found.WorkerTenant}, slot = {found.Slot}, lease = {found.Lease},
                  lease_until = {found.LeaseUntil}, renewed_at = {session.Now}, claimed_at = {session.Now}
                WHERE id = {found.Id} AND state = 0 RETURNING *
                """).ConfigureAwait(false);
            if (attempt is null)
            {
                continue;
            }
            var trial = await session.RowAsync<TrialRow>(
                $"UPDATE trials SET status = {(int)TrialStatus.Running}, started_at = COALESCE(started_at, {session.Now}) WHERE id = {attempt.TrialId} RETURNING *").ConfigureAwait(false);
            study.LastSequence = await AppendAttemptAsync(session, attempt, trial!.Number).ConfigureAwait(false);
            return (attempt.Of(trial, study), null);
        }
    }

    /// <summary>
    /// What the worker's slot holds already, or a refusal; null where it may claim. Counts its presence. What was asked to end, as by a cancelled study, is not
    /// handed out again: it ends with its lease. What is of another study than the one asked for is neither handed out nor given up.
    /// </summary>
    internal static async Task<(AttemptRow? Attempt, string? Refusal)?> HoldOrRefuseAsync(StoreSession session, WorkRequest request)
    {
        var tenant = request.Tenant ?? "";
        var setAside = await session.NumberAsync(
            $"""
            INSERT INTO workers (tenant, name, queues, slots, first_seen_at, last_seen_at, quick_failures)
            VALUES ({tenant}, {request.Worker}, {string.Join(',', request.Queues ?? [])}, {request.Slot + 1}, {session.Now}, {session.Now}, 0)
            ON CONFLICT (tenant, name) DO UPDATE SET last_seen_at = excluded.last_seen_at, queues = excluded.queues,
              slots = CASE WHEN workers.slots < excluded.slots THEN excluded.slots ELSE workers.slots END
            RETURNING set_aside_at
            """).ConfigureAwait(false);
        var held = await session.RowAsync<AttemptRow>(
            $"""
            SELECT * FROM attempts
            WHERE worker = {request.Worker} AND slot = {request.Slot} AND worker_tenant = {tenant} AND state IN (1, 2, 3) AND stop_asked_at IS NULL AND kill_asked_at IS NULL
            """).ConfigureAwait(false);
        if (held is not null && request.Study is { } wanted && held.StudyId != wanted)
        {
            return (held, "holds-other");
        }
        held = held is null ? null : await session.RowAsync<AttemptRow>(
            $"""
            UPDATE attempts SET lease_until = {session.Now + (long)request.LeaseFor!.Value.TotalMilliseconds}, renewed_at = {session.Now}
            WHERE id = {held.Id} AND state IN (1, 2, 3) RETURNING *
            """).ConfigureAwait(false);
        if (held is null)
        {
            return setAside is null ? null : (null, "set-aside");
        }
        var trial = await session.RowAsync<TrialRow>($"SELECT * FROM trials WHERE id = {held.TrialId}").ConfigureAwait(false);
        held.IsHeld = true;
        return (held.Of(trial, await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {held.StudyId}").ConfigureAwait(false)), null);
    }

    /// <summary>Queues and tenants that have as many under way as they may.</summary>
    private static async Task<(string[] Queues, string[] Tenants)> FullAsync(StoreSession session, WorkRequest request)
    {
        List<string> queues = [], tenants = [];
        if (request.QueueLimit is { } most)
        {
            queues = await session.ColumnAsync<string>($"SELECT queue FROM attempts WHERE state IN (1, 2, 3) GROUP BY queue HAVING COUNT(*) >= {most}").ConfigureAwait(false);
        }
        if (request.TenantLimit is { } mostOfTenant)
        {
            tenants = await session.ColumnAsync<string>($"SELECT tenant FROM attempts WHERE state IN (1, 2, 3) GROUP BY tenant HAVING COUNT(*) >= {mostOfTenant}").ConfigureAwait(false);
        }
        return ([.. queues], [.. tenants]);
    }

    /// <summary>The next attempt in the fair order: priority, the front, the study with the fewest under way, the longest wait.</summary>
    private static FormattableString Next(StoreSession session, WorkRequest request, string[] fullQueues, string[] fullTenants) => new SqlText()
        .Add($"SELECT a.* FROM attempts a JOIN studies s ON s.id = a.study_id JOIN trials t ON t.id = a.trial_id")
        .Add($"WHERE a.state = 0 AND a.available_at <= {session.Now} AND s.state = 0")
        // Counted for each that waits, by an index: to group all of them would look at every attempt that ever was.
        .Add($"AND (SELECT COUNT(*) FROM attempts b WHERE b.study_id = a.study_id AND b.state IN (1, 2, 3)) < s.parallelism")
        .AddIf(request.Attempt is not null, $"AND a.id = {request.Attempt}")
        .AddIf(request.Study is not null, $"AND a.study_id = {request.Study}")
        .AddIf(request.Tenant is not null, $"AND a.tenant = {request.Tenant}")
        .AddIf(request.Queues is { Count: > 0 }, $"AND a.queue IN {request.Queues?.ToArray()}")
        .AddIf(request.Networks is not null, $"AND s.network IN {request.Networks?.ToArray()}")
        .AddIf(request.OtherThan is not null, $"AND (s.network IS NULL OR NOT (s.network IN {request.OtherThan?.ToArray()}))")
        .AddIf(fullQueues.Length > 0, $"AND NOT (a.queue IN {fullQueues})")
        .AddIf(fullTenants.Length > 0, $"AND NOT (a.tenant IN {fullTenants})")
        .Add($"ORDER BY a.priority DESC, a.is_front DESC, (SELECT COUNT(*) FROM attempts b WHERE b.study_id = a.study_id AND b.state IN (1, 2, 3)), a.queued_at, t.number, a.id LIMIT 1")
        .ToSql();

    internal static void Hand(StoreSession session, AttemptRow attempt, WorkRequest request)
    {
        (attempt.State, attempt.Worker, attempt.WorkerTenant, attempt.Slot, attempt.Lease) = (AttemptState.Starting, request.Worker, request.Tenant ?? "", request.Slot, StudyWrites.NewId(session));
        (attempt.LeaseUntil, attempt.RenewedAt, attempt.ClaimedAt) = (session.Now + (long)request.LeaseFor!.Value.TotalMilliseconds, session.Now, session.Now);
    }

    private static async Task<int> NumberOfAsync(StoreSession session, Guid trial) =>
        (int)(await session.NumberAsync($"SELECT number FROM trials WHERE id = {trial}").ConfigureAwait(false) ?? 0);
}
