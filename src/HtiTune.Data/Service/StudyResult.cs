using HtiTune.Diagnostics;
using HtiTune.Preferences;

namespace HtiTune.Service;

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
            if (value is not null && !double.IsFinite(value.Lambda))
            {
                (Lambda, LambdaLow, LambdaHigh) = (double.NaN, double.NaN, double.NaN);
            }
        }
    }

    /// <summary>
    /// What the user should know of the objective's values: that they do not change with λ, or that some are extreme. Usually empty; so are those of runs that an earlier version ended.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<Remark> Remarks { get; init; } = [];

    /// <summary>Whether the recommendation is certified.</summary>
    [JsonIgnore]
    public bool IsCertified => Outcome is Certified;

    /// <summary>Whether the constraints are met, or how likely they can be; null without constraints.</summary>
    public Feasibility? Feasibility { get; init; }

    /// <summary>The trained configurations that none beats in every objective, ascending in the study's own; null where there is a single best.</summary>
    public IReadOnlyList<FrontPoint>? Front { get; init; }

    // An event without remarks is written as ever.
    [JsonInclude, JsonPropertyName("remarks"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IReadOnlyList<Remark>? KeptRemarks
    {
        get => Remarks.Count == 0 ? null : Remarks;
        init => Remarks = value ?? [];
    }
}

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
