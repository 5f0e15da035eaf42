using System.Text.Json.Serialization;

namespace HtiTune.Cli;

/// <summary>What a run found, as <c>--json</c> and <c>--events</c> write it: of a study of this machine and of a server's alike. Null is what is not known.</summary>
/// <remarks>
/// <c>value</c> is the objective of the real network, null where it was not trained; <c>trainings</c> are those of the study, <c>trainingsUsed</c> those of the
/// run, <c>trainingsHere</c> those of this command. <c>kind</c> and <c>number</c> are those of <c>best</c>.
/// </remarks>
internal sealed record ResultRecord
{
    /// <summary>The <c>kind</c> of what a run has recommended.</summary>
    internal const string Recommended = "recommended";

    public required string Study { get; init; }

    public string? Kind { get; init; }

    public required string Hyperparameter { get; init; }

    public required string Objective { get; init; }

    public required Data.Configuration Configuration { get; init; }

    public double? Lambda => double.IsFinite(Configuration.Lambda) ? Configuration.Lambda : null;

    public int? Number { get; init; }

    public IReadOnlyList<double>? Interval { get; init; }

    public required bool IsTrained { get; init; }

    public required double? Value { get; init; }

    public double? Predicted { get; init; }

    public double? Deviation { get; init; }

    public string? Outcome { get; init; }

    public string? OutcomeText { get; init; }

    public string? StopReason { get; init; }

    public string? StopReasonText { get; init; }

    public IReadOnlyList<Remark> Remarks { get; init; } = [];

    public double? Epsilon { get; init; }

    public double? Probability { get; init; }

    public required int Trainings { get; init; }

    public int? TrainingsUsed { get; init; }

    public int? TrainingsHere { get; init; }

    public double? Noise { get; init; }

    public double? Trust { get; init; }

    public double? Seconds { get; init; }

    /// <summary>Whether the configuration is known to meet the study's constraints; left out without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsFeasible { get; init; }

    /// <summary>The probability that it meets them, or, where none is known to, that the likeliest one does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FeasibleProbability { get; init; }

    /// <summary>The trained configurations that none beats in every objective; left out where there is a single best.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FrontPoint>? Front { get; init; }

    public IReadOnlyList<string> Next { get; init; } = [];

    /// <summary>The record with what an outcome says.</summary>
    internal ResultRecord With(Outcome outcome, string stopReason, string stopReasonText) => this with
    {
        Outcome = StopWords.NameOf(outcome),
        OutcomeText = outcome.Describe(Hyperparameter),
        StopReason = stopReason,
        StopReasonText = stopReasonText,
        Probability = outcome switch { Certified c => c.Probability, NeedsTraining n => n.Probability, NotCertified n => n.Probability, _ => null },
    };

    /// <summary>The result of a study that a server keeps.</summary>
    internal static ResultRecord Of(StudyView study, StudyResult result, string objective)
    {
        var space = study.Definition.ToSpace();
        var at = ServedSpace.At(space, result.Lambda, result.Configuration);
        return new ResultRecord
        {
            Study = study.Id.ToString(),
            Hyperparameter = space.Label,
            Objective = objective,
            Configuration = at,
            Interval = space.IsLine ? [result.LambdaLow, result.LambdaHigh] : null,
            IsTrained = result.IsTrained,
            Value = result.IsTrained ? result.Value : null,
            Predicted = result.Predicted,
            Deviation = result.PredictedDeviation,
            Remarks = result.Remarks,
            Epsilon = result.Epsilon,
            Trainings = study.TrainingsUsed,
            TrainingsUsed = result.TrainingsUsed,
            Trust = result.Trust,
            IsFeasible = result.Feasibility?.IsKnown,
            FeasibleProbability = result.Feasibility?.Probability,
            Front = result.Front,
        }.With(result.Outcome, result.StopReason.ToString(), StopWords.Of(result.StopReason.ToString()));
    }

    /// <summary>Writes its members into an object that is open.</summary>
    internal void WriteTo(Utf8JsonWriter writer) => CliJson.Write(writer, JsonSerializer.SerializeToElement(this, CliJson.Default.ResultRecord));
}

/// <summary>A training, as <c>trials --json</c> writes it: of a study of this machine and of a server's alike. Null is what is not known.</summary>
internal sealed record TrialRecord
{
    public required int? Number { get; init; }

    public required Data.Configuration Configuration { get; init; }

    public double? Lambda => double.IsFinite(Configuration.Lambda) ? Configuration.Lambda : null;

    public required string State { get; init; }

    public required double? Value { get; init; }

    public double? Seconds { get; init; }

    public required string Reason { get; init; }

    public string? Error { get; init; }

    public string? Log { get; init; }

    public bool IsBest { get; init; }

    /// <summary>Values of all that the study's front and constraints name, by objective; left out without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Values { get; init; }

    /// <summary>Whether it meets the study's constraints; left out without any, and where that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsFeasible { get; init; }

    /// <summary>Writes a list of them, and of which study and objective they are.</summary>
    internal static void Write(string study, string objective, IEnumerable<TrialRecord> trials) => EventWriter.Write(writer =>
    {
        writer.WriteString("study", study);
        writer.WriteString("objective", objective);
        writer.WriteStartArray("trials");
        foreach (var trial in trials)
        {
            writer.WriteStartObject();
            CliJson.Write(writer, JsonSerializer.SerializeToElement(trial, CliJson.Default.TrialRecord));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}

/// <summary>The records that the command writes, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ResultRecord))]
[JsonSerializable(typeof(TrialRecord))]
[JsonSerializable(typeof(TunerSettings))]
[JsonSerializable(typeof(TrainedBy))]
[JsonSerializable(typeof(FitSummary))]
[JsonSerializable(typeof(KrigingSummary))]
[JsonSerializable(typeof(SpaceSummary))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Writes the members of an object; a number that is not finite is null, as JSON has none.</summary>
    internal static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value is { ValueKind: JsonValueKind.String } text && text.GetString() is "NaN" or "Infinity" or "-Infinity")
            {
                writer.WriteNull(member.Name);
            }
            else
            {
                member.WriteTo(writer);
            }
        }
    }
}
