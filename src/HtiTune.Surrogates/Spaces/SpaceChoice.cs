namespace HtiTune.Surrogates;

/// <summary>How the method of a <see cref="SpaceSurrogate"/> was chosen.</summary>
public sealed record SpaceChoice
{
    /// <summary>
    /// The methods with their scores at left-out anchors: squared error in units of the outputs' deviation where each context has one output, with more weight of anchors that the
    /// others surround; else the energy distance between laws; none where nothing was tried.
    /// </summary>
    public required IReadOnlyList<CandidateScore> Candidates { get; init; }

    /// <summary>The anchors that were left out, one at a time, by their place from 0: of draws and of very many those that the others surround best.</summary>
    public required IReadOnlyList<int> LeftOut { get; init; }

    /// <summary>What stands unless another gains clearly.</summary>
    public required SpaceMethod Default { get; init; }

    /// <summary>What was chosen, or asked for.</summary>
    public required SpaceMethod Chosen { get; init; }

    /// <summary>Whether rows of the same contexts were recognised as one draw each, others at every anchor.</summary>
    public required bool TakenForDraws { get; init; }

    /// <summary>Whether anchors answered contexts of their own.</summary>
    public required bool OwnContexts { get; init; }

    /// <summary>The choice in words.</summary>
    public string Note => (TakenForDraws ? "One row a context is a draw of its own at every anchor. " : "") + (LeftOut.Count == 0
        ? $"{Chosen} stands: nothing was left out to compare it with another."
        : $"Leaving out {LeftOut.Count} anchors, one at a time: {string.Join(", ", Candidates.Select(c => FormattableString.Invariant($"{c.Name} {c.Share:0.###}")))} of the error of {Default}; "
            + (Chosen == Default ? $"none is clearly better, and {Default} stands." : $"{Chosen} is clearly better."));
}
