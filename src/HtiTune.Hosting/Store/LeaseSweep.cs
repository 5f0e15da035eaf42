using static HtiTune.Hosting.StudyWrites;

namespace HtiTune.Hosting;

/// <summary>Leases that are over, queues, and studies that stand still.</summary>
internal static class LeaseSweep
{
    /// <summary>Leases that are over: lost, and queued again at the front, or failed when the attempts are used up; three missed renewals: silent.</summary>
    public static Task<SweepResult> SweepAsync(this StudyStore store, SweepSettings settings, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        await session.LockAsync(ClaimsLock).ConfigureAwait(false);
        var quiet = session.Now - 3 * (long)settings.RenewEvery.TotalMilliseconds;
        int lost = 0, failed = 0, silent = 0;
        var suspects = await session.ColumnAsync<Guid>(
            $"SELECT id FROM attempts WHERE state IN (1, 2, 3) AND (lease_until < {session.Now} OR (state <> 3 AND renewed_at < {quiet})) ORDER BY study_id, id").ConfigureAwait(false);
        foreach (var suspect in suspects)
        {
            if (await AttemptEnds.FindLockedAsync(session, suspect).ConfigureAwait(false) is not { } found || !IsUnderWay(found.Attempt.State))
            {
                continue;
            }
            var (study, row, trial) = found;
            if (row.LeaseUntil < session.Now)
            {
                var end = new WorkResult { State = AttemptState.Lost, Reason = "lease-over" };
                await AttemptEnds.CloseAsync(session, row, trial, end.State, end.Reason, null).ConfigureAwait(false);
                await AttemptEnds.FollowAsync(session, study, row, trial, end).ConfigureAwait(false);
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

    /// <summary>Active studies without anything queued, running or in the outbox for so long: an <c>advance</c> each (the reconciler's).</summary>
    public static Task<int> ReviveAsync(this StudyStore store, TimeSpan idle, CancellationToken cancellation) => store.WriteAsync(async session =>
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

    /// <summary>Queued, running and oldest waiting attempt of each queue.</summary>
    public static Task<IReadOnlyList<QueueRow>> QueuesAsync(this StudyStore store, string? tenant, CancellationToken cancellation) => store.ReadAsync(async session =>
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
}
