using HtiTune.Preferences;

namespace HtiTune;

/// <summary>What a run is begun for.</summary>
/// <param name="Objective">Judges a conditional model.</param>
/// <param name="Goal">Which values are better.</param>
/// <param name="Budget">New trainings allowed.</param>
/// <param name="Name">The objective's name, for the journal; null without one.</param>
internal sealed record RunRequest(Func<IConditionalModel, double> Objective, Goal Goal, int Budget, string? Name)
{
    /// <summary>What is looked for, where it is more than the best of one function, which <see cref="Objective"/> is then made of.</summary>
    public Aim? Aim { get; init; }

    /// <summary>Is told how many of how many trainings were weighed; null for nobody.</summary>
    public Action<int, int>? Weighing { get; init; }
}
