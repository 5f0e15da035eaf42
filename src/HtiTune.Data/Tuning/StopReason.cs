namespace HtiTune;

/// <summary>Why a tuning run ended.</summary>
public enum StopReason
{
    /// <summary>The recommendation's regret is at most ε with probability 1 − δ, under the model.</summary>
    Certified,

    /// <summary>All trainings that were allowed are used.</summary>
    TrainingBudget,

    /// <summary>No further training is expected to bring more than a thousandth of ε.</summary>
    NoImprovementLeft,

    /// <summary>The caller cancelled; the study holds everything up to there.</summary>
    Cancelled,

    /// <summary><c>TunerOptions.MaxTime</c> leaves no room for another training.</summary>
    TimeLimit,

    /// <summary>By a cost in units of the objective, no training is expected to gain what it costs.</summary>
    CostExceedsGain,

    /// <summary>Three trainings of the run have failed, and no training has ever given a value: more of the same would not either. A further run tries again.</summary>
    AllTrainingsFailed,
}
