namespace HtiTune.Diagnostics;

/// <summary>What further trainings are expected to gain over the best trained value, by the belief after the trainings so far, in units of the objective. No training is made.</summary>
/// <param name="Gains">Expected gain of 1, 2, … further trainings that are chosen together, ascending: a lower bound for trainings chosen one after the other.</param>
/// <param name="Limit">Expected gain of the best of all λ, which no number of trainings exceeds in expectation.</param>
public sealed record BudgetOutlook(IReadOnlyList<double> Gains, double Limit)
{
    /// <summary>In words, with decimal points under every locale.</summary>
    public override string ToString() => Gains.Count == 0
        ? FormattableString.Invariant($"a gain of at most {Limit:G4} is expected")
        : FormattableString.Invariant($"{Gains.Count} further trainings are expected to gain {Gains[^1]:G4}, the first {Gains[0]:G4}, any number at most {Limit:G4}");
}
