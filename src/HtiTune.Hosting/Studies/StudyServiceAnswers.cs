using System.Text.Json.Serialization;
using HtiTune.Data;
using HtiTune.Diagnostics;

namespace HtiTune.Hosting;

/// <summary>A study as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Definition">What it is to find.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why, where a state needs a reason.</param>
/// <param name="TrainingsUsed">Trainings used, failed ones included.</param>
/// <param name="BestValue">Best value trained so far.</param>
/// <param name="Lambda">λ recommended so far, where one continuous hyperparameter is tuned.</param>
/// <param name="Trust">Trust ρ in the surrogate, 0 to 1.</param>
/// <param name="Result">The result of the last run; null before its end.</param>
/// <param name="SurrogateId">The newest surrogate; null before there is one.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When something last happened.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="LastSequence">Sequence number of its last event.</param>
public sealed record StudyView(
    Guid Id, string Tenant, StudyDefinition Definition, StudyState State, string? Reason, int TrainingsUsed, double? BestValue, double? Lambda, double? Trust,
    StudyResult? Result, Guid? SurrogateId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? EndedAt, long LastSequence)
{
    /// <summary>The configuration recommended so far; null before there is one.</summary>
    public Configuration? Configuration { get; init; }

    /// <summary>Words by which studies are found again, in lower case and by name.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What people noted; null: nothing.</summary>
    public string? Notes { get; init; }

    /// <summary>Why nothing happens, though the study is active: nobody trains its network. Null: something does, or it was not looked at, as in lists.</summary>
    public string? WaitsFor { get; init; }
}

/// <summary>Which studies are listed.</summary>
/// <param name="State">Only these; null: all.</param>
/// <param name="Search">Part of a name; null: any.</param>
/// <param name="After">Those behind this one; null: from the newest.</param>
/// <param name="Size">At most so many, 1 to 200.</param>
public sealed record StudyQuery(StudyState? State = null, string? Search = null, Guid? After = null, int Size = 50)
{
    /// <summary>Only those with this tag; null: all.</summary>
    public string? Tag { get; init; }
}

/// <summary>What a page of studies is ordered by.</summary>
public enum StudyOrder
{
    /// <summary>When they were created.</summary>
    Created,

    /// <summary>When something last happened to them.</summary>
    Updated,

    /// <summary>Their names, without regard to case.</summary>
    Name,

    /// <summary>Where they stand.</summary>
    State,

    /// <summary>Trainings used.</summary>
    Trainings,

    /// <summary>Whose they are.</summary>
    Tenant,
}

/// <summary>Which page of which studies is wanted.</summary>
public sealed record StudyPageQuery
{
    /// <summary>Only these; null: all.</summary>
    public StudyState? State { get; init; }

    /// <summary>Part of a name; null: any.</summary>
    public string? Search { get; init; }

    /// <summary>Only those with this tag; null: all.</summary>
    public string? Tag { get; init; }

    /// <summary>Of this tenant, for who sees several; null: of all that the caller sees.</summary>
    public string? OfTenant { get; init; }

    /// <summary>What they are ordered by; studies alike in it, by when they were created.</summary>
    public StudyOrder Order { get; init; }

    /// <summary>Whether the least, first or oldest stands first.</summary>
    public bool IsAscending { get; init; }

    /// <summary>Studies before the page, 0 and up.</summary>
    public int Skip { get; init; }

    /// <summary>Studies on the page, 1 to 200.</summary>
    public int Size { get; init; } = 50;
}

/// <summary>A page of studies.</summary>
/// <param name="Studies">The studies on it, in the order that was asked for.</param>
/// <param name="Total">How many there are in all that were asked for.</param>
/// <param name="Tenants">The tenants that have studies which the caller sees, by name.</param>
public sealed record StudyList(IReadOnlyList<StudyView> Studies, int Total, IReadOnlyList<string> Tenants);

/// <summary>How a run ended.</summary>
/// <param name="Lambda">λ recommended.</param>
/// <param name="LambdaLow">Least λ at which the best may still lie, at 95 %.</param>
/// <param name="LambdaHigh">Greatest such λ.</param>
/// <param name="Value">Its real value, where it was trained; else the predicted one.</param>
/// <param name="IsTrained">Whether it was trained.</param>
/// <param name="Predicted">The model's value there.</param>
/// <param name="PredictedDeviation">Its standard deviation.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="Outcome">What can be said: certified, needs training, or not certified.</param>
/// <param name="TrainingsUsed">Trainings of the run.</param>
/// <param name="Trust">Trust ρ in the surrogate.</param>
/// <param name="Epsilon">The regret that does not matter.</param>
/// <param name="Calibration">Forecasts tested, and missed.</param>
public sealed record StudyResult(
    double Lambda, double LambdaLow, double LambdaHigh, double Value, bool IsTrained, double Predicted, double PredictedDeviation, StopReason StopReason, Outcome Outcome,
    int TrainingsUsed, double Trust, double Epsilon, Calibration? Calibration)
{
    /// <summary>λ recommended; NaN where several hyperparameters are tuned.</summary>
    [JsonPropertyOrder(-3)]
    public double Lambda { get; init; } = Lambda;

    /// <summary>Least λ at which the best may still lie, at 95 %; NaN where several hyperparameters are tuned.</summary>
    [JsonPropertyOrder(-2)]
    public double LambdaLow { get; init; } = LambdaLow;

    /// <summary>Greatest such λ.</summary>
    [JsonPropertyOrder(-1)]
    public double LambdaHigh { get; init; } = LambdaHigh;

    /// <summary>The configuration recommended; null in results that an earlier version kept.</summary>
    public Configuration? Configuration
    {
        get;
        init
        {
            field = value;
            if (value is not null && StudyProblem.LambdaOf(value) is null)
            {
                (Lambda, LambdaLow, LambdaHigh) = (double.NaN, double.NaN, double.NaN);
            }
        }
    }

    /// <summary>What the user should know of the objective's values: that they do not change with λ, or that some are extreme. Usually empty; so are those of runs that an earlier version ended.</summary>
    [JsonIgnore]
    public IReadOnlyList<Remark> Remarks { get; init; } = [];

    // An event without remarks is written as ever.
    [JsonInclude, JsonPropertyName("remarks"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IReadOnlyList<Remark>? KeptRemarks
    {
        get => Remarks.Count == 0 ? null : Remarks;
        init => Remarks = value ?? [];
    }
}

/// <summary>What is believed over λ, and what was trained.</summary>
/// <param name="Posterior">The belief on a grid.</param>
/// <param name="Anchors">λ and values trained.</param>
/// <param name="Next">λ that the next training would go to; null where there is none.</param>
public sealed record StudyCurve(IReadOnlyList<PosteriorPoint> Posterior, IReadOnlyList<AnchorPoint> Anchors, double? Next);

/// <summary>A trained λ and its value.</summary>
public readonly record struct AnchorPoint(int Number, double Lambda, double? Value);

/// <summary>Whether outputs at a λ are a network's own, between trained λ, or outside of them.</summary>
public enum DistributionKind
{
    /// <summary>The network was trained there.</summary>
    Trained,

    /// <summary>Between two trained λ.</summary>
    Interpolated,

    /// <summary>Outside of all trained λ.</summary>
    Extrapolated,
}

/// <summary>Outputs at one λ.</summary>
/// <param name="Lambda">λ.</param>
/// <param name="Kind">Where they come from.</param>
/// <param name="Outputs">Outputs [n, D] for the study's contexts.</param>
/// <param name="Columns">Names of the D columns.</param>
/// <param name="Trust">Trust ρ in the surrogate.</param>
public sealed record Distribution(double Lambda, DistributionKind Kind, Data.Matrix Outputs, IReadOnlyList<string> Columns, double? Trust);

/// <summary>The answer to a preference.</summary>
/// <param name="Version">1 for the definition's own.</param>
/// <param name="Objective">The objective's text.</param>
/// <param name="Goal">Which values are better.</param>
/// <param name="Before">λ of the preference before; null for the first, and where several hyperparameters are tuned.</param>
/// <param name="Result">The answer from the trainings so far; null while the first run goes on.</param>
/// <param name="Gain">What moving from the λ before is expected to gain, in units of the objective; null where it cannot be told.</param>
/// <param name="CreatedAt">When it was asked.</param>
public sealed record PreferenceResult(int Version, string Objective, Goal Goal, double? Before, StudyResult? Result, double? Gain, DateTimeOffset CreatedAt)
{
    /// <summary>The configuration of the preference before; null for the first, and where an earlier version kept λ alone.</summary>
    public Configuration? BeforeConfiguration { get; init; }
}

/// <summary>How a training went: a value, outputs, or how it ended without.</summary>
public sealed record WorkResult
{
    /// <summary>The number, for the objective <c>value</c>.</summary>
    public double? Value { get; init; }

    /// <summary>The outputs [n, D], for every other objective.</summary>
    public Data.Matrix? Outputs { get; init; }

    /// <summary>Failed, TimedOut, Preempted or Cancelled where there is no result.</summary>
    public AttemptState State { get; init; } = AttemptState.Done;

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>End of the log.</summary>
    public string? LogTail { get; init; }

    /// <summary>The process's exit code, where there was one.</summary>
    public int? ExitCode { get; init; }
}

/// <summary>A worker.</summary>
public sealed record WorkerView(string Name, string Tenant, IReadOnlyList<string> Queues, int Slots, DateTimeOffset LastSeenAt, bool IsSetAside, string? Reason, int Running);

/// <summary>A queue.</summary>
public sealed record QueueView(string Name, int Queued, int Running, TimeSpan? LongestWait);

/// <summary>Kinds of refusal.</summary>
public enum StudyServiceError
{
    /// <summary>There is no such thing, or it is another tenant's.</summary>
    NotFound,

    /// <summary>The request is wrong; the message says where and what is expected.</summary>
    Invalid,

    /// <summary>It does not fit the state that the thing is in.</summary>
    Conflict,

    /// <summary>A limit is reached.</summary>
    Limit,

    /// <summary>An idempotency key comes again with another request.</summary>
    KeyReused,
}

/// <summary>A request that cannot be done.</summary>
public sealed class StudyServiceException(StudyServiceError kind, string message) : Exception(message)
{
    /// <summary>The kind of refusal.</summary>
    public StudyServiceError Kind => kind;
}
