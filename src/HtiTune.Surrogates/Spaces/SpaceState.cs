using HtiTune.Data;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Everything a <see cref="SpaceSurrogate"/> serves from and keeps in its file.</summary>
internal sealed record SpaceState
{
    private double[][]? _places;
    private ContextRidge? _byRidge;

    internal required SearchSpace Space { get; init; }

    /// <summary>The anchors' configurations, in the order of the space's names.</summary>
    internal required Configuration[] Anchors { get; init; }

    /// <summary>Outputs of each anchor, [n, D], in the order of the contexts that it answered.</summary>
    internal required Matrix[] Outputs { get; init; }

    /// <summary>What all anchors answered; where they answered contexts of their own, those of the one that is nearest to all others.</summary>
    internal required Contexts Contexts { get; init; }

    /// <summary>The anchors' rows and what each answers; null: <see cref="Contexts"/> of all.</summary>
    internal SpaceRows? Rows { get; init; }

    /// <summary>How outputs between the anchors come about.</summary>
    internal SpaceMethod Method { get; init; } = SpaceMethod.Kriging;

    /// <summary>Whether rows do not belong together from anchor to anchor.</summary>
    internal bool IsLoose { get; init; }

    /// <summary>Whether rows are draws.</summary>
    internal bool IsDraws { get; init; }

    /// <summary>The laws given a context, of draws.</summary>
    internal ConditionalLaws? Laws { get; init; }

    /// <summary>A regression beside the kriging, or null.</summary>
    internal SpaceRegression? Regression { get; init; }

    /// <summary>A rough kriging beside the smooth one, or null.</summary>
    internal SpaceStack? Stack { get; init; }

    /// <summary>How the method was chosen; null of a file that does not tell.</summary>
    internal SpaceChoice? Choice { get; init; }

    /// <summary>Whether rows at the anchors are carried from one of them.</summary>
    internal bool IsCarried => SpaceLearning.IsCarried(Method, IsLoose);

    internal required SpaceSurrogateOptions Options { get; init; }

    /// <summary>Scale of the conditions.</summary>
    internal required Standardizer Conditions { get; init; }

    internal required OutputKriging Kriging { get; init; }

    /// <summary>The network that gives all anchors' standardised outputs [K · D] from conditions; null without one.</summary>
    internal required FrozenNetwork? Network { get; init; }

    /// <summary>What kernel ridge of contexts has learned; null where a network alone answers them.</summary>
    internal RidgeState? Ridge { get; init; }

    /// <summary>Kernel ridge of contexts; null where a network alone answers them.</summary>
    internal ContextRidge? ByRidge => Ridge is null ? null : _byRidge ?? Interlocked.CompareExchange(ref _byRidge, new ContextRidge(SpaceCarrier.TrajectoriesOf(this), Ridge), null) ?? _byRidge;

    /// <summary>Parameter states of the intervals, where they are known already.</summary>
    internal double[][]? States { get; init; }

    /// <summary>Whether rows are set aside, in whose place the kriging has others.</summary>
    internal bool IsScreened { get; init; }

    internal required string[] Notes { get; init; }

    /// <summary>The anchors' coordinates.</summary>
    internal double[][] Places => _places ??= Array.ConvertAll(Anchors, new SpaceCoordinates(Space).Place);

    internal int Dimension => Outputs[0].Columns;
}
