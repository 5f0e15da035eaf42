using System.Diagnostics.CodeAnalysis;

namespace HtiTune.Surrogates;

/// <summary>How a <see cref="KrigedSurrogate"/> is fitted. Defaults suit every task; <c>Auto</c> lets the data choose.</summary>
public sealed record KrigingOptions
{
    /// <summary>Which output at one anchor belongs to which at the next, the maps of outputs that no anchor gave, seed, bounds and threads.</summary>
    /// <value>Defaults of <see cref="TrajectoryOptions"/>; its method, potential, metric, energy, clock and self-tuning stay at their defaults.</value>
    public TrajectoryOptions Coupling { get; init; } = new();

    /// <summary>Whether the hyperparameter's axis is warped so that outputs move evenly along it (Kumaraswamy's two numbers, learned).</summary>
    /// <value>Default true; its prior makes it harmless with few anchors.</value>
    public bool Warp { get; init; } = true;

    /// <summary>
    /// Whether outputs are taken to have any number of derivatives along the hyperparameter (a Gaussian kernel in the place of Matérn 5/2): between few anchors they then
    /// turn on where they would else rest.
    /// </summary>
    /// <value>Default false.</value>
    public bool Smooth { get; init; }

    /// <summary>
    /// Whether outputs follow a straight line along the warped axis, and what is left of them is kriged: between few anchors that change steeply they then go
    /// on where they would rest at each. Two anchors have it always.
    /// </summary>
    /// <value>Default false.</value>
    public bool Trend { get; init; }

    /// <summary>
    /// Whether outputs go straight from anchor to anchor; beyond them they are kriged. For trainings that scatter so far that a curve through all of them says
    /// less than the two beside λ.
    /// </summary>
    /// <value>Default false.</value>
    public bool Straight
    {
        get => StraightShare == 1;
        init => StraightShare = value ? 1 : 0;
    }

    /// <summary>
    /// How much of the way is straight from anchor to anchor, the rest kriged: where nothing can be left out that tells them apart, the mean of both errs less than either.
    /// </summary>
    /// <value>0 (the default) to 1, which is <see cref="Straight"/>.</value>
    public double StraightShare { get; init; }

    /// <summary>
    /// How much of the way through three anchors is the parabola through them, the rest kriged (or straight): three anchors show one bend, and a mean of the ways that
    /// have it errs less than each where it is not known which is right. Without effect with another number of anchors.
    /// </summary>
    /// <value>0 (the default) to 1.</value>
    public double ParabolaShare { get; init; }

    /// <summary>Whether the curve meets the anchors, or smooths the scatter from training to training.</summary>
    /// <value>Default <see cref="NuggetKind.Auto"/>.</value>
    public NuggetKind Nugget { get; init; } = NuggetKind.Auto;

    /// <summary>How rows come from one anchor to the others.</summary>
    /// <value>Default <see cref="RowCarrying.Maps"/>.</value>
    public RowCarrying Carrying { get; init; } = RowCarrying.Maps;

    /// <summary>
    /// With affine carrying of free outputs: whether they are kriged about a regression on conditions and λ together, where those clearly act together (a phase
    /// that both turn), which then tells more of λ between anchors than the anchors of one context do.
    /// </summary>
    /// <value>Default true; it is used only where the data show it.</value>
    public bool Regression { get; init; } = true;

    /// <summary>What values the outputs can take; what is sampled always obeys it.</summary>
    /// <value>Default <see cref="OutputKind.Auto"/>: the kind that every row of every anchor obeys, which the report names.</value>
    public OutputKind Kind { get; init; } = OutputKind.Auto;

    internal void Validate(int dimension)
    {
        var faults = new List<string>();
        Require(Coupling.Method == Method.Hti, $"{nameof(Coupling)}.{nameof(Coupling.Method)} is {Coupling.Method}; expected {Method.Hti}, since kriging takes its place");
        Require(Coupling.Potential is PotentialKind.Auto or PotentialKind.None, $"{nameof(Coupling)}.{nameof(Coupling.Potential)} is {Coupling.Potential}; kriging bends no paths");
        Require(Coupling.Metric == MetricKind.None, $"{nameof(Coupling)}.{nameof(Coupling.Metric)} is {Coupling.Metric}; kriging has no metric");
        Require(Coupling.Clock is ClockKind.Auto or ClockKind.Constant, $"{nameof(Coupling)}.{nameof(Coupling.Clock)} is {Coupling.Clock}; kriging has no clock, but {nameof(Warp)}");
        Require(Coupling.Coupling != CouplingKind.Dual, $"{nameof(Coupling)}.{nameof(Coupling.Coupling)} is {Coupling.Coupling}; kriging couples by exact transport");
        Require(!Coupling.SelfTune, $"{nameof(Coupling)}.{nameof(Coupling.SelfTune)} is true; kriging learns by likelihood");
        Require(StraightShare is >= 0 and <= 1, $"{nameof(StraightShare)} is {StraightShare}; expected 0 to 1");
        Require(ParabolaShare is >= 0 and <= 1, $"{nameof(ParabolaShare)} is {ParabolaShare}; expected 0 to 1");
        Require(Enum.IsDefined(Nugget), $"{nameof(Nugget)} is {Nugget}; expected one of {string.Join(", ", Enum.GetNames<NuggetKind>())}");
        Require(Enum.IsDefined(Carrying), $"{nameof(Carrying)} is {Carrying}; expected one of {string.Join(", ", Enum.GetNames<RowCarrying>())}");
        Require(Carrying == RowCarrying.Maps || dimension <= AffineCarrier.MostDimensions, $"{nameof(Carrying)} is {Carrying} and outputs have {dimension} columns; expected {AffineCarrier.MostDimensions} at most");
        Require(Enum.IsDefined(Kind), $"{nameof(Kind)} is {Kind}; expected one of {string.Join(", ", Enum.GetNames<OutputKind>())}");
        Require(Kind != OutputKind.Interval || Coupling.Bounds is not null, $"{nameof(Kind)} is {Kind}; expected {nameof(Coupling)}.{nameof(Coupling.Bounds)} beside it");
        if (faults.Count > 0)
        {
            throw new ArgumentException($"{nameof(KrigingOptions)}: {string.Join("; ", faults)}.");
        }

        Carrier.Validate(dimension);

        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }

    /// <summary>Options of the coupling and the maps alone.</summary>
    internal TrajectoryOptions Carrier => Coupling with { Method = Method.Linear, TrainMaps = Coupling.TrainMaps && Carrying == RowCarrying.Maps };
}

/// <summary>Whether a kriging meets its anchors.</summary>
public enum NuggetKind
{
    /// <summary>
    /// Learned for draws from five anchors on, and for deterministic outputs where eight anchors or more scatter clearly about a smooth curve; else fixed.
    /// </summary>
    Auto,

    /// <summary>The curve meets every anchor.</summary>
    Fixed,

    /// <summary>The curve smooths: it passes beside the anchors by as much as trainings scatter.</summary>
    Learned,
}

/// <summary>How rows come from one anchor to the others.</summary>
public enum RowCarrying
{
    /// <summary>
    /// Stored rows by the coupling, others along maps that learn it, or, without continuous conditions, as the nearest stored row moves. Anchors' own rows are met.
    /// </summary>
    Maps,

    /// <summary>
    /// By the least-moving affine map between the laws that mean and covariance give each anchor's outputs in a context: needs no partner of a row at
    /// another anchor. Anchors' laws are met as far as their mean and covariance go.
    /// </summary>
    Affine,

    /// <summary>
    /// By the level that each output has in the law that its anchor gives it in a context, to the value of that level at the other: needs no partner of a
    /// row either, and no law's form. Anchors' laws are met column by column, as far as rows of near contexts tell them.
    /// </summary>
    Quantiles,
}

/// <summary>What values outputs can take.</summary>
public enum OutputKind
{
    /// <summary>The first of probabilities, interval (where bounds are given), integer and positive that every row of every anchor obeys; else free.</summary>
    Auto,

    /// <summary>Any number.</summary>
    Free,

    /// <summary>Each row is non-negative and sums to 1.</summary>
    Probabilities,

    /// <summary>No output is negative.</summary>
    Positive,

    /// <summary>Outputs stay within the bounds of their columns.</summary>
    Interval,

    /// <summary>Whole numbers.</summary>
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The word that users say.")]
    Integer,
}
