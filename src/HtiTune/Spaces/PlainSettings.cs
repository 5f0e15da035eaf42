using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>How the plain belief is fitted.</summary>
internal sealed record PlainSettings
{
    /// <summary>b that are tried.</summary>
    internal double[] Bends { get; init; } = [0, 1, 10, 100, 1000];

    /// <summary>From so many trainings on other b than 0 are tried: fewer values do not tell.</summary>
    internal int BendsFrom { get; init; } = 5;

    /// <summary>How smooth the objective may be.</summary>
    internal KrigingKernel[] Kernels { get; init; } = [KrigingKernel.Matern52, KrigingKernel.Gaussian];

    /// <summary>From so many trainings on other kernels than the first are tried.</summary>
    internal int KernelsFrom { get; init; } = 5;

    /// <summary>From so many trainings on coordinates are warped, where that is likelier.</summary>
    internal int WarpFrom { get; init; } = 15;

    /// <summary>By how much the warped kriging must be likelier.</summary>
    internal double WarpGain { get; init; } = 1;

    /// <summary>From so many trainings on a nugget is learned where trainings repeat too: of what is rough at a smaller scale than they see.</summary>
    internal int NuggetFrom { get; init; } = 8;

    /// <summary>By how much the kriging with it must be likelier.</summary>
    internal double NuggetGain { get; init; } = 2;

    /// <summary>By how much the kriging with ripples must be likelier, beside what a nugget must be where noise would explain them too; infinite: they are not looked for.</summary>
    internal double RippleGain { get; init; } = 2;

    /// <summary>Shift of the prior of log ℓ.</summary>
    internal double LengthShift { get; init; } = -0.5;

    /// <summary>Proposals in turn: every so-manieth is greedy; 0: none.</summary>
    internal int GreedyEvery { get; init; } = 2;

    /// <summary>What an improvement at an edge of the space counts less, as a logarithm for each coordinate.</summary>
    internal double Edge { get; init; } = 2;

    /// <summary>The same, where the outputs serve.</summary>
    internal double CompositeEdge { get; init; } = 1;

    /// <summary>States of the walk that are averaged.</summary>
    internal int States { get; init; } = 8;
}
