namespace HtiTune.Service;

/// <summary>A trial of a study that a service keeps.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Lambda">λ, in its own units; NaN where several hyperparameters are tuned.</param>
/// <param name="Seed">Seed of all chance in the training.</param>
/// <param name="Reason">Why it was asked for.</param>
/// <param name="ExpectedGain">What it was expected to gain; null where no model stood behind it.</param>
/// <param name="Predicted">The value that was predicted; null without a model.</param>
/// <param name="PredictedLow">Lower end of the prediction's 90 % interval.</param>
/// <param name="PredictedHigh">Upper end of the prediction's 90 % interval.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="IsImported">Whether it was made before the study.</param>
/// <param name="Value">The objective's value; null before it has one.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
/// <param name="Attempts">Attempts at it.</param>
/// <param name="QueuedAt">When it was asked for.</param>
/// <param name="StartedAt">When its first attempt began.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record TrialView(
    int Number, [property: JsonConverter(typeof(NumberOrNothing))] double Lambda, long Seed, string Reason, double? ExpectedGain, double? Predicted, double? PredictedLow,
    double? PredictedHigh, TrialStatus Status, bool IsImported, double? Value, string? Error, int Attempts, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt)
{
    /// <summary>The values of the hyperparameters; λ alone where a service of an earlier version told it.</summary>
    public Configuration Configuration { get => field ?? new Configuration("lambda", Lambda); init; }

    /// <summary>The values of all objectives and of what constraints bound, by objective; null where the study has one objective alone, and before it has ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Features { get; init; }

    /// <summary>Whether every constraint is met; null without constraints, and without a value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsFeasible { get; init; }
}

/// <summary>An attempt at a trial.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Trial">The trial's number.</param>
/// <param name="Number">The attempt's number.</param>
/// <param name="Queue">The queue that it waits or waited in.</param>
/// <param name="State">How it stands or ended.</param>
/// <param name="Reason">Why.</param>
/// <param name="Worker">Who has or had it.</param>
/// <param name="Progress">The share that is done, 0 to 1.</param>
/// <param name="QueuedAt">When it was queued.</param>
/// <param name="StartedAt">When it began to train.</param>
/// <param name="RenewedAt">When its worker renewed the lease last.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="StopAskedAt">When a user asked it to end gently.</param>
/// <param name="KillAskedAt">When a user asked it to end at once.</param>
/// <param name="AcknowledgedAt">When its worker told that it has.</param>
/// <param name="ExitCode">The process's exit code, where there was one.</param>
public sealed record AttemptView(
    Guid Id, int Trial, int Number, string Queue, AttemptState State, string? Reason, string? Worker, double Progress, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? RenewedAt, DateTimeOffset? EndedAt, DateTimeOffset? StopAskedAt, DateTimeOffset? KillAskedAt, DateTimeOffset? AcknowledgedAt, int? ExitCode)
{
    /// <summary>The values of the hyperparameters; null where a service of an earlier version did not tell them.</summary>
    public Configuration? Configuration { get; init; }
}
