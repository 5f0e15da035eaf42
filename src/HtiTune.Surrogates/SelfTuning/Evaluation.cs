namespace HtiTune.Surrogates.SelfTuning;

/// <summary>A candidate with its scores.</summary>
/// <param name="candidate">The candidate.</param>
/// <param name="folds">Number of folds.</param>
internal sealed class Evaluation(Candidates.Candidate candidate, int folds)
{
    /// <summary>The reason where the budget was used up.</summary>
    internal const string OutOfTime = "the budget was used up";

    /// <summary>The candidate.</summary>
    internal Candidates.Candidate Candidate { get; } = candidate;

    /// <summary>Score of each fold; null where there is none.</summary>
    internal FoldScore?[] Scores { get; private init; } = new FoldScore?[folds];

    /// <summary>Reports of the folds' fits; null where there is none.</summary>
    internal FitReport?[] Reports { get; private init; } = new FitReport?[folds];

    /// <summary>Why there is no score of a fold; null where there is no reason.</summary>
    internal string?[] Failures { get; private init; } = new string?[folds];

    /// <summary>Set where it was given up on its first fold.</summary>
    internal bool IsHopeless { get; set; }

    /// <summary>Why it cannot be chosen; null where it can.</summary>
    internal string? Excluded => Candidate.Skipped
        ?? Array.Find(Failures, failure => failure is not null)
        ?? (IsHopeless ? "no gain on the first of its folds" : null);

    /// <summary>The same scores under the name that a stage gives to what stands.</summary>
    internal Evaluation Named(string name) => new(Candidate with { Name = name }, Scores.Length) { Scores = Scores, Reports = Reports, Failures = Failures };

    /// <summary>Scores as shares of another's, with their standard errors, on the folds that both have.</summary>
    internal (double Share, double Error)[] Shares(Evaluation other) =>
        [.. Scores.Zip(other.Scores).Where(pair => pair is { First: not null, Second: not null })
            .Select(pair => (pair.First!.Share(pair.Second!), pair.First!.ShareError(pair.Second!)))];

    /// <summary>Mean share of another's scores; NaN without a fold that both have.</summary>
    internal double MeanShare(Evaluation other) => Shares(other).Select(share => share.Share).DefaultIfEmpty(double.NaN).Average();

    /// <summary>As a report says it.</summary>
    /// <param name="initial">The options as they were asked.</param>
    internal SelfTuningCandidate Describe(Evaluation initial) =>
        new(Candidate.Name, MeanShare(initial), Array.ConvertAll(Scores, score => score?.Value ?? double.NaN), Excluded);
}
