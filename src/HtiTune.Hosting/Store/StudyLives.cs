using static HtiTune.Hosting.StudyWrites;

namespace HtiTune.Hosting;

/// <summary>Studies from creation to deletion.</summary>
internal static class StudyLives
{
    /// <summary>
    /// Creates a study with its first event and an <c>advance</c> in the outbox. The row's Id, Tenant, Name, IdempotencyKey, Definition, Queue, Priority and
    /// Parallelism are the caller's, and of the trials that were made before it their Number (from 1), place, Reason and Samples.
    /// Returns the study that stands: where the tenant has one of the same idempotency key, that one, and nothing is created.
    /// </summary>
    public static Task<StudyRow> CreateAsync(this StudyStore store, StudyRow study, IReadOnlyList<TrialRow> anchors, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        (study.State, study.Version, study.LastSequence, study.CreatedAt, study.UpdatedAt) = (StudyState.Active, 0, anchors.Count > 0 ? 2 : 1, session.Now, session.Now);
        if (!await session.InsertNewAsync(study).ConfigureAwait(false))
        {
            // Begun before under the same key, or tried again after a commit whose answer was lost.
            return await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study.Id} OR (tenant = {study.Tenant} AND idempotency_key = {study.IdempotencyKey})").ConfigureAwait(false)
                ?? throw new InvalidOperationException("The study is gone.");
        }
        await InsertEventAsync(session, study.Id, 1, StoredEvents.Created(study.Definition)).ConfigureAwait(false);
        if (anchors.Count > 0)
        {
            await InsertEventAsync(session, study.Id, 2, StoredEvents.Imported(anchors)).ConfigureAwait(false);
        }
        foreach (var trial in anchors)
        {
            (trial.Id, trial.StudyId, trial.Status, trial.IsImported) = (StudyWrites.NewId(session), study.Id, TrialStatus.Completed, true);
            (trial.EndOrder, trial.QueuedAt, trial.EndedAt) = (trial.Number, session.Now, session.Now);
            await session.InsertAsync(trial).ConfigureAwait(false);
        }
        await WakeAsync(session, study.Id).ConfigureAwait(false);
        return study;
    }, cancellation);

    /// <summary>
    /// Changes the state where it is one of <paramref name="from"/>; writes the event; to Active: an <c>advance</c>; to Cancelled: trials and queued attempts
    /// are cancelled, running ones are asked to stop. Returns whether it was done.
    /// </summary>
    public static Task<bool> ChangeStateAsync(
        this StudyStore store, Guid study, IReadOnlyCollection<StudyState> from, StudyState to, string? reason, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        if (await LockStudyAsync(session, study).ConfigureAwait(false) is not { } row || !from.Contains(row.State))
        {
            return false;
        }
        await session.ExecuteAsync($"UPDATE studies SET state = {(int)to}, reason = {reason}, ended_at = {(IsOver(to) ? session.Now : null)} WHERE id = {study}").ConfigureAwait(false);
        await AppendAsync(session, study, isForTuner: true, StoredEvents.StateChanged(to, reason)).ConfigureAwait(false);
        if (to == StudyState.Active)
        {
            await WakeAsync(session, study).ConfigureAwait(false);
            await WakeQueuedAsync(session, row).ConfigureAwait(false);
        }
        else if (IsOver(to))
        {
            await StopAllAsync(session, study).ConfigureAwait(false);
            (row.State, row.Reason) = (to, reason);
            await WebhookStore.EndedAsync(session, row).ConfigureAwait(false);
        }
        return true;
    }, cancellation);

    /// <summary>Deletes a study and all that only it holds; it must not be running anything. Returns whether it was there and could be.</summary>
    public static Task<bool> DeleteAsync(this StudyStore store, Guid study, CancellationToken cancellation) => store.WriteAsync(async session =>
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

    /// <summary>Deletes those of the bytes that nothing refers to any more.</summary>
    internal static Task ForgetAsync(StoreSession session, string[] hashes) => session.ExecuteAsync(
        $"""
        DELETE FROM blobs WHERE hash IN {hashes}
          AND NOT EXISTS (SELECT 1 FROM trials WHERE trials.samples = blobs.hash)
          AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.samples = blobs.hash)
          AND NOT EXISTS (SELECT 1 FROM surrogates WHERE surrogates.blob = blobs.hash)
          AND NOT EXISTS (SELECT 1 FROM studies WHERE studies.curve = blobs.hash)
        """);

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
}
