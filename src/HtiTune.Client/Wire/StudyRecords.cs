using System.Text.Json;
using System.Text.Json.Serialization;
using HtiTune.Data;

namespace HtiTune.Client;

/// <summary>What a study is to find, as <c>POST /api/v1/studies</c> takes it. What is null is left to the server's defaults.</summary>
public sealed record StudyRequest
{
    /// <summary>The study's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The network, by the name under which the server knows it; null: outside workers train.</summary>
    public string? Network { get; init; }

    /// <summary>The hyperparameter's name.</summary>
    public string? Hyperparameter { get; init; }

    /// <summary>Its least value; null where <see cref="Hyperparameters"/> are given.</summary>
    public double? Minimum { get; init; }

    /// <summary>Its greatest value; null where <see cref="Hyperparameters"/> are given.</summary>
    public double? Maximum { get; init; }

    /// <summary>
    /// Several hyperparameters, in place of name, minimum, maximum and scale of one: texts such as <c>lr=1e-5..1e-1:log</c>, <c>layers=1..4:int</c> and <c>act=relu,gelu</c>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Hyperparameters { get; init; }

    /// <summary>Its scale: linear, log, logit, odds, normal-quantile, symlog, or symlog=t with its threshold.</summary>
    public string? Scale { get; init; }

    /// <summary><c>value</c>, an expression over the outputs, or <c>objective:NAME</c>.</summary>
    public string? Objective { get; init; }

    /// <summary><c>minimize</c> or <c>maximize</c>.</summary>
    public string? Goal { get; init; }

    /// <summary>Rows of outputs that each training leaves; 0: as many as the first one brings that succeeds.</summary>
    public int? Rows { get; init; }

    /// <summary>Conditions, one a row.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Contexts { get; init; }

    /// <summary>Names of the outputs' columns.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Trainings allowed.</summary>
    public int? MaxTrainings { get; init; }

    /// <summary>Trainings at the same time.</summary>
    public int? Parallelism { get; init; }

    /// <summary>The regret that does not matter, in units of the objective.</summary>
    public double? Epsilon { get; init; }

    /// <summary>The risk that a certificate may take.</summary>
    public double? Delta { get; init; }

    /// <summary>Seed of all chance.</summary>
    public long? Seed { get; init; }

    /// <summary>Whether a surrogate informs the model.</summary>
    public bool? UseSurrogate { get; init; }

    /// <summary>
    /// Further settings of the tuner, an object of <c>acquisition</c>, <c>strictCertificate</c>, <c>noiseVariance</c>, <c>replicate</c>, <c>bootstrap</c>, <c>initialLambdas</c>,
    /// <c>startLambdas</c>, <c>confirmByTraining</c>, <c>useWholeBudget</c>, <c>gridSize</c>, <c>certificateDraws</c>, <c>measuredCost</c> and <c>costOfHour</c>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Tuner { get; init; }

    /// <summary>The queue whose workers train.</summary>
    public string? Queue { get; init; }

    /// <summary>Priority, −100 to 100.</summary>
    public int? Priority { get; init; }

    /// <summary>Attempts that a training may take.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Time limit of an attempt.</summary>
    public TimeSpan? TimeLimit { get; init; }
}

/// <summary>A study as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Definition">What it is to find.</param>
/// <param name="State"><c>active</c>, <c>paused</c>, <c>finished</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Reason">Why, where a state needs a reason.</param>
/// <param name="TrainingsUsed">Trainings used.</param>
/// <param name="BestValue">Best value so far.</param>
/// <param name="Lambda">λ recommended so far.</param>
/// <param name="Trust">Trust ρ in the surrogate.</param>
/// <param name="Result">The last run's result; null before its end.</param>
/// <param name="SurrogateId">The newest surrogate.</param>
/// <param name="LastSequence">Number of its last event.</param>
public sealed record RemoteStudy(
    Guid Id, string Tenant, StudyRequest Definition, string State, string? Reason, int TrainingsUsed, double? BestValue, double? Lambda, double? Trust, RemoteResult? Result, Guid? SurrogateId,
    long LastSequence)
{
    /// <summary>Whether nothing more will happen by itself.</summary>
    public bool HasEnded => State is "finished" or "cancelled" or "failed";

    /// <summary>The configuration recommended so far; null before there is one.</summary>
    public Configuration? Configuration { get; init; }

    /// <summary>Words by which studies are found again.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What people noted; null: nothing.</summary>
    public string? Notes { get; init; }

    /// <summary>Why nothing happens, though the study is active: nobody trains its network. Null: something does, or it was not looked at, as in lists.</summary>
    public string? WaitsFor { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="Lambda">λ recommended; NaN where several hyperparameters are tuned.</param>
/// <param name="LambdaLow">Least λ at which the best may still lie.</param>
/// <param name="LambdaHigh">Greatest such λ.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsTrained">Whether it was trained there.</param>
/// <param name="Predicted">The model's value there.</param>
/// <param name="PredictedDeviation">Its standard deviation.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="Outcome">What can be said, with its member <c>outcome</c>: certified, needs-training or not-certified.</param>
/// <param name="TrainingsUsed">Trainings of the run.</param>
/// <param name="Trust">Trust ρ in the surrogate.</param>
/// <param name="Epsilon">The regret that does not matter.</param>
public sealed record RemoteResult(
    [property: JsonConverter(typeof(NumberOrNothing))] double Lambda, [property: JsonConverter(typeof(NumberOrNothing))] double LambdaLow, [property: JsonConverter(typeof(NumberOrNothing))] double LambdaHigh,
    double Value, bool IsTrained, double Predicted, double PredictedDeviation, string StopReason, JsonElement Outcome, int TrainingsUsed, double Trust,
    double Epsilon)
{
    /// <summary>What the user should know of the objective's values. Usually empty; so it is where the server is of an earlier version.</summary>
    public IReadOnlyList<RemoteRemark> Remarks { get; init; } = [];

    /// <summary>The values of the hyperparameters; null where the server is of an earlier version.</summary>
    public Configuration? Configuration { get; init; }

    /// <summary>Whether the recommendation is certified.</summary>
    public bool IsCertified => Outcome.ValueKind == JsonValueKind.Object && Outcome.TryGetProperty("outcome", out var kind) && kind.GetString() == "certified";
}

/// <summary>Something about a study that its user should know.</summary>
/// <param name="Kind">What it is about: <c>constantObjective</c>, <c>extremeValues</c>, <c>lostPrecision</c>, or another in later versions.</param>
/// <param name="Text">A sentence without a full stop.</param>
public sealed record RemoteRemark(string Kind, string Text);

/// <summary>The answer to a preference.</summary>
/// <param name="Version">1 for the study's own.</param>
/// <param name="Objective">The objective's text.</param>
/// <param name="Before">λ of the preference before.</param>
/// <param name="Result">The answer.</param>
/// <param name="Gain">What the move is expected to gain.</param>
public sealed record RemotePreference(int Version, string Objective, double? Before, RemoteResult? Result, double? Gain)
{
    /// <summary>The configuration of the preference before.</summary>
    public Configuration? BeforeConfiguration { get; init; }
}

/// <summary>A result, or how a training ended without: one of a value, outputs, or a state with a reason.</summary>
public sealed record TrainingOutcome
{
    /// <summary>The number, for the objective <c>value</c>.</summary>
    public double? Value { get; init; }

    /// <summary>The outputs, one row for each context.</summary>
    public double[][]? Outputs { get; init; }

    /// <summary><c>done</c>, <c>failed</c>, <c>timedOut</c>, <c>preempted</c> or <c>cancelled</c>.</summary>
    public string State { get; init; } = "done";

    /// <summary>Why it ended without a result.</summary>
    public string? Reason { get; init; }

    /// <summary>End of the log.</summary>
    public string? LogTail { get; init; }

    /// <summary>A process's exit code.</summary>
    public int? ExitCode { get; init; }
}
