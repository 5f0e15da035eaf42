namespace HtiTune;

/// <summary>The first condition of a certificate that a recommendation does not meet; <see cref="Outcome.Describe"/> says it in a sentence.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Unmet>))]
public enum Unmet
{
    /// <summary>Fewer than five trainings have a value.</summary>
    TooFewAnchors,

    /// <summary>There is a surrogate, and fewer than two trainings have tested it between its anchors.</summary>
    SurrogateUntested,

    /// <summary>The regret that is not exceeded with probability 1 − δ is more than ε.</summary>
    RegretTooLarge,

    /// <summary>
    /// The share of draws with a regret of at most ε is 1 − δ or more, but by so little that so many draws cannot tell (the bound of Clopper and Pearson).
    /// </summary>
    TooFewDraws,

    /// <summary>All of that is met, but for the first time: it must hold twice, with a completed training between.</summary>
    HeldOnce,

    /// <summary>The calibration alarm went off and withdrew what had held before; it has not held twice since.</summary>
    AlarmWithdrew,

    /// <summary><c>CertificateRule.Strict</c>: a part of the range wider than a quarter of it is without a training.</summary>
    StrictNotCovered,

    /// <summary>Every condition is met, but the run was cancelled.</summary>
    Cancelled,

    /// <summary>No training is known to meet every constraint.</summary>
    NothingFeasible,

    /// <summary>A front of several features is looked for, which has no single best.</summary>
    NoSingleBest,
}
