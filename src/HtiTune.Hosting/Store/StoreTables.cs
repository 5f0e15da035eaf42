namespace HtiTune.Hosting;

// The tables. Times are milliseconds since 1970 UTC by the database's clock; ids are version-7 GUIDs; hashes are SHA-256 in lower-case hexadecimal.

/// <summary>A study.</summary>
internal sealed class StudyRow
{
    public Guid Id { get; set; }
    public required string Tenant { get; set; }
    public required string Name { get; set; }

    /// <summary>The key under which the caller began it, once within the tenant; null without.</summary>
    public string? IdempotencyKey { get; set; }

    /// <summary>The <see cref="StudyDefinition"/> as JSON.</summary>
    public required string Definition { get; set; }
    public required string Queue { get; set; }

    /// <summary>The definition's network; null: outside workers train.</summary>
    public string? Network { get; set; }
    public int Priority { get; set; }
    public int Parallelism { get; set; }
    public StudyState State { get; set; }
    public string? Reason { get; set; }

    /// <summary>
    /// Raised by one with every commit of the tuner's, and with every event of the store's that the tuner must see (state, replicate); whoever commits must
    /// have seen the last (optimistic lock). Events about attempts do not raise it.
    /// </summary>
    public long Version { get; set; }

    /// <summary>Sequence number of the last journal event.</summary>
    public long LastSequence { get; set; }
    public int TrainingsUsed { get; set; }

    /// <summary>Best value so far, λ recommended and how sure it is, for lists; null before there is any.</summary>
    public double? BestValue { get; set; }
    public double? Lambda { get; set; }

    /// <summary>The same of a study that does not tune one continuous hyperparameter: the <see cref="Data.Configuration"/> as JSON.</summary>
    public string? Configuration { get; set; }
    public double? Trust { get; set; }

    /// <summary>The <see cref="StudyResult"/> as JSON, once there is one.</summary>
    public string? Result { get; set; }
    public Guid? SurrogateId { get; set; }

    /// <summary>Blob of the newest <see cref="StudyCurve"/> as JSON; null where it is computed when asked for.</summary>
    public string? Curve { get; set; }
    /// <summary>Tags, each between two commas (<c>,a,b,</c>), so that one is found whole; null: none.</summary>
    public string? Tags { get; set; }

    /// <summary>What people noted; null: nothing.</summary>
    public string? Notes { get; set; }
    public long CreatedAt { get; set; }
    public long UpdatedAt { get; set; }
    public long? EndedAt { get; set; }

    // What is internal is no column.

    /// <summary>Where the tuner takes the study up: its events after the number that was asked for; else none.</summary>
    internal IReadOnlyList<StudyEvent> Events { get; set; } = [];

    /// <summary>The same: trials that ended (completed, failed or cancelled), and that no event has taken yet, in the order they ended.</summary>
    internal IReadOnlyList<TrialRow> Results { get; set; } = [];

    /// <summary>Whether the tuner could not repeat the events, so that a new run must begin.</summary>
    internal bool IsDiverged { get; set; }
}

/// <summary>A training that the tuner proposed, or an anchor that was imported (number above 0 alike, in one sequence).</summary>
internal sealed class TrialRow
{
    public Guid Id { get; set; }
    public Guid StudyId { get; set; }
    public int Number { get; set; }

    /// <summary>λ of a study that tunes one continuous hyperparameter; else 0, and the next member tells.</summary>
    public double Lambda { get; set; }

    /// <summary>The <see cref="Data.Configuration"/> as JSON; null where λ tells.</summary>
    public string? Configuration { get; set; }
    public long Seed { get; set; }
    public required string Reason { get; set; }
    public double? ExpectedGain { get; set; }

    /// <summary>Forecast of the value, frozen before the training: mean and 90 % interval.</summary>
    public double? Predicted { get; set; }
    public double? PredictedLow { get; set; }
    public double? PredictedHigh { get; set; }
    public TrialStatus Status { get; set; }
    public bool IsImported { get; set; }
    public int MaxAttempts { get; set; }

    /// <summary>Attempts that count: lost, failed and timed-out ones.</summary>
    public int AttemptsUsed { get; set; }

    /// <summary>Objective's value as the tuner measured it.</summary>
    public double? Value { get; set; }

    /// <summary>What else the run measured as JSON (<see cref="TrialMeasures"/>), of studies with constraints or a front; else null.</summary>
    public string? Measures { get; set; }

    /// <summary>Blob of the outputs [n, D] as .npy; null for the objective <c>value</c>.</summary>
    public string? Samples { get; set; }

    /// <summary>The number that the training reported, for the objective <c>value</c>.</summary>
    public double? Reported { get; set; }

    /// <summary>Sequence number of the event that took its end into the tuner; null while it waits for that.</summary>
    public long? TakenAt { get; set; }

    /// <summary>Its place in the order in which the study's trials ended.</summary>
    public long? EndOrder { get; set; }
    public string? Error { get; set; }
    public long QueuedAt { get; set; }
    public long? StartedAt { get; set; }
    public long? EndedAt { get; set; }

    /// <summary>Where it trains.</summary>
    public Data.Configuration At(StudyProblem problem) => problem.At(Lambda, Configuration is { } text ? StudyJson.Read<Data.Configuration>(text) : null);

    /// <summary>How it ended, as the journal tells it; its outputs by their blob, or the number that it reported.</summary>
    public TrainingEnded Ended(StudyProblem problem) => new(Number, At(problem), Reason, TimeSpan.Zero)
    {
        State = Status == TrialStatus.Completed ? TrialState.Completed : TrialState.Failed,
        SamplesFile = Samples,
        SamplesSha256 = Samples,
        Reported = Reported,
        Error = Status == TrialStatus.Completed ? null : Error ?? (Status == TrialStatus.Cancelled ? "cancelled" : "failed"),
    };

    /// <summary>Takes a place as the columns hold it.</summary>
    public void Place(StudyProblem problem, Data.Configuration configuration) =>
        (Lambda, Configuration) = problem.Space.IsLine ? (configuration.Lambda, (string?)null) : (0, StudyJson.Write(configuration));
}

/// <summary>One attempt at a trial: the truth about who trains what. (trial, number) is the key that makes a training idempotent.</summary>
internal sealed class AttemptRow
{
    public Guid Id { get; set; }
    public Guid TrialId { get; set; }
    public Guid StudyId { get; set; }
    public required string Tenant { get; set; }
    public int Number { get; set; }
    public required string Queue { get; set; }
    public int Priority { get; set; }
    public AttemptState State { get; set; }

    /// <summary>Machine-readable reason of its end, e.g. <c>exit-code</c>, <c>lease-over</c>, <c>shutdown</c>, <c>user</c>, <c>bad-output</c>; then words after a colon.</summary>
    public string? Reason { get; set; }
    public string? Worker { get; set; }

    /// <summary>The worker's tenant, empty for a host's own.</summary>
    public string? WorkerTenant { get; set; }
    public int? Slot { get; set; }

    /// <summary>The fence: every write of a worker carries it.</summary>
    public Guid? Lease { get; set; }
    public long? LeaseUntil { get; set; }
    public long? RenewedAt { get; set; }

    /// <summary>Not to be claimed before (back-off).</summary>
    public long AvailableAt { get; set; }

    /// <summary>Front of the queue: lost and preempted ones come first.</summary>
    public bool IsFront { get; set; }
    public double Progress { get; set; }
    public long QueuedAt { get; set; }
    public long? ClaimedAt { get; set; }
    public long? StartedAt { get; set; }
    public long? EndedAt { get; set; }

    /// <summary>A user asked it to end gently, or at once; the worker tells when it has.</summary>
    public long? StopAskedAt { get; set; }
    public long? KillAskedAt { get; set; }
    public long? AcknowledgedAt { get; set; }
    public int? ExitCode { get; set; }
    public string? Samples { get; set; }
    public double? Reported { get; set; }

    /// <summary>End of its log, at most 64 KiB.</summary>
    public string? LogTail { get; set; }

    // What is internal is no column.

    /// <summary>Its trial, where it was claimed or looked for by itself.</summary>
    internal TrialRow Trial { get => field ?? throw new InvalidOperationException("The attempt was read without its trial."); set; }

    /// <summary>Its study, where it was claimed or looked for by itself.</summary>
    internal StudyRow Study { get => field ?? throw new InvalidOperationException("The attempt was read without its study."); set; }

    /// <summary>Whether the worker's slot held it before it was claimed.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>The attempt with its trial and its study.</summary>
    internal AttemptRow Of(TrialRow? trial, StudyRow? study)
    {
        (Trial, Study) = (trial!, study!);
        return this;
    }
}

/// <summary>An intermediate value of an attempt.</summary>
internal sealed class AttemptValueRow
{
    public Guid AttemptId { get; set; }
    public long Step { get; set; }
    public double Value { get; set; }
}

/// <summary>Bytes by their hash: outputs, contexts, models, figures. Written once, never changed.</summary>
internal sealed class BlobRow
{
    public required string Hash { get; set; }
    public long Length { get; set; }
    public required byte[] Bytes { get; set; }
    public long CreatedAt { get; set; }
}

/// <summary>A fitted surrogate of a study.</summary>
internal sealed class SurrogateRow
{
    public Guid Id { get; set; }
    public Guid StudyId { get; set; }
    public required string Tenant { get; set; }
    public required string Blob { get; set; }
    public int Anchors { get; set; }
    public long CreatedAt { get; set; }
}

/// <summary>Work that a commit makes necessary, written in the same transaction; dispatched to jobs at least once.</summary>
internal sealed class OutboxRow
{
    public long Id { get; set; }

    /// <summary><c>advance</c> (a study), <c>train</c> (an attempt for the host's own workers).</summary>
    public required string Kind { get; set; }
    public Guid StudyId { get; set; }
    public Guid? AttemptId { get; set; }
    public long CreatedAt { get; set; }
}

/// <summary>A process or outside agent that trains.</summary>
internal sealed class WorkerRow
{
    public required string Name { get; set; }

    /// <summary>The tenant whose keys it uses, empty for a host's own: a name is one worker within a tenant.</summary>
    public required string Tenant { get; set; }
    public required string Queues { get; set; }
    public int Slots { get; set; }
    public long FirstSeenAt { get; set; }
    public long LastSeenAt { get; set; }

    /// <summary>Failures in a row that came within seconds; three set the worker aside.</summary>
    public int QuickFailures { get; set; }
    public long? SetAsideAt { get; set; }
    public string? Reason { get; set; }

    /// <summary>Attempts in its hands: counted when read, not a column.</summary>
    public int Running { get; set; }
}

/// <summary>An API key; the secret is known only as its hash.</summary>
internal sealed class ApiKeyRow
{
    /// <summary>The part of the key that may be shown.</summary>
    public required string Id { get; set; }
    public required string Hash { get; set; }
    public required string Tenant { get; set; }
    public required string Name { get; set; }

    /// <summary>Words of <c>read</c>, <c>write</c>, <c>admin</c>, apart by spaces.</summary>
    public required string Scopes { get; set; }
    public int RequestsPerMinute { get; set; }
    public int MaxStudies { get; set; }
    public long CreatedAt { get; set; }
    public long? RevokedAt { get; set; }
    public long? LastUsedAt { get; set; }
}
