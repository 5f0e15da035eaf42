// The stages, in their order. What the user has set (an option that differs from its default) is no candidate: it stays.
//   coupling cost   as chosen, squared Euclidean, Fermat           by category, D ≥ 2
//   potential       density, straight paths                        draws, D ≤ 8
//   metric          none, fixed eigenvalues, learned               draws, 2 ≤ D ≤ 8
//   bandwidth       likelihood × {1, ½, 2}, adaptive               under a density
//   strength        α = 30, 3, 10, 100                             under a density
//   clock           as chosen, constant, learned                   four anchors or more: a fold needs three to learn one
// Potential and metric together are the variants of the paper; metrics, which take seconds, are tried under the better potential alone.
// Outputs coupled by context are read from a cubic through anchors, where nothing but the clock is open.

using System.Globalization;

namespace HtiTune.Surrogates.SelfTuning;

/// <summary>The candidates of self-tuning.</summary>
internal static class Candidates
{
    /// <summary>Options under a name.</summary>
    internal sealed record Candidate(string Name, TrajectoryOptions Options)
    {
        /// <summary>Whether a fit of it takes seconds.</summary>
        internal bool IsSlow => Options.Metric != MetricKind.None;

        /// <summary>Why it is not tried; null where it is.</summary>
        internal string? Skipped { get; init; }
    }

    /// <summary>A choice.</summary>
    /// <param name="Name">What is chosen.</param>
    /// <param name="Current">Name of what stands.</param>
    /// <param name="Others">What may take its place.</param>
    internal sealed record Stage(string Name, string Current, IReadOnlyList<Candidate> Others);

    /// <summary>What is known of the data from a fit with the options as they were asked.</summary>
    /// <param name="Asked">The options.</param>
    /// <param name="Coupling">The coupling in use.</param>
    /// <param name="Costs">The ground costs that were chosen.</param>
    /// <param name="Compared">Whether the Fermat cost was tried for any coupling that was chosen.</param>
    /// <param name="Density">Whether any paths are bent by density.</param>
    /// <param name="Dimension">D.</param>
    /// <param name="Anchors">K.</param>
    internal sealed record Setting(TrajectoryOptions Asked, CouplingKind Coupling, CouplingCost[] Costs, bool Compared, bool Density, int Dimension, int Anchors);

    private static readonly TrajectoryOptions Default = new();

    /// <summary>The stages; each makes its candidates from the best so far, and is null where nothing is open.</summary>
    internal static IEnumerable<Func<TrajectoryOptions, Stage?>> Stages(Setting setting)
    {
        yield return best => Cost(setting, best);
        yield return best => Potential(setting, best);
        yield return best => Metric(setting, best);
        yield return best => Bandwidth(setting, best);
        yield return best => Strength(setting, best);
        yield return best => Clock(setting, best);
    }

    private static Stage? Cost(Setting setting, TrajectoryOptions best)
    {
        if (setting.Coupling != CouplingKind.ByCategory || setting.Dimension < 2 || setting.Asked.Cost != Default.Cost)
        {
            return null;
        }

        // Where one cost was chosen everywhere, it is no other candidate; where squared Euclidean couplings are smooth maps, the choice of a cost
        // tries no other, and the Fermat couplings of all pairs would be most of self-tuning's time.
        Candidate[] costs =
        [
            new("squared Euclidean", best with { Cost = CouplingCost.SquaredEuclidean }),
            new("Fermat", best with { Cost = CouplingCost.Fermat }) { Skipped = setting.Compared ? null : "couplings by squared distance are smooth maps" },
        ];
        return new("coupling cost", setting.Costs.Length == 1 ? $"as chosen: {NameOf(setting.Costs[0])}" : "as chosen",
            [.. costs.Where(candidate => setting.Costs is not [var only] || only != candidate.Options.Cost)]);
    }

    private static string NameOf(CouplingCost cost) => cost == CouplingCost.Fermat ? "Fermat" : "squared Euclidean";

    private static Stage? Potential(Setting setting, TrajectoryOptions best) =>
        !IsFree(setting) || setting.Asked.Potential != Default.Potential
            ? null
            : setting.Density
                ? new("potential", "density", [new("straight paths", best with { Potential = PotentialKind.None })])
                : new("potential", "straight paths", [new("density", best with { Potential = PotentialKind.Density })]);

    private static Stage? Metric(Setting setting, TrajectoryOptions best) =>
        !IsFree(setting) || setting.Dimension < 2 || setting.Asked.Metric != Default.Metric
            ? null
            : new("metric", "none",
            [
                new("fixed", best with { Metric = MetricKind.Fixed }),
                new("learned", best with { Metric = MetricKind.Learned }),
            ]);

    private static bool IsFree(Setting setting) =>
        setting.Coupling != CouplingKind.ByContext && setting.Dimension <= TrajectoryFitter.MostDensityDimensions;

    private static Stage? Bandwidth(Setting setting, TrajectoryOptions best) =>
        !HasDensity(setting, best) || setting.Asked.Bandwidth != Default.Bandwidth || setting.Asked.BandwidthFactor != Default.BandwidthFactor
            ? null
            : new("bandwidth", "likelihood × 1",
            [
                new("likelihood × 0.5", best with { BandwidthFactor = 0.5 }),
                new("likelihood × 2", best with { BandwidthFactor = 2 }),
                new("adaptive", best with { Bandwidth = BandwidthKind.Adaptive }),
            ]);

    private static Stage? Strength(Setting setting, TrajectoryOptions best) =>
        !HasDensity(setting, best) || setting.Asked.PotentialStrength != Default.PotentialStrength
            ? null
            : new("strength", Number(Default.PotentialStrength),
                [.. ((double[])[3, 10, 100]).Select(strength => new Candidate(Number(strength), best with { PotentialStrength = strength }))]);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static Stage? Clock(Setting setting, TrajectoryOptions best) =>
        setting.Anchors < 4 || setting.Asked.Clock != Default.Clock
            ? null
            : new("clock", "as chosen",
            [
                new("constant", best with { Clock = ClockKind.Constant }),
                new("learned", best with { Clock = ClockKind.Learned }),
            ]);

    private static bool HasDensity(Setting setting, TrajectoryOptions best) => best.Potential switch
    {
        PotentialKind.None => false,
        PotentialKind.Density => true,
        _ => setting.Density,
    };
}
