using static HtiTune.Hosting.StudyWrites;

namespace HtiTune.Hosting;

/// <summary>What a study's tuner takes up and brings.</summary>
internal static class StudyCommits
{
    /// <summary>The study, its events after a sequence number in order, and results that no event has taken yet, in the order they came.</summary>
    public static Task<StudyRow?> LoadAsync(this StudyStore store, Guid study, long afterSequence, CancellationToken cancellation) => store.ReadAsync(async session =>
    {
        if (await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study}").ConfigureAwait(false) is not { } row)
        {
            return null;
        }
        var events = await session.RowsAsync<StudyEvent>($"SELECT * FROM events WHERE study_id = {study} AND sequence > {afterSequence} ORDER BY sequence").ConfigureAwait(false);
        var results = await session.RowsAsync<TrialRow>(
            $"SELECT * FROM trials WHERE study_id = {study} AND taken_at IS NULL AND end_order IS NOT NULL ORDER BY end_order").ConfigureAwait(false);
        (row.Events, row.Results) = (EventSeal.OpenWhole(row, afterSequence, events), results);
        return row;
    }, cancellation);

    /// <summary>Writes what a step of the tuner brought: all of it, or nothing (see <see cref="CommitOutcome"/>).</summary>
    public static Task<CommitResult> CommitAsync(this StudyStore store, StudyCommit commit, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        var claim = commit.ClaimFor;
        var isDirect = claim is { Attempt: null, QueueLimit: null, TenantLimit: null } && commit.Asked.Count > 0;
        if (claim is not null && !isDirect)
        {
            await session.LockAsync(ClaimsLock).ConfigureAwait(false);
        }
        var curves = commit.Curve is null ? [] : await session.ColumnAsync<string>(
            $"SELECT curve FROM studies WHERE id = {commit.StudyId} AND curve IS NOT NULL AND curve <> {commit.Curve}").ConfigureAwait(false);
        if (await RaiseAsync(session, commit).ConfigureAwait(false) is not { } study)
        {
            return session.Abandon(new CommitResult(CommitOutcome.OtherVersion));
        }
        if (commit.Ends is { } ends && !await AttemptEnds.EndDoneAsync(session, study, ends.Attempt, ends.Lease, ends.End).ConfigureAwait(false))
        {
            return session.Abandon(new CommitResult(CommitOutcome.LeaseOver));
        }
        await WriteEventsAsync(session, study, commit).ConfigureAwait(false);
        await KeepFirstBestAsync(session, study, commit.FirstBest).ConfigureAwait(false);
        if (curves.Count > 0)
        {
            await StudyLives.ForgetAsync(session, [.. curves]).ConfigureAwait(false);
        }
        if (commit.Surrogate is { } surrogate)
        {
            (surrogate.StudyId, surrogate.Tenant, surrogate.CreatedAt) = (study.Id, study.Tenant, session.Now);
            await session.InsertNewAsync(surrogate).ConfigureAwait(false);
        }
        var claimed = isDirect ? await AttemptClaims.HoldOrRefuseAsync(session, claim!).ConfigureAwait(false) : null;
        foreach (var trial in commit.Asked)
        {
            claimed = await AskAsync(session, study, trial, isDirect && claimed is null ? claim : null).ConfigureAwait(false) is { } asked ? (asked, null) : claimed;
        }
        if (IsOver(study.State))
        {
            await StopAllAsync(session, study.Id).ConfigureAwait(false);
        }
        if (commit.State is { } ended && IsOver(ended))
        {
            await WebhookStore.EndedAsync(session, study).ConfigureAwait(false);
        }
        if (commit.NeedsAdvance)
        {
            await WakeAsync(session, study.Id).ConfigureAwait(false);
        }
        if (claim is not null && !isDirect)
        {
            claimed = await AttemptClaims.ClaimLockedAsync(session, claim).ConfigureAwait(false);
            // A claim writes an event of its own.
            study = await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study.Id}").ConfigureAwait(false);
        }
        return new CommitResult(CommitOutcome.Done, study, claimed is (var given, null) ? given : null);
    }, cancellation);

    /// <summary>The study's row as it will be; null where its version is another.</summary>
    private static Task<StudyRow?> RaiseAsync(StoreSession session, StudyCommit commit)
    {
        var isOver = commit.State is { } state && IsOver(state);
        return session.RowAsync<StudyRow>(
            $"""
            UPDATE studies SET version = version + 1, last_sequence = last_sequence + {commit.Events.Count}, trainings_used = {commit.TrainingsUsed},
              best_value = COALESCE({commit.BestValue}, best_value), lambda = COALESCE({commit.Lambda}, lambda), configuration = COALESCE({commit.Configuration}, configuration), trust = COALESCE({commit.Trust}, trust),
              state = COALESCE({(int?)commit.State}, state), reason = CASE WHEN {commit.State is not null} THEN {commit.Reason} ELSE reason END, result = COALESCE({commit.Result}, result),
              surrogate_id = COALESCE({commit.Surrogate?.Id}, surrogate_id), curve = COALESCE({commit.Curve}, curve), ended_at = CASE WHEN {commit.State == StudyState.Active} THEN NULL ELSE COALESCE({(isOver ? session.Now : null)}, ended_at) END, updated_at = {session.Now}
            WHERE id = {commit.StudyId} AND version = {commit.ExpectedVersion} RETURNING *
            """);
    }

    private static async Task WriteEventsAsync(StoreSession session, StudyRow study, StudyCommit commit)
    {
        var sequence = study.LastSequence - commit.Events.Count;
        var measured = commit.Values.Count > 0 ? new Dictionary<int, double?>(commit.Values) : null;
        foreach (var happened in commit.Events)
        {
            sequence++;
            await InsertEventAsync(session, study.Id, sequence, happened).ConfigureAwait(false);
            if (happened.Kind == StudyEventKind.RunBegan)
            {
                await session.ExecuteAsync($"UPDATE trials SET taken_at = {sequence} WHERE study_id = {study.Id} AND taken_at IS NULL AND end_order IS NOT NULL AND is_imported = TRUE")
                    .ConfigureAwait(false);
            }
            else if (StoredEvents.Taken(happened) is { } number)
            {
                double? value = null;
                measured?.Remove(number, out value);
                await session.ExecuteAsync($"UPDATE trials SET taken_at = {sequence}, value = COALESCE({value}, value) WHERE study_id = {study.Id} AND number = {number}")
                    .ConfigureAwait(false);
            }
        }
        foreach (var (number, text) in commit.Measures)
        {
            await session.ExecuteAsync($"UPDATE trials SET measures = {text} WHERE study_id = {study.Id} AND number = {number}").ConfigureAwait(false);
        }
        foreach (var (number, value) in measured ?? [])
        {
            await session.ExecuteAsync($"UPDATE trials SET value = {value}, taken_at = COALESCE(taken_at, {sequence}) WHERE study_id = {study.Id} AND number = {number}").ConfigureAwait(false);
        }
    }

    private static async Task KeepFirstBestAsync(StoreSession session, StudyRow study, TakenBest? best)
    {
        if (best is null || study.BestValue is { } known && (best.IsLessBetter ? known <= best.Value : known >= best.Value))
        {
            return;
        }

        (study.BestValue, study.Lambda, study.Configuration) = (best.Value, best.Lambda, best.Configuration);
        await session.ExecuteAsync($"UPDATE studies SET best_value = {best.Value}, lambda = {best.Lambda}, configuration = {best.Configuration} WHERE id = {study.Id}").ConfigureAwait(false);
    }

    /// <summary>Queues a trial with its first attempt, or puts it at once into the hands of who claims.</summary>
    private static async Task<AttemptRow?> AskAsync(StoreSession session, StudyRow study, TrialRow trial, WorkRequest? claim)
    {
        trial.Id = trial.Id == Guid.Empty ? StudyWrites.NewId(session) : trial.Id;
        (trial.StudyId, trial.QueuedAt, trial.Status, trial.StartedAt) = (study.Id, session.Now, TrialStatus.Queued, null);
        if (claim is null || study.State != StudyState.Active || !Serves(claim, study))
        {
            await session.InsertAsync(trial).ConfigureAwait(false);
            await QueueAttemptAsync(session, study, trial.Id, 1, isFront: false, TimeSpan.Zero).ConfigureAwait(false);
            return null;
        }
        (trial.Status, trial.StartedAt) = (TrialStatus.Running, session.Now);
        var attempt = NewAttempt(session, study, trial.Id, 1);
        AttemptClaims.Hand(session, attempt, claim);
        await session.InsertAsync(trial).ConfigureAwait(false);
        await session.InsertAsync(attempt).ConfigureAwait(false);
        return attempt.Of(trial, study);
    }

    private static bool Serves(WorkRequest claim, StudyRow study) =>
        (claim.Tenant is null || claim.Tenant == study.Tenant)
        && (claim.Study is null || claim.Study == study.Id)
        && (claim.Queues is not { Count: > 0 } queues || queues.Contains(study.Queue))
        && (claim.Networks is null || (study.Network is not null && claim.Networks.Contains(study.Network)))
        && (claim.OtherThan is null || study.Network is null || !claim.OtherThan.Contains(study.Network));
}
