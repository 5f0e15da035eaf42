using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary>What can be wrong with a study beyond its file: programs, contexts, objective.</summary>
internal static class StudyCheck
{
    /// <summary>All faults, each with code and text.</summary>
    internal static List<(string Code, string Message)> Faults(StudySpecification study)
    {
        var faults = new List<(string, string)>();
        if (study.Command.Count == 0)
        {
            faults.Add(("H011", $"{study.File}: \"command\" is missing; expected the program that trains, e.g. \"python train.py --lambda {{lambda}} --out {{out}}\"."));
        }
        else if (CommandText.Find(study.Command[0], study.WorkingDirectory) is null)
        {
            faults.Add(("H011", $"{study.File}: there is no program '{study.Command[0]}' that can be run; expected one on the PATH or a path from {study.WorkingDirectory}."));
        }

        var hasContexts = study.Command.Any(word => word.Contains("{contexts}", StringComparison.Ordinal));
        if (hasContexts && study.Contexts.File is null)
        {
            faults.Add(("H010", $"{study.File}: the command uses {{contexts}}, and \"contexts\" names no file; expected a file of contexts, or a command without {{contexts}}."));
        }

        IReadOnlyList<string>? columns = null;
        if (study.Contexts.File is { } file)
        {
            try
            {
                columns = ArrayFile.Read(file).Columns;
            }
            catch (Exception problem) when (problem is DataFormatException or IOException or UnauthorizedAccessException)
            {
                faults.Add(("H003", problem.Message));
            }
        }

        try
        {
            var outputs = study.OutputColumns ?? StudySession.StoredColumns(study.Folder);
            ObjectiveText.Parse(study.Objective, new ObjectiveScope(study.BaseFolder, Path.Combine(study.Folder, "scores"), () => outputs, columns));
        }
        catch (FormatException problem)
        {
            faults.Add(("H012", $"{study.File}:{study.ObjectiveLine}: {problem.Message}."));
        }

        return faults;
    }

    /// <summary>What is allowed but looks like a slip.</summary>
    internal static IEnumerable<string> Warnings(StudySpecification study)
    {
        if (Placeholders.Shadowed(study.Hyperparameter.Name) is { } meaning)
        {
            yield return $"the hyperparameter is called {study.Hyperparameter.Name}, and {{{study.Hyperparameter.Name}}} in the command is {meaning}; its value is {{lambda}}";
        }

        foreach (var word in study.Command.Skip(1).Where(word => Path.GetExtension(word) is ".py" or ".jl" or ".R" or ".sh" && !word.Contains('{')))
        {
            if (!File.Exists(Path.GetFullPath(word, study.WorkingDirectory)))
            {
                yield return $"the command names {word}, and there is no such file in {study.WorkingDirectory}";
            }
        }

        if (!study.Command.Any(word => word.Contains("{seed}", StringComparison.Ordinal) || word.Contains("HTITUNE_SEED", StringComparison.Ordinal)))
        {
            yield return "the command does not use {seed}; trainings with different chance scatter, and their scatter is taken for a trend";
        }
    }

    /// <summary>Throws the first faults, if any.</summary>
    /// <exception cref="CliException">There are faults.</exception>
    internal static void Require(StudySpecification study)
    {
        var faults = Faults(study);
        if (faults.Count == 1)
        {
            throw new CliException(faults[0].Code, faults[0].Message);
        }

        if (faults.Count > 1)
        {
            throw new CliException(faults[0].Code, $"{study.File} has {faults.Count} faults:") { Faults = [.. faults.Select(fault => fault.Message)] };
        }
    }
}
