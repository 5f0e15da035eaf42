using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Preferences;

namespace HtiTune;

/// <summary>What the trainings of a space say of what a run looks for; less is better.</summary>
internal interface ISpaceAnalysis
{
    /// <summary>Which of the trainings is recommended among those trained.</summary>
    int Best { get; }

    /// <summary>ε, in units of the objective.</summary>
    double Epsilon { get; }

    /// <summary>Deviation of a training's value, in units of the objective.</summary>
    double NoiseDeviation { get; }

    /// <summary>How far the outputs between the trainings are believed, 0 to 1.</summary>
    double Trust { get; }

    /// <summary>The trainings whose values count as bad and no more, the worst last.</summary>
    IReadOnlyList<(Configuration Configuration, double Value)> Extreme { get; }

    /// <summary>Why nothing can be certified, however many trainings there are; null where it may.</summary>
    Unmet? Missing => null;

    /// <summary>Whether the constraints can be met; null without any.</summary>
    Feasibility? Feasibility(CancellationToken cancellation) => null;

    /// <summary>The known front, in the features' own signs; empty where there is a single best.</summary>
    IReadOnlyList<ParetoPoint> Front(CancellationToken cancellation) => [];

    /// <summary>Whether every configuration of the space has been tried, so that no training is left that could bring a better one.</summary>
    bool IsExhausted { get; }

    /// <summary>What to train next; null where nothing anywhere gains enough.</summary>
    (Configuration Configuration, string Reason, double Gain)? Next(IReadOnlyList<Configuration> pending, CancellationToken cancellation = default);

    /// <summary>Whether no hyperparameter's range has a part wider than a quarter of it, that trainings may go to, without one (<see cref="SpaceCover"/>).</summary>
    bool IsCovered { get; }

    /// <summary>Where to challenge a recommendation: inside a part that is not covered, else where the belief is least sure of itself; null where no place is left.</summary>
    (Configuration Configuration, string Reason, double Gain)? Challenge(IReadOnlyList<Configuration> pending, CancellationToken cancellation);

    /// <summary>What further trainings are expected to gain; null where more than one objective, or a constraint, is looked at.</summary>
    BudgetOutlook? Ahead(int trainings, CancellationToken cancellation) => null;

    /// <summary>What is believed of the objective at a configuration.</summary>
    SpaceBelief At(Configuration configuration);

    /// <summary>Begins joint draws of the objective at some configurations.</summary>
    Func<Func<int, double>> Draws(Configuration[] configurations, string name);

    /// <summary>What is recommended where none has to be trained.</summary>
    Configuration Recommended(CancellationToken cancellation);

    /// <summary>The probability that nothing is better than the best trained configuration by more than ε.</summary>
    SpaceJudgement Judge(CancellationToken cancellation = default);

    /// <summary>
    /// What is recommended where no training is to be spent, and the probability that nothing is better than that by more than ε: the best trained configuration where that is
    /// certified, or nothing is believed to be better; else the best predicted one, whose value is drawn.
    /// </summary>
    (Configuration Configuration, SpaceJudgement Judgement) JudgeUntrained(CancellationToken cancellation);
}
