using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>What to fit, and what is known already.</summary>
/// <param name="Anchors">The anchors.</param>
/// <param name="Options">How.</param>
internal sealed record FitRequest(AnchorSet Anchors, TrajectoryOptions Options)
{
    /// <summary>A fit of some of the anchors, whose version goes on: only intervals that it does not have are fitted.</summary>
    internal PreviousFit? Previous { get; init; }

    /// <summary>Couplings that are known; those that are not are added.</summary>
    internal CouplingCache Cache { get; init; } = new();

    /// <summary>The only interval whose paths are wanted; null for all.</summary>
    internal int? OnlyInterval { get; init; }

    /// <summary>Whether rows that lie far outside all others have been looked for.</summary>
    internal bool IsScreened { get; init; }

    /// <summary>Takes the stage and the share that is done.</summary>
    internal IProgress<FitProgress>? Progress { get; init; }

    /// <summary>Ends the fit.</summary>
    internal CancellationToken Cancellation { get; init; }

    /// <summary>Intervals fitted at a time.</summary>
    internal int Threads => Options.Threads ?? Environment.ProcessorCount;
}
