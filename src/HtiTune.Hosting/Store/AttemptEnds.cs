using static HtiTune.Hosting.StudyWrites;

namespace HtiTune.Hosting;

/// <summary>How attempts end, and what follows.</summary>
internal static class AttemptEnds
{
    /// <summary>Quick failures in a row that set a worker aside.</summary>
    private const int MostQuickFailures = 3;

    /// <summary>
    /// Ends an attempt. With a valid lease: a result completes the trial and puts an <c>advance</c> into the outbox; a failure queues the next attempt (with back-off)
    /// or fails the trial; a preemption queues another at the front. Without: a valid result is kept as late, used where the trial has none and the tuner was not
    /// told that it failed, else as a replicate (event <c>trial.replicate</c>); anything else is ignored. A lease is over when <see cref="LeaseSweep.SweepAsync"/> says so: who
    /// renews before keeps it. Doing it again with the same lease gives the same state and changes nothing; Before
    /// is then the attempt as it had ended.
    /// State is null where there is none with this id and lease.
    /// </summary>
    public static Task<(AttemptState? State, AttemptRow? Before)> EndAsync(
        this StudyStore store, Guid attempt, Guid lease, WorkResult end, CancellationToken cancellation) => store.WriteAsync<(AttemptState? State, AttemptRow? Before)>(async session =>
    {
        if (await FindLockedAsync(session, attempt).ConfigureAwait(false) is not { } found || found.Attempt.Lease != lease)
        {
            return (null, null);
        }
        var (study, row, trial) = found;
        if (!IsUnderWay(row.State))
        {
            return row.State == AttemptState.Lost && end.State == AttemptState.Done
                ? await EndLateAsync(session, study, row, trial, end).ConfigureAwait(false)
                : (row.State, row.State == AttemptState.Lost ? null : row);
        }
        if (end.State == AttemptState.Done)
        {
            if (trial.Status is not TrialStatus.Running || trial.TakenAt is not null)
            {
                return await EndLateAsync(session, study, row, trial, end).ConfigureAwait(false);
            }
            await EndDoneAsync(session, study, attempt, lease, end).ConfigureAwait(false);
            await WakeIfNotOverAsync(session, study).ConfigureAwait(false);
            row.State = AttemptState.Done;
            await AppendAttemptAsync(session, row, trial.Number).ConfigureAwait(false);
            return (AttemptState.Done, null);
        }
        await CloseAsync(session, row, trial, end.State, end.Reason, end).ConfigureAwait(false);
        await JudgeWorkerAsync(session, row, end).ConfigureAwait(false);
        await FollowAsync(session, study, row, trial, end).ConfigureAwait(false);
        return (end.State, null);
    }, cancellation);

    /// <summary>Asks an attempt to stop (gently) or be killed; a queued one is cancelled at once. Returns whether there was something to ask.</summary>
    public static Task<bool> AskToEndAsync(this StudyStore store, Guid attempt, bool kill, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        if (await FindLockedAsync(session, attempt).ConfigureAwait(false) is not { } found)
        {
            return false;
        }
        var (study, row, trial) = found;
        if (row.State == AttemptState.Queued)
        {
            await CloseAsync(session, row, trial, AttemptState.Cancelled, "user", null).ConfigureAwait(false);
            await EndTrialAsync(session, study, trial.Id, TrialStatus.Cancelled, "cancelled by a user").ConfigureAwait(false);
            return true;
        }
        if (!IsUnderWay(row.State))
        {
            return false;
        }
        await session.ExecuteAsync(
            $"""
            UPDATE attempts SET stop_asked_at = COALESCE(stop_asked_at, {session.Now}), kill_asked_at = COALESCE(kill_asked_at, {(kill ? session.Now : null)})
            WHERE id = {attempt}
            """).ConfigureAwait(false);
        await AppendAttemptAsync(session, row, trial.Number).ConfigureAwait(false);
        return true;
    }, cancellation);

    /// <summary>
    /// Queues a failed or cancelled trial of a study that goes on anew, with its attempts counted from zero. Where the tuner was told of the failure, the result
    /// comes as a replicate.
    /// </summary>
    public static Task<bool> RetryAsync(this StudyStore store, Guid trial, CancellationToken cancellation) => store.WriteAsync(async session =>
    {
        var id = (await session.ColumnAsync<Guid>($"SELECT study_id FROM trials WHERE id = {trial}").ConfigureAwait(false)).FirstOrDefault();
        var study = await LockStudyAsync(session, id).ConfigureAwait(false);
        var row = await session.RowAsync<TrialRow>($"SELECT * FROM trials WHERE id = {trial}").ConfigureAwait(false);
        if (study is null || IsOver(study.State) || row?.Status is not (TrialStatus.Failed or TrialStatus.Cancelled))
        {
            return false;
        }
        // Its end is not to be taken any more; where it has been, it keeps its place.
        await session.ExecuteAsync(
            $"""
            UPDATE trials SET status = {(int)TrialStatus.Queued}, attempts_used = 0, error = NULL, ended_at = NULL, end_order = CASE WHEN taken_at IS NULL THEN NULL ELSE end_order END
            WHERE id = {trial}
            """).ConfigureAwait(false);
        await QueueAttemptAsync(session, study, trial, await NextNumberAsync(session, trial).ConfigureAwait(false), isFront: false, TimeSpan.Zero).ConfigureAwait(false);
        return true;
    }, cancellation);

    /// <summary>An attempt with its study, locked, and its trial.</summary>
    internal static async Task<(StudyRow Study, AttemptRow Attempt, TrialRow Trial)?> FindLockedAsync(StoreSession session, Guid attempt)
    {
        var id = (await session.ColumnAsync<Guid>($"SELECT study_id FROM attempts WHERE id = {attempt}").ConfigureAwait(false)).FirstOrDefault();
        return await LockStudyAsync(session, id).ConfigureAwait(false) is { } study
            && await session.RowAsync<AttemptRow>($"SELECT * FROM attempts WHERE id = {attempt} FOR UPDATE").ConfigureAwait(false) is { } row
            && await session.RowAsync<TrialRow>($"SELECT * FROM trials WHERE id = {row.TrialId}").ConfigureAwait(false) is { } trial
            ? (study, row, trial) : null;
    }

    /// <summary>Ends an attempt with the trial's result; false, with nothing written, where the lease does not hold or the trial has its end already.</summary>
    internal static async Task<bool> EndDoneAsync(StoreSession session, StudyRow study, Guid attempt, Guid lease, WorkResult end)
    {
        var trial = await session.RowAsync<AttemptRow>(
            $"""
            UPDATE attempts SET state = {(int)AttemptState.Done}, reason = {end.Reason}, ended_at = {session.Now}, samples = {end.Samples}, reported = {end.Value},
              exit_code = {end.ExitCode}, log_tail = COALESCE({Tail(end.LogTail)}, log_tail), progress = {1.0},
              acknowledged_at = CASE WHEN stop_asked_at IS NULL THEN NULL ELSE {session.Now} END
            WHERE id = {attempt} AND lease = {lease} AND study_id = {study.Id} AND state IN (1, 2, 3) RETURNING *
            """).ConfigureAwait(false);
        if (trial is null)
        {
            return false;
        }
        await session.ExecuteAsync(
            $"UPDATE workers SET quick_failures = 0 WHERE tenant = {trial.WorkerTenant} AND name = {trial.Worker} AND quick_failures > 0 AND set_aside_at IS NULL").ConfigureAwait(false);
        return await session.ExecuteAsync(
            $"""
            UPDATE trials SET status = {(int)TrialStatus.Completed}, samples = {end.Samples}, reported = {end.Value}, ended_at = {session.Now},
              end_order = (SELECT COALESCE(MAX(o.end_order), 0) + 1 FROM trials o WHERE o.study_id = {study.Id})
            WHERE id = {trial.TrialId} AND status = {(int)TrialStatus.Running} AND taken_at IS NULL
            """).ConfigureAwait(false) > 0;
    }

    /// <summary>A valid result that nobody waits for: the trial's, where it has none; else a replicate.</summary>
    private static async Task<(AttemptState? State, AttemptRow? Before)> EndLateAsync(StoreSession session, StudyRow study, AttemptRow row, TrialRow trial, WorkResult end)
    {
        await CloseAsync(session, row, trial, AttemptState.Late, row.Reason, end).ConfigureAwait(false);
        if (trial.TakenAt is null && trial.Status != TrialStatus.Completed)
        {
            await session.ExecuteAsync(
                $"UPDATE attempts SET state = {(int)AttemptState.Cancelled}, reason = {"late-result"}, ended_at = {session.Now} WHERE trial_id = {trial.Id} AND state = 0").ConfigureAwait(false);
            await session.ExecuteAsync(
                $"UPDATE attempts SET stop_asked_at = {session.Now} WHERE trial_id = {trial.Id} AND state IN (1, 2, 3) AND stop_asked_at IS NULL").ConfigureAwait(false);
            await EndTrialAsync(session, study, trial.Id, TrialStatus.Completed, null, end.Samples, end.Value).ConfigureAwait(false);
            return (AttemptState.Late, null);
        }
        if (trial.Status != TrialStatus.Completed)
        {
            // The tuner was told that it failed: its outputs are there for people, and reach the tuner as a replicate.
            await session.ExecuteAsync(
                $"""
                UPDATE trials SET status = {(int)TrialStatus.Completed}, samples = {end.Samples}, reported = {end.Value}, error = NULL, ended_at = {session.Now} WHERE id = {trial.Id}
                """).ConfigureAwait(false);
        }
        await AppendAsync(session, study.Id, isForTuner: true, StoredEvents.Replicate(trial.Number, row, end)).ConfigureAwait(false);
        await WakeIfNotOverAsync(session, study).ConfigureAwait(false);
        return (AttemptState.Late, null);
    }

    /// <summary>Writes how an attempt ended, with its event.</summary>
    internal static async Task CloseAsync(StoreSession session, AttemptRow row, TrialRow trial, AttemptState state, string? reason, WorkResult? end)
    {
        (row.State, row.Reason) = (state, reason);
        await session.ExecuteAsync(
            $"""
            UPDATE attempts SET state = {(int)state}, reason = {reason}, ended_at = {session.Now}, samples = {end?.Samples}, reported = {end?.Value}, exit_code = {end?.ExitCode},
              log_tail = COALESCE({Tail(end?.LogTail)}, log_tail), acknowledged_at = {(end is not null && row.StopAskedAt is not null ? session.Now : null)}
            WHERE id = {row.Id}
            """).ConfigureAwait(false);
        await AppendAttemptAsync(session, row, trial.Number).ConfigureAwait(false);
    }

    /// <summary>What follows an attempt without a result: another, or the trial's end.</summary>
    internal static async Task FollowAsync(StoreSession session, StudyRow study, AttemptRow row, TrialRow trial, WorkResult end)
    {
        if (trial.Status != TrialStatus.Running)
        {
            return;
        }
        var counts = end.State is not (AttemptState.Preempted or AttemptState.Cancelled);
        var used = trial.AttemptsUsed + (counts ? 1 : 0);
        var isLast = counts && (!end.MayRetry || used >= trial.MaxAttempts);
        // A user's wish to end it, or a study that is over, ends the trial with it.
        var isUnwanted = end.State == AttemptState.Cancelled || IsOver(study.State) || row.StopAskedAt is not null;
        await session.ExecuteAsync($"UPDATE trials SET attempts_used = {used}, status = {(int)TrialStatus.Queued} WHERE id = {trial.Id}").ConfigureAwait(false);
        if (isUnwanted || isLast)
        {
            var poison = end.MayRetry && used > 1 ? $"poison: {used} attempts, the last: " : "";
            await EndTrialAsync(session, study, trial.Id, isUnwanted ? TrialStatus.Cancelled : TrialStatus.Failed, $"{poison}{end.Reason ?? end.State.ToString()}").ConfigureAwait(false);
            return;
        }
        var isFront = end.State is AttemptState.Preempted or AttemptState.Lost;
        await QueueAttemptAsync(session, study, trial.Id, await NextNumberAsync(session, trial.Id).ConfigureAwait(false), isFront, end.Backoff).ConfigureAwait(false);
    }

    /// <summary>
    /// Counts failures in a row that came at once; sets the worker aside. What a training brought at its end says nothing of the machine, and one that fails again
    /// no more than it did: a single configuration that always crashes must not take its only worker out of service.
    /// </summary>
    private static Task JudgeWorkerAsync(StoreSession session, AttemptRow row, WorkResult end) => end.State is not (AttemptState.Failed or AttemptState.TimedOut) || end.IsBadOutput
        ? Task.CompletedTask
        : end.IsQuick
        ? session.ExecuteAsync(
            $"""
            UPDATE workers SET quick_failures = quick_failures + 1,
              reason = CASE WHEN quick_failures + 1 >= {MostQuickFailures} AND set_aside_at IS NULL THEN {"quick-failures: " + end.Reason} ELSE reason END,
              set_aside_at = CASE WHEN quick_failures + 1 >= {MostQuickFailures} THEN COALESCE(set_aside_at, {session.Now}) ELSE set_aside_at END
            WHERE tenant = {row.WorkerTenant} AND name = {row.Worker} AND NOT EXISTS (
              SELECT 1 FROM attempts WHERE trial_id = {row.TrialId} AND id <> {row.Id} AND worker_tenant = {row.WorkerTenant} AND worker = {row.Worker} AND state = {(int)AttemptState.Failed})
            """)
        : session.ExecuteAsync($"UPDATE workers SET quick_failures = 0 WHERE tenant = {row.WorkerTenant} AND name = {row.Worker} AND set_aside_at IS NULL");

    private static Task WakeIfNotOverAsync(StoreSession session, StudyRow study) => IsOver(study.State) ? Task.CompletedTask : WakeAsync(session, study.Id);

    private static async Task<int> NextNumberAsync(StoreSession session, Guid trial) =>
        (int)(await session.NumberAsync($"SELECT COALESCE(MAX(number), 0) + 1 FROM attempts WHERE trial_id = {trial}").ConfigureAwait(false) ?? 1);
}
