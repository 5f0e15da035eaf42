namespace HtiTune.Service;

/// <summary>Who asks for work.</summary>
/// <param name="Worker">The worker's name; 1 to 100 characters.</param>
/// <param name="Slot">Its slot: one attempt each.</param>
/// <param name="Study">Only this study's; null: any that outside workers train.</param>
/// <param name="Queues">Queues that it serves; null: all.</param>
/// <param name="LeaseFor">How long it wants the training for itself without renewing the lease, 1 s to 7 days; null for the server's own lease.</param>
/// <param name="WaitFor">How long to wait for a training where there is none now, at most 60 s; null: not at all. With a result, which is kept before: the answer comes with the next training, or without one after that time.</param>
public sealed record WorkRequest(string Worker, int Slot = 0, Guid? Study = null, IReadOnlyList<string>? Queues = null, TimeSpan? LeaseFor = null, TimeSpan? WaitFor = null)
{
    /// <summary>Only this tenant's trainings; null: any. What is internal here a service adds, and no request can say.</summary>
    internal string? Tenant { get; init; }

    /// <summary>Only studies that a network of the service's process trains, by its name; null: any study.</summary>
    internal IReadOnlyList<string>? Networks { get; init; }

    /// <summary>Only studies that outside workers train: without a network, or with one that is not among these; null: any study.</summary>
    internal IReadOnlyList<string>? OtherThan { get; init; }

    /// <summary>A certain attempt; null: the next in the fair order.</summary>
    internal Guid? Attempt { get; init; }

    /// <summary>Attempts under way at most over a queue; null: no limit.</summary>
    internal int? QueueLimit { get; init; }

    /// <summary>The same over a tenant.</summary>
    internal int? TenantLimit { get; init; }
}

/// <summary>An attempt in a worker's hands.</summary>
/// <param name="Attempt">Its id.</param>
/// <param name="Lease">The fence that every further call carries.</param>
/// <param name="LeaseUntil">When the lease ends unless it is renewed.</param>
/// <param name="RenewEvery">How often to renew.</param>
/// <param name="Study">The study.</param>
/// <param name="Trial">The trial's number.</param>
/// <param name="Number">The attempt's number.</param>
/// <param name="Lambda">λ to train at; NaN where several hyperparameters are tuned.</param>
/// <param name="Seed">Seed of all chance in the training; 0 to 2³¹ − 1 in studies that this version began.</param>
/// <param name="Rows">Rows of outputs that are expected; 0 for the objective <c>value</c>, or where the first training that succeeds tells.</param>
/// <param name="TimeLimit">Time allowed; null: any.</param>
public sealed record ClaimedAttempt(
    Guid Attempt, Guid Lease, DateTimeOffset LeaseUntil, TimeSpan RenewEvery, Guid Study, int Trial, int Number, [property: JsonConverter(typeof(NumberOrNothing))] double Lambda, long Seed,
    int Rows, TimeSpan? TimeLimit)
{
    /// <summary>
    /// Whether the worker's slot held it before this request. Where the process that asks has not claimed it itself, another one of the same name has: each needs a
    /// name or a slot of its own.
    /// </summary>
    public bool IsHeld { get; init; }

    /// <summary>The values of the hyperparameters to train at; λ alone where a service of an earlier version told it.</summary>
    public Configuration Configuration { get => field ?? new Configuration("lambda", Lambda); init; }
}

/// <summary>What a worker says while it trains, by which it renews its lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Progress">The share of the training that is done, 0 to 1; null: as it was.</param>
/// <param name="LogTail">The end of its log; null: as it was.</param>
/// <param name="LeaseFor">For how long the lease is wanted, 1 s to 7 days; null for the server's own time.</param>
/// <param name="Values">What the training measured since the last renewal, such as the loss after each epoch; at most 1000. A step that is told again gets its new value.</param>
public sealed record AttemptReport(
    Guid Lease, double? Progress = null, string? LogTail = null, TimeSpan? LeaseFor = null, IReadOnlyList<IntermediateValue>? Values = null);

/// <summary>How a lease stands.</summary>
/// <param name="Holds">Whether it still holds. If not, end the training; a finished valid result may still be handed in.</param>
/// <param name="Stop">A user asks for a gentle end.</param>
/// <param name="Kill">A user asks for an end at once.</param>
/// <param name="LeaseUntil">When it ends; null where it holds no longer.</param>
public sealed record LeaseStatus(bool Holds, bool Stop, bool Kill, DateTimeOffset? LeaseUntil = null);

/// <summary>What became of a result.</summary>
/// <param name="State">Done, or Late where the lease had ended; or how it ended without.</param>
/// <param name="Study">The study's state now.</param>
/// <param name="Next">The next attempt, where one was asked for and there is one.</param>
public sealed record TellOutcome(AttemptState State, StudyState Study, ClaimedAttempt? Next)
{
    /// <summary>Whether the same had been told before, so that this time nothing has changed.</summary>
    public bool IsRepeated { get; init; }
}

/// <summary>How a training went: a value, outputs, or how it ended without.</summary>
public sealed record WorkResult
{
    /// <summary>The lease that it is told under; a client of the service puts in its own.</summary>
    [JsonRequired]
    public Guid Lease { get; init; }

    /// <summary>The number, for the objective <c>value</c>.</summary>
    public double? Value { get; init; }

    /// <summary>The outputs [n, D], for every other objective.</summary>
    public Matrix? Outputs { get; init; }

    /// <summary>Failed, TimedOut, Preempted or Cancelled where there is no result.</summary>
    public AttemptState State { get; init; } = AttemptState.Done;

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>End of the log.</summary>
    public string? LogTail { get; init; }

    /// <summary>The process's exit code, where there was one.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Who asks for the next training in the same breath; null: nobody.</summary>
    public WorkRequest? Next { get; init; }

    /// <summary>Where a service keeps the outputs: their blob, in their place. What is internal here a service adds, and no worker can say.</summary>
    internal string? Samples { get; init; }

    /// <summary>What reasons begin with where a training came to its end and brought no result.</summary>
    internal const string BadOutput = "bad-output: ";

    /// <summary>Whether it came to its end and brought what is no result, as a loss that is not a number: another attempt would bring the same, and whoever trained it is well.</summary>
    internal bool IsBadOutput => State == AttemptState.Failed && Reason?.StartsWith(BadOutput, StringComparison.Ordinal) == true;

    /// <summary>Whether another attempt could go better; a fault of the request itself fails the trial at once.</summary>
    internal bool MayRetry { get; init; } = true;

    /// <summary>Wait before the next attempt.</summary>
    internal TimeSpan Backoff { get; init; }

    /// <summary>Whether the failure came so soon that the machine is suspect.</summary>
    internal bool IsQuick { get; init; }
}
