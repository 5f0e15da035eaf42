using HtiTune.Journal;

namespace HtiTune;

/// <summary>What can be said about the recommendation when a study ends: <see cref="Certified"/>, <see cref="NeedsTraining"/> or <see cref="NotCertified"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "outcome")]
[JsonDerivedType(typeof(Certified), "certified")]
[JsonDerivedType(typeof(NeedsTraining), "needs-training")]
[JsonDerivedType(typeof(NotCertified), "not-certified")]
public abstract record Outcome
{
    // A certificate from fewer is not believed.
    internal const int AnchorsForCertificate = 5;
    internal const int SurrogateTestsForCertificate = 2;

    private protected Outcome()
    {
    }

    /// <summary>The outcome in one sentence without a full stop, with the condition that failed: the same for the command line, the service and its dashboard.</summary>
    /// <param name="hyperparameter">Name of the hyperparameter.</param>
    /// <returns>A sentence that begins with <c>certified:</c> or <c>not certified:</c>, independent of the locale.</returns>
    public abstract string Describe(string hyperparameter = "λ");

    /// <summary>The members, with decimal points under every locale.</summary>
    public sealed override string ToString() => InvariantText.Of(GetType().Name, PrintMembers);

    private protected static string Number(double value, int digits = 3) => value.ToString($"G{digits}", CultureInfo.InvariantCulture);

    // What is nearly certain is not certain.
    private protected static string Share(double probability) =>
        probability > 0.999 ? "above 99.9 %" : (100 * probability).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>Two numbers with as few digits as tell one from the other.</summary>
    private protected static (string, string) Apart(double one, double other)
    {
        var digits = 3;
        while (digits < 17 && one != other && Number(one, digits) == Number(other, digits))
        {
            digits++;
        }

        return (Number(one, digits), Number(other, digits));
    }
}

/// <summary>
/// Under the model the recommendation is within ε of the best value over the whole range, with probability 1 − δ. What the model cannot know
/// (a narrow spike between trainings) it cannot certify.
/// </summary>
/// <param name="Epsilon">ε, in units of the objective.</param>
/// <param name="Delta">δ.</param>
/// <param name="Probability">The estimated probability that the regret is at most ε.</param>
/// <param name="Trainings">Trainings that this run needed.</param>
public sealed record Certified(double Epsilon, double Delta, double Probability, int Trainings) : Outcome
{
    /// <summary>Whether nothing is left to the model: every configuration of the space has been trained, and trainings do not scatter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsExhaustive { get; init; }

    /// <inheritdoc/>
    public override string Describe(string hyperparameter = "λ") => IsExhaustive
        ? "certified: every configuration has been tried, and none is better"
        : $"certified: within {Number(Epsilon)} of the best with probability {Share(Probability)}, by the model";
}

/// <summary>The anchors alone do not answer the question: a training is worth most at <paramref name="Configuration"/>.</summary>
/// <param name="Configuration">The values of the hyperparameters there, in their own units.</param>
/// <param name="ExpectedGain">Expected gain over the best trained value, in units of the objective.</param>
/// <param name="Probability">The estimated probability that the present recommendation's regret is at most ε.</param>
public sealed record NeedsTraining(
    [property: JsonPropertyName("at"), JsonConverter(typeof(ShortConfigurationConverter))] Configuration Configuration, double ExpectedGain, double Probability) : Outcome
{
    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    [JsonIgnore]
    public double At => Configuration.Lambda;

    /// <inheritdoc/>
    public override string Describe(string hyperparameter = "λ") =>
        $"not certified: a training at {(Configuration.Count == 1 && double.IsFinite(At) ? $"{hyperparameter} = {Number(At, 5)}" : Configuration.ToText())} is worth most, with an expected gain of {Number(ExpectedGain)}";
}

/// <summary>The run ended before its recommendation could be certified.</summary>
/// <param name="Epsilon">ε, in units of the objective.</param>
/// <param name="Probability">The estimated probability that the recommendation's regret is at most ε.</param>
/// <param name="RegretBound">The regret that is not exceeded with probability 1 − δ under the model, in units of the objective.</param>
/// <param name="Unmet">The first condition that is not met; null where an older version did not keep it.</param>
/// <param name="Delta">δ; null where an older version did not keep it.</param>
public sealed record NotCertified(double Epsilon, double Probability, double RegretBound, Unmet? Unmet = null, double? Delta = null) : Outcome
{
    /// <inheritdoc/>
    public override string Describe(string hyperparameter = "λ")
    {
        var (regret, wanted) = Apart(RegretBound, Epsilon);
        var likely = Delta is { } delta ? (100 * (1 - delta)).ToString("0.###", CultureInfo.InvariantCulture) + " %" : "1 − δ";

        // An older version kept the numbers alone, and of them only a regret that is too large says what was missing.
        var unmet = Unmet ?? (RegretBound > Epsilon ? HtiTune.Unmet.RegretTooLarge : null);
        return "not certified: " + unmet switch
        {
            HtiTune.Unmet.TooFewAnchors => $"a certificate needs at least {AnchorsForCertificate} trainings with a value, and there are fewer",
            HtiTune.Unmet.SurrogateUntested =>
                $"a certificate needs at least {SurrogateTestsForCertificate} trainings that have tested the surrogate between its ends, and there are fewer",
            HtiTune.Unmet.RegretTooLarge => $"the regret is at most {regret} with probability {likely}, and at most {wanted} is wanted",
            HtiTune.Unmet.TooFewDraws =>
                $"the regret is at most {wanted} with a probability of about {Share(Probability)}, which so few draws cannot tell from less than {likely}",
            HtiTune.Unmet.HeldOnce =>
                $"the regret is at most {wanted} with probability {likely}, but this has held once only, and must hold again after one more completed training",
            HtiTune.Unmet.AlarmWithdrew =>
                $"predictions missed too often, which withdrew what had been certain; that the regret is at most {wanted} with probability {likely} must hold twice since",
            HtiTune.Unmet.StrictNotCovered =>
                $"the regret is at most {wanted} with probability {likely}, but a part of the range of {hyperparameter} wider than a quarter of it is without a training",
            HtiTune.Unmet.Cancelled => $"the regret is at most {wanted} with probability {likely}, but the run was cancelled before it was said",
            HtiTune.Unmet.NothingFeasible => "no training is known to meet every constraint",
            HtiTune.Unmet.NoSingleBest => "a front of several features has no single best",
            _ => "not every condition of a certificate was met",
        };
    }
}
