namespace HtiTune.Hosting;

// Studies: their lives from creation to deletion, and what is read of them.
internal sealed partial class StudyStore
{
    public Task<StudyRow> CreateAsync(StudyRow study, IReadOnlyList<ImportedAnchor> anchors, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        (study.State, study.Version, study.LastSequence, study.CreatedAt, study.UpdatedAt) = (StudyState.Active, 0, anchors.Count > 0 ? 2 : 1, session.Now, session.Now);
        if (!await session.InsertNewAsync(study).ConfigureAwait(false))
        {
            // Begun before under the same key, or tried again after a commit whose answer was lost.
            return await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study.Id} OR (tenant = {study.Tenant} AND idempotency_key = {study.IdempotencyKey})").ConfigureAwait(false)
                ?? throw new InvalidOperationException("The study is gone.");
        }
        await session.InsertAsync(new EventRow { StudyId = study.Id, Sequence = 1, Time = session.Now, Kind = StudyEventKind.Created, Data = StoreEvents.Created(study.Definition) }).ConfigureAwait(false);
        if (anchors.Count > 0)
        {
            await session.InsertAsync(new EventRow { StudyId = study.Id, Sequence = 2, Time = session.Now, Kind = StudyEventKind.Imported, Data = StoreEvents.Imported(anchors) })
                .ConfigureAwait(false);
        }
        foreach (var (anchor, number) in anchors.Select((anchor, i) => (anchor, i + 1)))
        {
            await session.InsertAsync(new TrialRow
            {
                Id = NewId(),
                StudyId = study.Id,
                Number = number,
                Lambda = anchor.Lambda,
                Reason = anchor.Source,
                Status = TrialStatus.Completed,
                IsImported = true,
                MaxAttempts = 0,
                Samples = anchor.Samples,
                EndOrder = number,
                QueuedAt = session.Now,
                EndedAt = session.Now,
            }).ConfigureAwait(false);
        }
        await WakeAsync(session, study.Id).ConfigureAwait(false);
        return study;
    }, cancellation);

    public Task<StudyRow?> FindByKeyAsync(string tenant, string idempotencyKey, CancellationToken cancellation) => dialect.ReadAsync(
        session => session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE tenant = {tenant} AND idempotency_key = {idempotencyKey}"), cancellation);

    public Task<StudyRow?> FindAsync(Guid study, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study}"), cancellation);

    public Task<IReadOnlyList<StudyRow>> ListAsync(string? tenant, StudyState? state, string? search, Guid? after, int size, CancellationToken cancellation) =>
        dialect.ReadAsync(async session =>
        {
            var cursor = after is { } id ? await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {id}").ConfigureAwait(false) : null;
            var sql = new SqlText().Add($"SELECT * FROM studies WHERE id IS NOT NULL")
                .AddIf(tenant is not null, $"AND tenant = {tenant}")
                .AddIf(state is not null, $"AND state = {(int?)state}")
                .AddIf(!string.IsNullOrEmpty(search), $"AND LOWER(name) LIKE {Pattern(search)} ESCAPE '\\'")
                .AddIf(cursor is not null, $"AND (created_at < {cursor?.CreatedAt} OR (created_at = {cursor?.CreatedAt} AND id < {cursor?.Id}))")
                // Ids are in the order of time too: where the last one seen was deleted meanwhile, the list goes on behind it all the same.
                .AddIf(cursor is null && after is not null, $"AND id < {after}")
                .Add($"ORDER BY created_at DESC, id DESC LIMIT {size}");
            return (IReadOnlyList<StudyRow>)await session.RowsAsync<StudyRow>(sql.ToSql()).ConfigureAwait(false);
        }, cancellation);

    public Task<IReadOnlyList<StudyRow>> FaultedAsync(CancellationToken cancellation) =>
        ReadAllAsync<StudyRow>($"SELECT * FROM studies WHERE state = {(int)StudyState.Paused} AND reason LIKE {StudyFault.Mark + "%"} ORDER BY id", cancellation);

    public Task<int> CountAsync(string? tenant, StudyState? state, CancellationToken cancellation) => dialect.ReadAsync(async session =>
    {
        var sql = new SqlText().Add($"SELECT COUNT(*) FROM studies WHERE id IS NOT NULL")
            .AddIf(tenant is not null, $"AND tenant = {tenant}").AddIf(state is not null, $"AND state = {(int?)state}");
        return (int)(await session.NumberAsync(sql.ToSql()).ConfigureAwait(false) ?? 0);
    }, cancellation);

    public Task<bool> ChangeStateAsync(Guid study, IReadOnlyCollection<StudyState> from, StudyState to, string? reason, CancellationToken cancellation) =>
        dialect.WriteAsync(async session =>
        {
            if (await LockStudyAsync(session, study).ConfigureAwait(false) is not { } row || !from.Contains(row.State))
            {
                return false;
            }
            await session.ExecuteAsync($"UPDATE studies SET state = {(int)to}, reason = {reason}, ended_at = {(IsOver(to) ? session.Now : null)} WHERE id = {study}").ConfigureAwait(false);
            await AppendAsync(session, study, isForTuner: true, StudyEventKind.StateChanged, StoreEvents.State(to, reason)).ConfigureAwait(false);
            if (to == StudyState.Active)
            {
                await WakeAsync(session, study).ConfigureAwait(false);
                await WakeQueuedAsync(session, row).ConfigureAwait(false);
            }
            else if (IsOver(to))
            {
                await StopAllAsync(session, study).ConfigureAwait(false);
            }
            return true;
        }, cancellation);

    public Task<bool> DeleteAsync(Guid study, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        if (await LockStudyAsync(session, study).ConfigureAwait(false) is null
            || await session.NumberAsync($"SELECT 1 FROM attempts WHERE study_id = {study} AND state IN (1, 2, 3) LIMIT 1").ConfigureAwait(false) is not null)
        {
            return false;
        }
        var hashes = await session.ColumnAsync<string>(
            $"""
            SELECT samples FROM trials WHERE study_id = {study} AND samples IS NOT NULL
            UNION SELECT samples FROM attempts WHERE study_id = {study} AND samples IS NOT NULL
            UNION SELECT blob FROM surrogates WHERE study_id = {study}
            UNION SELECT curve FROM studies WHERE id = {study} AND curve IS NOT NULL
            """).ConfigureAwait(false);
        await session.ExecuteAsync($"DELETE FROM studies WHERE id = {study}").ConfigureAwait(false);
        await ForgetAsync(session, [.. hashes]).ConfigureAwait(false);
        return true;
    }, cancellation);

    public Task<IReadOnlyList<EventRow>> EventsAsync(Guid study, long afterSequence, int size, CancellationToken cancellation) => ReadAllAsync<EventRow>(
        $"SELECT * FROM events WHERE study_id = {study} AND sequence > {afterSequence} ORDER BY sequence LIMIT {size}", cancellation);

    public Task<IReadOnlyList<TrialRow>> TrialsAsync(Guid study, CancellationToken cancellation) =>
        ReadAllAsync<TrialRow>($"SELECT * FROM trials WHERE study_id = {study} ORDER BY number", cancellation);

    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(Guid study, Guid? trial, CancellationToken cancellation) => trial is { } only
        ? ReadAllAsync<AttemptRow>($"SELECT * FROM attempts WHERE study_id = {study} AND trial_id = {only} ORDER BY number", cancellation)
        : ReadAllAsync<AttemptRow>(
            $"SELECT a.* FROM attempts a JOIN trials t ON t.id = a.trial_id WHERE a.study_id = {study} ORDER BY t.number, a.number", cancellation);

    public Task<IReadOnlyList<PreferenceRow>> PreferencesAsync(Guid study, CancellationToken cancellation) =>
        ReadAllAsync<PreferenceRow>($"SELECT * FROM preferences WHERE study_id = {study} ORDER BY version", cancellation);

    public Task<SurrogateRow?> FindSurrogateAsync(Guid surrogate, CancellationToken cancellation) =>
        dialect.ReadAsync(session => session.RowAsync<SurrogateRow>($"SELECT * FROM surrogates WHERE id = {surrogate}"), cancellation);

    /// <summary>Deletes those of the bytes that nothing refers to any more.</summary>
    private static Task ForgetAsync(StoreSession session, string[] hashes) => session.ExecuteAsync(
        $"""
        DELETE FROM blobs WHERE hash IN {hashes}
          AND NOT EXISTS (SELECT 1 FROM trials WHERE trials.samples = blobs.hash)
          AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.samples = blobs.hash)
          AND NOT EXISTS (SELECT 1 FROM surrogates WHERE surrogates.blob = blobs.hash)
          AND NOT EXISTS (SELECT 1 FROM studies WHERE studies.curve = blobs.hash)
        """);

    private Task<IReadOnlyList<T>> ReadAllAsync<T>(FormattableString sql, CancellationToken cancellation)
        where T : class => dialect.ReadAsync(async session => (IReadOnlyList<T>)await session.RowsAsync<T>(sql).ConfigureAwait(false), cancellation);

    /// <summary>What waited through a pause is told to the host's workers again: they may have come by in vain.</summary>
    private static async Task WakeQueuedAsync(StoreSession session, StudyRow study)
    {
        if (study.Network is not null)
        {
            foreach (var attempt in await session.ColumnAsync<Guid>($"SELECT id FROM attempts WHERE study_id = {study.Id} AND state = 0").ConfigureAwait(false))
            {
                await WakeAsync(session, study.Id, attempt).ConfigureAwait(false);
            }
        }
    }

    private static string Pattern(string? search) => $"%{search?.ToLowerInvariant().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";
}
