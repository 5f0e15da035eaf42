namespace HtiTune.Hosting;

/// <summary>What a step of the tuner brought, to be written at once.</summary>
/// <param name="StudyId">The study.</param>
/// <param name="ExpectedVersion">The version that the step stands on.</param>
/// <param name="Events">New events; Sequence and Time are given by the store, in this order behind the last.</param>
internal sealed record StudyCommit(Guid StudyId, long ExpectedVersion, IReadOnlyList<StudyEvent> Events)
{
    /// <summary>Trials to be queued, each with its first attempt.</summary>
    public IReadOnlyList<TrialRow> Asked { get; init; } = [];

    /// <summary>Trials whose end the tuner has taken by these events (their TakenAt is set), by number, with the value it measured; null without.</summary>
    public IReadOnlyDictionary<int, double?> Values { get; init; } = new Dictionary<int, double?>();

    /// <summary>What else the run measures at trials, by number, as JSON: <see cref="TrialMeasures"/>.</summary>
    public IReadOnlyDictionary<int, string> Measures { get; init; } = new Dictionary<int, string>();

    /// <summary>The study's new state; null: as it is. Its event is among <see cref="Events"/>.</summary>
    public StudyState? State { get; init; }

    public string? Reason { get; init; }

    public int TrainingsUsed { get; init; }

    public double? BestValue { get; init; }

    public double? Lambda { get; init; }

    /// <summary>The best configuration so far as JSON, of a study that does not tune one continuous hyperparameter; null: as it is.</summary>
    public string? Configuration { get; init; }

    /// <summary>The best value that these events took, while the tuner has none by its model: the study's where it is better than those before; null: none.</summary>
    public TakenBest? FirstBest { get; init; }

    public double? Trust { get; init; }

    /// <summary>The result as JSON, and the surrogate; null: as they are.</summary>
    public string? Result { get; init; }

    public SurrogateRow? Surrogate { get; init; }

    /// <summary>Blob of the newest curve; null: as it is.</summary>
    public string? Curve { get; init; }

    /// <summary>An attempt that this commit ends with its result, fenced by the lease: tell and advance in one transaction. Where the lease does not hold, nothing is written.</summary>
    public (Guid Attempt, Guid Lease, WorkResult End)? Ends { get; init; }

    /// <summary>The first asked trial is claimed at once by who told, by worker and slot; without an asked one: as <see cref="AttemptClaims.ClaimAsync"/> would; null without.</summary>
    public WorkRequest? ClaimFor { get; init; }

    /// <summary>Whether an <c>advance</c> must follow.</summary>
    public bool NeedsAdvance { get; init; }
}

/// <summary>A trained value, and where.</summary>
/// <param name="Value">The value.</param>
/// <param name="IsLessBetter">Whether the least is the best.</param>
/// <param name="Lambda">λ, of a study that tunes one continuous hyperparameter.</param>
/// <param name="Configuration">Else the configuration as JSON.</param>
internal sealed record TakenBest(double Value, bool IsLessBetter, double? Lambda, string? Configuration);

/// <summary>What became of a commit.</summary>
internal enum CommitOutcome
{
    /// <summary>All of it is written.</summary>
    Done,

    /// <summary>Nothing is written: the study's version is another, or it is gone. Load again.</summary>
    OtherVersion,

    /// <summary>Nothing is written: the lease of <see cref="StudyCommit.Ends"/> does not hold. <see cref="AttemptEnds.EndAsync"/> knows what to say.</summary>
    LeaseOver,
}

/// <summary>What became of a commit, and what its caller needs to go on from memory.</summary>
/// <param name="Outcome">Whether it was written.</param>
/// <param name="Study">The study's row as it is now, version and last sequence included; null unless done. The commit's own events are the last ones.</param>
/// <param name="Claimed">What <see cref="StudyCommit.ClaimFor"/> has claimed, with its trial and study; null: nothing.</param>
internal sealed record CommitResult(CommitOutcome Outcome, StudyRow? Study = null, AttemptRow? Claimed = null);

internal sealed record SweepSettings(TimeSpan RenewEvery);

internal sealed record SweepResult(int Lost, int Failed, int Silent);

internal sealed record QueueRow(string Queue, int Queued, int Running, long? OldestQueuedAt);
