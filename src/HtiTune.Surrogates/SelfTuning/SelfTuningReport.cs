namespace HtiTune.Surrogates;

/// <summary>What self-tuning tried on anchors that were left out, and what it chose.</summary>
public sealed record SelfTuningReport
{
    /// <summary>λ of the interior anchors that were left out, one at a time, ascending; empty with two anchors.</summary>
    public required IReadOnlyList<double> Folds { get; init; }

    /// <summary>The stages in their order; each keeps what those before chose.</summary>
    public required IReadOnlyList<SelfTuningStage> Stages { get; init; }

    /// <summary>Score of what was chosen, as a share of the default's: a mean over folds; 1 where the default stands.</summary>
    public required double Score { get; init; }

    /// <summary>Whether every candidate was tried; false where the budget was used up first.</summary>
    public required bool Completed { get; init; }
}

/// <summary>One choice of self-tuning.</summary>
/// <param name="Name">What was chosen: coupling cost, potential, metric, bandwidth, strength or clock.</param>
/// <param name="Candidates">All that were considered; the first stood when the stage began.</param>
/// <param name="Chosen">Name of the candidate that stands after it.</param>
public sealed record SelfTuningStage(string Name, IReadOnlyList<SelfTuningCandidate> Candidates, string Chosen);

/// <summary>One candidate of a stage.</summary>
/// <param name="Name">What it changes.</param>
/// <param name="Score">Mean over its folds of its score as a share of the default's score there: less is better; NaN where it has none.</param>
/// <param name="FoldScores">
/// Scores by fold, in the order of <see cref="SelfTuningReport.Folds"/>; NaN where it was not tried. Draws: energy distance, outputs in standard
/// deviations; deterministic outputs: mean squared error in squared standard deviations.
/// </param>
/// <param name="Excluded">Why it could not be chosen; null where it could.</param>
public sealed record SelfTuningCandidate(string Name, double Score, IReadOnlyList<double> FoldScores, string? Excluded);
