using System.Text.Json.Serialization;

namespace HtiTune;

/// <summary>What can be said about the recommendation when a study ends: <see cref="Certified"/>, <see cref="NeedsTraining"/> or <see cref="NotCertified"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "outcome")]
[JsonDerivedType(typeof(Certified), "certified")]
[JsonDerivedType(typeof(NeedsTraining), "needs-training")]
[JsonDerivedType(typeof(NotCertified), "not-certified")]
public abstract record Outcome
{
    private protected Outcome()
    {
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
public sealed record Certified(double Epsilon, double Delta, double Probability, int Trainings) : Outcome;

/// <summary>The anchors alone do not answer the question: a training is worth most at λ = <paramref name="At"/>.</summary>
/// <param name="At">λ, in its own units.</param>
/// <param name="ExpectedGain">Expected gain over the best trained value, in units of the objective.</param>
/// <param name="Probability">The estimated probability that the present recommendation's regret is at most ε.</param>
public sealed record NeedsTraining(double At, double ExpectedGain, double Probability) : Outcome;

/// <summary>The run ended before its recommendation could be certified.</summary>
/// <param name="Epsilon">ε, in units of the objective.</param>
/// <param name="Probability">The estimated probability that the recommendation's regret is at most ε.</param>
/// <param name="RegretBound">The regret that is not exceeded with probability 1 − δ under the model, in units of the objective.</param>
public sealed record NotCertified(double Epsilon, double Probability, double RegretBound) : Outcome;
