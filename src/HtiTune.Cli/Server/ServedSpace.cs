namespace HtiTune.Cli;

/// <summary>The hyperparameters of a study that a server keeps, and its configurations as they come over the wire.</summary>
internal static class ServedSpace
{
    /// <summary>A configuration of a study; of one hyperparameter a server of an earlier version tells λ alone.</summary>
    internal static Configuration At(SearchSpace space, double lambda, Configuration? configuration) =>
        space.IsLine || configuration is null ? new Configuration(space[0].Name, lambda) : configuration;
}
