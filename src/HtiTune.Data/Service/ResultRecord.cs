using HtiTune.Diagnostics;

namespace HtiTune.Service;

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

    public required Configuration Configuration { get; init; }

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
        Outcome = outcome switch { Certified => "certified", NeedsTraining => "needs-training", _ => "not-certified" },
        OutcomeText = outcome.Describe(Hyperparameter),
        StopReason = stopReason,
        StopReasonText = stopReasonText,
        Probability = outcome switch { Certified c => c.Probability, NeedsTraining n => n.Probability, NotCertified n => n.Probability, _ => null },
    };
}

/// <summary>A training, as <c>trials --json</c> writes it: of a study of this machine and of a server's alike. Null is what is not known.</summary>
internal sealed record TrialRecord
{
    public required int? Number { get; init; }

    public required Configuration Configuration { get; init; }

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
}
