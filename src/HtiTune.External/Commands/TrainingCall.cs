namespace HtiTune.External;

/// <summary>One run of a command that trains: what its placeholders and its environment are filled with, wherever it runs.</summary>
/// <param name="Hyperparameter">The hyperparameter's name, which stands for λ too.</param>
/// <param name="Lambda">λ, in its own units.</param>
/// <param name="Seed">Seed of all chance in the training.</param>
/// <param name="Contexts">File of the contexts; empty where there is none.</param>
/// <param name="Output">File that the command is to write.</param>
internal sealed record TrainingCall(string Hyperparameter, double Lambda, long Seed, string Contexts, string Output)
{
    /// <summary>The program and its arguments.</summary>
    /// <param name="command">The command with its placeholders.</param>
    /// <exception cref="FormatException">A placeholder is unknown.</exception>
    internal List<string> Words(IEnumerable<string> command) => [.. command.Select(word => Placeholders.Fill(word, name => name switch
    {
        // A hyperparameter of one of these names does not hide them.
        Placeholders.Seed => Placeholders.SeedOf(Seed),
        Placeholders.Contexts => Contexts,
        Placeholders.Out => Output,
        Placeholders.Lambda => Placeholders.Number(Lambda),
        _ when name == Hyperparameter => Placeholders.Number(Lambda),
        _ => throw Placeholders.Unknown(name, Placeholders.Allowed(Hyperparameter)),
    }))];

    /// <summary>The environment beside that of this process: the same values by name, over what the command is given by its owner.</summary>
    /// <param name="own">Variables that its owner gives it.</param>
    /// <param name="folder">The attempt's folder, by which all processes of the attempt are known.</param>
    internal Dictionary<string, string> Environment(IEnumerable<KeyValuePair<string, string>> own, string folder) => new(own)
    {
        ["HTITUNE_LAMBDA"] = Placeholders.Number(Lambda),
        ["HTITUNE_SEED"] = Placeholders.SeedOf(Seed),
        ["HTITUNE_CONTEXTS"] = Contexts,
        ["HTITUNE_OUT"] = Output,
        [ProcessTree.AttemptMark] = folder,
    };
}
