namespace HtiTune.Surrogates;

/// <summary>What a fit did and chose.</summary>
public sealed record FitReport
{
    /// <summary>The coupling that was used.</summary>
    public required CouplingKind Coupling { get; init; }

    /// <summary>Whether the outputs are one for each context (deterministic) rather than draws.</summary>
    public required bool Deterministic { get; init; }

    /// <summary>The transport cost of each interval between neighbouring anchors.</summary>
    public required IReadOnlyList<CouplingCost> Costs { get; init; }

    /// <summary>The potential that was used: density where it bends the paths of at least one interval.</summary>
    public required PotentialKind Potential { get; init; }

    /// <summary>Kernel bandwidth of the density of each interval, in standard deviations of the outputs; 0 where no potential bends it.</summary>
    public required IReadOnlyList<double> Bandwidths { get; init; }

    /// <summary>Shift θ of the clock on the logit axis; 0 is constant speed.</summary>
    public required double ClockShift { get; init; }

    /// <summary>Whether each interval follows the clock; the others are travelled at constant speed.</summary>
    public required IReadOnlyList<bool> ClockIntervals { get; init; }

    /// <summary>Leave-one-anchor-out error with the clock that was chosen; NaN with two anchors.</summary>
    public required double ClockError { get; init; }

    /// <summary>Leave-one-anchor-out error at constant speed; NaN with two anchors.</summary>
    public required double ConstantClockError { get; init; }

    /// <summary>Mean squared error of each forward map on its own pairs, in squared standard deviations; empty without maps.</summary>
    public required IReadOnlyList<double> MapErrors { get; init; }

    /// <summary>What self-tuning tried and chose, when the version of this surrogate was fitted; null without it.</summary>
    public SelfTuningReport? SelfTuning { get; init; }

    /// <summary>Things a user should know, in words.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Rows of anchors that lie far outside all others, and that the fit to the others did not see; empty without.</summary>
    public IReadOnlyList<SetAsideRow> SetAside { get => field ?? []; init; }

    /// <summary>Things that look wrong in the data, in words: rows set aside, and columns of which single precision loses what matters.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }
}

/// <summary>A row of an anchor that a fit did not see.</summary>
/// <param name="Lambda">The anchor's λ.</param>
/// <param name="Row">The row, from 0.</param>
/// <param name="Column">The first output column in which it lies far outside, from 0.</param>
/// <param name="Value">Its output there.</param>
public sealed record SetAsideRow(double Lambda, int Row, int Column, double Value);

/// <summary>How far a fit has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Share">Share of the whole fit that is done, 0 to 1.</param>
public readonly record struct FitProgress(string Stage, double Share);
