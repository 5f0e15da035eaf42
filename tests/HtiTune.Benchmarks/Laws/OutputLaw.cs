using HtiTune.Data;

namespace HtiTune.Benchmarks.Laws;

/// <summary>A family of output distributions over λ that is known exactly: what networks trained at λ would answer, had they nothing left to learn.</summary>
internal abstract class OutputLaw
{
    /// <summary>Rows that a network is asked where it draws.</summary>
    protected const int Draws = 200;

    /// <summary>The hyperparameter λ.</summary>
    public abstract ContinuousHyperparameter Hyperparameter { get; }

    /// <summary>What every network is asked, n rows.</summary>
    public abstract Contexts Contexts { get; }

    /// <summary>Number of output columns D.</summary>
    public abstract int Dimension { get; }

    /// <summary>Outputs at λ, [n, D], by random numbers that are common to all λ.</summary>
    /// <param name="lambda">λ, in its own units.</param>
    public abstract Matrix At(double lambda);

    /// <summary>The families by name; each makes a law from the chance of a problem.</summary>
    public static IReadOnlyList<(string Name, Func<RandomStreams, OutputLaw> Make)> Families { get; } =
    [
        ("smooth", SmoothLaw.Random), ("regulator", RegulatorLaw.Random), ("quantile", QuantileLaw.Random), ("temperature", TemperatureLaw.Random),
    ];
}
