namespace HtiTune.Cli;

/// <summary>A fault of a study.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Line">The line of the study file.</param>
/// <param name="Message">What is wrong and what is expected, without full stop.</param>
internal sealed record StudyFault(string Code, int Line, string Message);

/// <summary>What can be wrong with a study and be known before the first training: its file, programs, contexts, objective.</summary>
internal static partial class StudyCheck
{
    private static readonly HashSet<string> s_nothing = [];

    /// <summary>Reads a study file and looks at all of it.</summary>
    /// <exception cref="CliException">There are faults; the exception lists all of them.</exception>
    internal static StudySpecification Read(string file, Settings defaults)
    {
        var (study, faults, wrong) = StudyFileReader.ReadAll(file, defaults);
        if (study is not null)
        {
            faults.AddRange(Faults(study, wrong));
        }

        return faults.Count == 0 ? study! : throw Listed(file, faults);
    }

    /// <summary>All faults beyond the file's own form.</summary>
    /// <param name="study">The study.</param>
    /// <param name="wrong">Keys whose faults are known already; null for none.</param>
    internal static List<StudyFault> Faults(StudySpecification study, IReadOnlySet<string>? wrong = null)
    {
        wrong ??= s_nothing;
        var faults = new List<StudyFault>();
        if (!wrong.Contains("command"))
        {
            AddCommand(study, faults);
        }

        var (names, count) = ((IReadOnlyList<string>?)[], (int?)0);
        if (wrong.Contains("contexts"))
        {
            (names, count) = (null, null);
        }
        else if (study.ContextsFile is { } file)
        {
            try
            {
                var (matrix, header) = ArrayFile.Read(file);
                count = matrix.Columns - (study.Categories > 0 ? 1 : 0);
                names = header ?? [];
            }
            catch (Exception problem) when (problem is DataFormatException or IOException or UnauthorizedAccessException)
            {
                // A table with a fault below its header names its columns all the same.
                (names, count) = problem is DataFormatException { Position: var position } && Path.GetExtension(file) == ".csv" && !position.StartsWith("line 1,", StringComparison.Ordinal) && position != "line 1"
                    ? HeaderOf(file, study.Categories)
                    : (null, null);
                faults.Add(new StudyFault("H003", study.ContextsLine, problem.Message.TrimEnd('.')));
            }
        }

        if (!wrong.Contains("objective"))
        {
            AddObjective(study, names, count, !wrong.Contains("outputs"), faults);
        }

        foreach (var metric in study.Front)
        {
            AddObjective(study.With(all => all with { Objective = metric.Objective }) with { ObjectiveLine = study.FrontLine }, names, count, !wrong.Contains("outputs"), faults);
        }

        foreach (var constraint in study.Constraints)
        {
            AddObjective(study.With(all => all with { Objective = constraint.Objective }) with { ObjectiveLine = study.ConstraintsLine }, names, count, !wrong.Contains("outputs"), faults);
        }

        return faults;
    }

    /// <summary>What is allowed but looks like a slip.</summary>
    internal static IEnumerable<string> Warnings(StudySpecification study)
    {
        if (study.Space.Count == 1 && Placeholders.Shadowed(study.Space.Label) is { } meaning)
        {
            yield return $"the hyperparameter is called {study.Space.Label}, and {{{study.Space.Label}}} in the command is {meaning}; its value is {{lambda}}";
        }

        foreach (var one in study.Space.OfType<CategoricalHyperparameter>().Where(one => !one.IsOrdered && one.Choices.All(word => HyperparameterText.NumberOf(word) is not null)))
        {
            yield return one.Choices.Count == 2
                ? $"{one.Name} takes one of two words, {one.Choices[0]} and {one.Choices[1]}, and nothing between them; a range is {one.Name}={one.Choices[0]}..{one.Choices[1]}"
                : $"{one.Name} takes words whose order counts for nothing, {string.Join(", ", one.Choices)}; where it counts, they are {one.Name}={string.Join(",", one.Choices)}:ordered";
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

        if (study.ContextsFile is not null && study.Command.Count > 0
            && !study.Command.Any(word => word.Contains("{contexts}", StringComparison.Ordinal) || word.Contains("HTITUNE_CONTEXTS", StringComparison.Ordinal)))
        {
            yield return "\"contexts\" names a file, and the command does not use {contexts}; right if the script knows the file or reads HTITUNE_CONTEXTS";
        }

        foreach (var loss in StudyJournal.Exists(study.Folder) && StudyJournal.Read(study.Folder) is var journal && journal.Completed.Count > 0 ? Losses(study, journal.LoadAnchors()) : [])
        {
            yield return loss;
        }
    }

    /// <summary>What single precision loses of a study's outputs, where a surrogate is fitted to them.</summary>
    /// <param name="study">The study.</param>
    /// <param name="anchors">Its trainings; null for none.</param>
    internal static IEnumerable<string> Losses(StudySpecification study, AnchorSet? anchors) =>
        anchors is null || !study.Definition.UseSurrogate ? [] : ColumnUnits.LossesLeft([.. anchors.Select(anchor => anchor.Samples.Outputs)]);

    /// <summary>Throws the faults beyond the file's own form, if any.</summary>
    /// <exception cref="CliException">There are faults.</exception>
    internal static void Require(StudySpecification study)
    {
        if (Faults(study) is { Count: > 0 } faults)
        {
            throw Listed(study.File, faults);
        }
    }

    /// <summary>The error that lists faults, by their lines.</summary>
    internal static CliException Listed(string file, IReadOnlyList<StudyFault> faults)
    {
        var ordered = faults.OrderBy(fault => fault.Line).ToList();
        List<string> lines = [.. ordered.Select(fault => $"{file}:{fault.Line}: {fault.Message}{(fault.Message.EndsWith('?') ? "" : ".")}").Distinct()];
        return lines.Count == 1
            ? new CliException(ordered[0].Code, lines[0])
            : new CliException(ordered.Any(fault => fault.Code == "H010") ? "H010" : ordered[0].Code, $"{file} has {lines.Count} faults:") { Faults = lines };
    }

    private static (IReadOnlyList<string>? Names, int? Count) HeaderOf(string file, int categories)
    {
        try
        {
            using var reader = new StreamReader(file);
            var header = new char[1 << 16];
            var text = new string(header, 0, reader.ReadBlock(header));
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            var names = end < 0 ? [] : text[..end].Split(',').Select(name => name.Trim('\uFEFF', ' ', '\r', '"')).ToList();
            return end < 0 ? (null, null) : (names, names.Count - (categories > 0 ? 1 : 0));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, null);
        }
    }

    private static void AddCommand(StudySpecification study, List<StudyFault> faults)
    {
        if (study.Command.Count == 0)
        {
            faults.Add(new StudyFault("H011", study.CommandLine, "\"command\" is missing; expected the program that trains, e.g. \"python train.py --lambda {lambda} --out {out}\""));
        }
        else if (study.Command[0].StartsWith('-') && CommandText.Find(study.Command[0], study.WorkingDirectory) is null)
        {
            // What a verb does not know before -- comes here as the command's first word.
            faults.Add(new StudyFault("H011", study.CommandLine, $"'{study.Command[0]}' is no option here and no program; expected a known option, or a command that begins with a program"));
        }
        else if (CommandText.Find(study.Command[0], study.WorkingDirectory) is null)
        {
            faults.Add(new StudyFault("H011", study.CommandLine, $"there is no program '{study.Command[0]}' that can be run; expected one on the PATH or a path from {study.WorkingDirectory}"));
        }
        else if (CommandText.MissingScript(study.Command, study.WorkingDirectory) is { } script)
        {
            faults.Add(new StudyFault("H011", study.CommandLine, $"the command runs {script}, and there is no such file in {study.WorkingDirectory}; expected a script that exists"));
        }

        if (study.Command.Any(word => word.Contains("{contexts}", StringComparison.Ordinal)) && study.ContextsFile is null)
        {
            faults.Add(new StudyFault("H010", study.CommandLine, "the command uses {contexts}, and \"contexts\" names no file; expected a file of contexts, or a command without {contexts}"));
        }
    }

    private static void AddObjective(StudySpecification study, IReadOnlyList<string>? contexts, int? contextCount, bool isOutputsRight, List<StudyFault> faults)
    {
        var declared = study.OutputColumns ?? StudySession.StoredColumns(study.Folder);
        try
        {
            var objective = ObjectiveText.Parse(
                study.Objective, new ObjectiveScope(study.BaseFolder, Path.Combine(study.Folder, "scores"), () => declared, contexts is { Count: > 0 } ? contexts : null));

            if (!study.Space.IsLine && declared?.Contains(Placeholders.Lambda) != true && LambdaWord().IsMatch(study.Objective) && !study.Objective.StartsWith("column:", StringComparison.Ordinal))
            {
                faults.Add(new StudyFault("H012", study.ObjectiveLine, "the objective names lambda, and several hyperparameters are tuned; expected an objective of the outputs and the contexts"));
            }

            // A file of numbers has no names; one of text tells them with the first training, and so may one of which nothing was said.
            var outputs = !isOutputsRight ? null : declared ?? (study.Format is null or ".csv" or ".json" ? null : (string[])[]);
            var columns = new KnownColumns(outputs, isOutputsRight ? declared?.Count : null, contexts, contextCount, study.Categories > 0);
            faults.AddRange(objective.Faults(columns).Select(fault => new StudyFault("H012", study.ObjectiveLine, fault)));
        }
        catch (FormatException problem)
        {
            faults.Add(new StudyFault("H012", study.ObjectiveLine, problem.Message.TrimEnd('.')));
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"(?<![\w.'])lambda(?![\w'])")]
    private static partial System.Text.RegularExpressions.Regex LambdaWord();
}
