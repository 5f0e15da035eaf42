using HtiTune.Data;
using HtiTune.Surrogates.Clock;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Everything a fitted <see cref="TrajectorySurrogate"/> serves from and keeps in its file.</summary>
internal sealed record TrajectoryState
{
    private ContextRidge? _byRidge;

    internal required ContinuousHyperparameter Hyperparameter { get; init; }

    /// <summary>The anchors' λ, ascending.</summary>
    internal required double[] Lambdas { get; init; }

    internal required LogitShiftClock Clock { get; init; }

    internal required Standardizer Outputs { get; init; }

    internal required Standardizer Conditions { get; init; }

    internal required Trajectories Trajectories { get; init; }

    /// <summary>The contexts of the trajectories: the anchors' own where they share them, else those of the first anchor's rows.</summary>
    internal required Contexts Contexts { get; init; }

    /// <summary>Bends of the stored trajectories in each interval, [N, Q, D]; null for straight paths.</summary>
    internal required float[]?[] Bends { get; init; }

    /// <summary>Maps from anchor k to k + 1; empty without maps.</summary>
    internal required FrozenNetwork[] Forward { get; init; }

    /// <summary>Maps from anchor k + 1 to k; empty without maps.</summary>
    internal required FrozenNetwork[] Backward { get; init; }

    /// <summary>Bends from end points, for each interval; null for straight paths.</summary>
    internal required FrozenNetwork?[] Paths { get; init; }

    /// <summary>Outputs at the first anchor from conditions, for deterministic networks; null otherwise.</summary>
    internal required FrozenNetwork? Start { get; init; }

    /// <summary>What kernel ridge of contexts has learned; null where networks alone answer them.</summary>
    internal RidgeState? Ridge { get; init; }

    /// <summary>Kernel ridge of contexts; null where networks alone answer them.</summary>
    internal ContextRidge? ByRidge => Ridge is null ? null : _byRidge ?? Interlocked.CompareExchange(ref _byRidge, new ContextRidge(Trajectories, Ridge), null) ?? _byRidge;

    /// <summary>The networks of a baseline that moves rows by its own; empty otherwise.</summary>
    internal FrozenNetwork[] Motion { get; init; } = [];

    /// <summary>The options of the fit; bounds hold when serving too.</summary>
    internal required TrajectoryOptions Options { get; init; }

    internal required FitReport Report { get; init; }

    /// <summary>The clock of an interval: constant speed where it does not follow the one that was learned.</summary>
    internal LogitShiftClock ClockOf(int interval) => Report.ClockIntervals[interval] ? Clock : default;

    /// <summary>How far between its neighbours an interior anchor is by the clock, where either interval beside it follows that, 0 … 1.</summary>
    internal double ShareOf(int anchor)
    {
        var positions = Positions();
        return (Report.ClockIntervals[anchor - 1] || Report.ClockIntervals[anchor] ? Clock : default)
            .Fraction(positions[anchor], positions[anchor - 1], positions[anchor + 1]);
    }

    internal int CategoryCount => Contexts.CategoryCount;

    /// <summary>What networks are told of contexts: standardised conditions [n, C] and a category each; nothing by an unconditional method.</summary>
    internal (float[] Conditions, int[] Categories) Seen(Contexts contexts) => MethodRecipe.IsUnconditional(Options.Method)
        ? ([], new int[contexts.Count])
        : (Trajectories.Standardised(contexts.Conditions, Conditions), TrajectoryLookup.CategoriesOf(contexts));

    /// <summary>Positions of the anchors between the first (0) and the last (1) on the hyperparameter's scale.</summary>
    internal double[] Positions() => PositionsOf(Hyperparameter, Lambdas);

    /// <summary>Takes a standardised output row [D] back to its own units and into its bounds.</summary>
    internal void Finish(Span<float> row)
    {
        Outputs.Undo(row, row);
        for (var j = 0; j < row.Length && Options.Bounds is { } bounds; j++)
        {
            row[j] = (float)Math.Clamp(row[j], bounds[j].Low, bounds[j].High);
        }
    }

    internal static double[] PositionsOf(ContinuousHyperparameter hyperparameter, IReadOnlyList<double> lambdas)
    {
        double low = hyperparameter.ToUnit(lambdas[0]), high = hyperparameter.ToUnit(lambdas[^1]);
        return lambdas.Select(lambda => (hyperparameter.ToUnit(lambda) - low) / (high - low)).ToArray();
    }
}
