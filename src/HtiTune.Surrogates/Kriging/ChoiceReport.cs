namespace HtiTune.Surrogates;

/// <summary>A surrogate, and how it was chosen.</summary>
/// <param name="Surrogate">The surrogate.</param>
/// <param name="Report">What was tried.</param>
public sealed record ChosenSurrogate(IFittedSurrogate Surrogate, ChoiceReport Report);

/// <summary>What was tried, how it did, and what was chosen.</summary>
public sealed record ChoiceReport
{
    /// <summary>The anchors that were left out, one at a time; none where nothing could be left out.</summary>
    public required IReadOnlyList<double> Folds { get; init; }

    /// <summary>The candidates with their scores.</summary>
    public required IReadOnlyList<CandidateScore> Candidates { get; init; }

    /// <summary>What stands unless another gains clearly.</summary>
    public required string Default { get; init; }

    /// <summary>What was chosen.</summary>
    public required string Chosen { get; init; }

    /// <summary>Whether one row a context was recognised as a draw of its own at every anchor.</summary>
    public required bool TakenForDraws { get; init; }

    /// <summary>How affine and learned maps carried the draws of contexts that were kept out; null where that was not tried.</summary>
    public CarrierScores? Carriers { get; init; }

    /// <summary>What values the outputs take: as declared, or as every row of every anchor obeys; every candidate keeps it.</summary>
    public required OutputKind Kind { get; init; }

    /// <summary>The choice in words.</summary>
    public string Note => (Kind == OutputKind.Free ? "" : $"Outputs are of the kind {Kind}. ") + (TakenForDraws ? "One row a context is a draw of its own at every anchor. " : "")
        + (Carriers is { } carriers ? FormattableString.Invariant($"Draws of contexts that were kept out are carried with an error of {carriers.Affine:0.####} by affine maps, {carriers.Quantiles:0.####} by levels and {carriers.Maps:0.####} by learned maps. ") : "") + (Folds.Count == 0
        ? $"Nothing could be left out that tells the candidates apart: the default, {Default}, stands."
        : FormattableString.Invariant($"Leaving out {(Folds.Count == 1 ? "one anchor" : $"each of {Folds.Count} anchors")}: {string.Join(", ", Candidates.Select(c => FormattableString.Invariant($"{c.Name} {c.Share:0.###}")))} of the error of {Default}; {(Chosen == Default ? $"none is clearly better{(Folds.Count == 1 ? ", as far as two anchors can tell" : "")}, and {Default} stands" : $"{Chosen} is clearly better")}."));
}

/// <summary>How draws of contexts that were kept out come from the first anchor to the last: the energy distance to their own draws there, less is better.</summary>
/// <param name="Affine">By conditional affine maps.</param>
/// <param name="Maps">By learned maps.</param>
public sealed record CarrierScores(double Affine, double Maps)
{
    /// <summary>By levels in conditional laws.</summary>
    public double Quantiles { get; init; } = double.PositiveInfinity;
}

/// <summary>A candidate's scores.</summary>
/// <param name="Name">The candidate.</param>
/// <param name="Scores">Its score on each fold; less is better.</param>
/// <param name="Share">The scores in all as a share of the default's; NaN without folds.</param>
public sealed record CandidateScore(string Name, IReadOnlyList<double> Scores, double Share);
