using System.Text.Json.Serialization;

namespace HtiTune.Surrogates;

/// <summary>How a <see cref="TrajectorySurrogate"/> is fitted. Defaults suit every task; <c>Auto</c> lets the data choose.</summary>
public sealed record TrajectoryOptions
{
    /// <summary>Seed of all chance in the fit: initial weights, batches, shuffles.</summary>
    /// <value>Default 1.</value>
    public long Seed { get; init; } = 1;

    /// <summary>The method, or a baseline in its place.</summary>
    /// <value>Default <see cref="Method.Hti"/>; a baseline forces some of the options below and refuses what contradicts it.</value>
    public Method Method { get; init; } = Method.Hti;

    /// <summary>Which output at one anchor belongs to which at the next.</summary>
    /// <value>Default <see cref="CouplingKind.Auto"/>.</value>
    public CouplingKind Coupling { get; init; } = CouplingKind.Auto;

    /// <summary>The cost of the optimal transport where outputs are coupled by category.</summary>
    /// <value>Default <see cref="CouplingCost.Auto"/>: the cost whose coupling is the smoother map.</value>
    public CouplingCost Cost { get; init; } = CouplingCost.Auto;

    /// <summary>What bends the paths between anchors.</summary>
    /// <value>Default <see cref="PotentialKind.Auto"/>: density for stochastic outputs of up to 8 dimensions, where straight paths leave the samples; else none.</value>
    public PotentialKind Potential { get; init; } = PotentialKind.Auto;

    /// <summary>The metric of the paths' kinetic energy.</summary>
    /// <value>Default <see cref="MetricKind.None"/>.</value>
    public MetricKind Metric { get; init; } = MetricKind.None;

    /// <summary>Strength α of the density potential, in squared standard deviations of the outputs.</summary>
    /// <value>Default 30; positive.</value>
    public double PotentialStrength { get; init; } = 30;

    /// <summary>How the widths of the density potential's kernels are chosen.</summary>
    /// <value>Default <see cref="BandwidthKind.Likelihood"/>; the dual coupling knows no other.</value>
    public BandwidthKind Bandwidth { get; init; } = BandwidthKind.Likelihood;

    /// <summary>Multiplies the bandwidth that <see cref="Bandwidth"/> chooses.</summary>
    /// <value>Default 1; positive, and 1 for the dual coupling.</value>
    public double BandwidthFactor { get; init; } = 1;

    /// <summary>What the paths minimise.</summary>
    /// <value>Default <see cref="EnergyKind.Auto"/>: the published energy for a dual coupling, else the action.</value>
    public EnergyKind Energy { get; init; } = EnergyKind.Auto;

    /// <summary>How fast samples move along their paths as λ goes.</summary>
    /// <value>Default <see cref="ClockKind.Auto"/>: a learned warp where there are three anchors or more and it clearly helps.</value>
    public ClockKind Clock { get; init; } = ClockKind.Auto;

    /// <summary>
    /// Whether to train the networks that <c>Transport</c> needs. Without them only <c>Sample</c> is served, from the stored
    /// outputs, and a fit to deterministic outputs takes milliseconds.
    /// </summary>
    /// <value>Default true.</value>
    public bool TrainMaps { get; init; } = true;

    /// <summary>What answers contexts that no anchor answered, and carries rows there, where each context has one answer.</summary>
    /// <value>Default <see cref="ContextMaps.Auto"/>: networks, and where <see cref="SurrogateChoice"/> chooses, what does best on contexts that were kept out.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ContextMaps Maps { get; init; }

    /// <summary>Steps of gradient descent for each transport map.</summary>
    /// <value>Default 600; 1 to 1,000,000.</value>
    public int MapSteps { get; init; } = 600;

    /// <summary>Steps of gradient descent for each path network.</summary>
    /// <value>Default 400; 1 to 1,000,000.</value>
    public int PathSteps { get; init; } = 400;

    /// <summary>Width of the hidden layers of maps and path networks.</summary>
    /// <value>Default 64; 4 to 4096.</value>
    public int HiddenWidth { get; init; } = 64;

    /// <summary>Intervals between anchors that are fitted at a time. The result is the same for any number.</summary>
    /// <value>Default null: as many as there are processors. At least 1. Not kept in a model file.</value>
    [JsonIgnore]
    public int? Threads { get; init; }

    /// <summary>
    /// Whether to choose coupling cost, potential, metric, bandwidth, strength and clock by leaving out interior anchors, one at a time, before the fit:
    /// the default is left only for a clear gain, and an option that differs from its default stays as it is. The surrogate's own options are
    /// then those that were chosen, with this one false; <see cref="FitReport.SelfTuning"/> says how.
    /// </summary>
    /// <value>Default false; a baseline and the dual coupling have nothing to choose and refuse it.</value>
    public bool SelfTune { get; init; }

    /// <summary>Time that self-tuning may take, before the fit proper; the best so far is used when it is over.</summary>
    /// <value>Default 60 s; positive, at most one day.</value>
    public TimeSpan SelfTuneBudget { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tells the time for <see cref="SelfTuneBudget"/>.</summary>
    /// <value>Default the system's. Not kept in a model file.</value>
    [JsonIgnore]
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Bounds that outputs cannot leave, one pair (low, high) for each column, or none.</summary>
    /// <value>Default none.</value>
    public IReadOnlyList<OutputBounds>? Bounds { get; init; }

    internal void Validate(int? dimension)
    {
        var faults = new List<string>();
        MethodRecipe.Check(this, faults);
        if (!(PotentialStrength > 0) || double.IsInfinity(PotentialStrength))
        {
            faults.Add($"{nameof(PotentialStrength)} is {PotentialStrength}; expected a positive number");
        }

        if (!(BandwidthFactor > 0) || double.IsInfinity(BandwidthFactor))
        {
            faults.Add($"{nameof(BandwidthFactor)} is {BandwidthFactor}; expected a positive number");
        }

        if (Coupling == CouplingKind.Dual && (Bandwidth != BandwidthKind.Likelihood || BandwidthFactor != 1))
        {
            faults.Add($"{nameof(Bandwidth)} is {Bandwidth}, times {BandwidthFactor}; the dual coupling knows {BandwidthKind.Likelihood}, times 1, alone");
        }

        if (Energy == EnergyKind.Published && Coupling != CouplingKind.Dual)
        {
            faults.Add($"{nameof(Energy)} is {Energy}; it comes with the dual coupling alone, and {nameof(Coupling)} is {Coupling}");
        }

        if (SelfTune && Method != Method.Hti)
        {
            faults.Add($"{nameof(SelfTune)} is true; the method {Method} has nothing to choose");
        }

        if (SelfTune && Coupling == CouplingKind.Dual)
        {
            faults.Add($"{nameof(SelfTune)} is true; fits without an anchor have no dual coupling, so nothing can be chosen for it");
        }

        if (SelfTuneBudget <= TimeSpan.Zero || SelfTuneBudget > TimeSpan.FromDays(1))
        {
            faults.Add($"{nameof(SelfTuneBudget)} is {SelfTuneBudget}; expected a positive time, at most one day");
        }

        if (TimeProvider is null)
        {
            faults.Add($"{nameof(TimeProvider)} is null; expected one, as a rule the system's");
        }

        if (!Enum.IsDefined(Maps))
        {
            faults.Add($"{nameof(Maps)} is {Maps}; expected one of {string.Join(", ", Enum.GetNames<ContextMaps>())}");
        }

        Range(MapSteps, 1, 1_000_000, nameof(MapSteps), faults);
        Range(PathSteps, 1, 1_000_000, nameof(PathSteps), faults);
        Range(HiddenWidth, 4, 4096, nameof(HiddenWidth), faults);
        Range(Threads ?? 1, 1, 1024, nameof(Threads), faults);
        if (Bounds is not null)
        {
            if (dimension is { } d && Bounds.Count != d)
            {
                faults.Add($"{nameof(Bounds)} has {Bounds.Count} pairs; expected {d}, one for each output column");
            }

            for (var i = 0; i < Bounds.Count; i++)
            {
                if (!(Bounds[i].Low < Bounds[i].High))
                {
                    faults.Add($"{nameof(Bounds)}[{i}] is {Bounds[i].Low}..{Bounds[i].High}; expected low < high");
                }
            }
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"{nameof(TrajectoryOptions)}: {string.Join("; ", faults)}.");
        }
    }

    private static void Range(int value, int low, int high, string name, List<string> faults)
    {
        if (value < low || value > high)
        {
            faults.Add($"{name} is {value}; expected {low} to {high}");
        }
    }
}

/// <summary>The closed interval that an output column cannot leave.</summary>
/// <param name="Low">Lowest value; may be −∞.</param>
/// <param name="High">Highest value; may be +∞.</param>
public readonly record struct OutputBounds(double Low, double High);

/// <summary>What answers contexts that no anchor answered, where each context has one answer.</summary>
public enum ContextMaps
{
    /// <summary>Networks; where a surrogate is chosen, as <see cref="Tried"/>.</summary>
    Auto,

    /// <summary>A network of the first anchor's answers, and one from each anchor to the next, of answers and context.</summary>
    Networks,

    /// <summary>Kernel ridge of all anchors' answers on the context, its lengths and noise by likelihood; no network is trained.</summary>
    Ridge,

    /// <summary>The mean of both whose weight errs least on contexts that were kept out, or one of them alone.</summary>
    Tried,
}

/// <summary>Which output at one anchor belongs to which at the next.</summary>
public enum CouplingKind
{
    /// <summary>Chosen by what the data are: by context where all anchors answer the same rows, else by category or relaxed.</summary>
    Auto,

    /// <summary>All anchors answered the same contexts: rows pair by context, m draws of a context by exact optimal transport.</summary>
    ByContext,

    /// <summary>Exact optimal transport within each category (one category where there is none).</summary>
    ByCategory,

    /// <summary>Exact optimal transport with a penalty on the distance between unmatched continuous conditions.</summary>
    Relaxed,

    /// <summary>The neural semi-dual: a potential and a map, trained against each other on the cost of least-energy paths; a metric learns with them.</summary>
    Dual,
}

/// <summary>The ground cost of an optimal transport between two anchors.</summary>
public enum CouplingCost
{
    /// <summary>The cost whose coupling is the smoother map (smaller residual of a nearest-neighbour regression).</summary>
    Auto,

    /// <summary>Squared Euclidean distance.</summary>
    SquaredEuclidean,

    /// <summary>Squared Fermat distance: least sum of squared hops through the samples' nearest-neighbour graph, squared.</summary>
    Fermat,
}

/// <summary>What bends the paths between anchors.</summary>
public enum PotentialKind
{
    /// <summary>
    /// Density for stochastic outputs of up to 8 dimensions, else none; without continuous conditions only in intervals where the middles of
    /// straight paths lie among rare samples more often than samples do.
    /// </summary>
    Auto,

    /// <summary>Straight paths (K_I with no potential).</summary>
    None,

    /// <summary>Saturated density potential V = α·max(0, τ − log p̂(q|x)): paths stay where samples are.</summary>
    Density,
}

/// <summary>How the widths of the density potential's Gaussian kernels are chosen.</summary>
public enum BandwidthKind
{
    /// <summary>One width for all samples of an interval, by leave-one-out likelihood [Duin1976].</summary>
    Likelihood,

    /// <summary>Each sample's width ∝ p̂^(−1/2) there: narrow among many samples, wide among few; their scale by likelihood [Abramson1982].</summary>
    Adaptive,
}

/// <summary>What the paths of a dual coupling minimise.</summary>
public enum EnergyKind
{
    /// <summary>Published for a dual coupling, else action.</summary>
    Auto,

    /// <summary>A time integral: kinetic energy under the metric and a saturated density potential.</summary>
    Action,

    /// <summary>Length under the metric less α·log p̂, counted at each node: nodes crowd where samples are dense, a hidden clock. Dual coupling alone.</summary>
    Published,
}

/// <summary>
/// The metric M(q|x) of the paths' kinetic energy ½ vᵀMv, or of their length sqrt(vᵀMv) in the published energy; its trace is D. With the dual
/// coupling it is trained with the transport, on the cost of what is transported; with any other, with the paths, the pairs held.
/// </summary>
public enum MetricKind
{
    /// <summary>M = 1: Euclidean (K_I).</summary>
    None,

    /// <summary>Learned directions with fixed eigenvalues 1, 0.1, …, 0.1, scaled to trace D.</summary>
    Fixed,

    /// <summary>Learned directions and eigenvalues within a budget (K_θ).</summary>
    Learned,
}

/// <summary>How fast samples move along their paths as λ goes.</summary>
public enum ClockKind
{
    /// <summary>Learned where there are three anchors or more and it clearly helps, else constant.</summary>
    Auto,

    /// <summary>Constant speed between neighbouring anchors on the hyperparameter's scale.</summary>
    Constant,

    /// <summary>A shift on the logit axis, learned by leave-one-anchor-out.</summary>
    Learned,
}
