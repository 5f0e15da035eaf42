using HtiTune.Data;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Everything a <see cref="SpaceSurrogate"/> serves from and keeps in its file.</summary>
internal sealed record SpaceState
{
    internal required SearchSpace Space { get; init; }

    /// <summary>The anchors' configurations, in the order of the space's names.</summary>
    internal required Configuration[] Anchors { get; init; }

    /// <summary>Outputs of each anchor, [n, D], in the order of the contexts.</summary>
    internal required Matrix[] Outputs { get; init; }

    /// <summary>What all anchors answered.</summary>
    internal required Contexts Contexts { get; init; }

    internal required SpaceSurrogateOptions Options { get; init; }

    /// <summary>Scale of the conditions.</summary>
    internal required Standardizer Conditions { get; init; }

    internal required OutputKriging Kriging { get; init; }

    /// <summary>The network that gives all anchors' standardised outputs [K · D] from conditions; null without one.</summary>
    internal required FrozenNetwork? Network { get; init; }

    /// <summary>Parameter states of the intervals, where they are known already.</summary>
    internal double[][]? States { get; init; }

    /// <summary>Whether rows are set aside, in whose place the kriging has others.</summary>
    internal bool IsScreened { get; init; }

    internal required string[] Notes { get; init; }

    internal int Dimension => Outputs[0].Columns;
}
