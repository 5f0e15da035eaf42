namespace HtiTune;

/// <summary>How a trial ended.</summary>
public enum TrialState
{
    /// <summary>The network was trained and the objective has a value.</summary>
    Completed,

    /// <summary>The training, its outputs or the objective's value failed; the model has not seen it.</summary>
    Failed,

    /// <summary>The training was cancelled.</summary>
    Cancelled,
}

/// <summary>One training and what the study's objective makes of it. Values are in the objective's own sign and units.</summary>
public sealed record Trial
{
    /// <summary>Number of the training, from 1, in the order in which the tuner started them.</summary>
    public required int Number { get; init; }

    /// <summary>The values of the hyperparameters, in their own units.</summary>
    public required Configuration Configuration { get; init; }

    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    public double Lambda => Configuration.Lambda;

    /// <summary>How it ended.</summary>
    public required TrialState State { get; init; }

    /// <summary>Why the training was made, e.g. <c>initial: lower end</c>, <c>log expected improvement</c>, <c>confirm the recommendation</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The objective of the real network; null unless completed.</summary>
    public double? Value { get; init; }

    /// <summary>
    /// What the features of the run's aim, and those that its constraints bound, have as values at the real network, by name; null where the run is for one function.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Features { get; init; }

    /// <summary>Whether every constraint is met; null without constraints, and without a value.</summary>
    public bool? IsFeasible { get; init; }

    /// <summary>What was predicted for <see cref="Value"/> from the earlier trials alone; null where there was none, or not completed.</summary>
    public double? Predicted { get; init; }

    /// <summary>Lower end of the prediction's 90 % interval.</summary>
    public double? PredictedLow { get; init; }

    /// <summary>Upper end of the prediction's 90 % interval.</summary>
    public double? PredictedHigh { get; init; }

    /// <summary>Trust in the surrogate behind the prediction; null where there was none.</summary>
    public double? Trust { get; init; }

    /// <summary>Whether <see cref="Value"/> lay in that interval, and how likely it was; null for the first two values, which show no scale.</summary>
    public CalibrationTest? Test { get; init; }

    /// <summary>What went wrong; null when completed.</summary>
    public string? Error { get; init; }

    /// <summary>Time from the proposal until the trained network was handed over, or the training ended otherwise.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether the training was made by an earlier run of the tuner, and cost this one nothing.</summary>
    public bool IsReused { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Trial), PrintMembers);
}
