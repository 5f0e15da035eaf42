namespace HtiTune.Cli;

/// <summary>What an objective makes of a study's trainings, of imported ones too, whether or not a run has judged them.</summary>
internal static class TrialValues
{
    /// <summary>The values by the trainings' numbers: as runs have recorded them, or made of the outputs on the disk where no program has to be run for that.</summary>
    /// <param name="study">The study.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="objective">The objective's text.</param>
    /// <exception cref="CliException">The objective is not understood.</exception>
    internal static Dictionary<int, double> Of(StudySpecification study, StudyJournal journal, string objective)
    {
        // What is kept is looked at by the names that it is kept under, also where the file tells others of them now.
        var names = StudySession.ColumnsFault(study) is null ? study.OutputColumns ?? StudySession.StoredColumns(study.Folder) : StudySession.StoredColumns(study.Folder);
        var (_, conditions) = StudySession.DeclaredBy(study);
        var judge = Parsed(study, objective, names, conditions);
        var values = new Dictionary<int, double>();
        foreach (var measured in journal.Runs.Where(run => run.Began.Objective == study.RunName(judge.Text)).SelectMany(run => run.Values.Values))
        {
            if (measured.Value is { } value)
            {
                values[measured.Number] = value;
            }
        }

        var missing = journal.Completed.Where(training => !values.ContainsKey(training.Number)).ToList();
        if (missing.Count > 0 && journal.LoadContexts() is { } contexts)
        {
            foreach (var training in missing)
            {
                if (Value(judge, new Samples(NpyFile.ReadMatrix(Path.Combine(study.Folder, training.SamplesFile!)), contexts), training.Lambda) is { } value)
                {
                    values[training.Number] = value;
                }
            }
        }

        return values;
    }

    /// <summary>What the study's own objective makes of outputs; null where it has no value, or a program has to be run for it.</summary>
    internal static double? Of(StudySpecification study, Matrix outputs, IReadOnlyList<string>? columns, double lambda)
    {
        var (contexts, conditions) = StudySession.DeclaredBy(study);
        var judge = Parsed(study, study.Objective, study.OutputColumns ?? columns, conditions);
        return Value(judge, new Samples(outputs, contexts ?? Contexts.None(outputs.Rows)), lambda);
    }

    /// <summary>Why an objective of the study cannot judge outputs; null where it can, or a program has to be run to know.</summary>
    internal static string? FaultOf(StudySpecification study, string objective, Matrix outputs, IReadOnlyList<string>? columns, double lambda)
    {
        var (contexts, conditions) = StudySession.DeclaredBy(study);
        var judge = Parsed(study, objective, study.OutputColumns ?? columns, conditions);
        try
        {
            if (judge is not CommandObjective)
            {
                judge.Require(new Samples(outputs, contexts ?? Contexts.None(outputs.Rows)), lambda);
            }

            return null;
        }
        catch (Exception problem) when (IsFault(problem))
        {
            return problem.Message.TrimEnd('.');
        }
    }

    private static IObjective Parsed(StudySpecification study, string text, IReadOnlyList<string>? columns, IReadOnlyList<string>? conditions)
    {
        try
        {
            return ObjectiveText.Parse(text, new ObjectiveScope(study.BaseFolder, Path.Combine(study.Folder, "scores"), () => columns, conditions));
        }
        catch (FormatException problem)
        {
            throw new CliException("H012", problem.Message + ".");
        }
    }

    private static double? Value(IObjective objective, Samples samples, double lambda)
    {
        try
        {
            // No program is run for a list: what it has said before is known.
            var said = objective is CommandObjective command ? command.Known(samples, lambda) : objective.Value(samples, lambda);
            return said is { } value && double.IsFinite(value) ? value : null;
        }
        catch (Exception problem) when (IsFault(problem))
        {
            return null;
        }
    }

    private static bool IsFault(Exception problem) => problem is InvalidOperationException or FormatException or IOException or DataFormatException or ArgumentException;
}
