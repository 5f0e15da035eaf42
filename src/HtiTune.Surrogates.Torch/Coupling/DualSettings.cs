using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Schedule of a dual coupling: the published one with the repairs of the method's notes.</summary>
internal sealed record DualSettings
{
    /// <summary>Rounds of c-transform, potential and map.</summary>
    internal int Rounds { get; init; } = 80;

    /// <summary>Rows of a round at most.</summary>
    internal int BatchRows { get; init; } = 1200;

    /// <summary>Steps of L-BFGS in a c-transform.</summary>
    internal int Iterations { get; init; } = 4;

    /// <summary>Trial points of each of its line searches.</summary>
    internal int Trials { get; init; } = 6;

    /// <summary>Steps of the map for each c-transform.</summary>
    internal int MapStepsPerRound { get; init; } = 3;

    /// <summary>First learning rate of the potential.</summary>
    internal double PotentialRate { get; init; } = 2e-3;

    /// <summary>First learning rate of the map.</summary>
    internal double MapRate { get; init; } = 2e-3;

    /// <summary>First learning rate of the paths.</summary>
    internal double PathRate { get; init; } = 1e-3;

    /// <summary>Steps of the paths on random pairs, before the first round.</summary>
    internal int WarmUp { get; init; } = 100;

    /// <summary>Rounds between two trainings of the paths.</summary>
    internal int PathEvery { get; init; } = 20;

    /// <summary>Steps of each such training.</summary>
    internal int PathSteps { get; init; } = 20;

    /// <summary>Share of the rates that is left at the last round; they fall on a cosine.</summary>
    internal double LastRateShare { get; init; } = 0.1;

    /// <summary>Share of random pairs in the training of the paths after the warm-up.</summary>
    internal double RandomShare { get; init; } = 0.5;

    /// <summary>α of the published energy.</summary>
    internal double PublishedStrength { get; init; } = 0.02;

    /// <summary>Rounds between two trainings of the metric, as published.</summary>
    internal int MetricEvery { get; init; } = 10;

    /// <summary>Steps of each such training: about as many in all as the published schedule takes.</summary>
    internal int MetricSteps { get; init; } = 4;

    /// <summary>Share of the rounds in which the metric turns: after it stands, potential and map catch up with its costs.</summary>
    internal double MetricShare { get; init; } = 0.3;

    /// <summary>First learning rate of the metric.</summary>
    internal double MetricRate { get; init; } = 5e-3;

    /// <summary>Width of the hidden layers of the metric, a multiple of 16.</summary>
    internal int MetricHidden { get; init; } = 32;

    /// <summary>Width of the hidden layers of potential and map.</summary>
    internal int Hidden { get; init; } = 64;

    /// <summary>Width of the hidden layers of the path network.</summary>
    internal int PathHidden { get; init; } = 128;

    /// <summary>
    /// The schedule for a problem. Continuous conditions: fewer rounds, and paths trained on random pairs alone. Ends off their condition teach
    /// them to stay near the start and go late; the published figures rest on that habit, and training on images unlearns it. It is no principle: two anchors do not say how
    /// fast outputs move. Categories: paths settle on the images.
    /// </summary>
    internal static DualSettings For(DualProblem problem, MetricKind kind)
    {
        var plain = problem.ConditionCount > 0
            ? new DualSettings { Rounds = 80, WarmUp = 60, PathSteps = 0, PublishedStrength = 0.015 }
            : new DualSettings { Rounds = 500, PathSteps = 50, RandomShare = 0, PublishedStrength = 0.05 };

        if (kind == MetricKind.None || problem.Dimension == 1)
        {
            return plain;
        }

        // Along a metric's cheap directions paths are a third as long: the density weighs as much less, else energies fall to zero, where
        // the cost ½E·|E| is flat. Few rounds are too few then: twice as many let potential and map arrive. Where categories take many rounds,
        // a learned metric that soon stands lets the map arrive; the one of fixed eigenvalues has less to learn, and needs no such end.
        var metric = plain with { PublishedStrength = plain.PublishedStrength / 3 };
        return problem.ConditionCount > 0 ? metric with { Rounds = 160, PotentialRate = 3e-3 }
            : kind == MetricKind.Learned ? metric with { MetricShare = 0.1 }
            : metric;
    }
}
