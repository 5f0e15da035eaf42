using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary>The hyperparameters of a study that a server keeps, and its configurations as they come over the wire.</summary>
internal static class ServedSpace
{
    /// <summary>What a study tunes.</summary>
    internal static SearchSpace Of(StudyRequest definition) => definition.Hyperparameters is { } texts
        ? SearchSpace.Parse(texts)
        : Hyperparameter.Continuous(definition.Hyperparameter ?? "lambda", definition.Minimum ?? 0, definition.Maximum ?? 1, Scale.Parse(definition.Scale ?? "linear"));

    /// <summary>A configuration of a study; of one hyperparameter a server of an earlier version tells λ alone.</summary>
    internal static Configuration At(SearchSpace space, double lambda, Configuration? configuration) =>
        space.IsLine || configuration is null ? new Configuration(space[0].Name, lambda) : configuration;
}
