using System.Text.Json.Serialization;
using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>How a <see cref="SpaceSurrogate"/> is fitted. Defaults suit every task; <c>Auto</c> lets the data choose.</summary>
public sealed record SpaceSurrogateOptions
{
    /// <summary>Seed of all chance: the network of new contexts, and the draws of intervals.</summary>
    /// <value>Default 1.</value>
    public long Seed { get; init; } = 1;

    /// <summary>How outputs between the anchors come about.</summary>
    /// <value>Default <see cref="SpaceMethod.Auto"/>: what leaving anchors out finds best, with kriging, or affine maps where rows do not belong together, unless another gains clearly.</value>
    public SpaceMethod Method { get; init; } = SpaceMethod.Auto;

    /// <summary>What values the outputs can take; what is sampled always obeys it.</summary>
    /// <value>Default <see cref="OutputKind.Auto"/>: the kind that every row of every anchor obeys, which the report names.</value>
    public OutputKind Kind { get; init; } = OutputKind.Auto;

    /// <summary>Bounds that outputs cannot leave, one pair (low, high) for each column, or none.</summary>
    /// <value>Default none; <see cref="OutputKind.Interval"/> needs them.</value>
    public IReadOnlyList<OutputBounds>? Bounds { get; init; }

    /// <summary>Whether the outputs meet the anchors, or smooth the scatter from training to training.</summary>
    /// <value>Default <see cref="NuggetKind.Auto"/>; <see cref="NuggetKind.Fixed"/> where a training that is repeated gives the same.</value>
    public NuggetKind Nugget { get; init; } = NuggetKind.Auto;

    /// <summary>Whether each hyperparameter's axis is warped so that outputs move evenly along it (Kumaraswamy's two numbers, learned); words are not.</summary>
    /// <value>Default true; its prior makes it harmless with few anchors.</value>
    public bool Warp { get; init; } = true;

    /// <summary>
    /// Whether to train a network that gives the anchors' outputs in contexts that they did not answer, from continuous conditions, where each context has one
    /// output. Without it such contexts are answered by their nearest neighbours.
    /// </summary>
    /// <value>Default true; nothing is trained where there are no conditions, or rows are draws.</value>
    public bool TrainMaps { get; init; } = true;

    /// <summary>What gives those outputs.</summary>
    /// <value>Default <see cref="ContextMaps.Auto"/>, as <see cref="ContextMaps.Tried"/>: what does best on contexts that were kept out.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ContextMaps Maps { get; init; }

    /// <summary>Steps of gradient descent for that network.</summary>
    /// <value>Default 600; 1 to 1,000,000.</value>
    public int MapSteps { get; init; } = 600;

    /// <summary>Width of its hidden layers.</summary>
    /// <value>Default 64; 4 to 4096.</value>
    public int HiddenWidth { get; init; } = 64;

    internal void Validate(int dimension)
    {
        var faults = new List<string>();
        Require(Enum.IsDefined(Method), $"{nameof(Method)} is {Method}; expected one of {string.Join(", ", Enum.GetNames<SpaceMethod>())}");
        Require(Enum.IsDefined(Kind), $"{nameof(Kind)} is {Kind}; expected one of {string.Join(", ", Enum.GetNames<OutputKind>())}");
        Require(Enum.IsDefined(Nugget), $"{nameof(Nugget)} is {Nugget}; expected one of {string.Join(", ", Enum.GetNames<NuggetKind>())}");
        Require(Enum.IsDefined(Maps), $"{nameof(Maps)} is {Maps}; expected one of {string.Join(", ", Enum.GetNames<ContextMaps>())}");
        Require(Kind != OutputKind.Interval || Bounds is not null, $"{nameof(Kind)} is {Kind}; expected {nameof(Bounds)} beside it");
        Require(MapSteps is >= 1 and <= 1_000_000, $"{nameof(MapSteps)} is {MapSteps}; expected 1 to 1000000");
        Require(HiddenWidth is >= 4 and <= 4096, $"{nameof(HiddenWidth)} is {HiddenWidth}; expected 4 to 4096");
        Require(Bounds is null || Bounds.Count == dimension, $"{nameof(Bounds)} has {Bounds?.Count} pairs; expected {dimension}, one for each output column");
        foreach (var (i, (low, high)) in (Bounds ?? []).Index())
        {
            Require(low < high, $"{nameof(Bounds)}[{i}] is {low}..{high}; expected low < high");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"{nameof(SpaceSurrogateOptions)}: {string.Join("; ", faults)}.");
        }

        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }
}
