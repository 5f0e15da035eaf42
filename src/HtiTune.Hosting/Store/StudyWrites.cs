namespace HtiTune.Hosting;

/// <summary>What several transactions write: events, wake-ups, attempts in the queue, ends of trials.</summary>
internal static class StudyWrites
{
    /// <summary>Serialises claims and sweeps: fairness and limits are then exact.</summary>
    public const string ClaimsLock = "claims";

    /// <summary>Characters of a log that are kept, from its end.</summary>
    private const int LogLength = 65_536;

    /// <summary>A new id, in the order of the database's time.</summary>
    public static Guid NewId(StoreSession session) => Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(session.Now));

    public static string? Tail(string? log) => log is { Length: > LogLength } ? log[^LogLength..] : log;

    public static bool IsOver(StudyState state) => state is StudyState.Finished or StudyState.Cancelled or StudyState.Failed;

    public static bool IsUnderWay(AttemptState state) => state is AttemptState.Starting or AttemptState.Running or AttemptState.Silent;

    /// <summary>The study's row, locked against other writers until the transaction ends.</summary>
    public static Task<StudyRow?> LockStudyAsync(StoreSession session, Guid study) =>
        session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {study} FOR UPDATE");

    /// <summary>Appends an event; returns its sequence number.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="study">The study, locked.</param>
    /// <param name="isForTuner">Whether the tuner must see it before it may commit again.</param>
    /// <param name="happened">The event, as <see cref="StoredEvents"/> makes it.</param>
    public static async Task<long> AppendAsync(StoreSession session, Guid study, bool isForTuner, StudyEvent happened)
    {
        var sequence = await session.NumberAsync(
            $"UPDATE studies SET last_sequence = last_sequence + 1, version = version + {(isForTuner ? 1 : 0)}, updated_at = {session.Now} WHERE id = {study} RETURNING last_sequence")
            .ConfigureAwait(false) ?? throw new InvalidOperationException("The study is gone.");
        await InsertEventAsync(session, study, sequence, happened).ConfigureAwait(false);
        return sequence;
    }

    /// <summary>Inserts an event whose number the study's row has counted already.</summary>
    public static Task InsertEventAsync(StoreSession session, Guid study, long sequence, StudyEvent happened) =>
        session.InsertAsync(EventSeal.Seal(happened with { StudyId = study, Sequence = sequence, Time = DateTimeOffset.FromUnixTimeMilliseconds(session.Now) }));

    public static Task<long> AppendAttemptAsync(StoreSession session, AttemptRow attempt, int trial) =>
        AppendAsync(session, attempt.StudyId, isForTuner: false, StoredEvents.Attempt(trial, attempt));

    public static Task WakeAsync(StoreSession session, Guid study, Guid? attempt = null) =>
        session.InsertAsync(new OutboxRow { Kind = attempt is null ? "advance" : "train", StudyId = study, AttemptId = attempt, CreatedAt = session.Now });

    /// <summary>Queues an attempt at a trial, and says so to the host's own workers where they train the study.</summary>
    public static async Task QueueAttemptAsync(StoreSession session, StudyRow study, Guid trial, int number, bool isFront, TimeSpan delay)
    {
        var attempt = NewAttempt(session, study, trial, number);
        attempt.IsFront = isFront;
        attempt.AvailableAt = session.Now + (long)delay.TotalMilliseconds;
        await session.InsertAsync(attempt).ConfigureAwait(false);
        if (study.Network is not null)
        {
            await WakeAsync(session, study.Id, attempt.Id).ConfigureAwait(false);
        }
        else
        {
            await WebhookStore.WantedAsync(session, study, trial).ConfigureAwait(false);
        }
    }

    public static AttemptRow NewAttempt(StoreSession session, StudyRow study, Guid trial, int number) => new()
    {
        Id = NewId(session),
        TrialId = trial,
        StudyId = study.Id,
        Tenant = study.Tenant,
        Number = number,
        Queue = study.Queue,
        Priority = study.Priority,
        State = AttemptState.Queued,
        AvailableAt = session.Now,
        QueuedAt = session.Now,
    };

    /// <summary>Ends a trial: its place in the order of ends, and an advance where the study goes on.</summary>
    public static async Task EndTrialAsync(StoreSession session, StudyRow study, Guid trial, TrialStatus status, string? error, string? samples = null, double? reported = null)
    {
        await session.ExecuteAsync(
            $"""
            UPDATE trials SET status = {(int)status}, error = {error}, samples = COALESCE({samples}, samples), reported = COALESCE({reported}, reported), ended_at = {session.Now},
              end_order = COALESCE(end_order, (SELECT COALESCE(MAX(o.end_order), 0) + 1 FROM trials o WHERE o.study_id = {study.Id}))
            WHERE id = {trial}
            """).ConfigureAwait(false);
        if (!IsOver(study.State))
        {
            await WakeAsync(session, study.Id).ConfigureAwait(false);
        }
    }

    /// <summary>Cancels what waits in a study that is over, and asks what is under way to stop.</summary>
    public static async Task StopAllAsync(StoreSession session, Guid study)
    {
        await session.ExecuteAsync($"UPDATE attempts SET state = {(int)AttemptState.Cancelled}, reason = {"study-over"}, ended_at = {session.Now} WHERE study_id = {study} AND state = 0")
            .ConfigureAwait(false);
        await session.ExecuteAsync(
            $"UPDATE attempts SET stop_asked_at = {session.Now} WHERE study_id = {study} AND state IN (1, 2, 3) AND stop_asked_at IS NULL").ConfigureAwait(false);
        await session.ExecuteAsync(
            $"UPDATE trials SET status = {(int)TrialStatus.Cancelled}, ended_at = {session.Now} WHERE study_id = {study} AND status = {(int)TrialStatus.Queued}").ConfigureAwait(false);
    }
}
