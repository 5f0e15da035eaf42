using System.Text.Json.Nodes;

namespace HtiTune.Cli;

/// <summary>Reads a study file; all faults come in one list, each with its line.</summary>
internal sealed partial class StudyFileReader : LocatedKeys
{
    private readonly string _file;
    private readonly HashSet<string> _wrong = [];

    private StudyFileReader(string file) => _file = file;

    /// <summary>Reads a study file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="defaults">What stands in for keys that are left out: the configuration.</param>
    /// <exception cref="CliException">It has faults; the exception lists them.</exception>
    internal static StudySpecification Read(string file, Settings defaults)
    {
        var (specification, faults, _) = ReadAll(file, defaults);
        return faults.Count == 0 ? specification! : throw StudyCheck.Listed(file, faults);
    }

    /// <summary>Reads a study file as far as it can be read, with all its faults.</summary>
    /// <param name="file">The file.</param>
    /// <param name="defaults">What stands in for keys that are left out: the configuration.</param>
    /// <returns>
    /// The study, with stand-ins for what is wrong or missing (null where nothing can be read); the faults; and the keys whose stand-ins are to be looked at no further.
    /// </returns>
    internal static (StudySpecification? Study, List<StudyFault> Faults, IReadOnlySet<string> Wrong) ReadAll(string file, Settings defaults)
    {
        var reader = new StudyFileReader(file);
        var root = LocatedJson.Read(file, "H010");
        var specification = reader.Study(root, defaults);
        foreach (var (node, known) in reader.Objects)
        {
            foreach (var (name, line, _) in node.Members.Where(member => !known.Contains(member.Name) && member.Name != "$schema"))
            {
                reader.Fault(line, $"\"{name}\" is no key here; expected {string.Join(", ", known)}{Nearest.Question(name, known)}");
            }

            foreach (var twice in node.Members.GroupBy(member => member.Name).Where(group => group.Count() > 1))
            {
                reader.Fault(twice.Last().Line, $"\"{twice.Key}\" stands twice; expected once");
            }
        }

        return (specification, [.. reader.Faults.Select(fault => new StudyFault("H010", fault.Line, fault.Message)).Distinct()], reader._wrong);
    }

    private StudySpecification? Study(LocatedJson root, Settings defaults)
    {
        if (root.Kind != JsonTokenType.StartObject)
        {
            Fault(root.Line, $"the file holds {root.Shown}; expected an object {{ … }}");
            return null;
        }

        var baseFolder = Path.GetDirectoryName(_file)!;
        if (Take(root, "schema") is { } schema && schema.Number != 1)
        {
            Fault(schema.Line, $"\"schema\" is {schema.Shown}; expected 1, or a newer htitune");
        }

        var space = OfSpace(root);

        // Who asks and tells needs none; who tunes is told that it is missing.
        var command = Take(root, "command") is { } commandNode ? OfCommand(commandNode) : [];
        var directory = Path.GetFullPath(Text(root, "workingDirectory") ?? ".", baseFolder);
        if (Take(root, "workingDirectory") is { } place && !Directory.Exists(directory))
        {
            Fault(place.Line, $"\"workingDirectory\" is {place.Shown}, and there is no folder {directory}; expected one that exists");
        }

        var before = Faults.Count;
        var (contextsFile, numbered, draws, categories) = OfContexts(root, baseFolder);
        NoteWrong("contexts", before);
        before = Faults.Count;
        var outputs = Object(root, "outputs");
        var format = Choice(outputs, "format", ArrayFile.Formats);
        var columns = Strings(outputs, "columns");
        NoteWrong("outputs", before);
        var objective = Require(root, "objective", "what to optimise, e.g. \"column:cost\"");
        if (objective is not null && (objective.Kind != JsonTokenType.String || objective.Text.Length == 0))
        {
            Fault(objective.Line, $"\"objective\" is {objective.Shown}; expected a text, e.g. \"column:cost\"");
        }

        if (command is null)
        {
            _wrong.Add("command");
        }

        if (objective is not { Kind: JsonTokenType.String, Text.Length: > 0 })
        {
            _wrong.Add("objective");
        }

        var settings = Tuner(Object(root, "tuner"), space) with { Replicate = Flag(root, "replicate") == true ? true : null };
        var (budget, training) = (Object(root, "budget"), Object(root, "training"));
        var definition = Placed(space ?? Hyperparameter.Continuous("lambda", 0, 1)) with
        {
            Objective = objective?.Text ?? "",
            Goal = Choice(root, "goal", ["minimize", "maximize"]) == "maximize" ? Goal.Maximize : Goal.Minimize,
            Constraints = OfConstraints(root) is { Count: > 0 } constraints ? [.. constraints.Select(one => one.Text)] : null,
            Front = OfFront(root, objective?.Text) is { Count: > 0 } front ? [.. front.Select(one => one.Text)] : null,
            Columns = columns,
            Rows = draws ?? 0,
            MaxTrainings = (int)Whole(budget, "trainings", 1, 10_000).GetValueOrDefault(defaults.Trainings),
            Parallelism = (int)Whole(budget, "parallel", 1, 64).GetValueOrDefault(defaults.Parallel),
            Epsilon = Number(budget, "epsilon", value => value > 0, "a number above 0"),
            Delta = Number(budget, "risk", value => value is > 0 and < 1, "a number between 0 and 1") ?? 0.05,
            TimeLimit = Time(training, "timeLimit", TimeSpan.FromTicks(1)) ?? defaults.TimeLimit,
            MaxAttempts = (int)Whole(training, "retries", 0, 100).GetValueOrDefault(defaults.Retries) + 1,
            Seed = Whole(root, "seed", 0, long.MaxValue) ?? 1,
            UseSurrogate = Flag(root, "surrogate") ?? true,
            Tuner = settings == new TunerSettings() ? null : settings,
        };
        return new StudySpecification
        {
            File = _file,
            Folder = Path.GetFullPath(Text(root, "folder") ?? Path.GetFileNameWithoutExtension(_file) + ".htitune", baseFolder),
            Definition = definition,
            Space = space ?? Hyperparameter.Continuous("lambda", 0, 1),
            Command = command ?? [],
            CommandLine = Take(root, "command")?.Line ?? root.Line,
            ContextsLine = Take(root, "contexts")?.Line ?? root.Line,
            WorkingDirectory = directory,
            Environment = Environment(root),
            ContextsFile = contextsFile,
            Categories = categories,
            NumberedRows = numbered,
            Format = format,
            OutputArray = Text(outputs, "array"),
            ObjectiveLine = objective?.Line ?? root.Line,
            ConstraintsLine = Take(root, "constraints")?.Line ?? root.Line,
            FrontLine = Take(root, "front")?.Line ?? root.Line,
            MaxTime = Time(budget, "time", TimeSpan.FromTicks(1)),
            RetryDelay = Time(training, "retryDelay", TimeSpan.Zero) ?? TimeSpan.FromSeconds(5),
            Grace = Time(training, "grace", TimeSpan.Zero) ?? defaults.Grace,
        };
    }

    // A definition of what is tuned alone.
    private static StudyDefinition Placed(SearchSpace space) => space.IsLine
        ? new StudyDefinition { Name = "study", Hyperparameter = space.Line.Name, Minimum = space.Line.Minimum, Maximum = space.Line.Maximum, Scale = space.Line.Scale.Name }
        : new StudyDefinition { Name = "study", Hyperparameters = space.Texts };

    // The same members as in a service's definition, and its one check of them; "replicate" stands beside "tuner".
    private TunerSettings Tuner(LocatedJson? node, SearchSpace? space)
    {
        if (node is null)
        {
            return new TunerSettings();
        }

        var before = Faults.Count;
        var values = new JsonObject();
        foreach (var member in JsonTypes.CommandLine.TunerSettings.Properties.Where(member => member.Name != "replicate"))
        {
            values[member.Name] = Value(node, member.Name, Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType);
        }

        var settings = values.Deserialize(JsonTypes.CommandLine.TunerSettings)!;
        try
        {
            if (space is not null && Faults.Count == before)
            {
                new TunerOptions().With(settings).Validate(space);
            }
        }
        catch (ArgumentException problem)
        {
            Fault(node.Line, problem, "\"tuner\": ");
        }

        return settings;
    }

    // What stands at a key, by the type that is wanted.
    private JsonNode? Value(LocatedJson node, string key, Type type) =>
        type == typeof(string) ? Text(node, key)
        : type == typeof(bool) ? Flag(node, key)
        : type == typeof(int) ? (int?)Whole(node, key, 0, int.MaxValue)
        : type == typeof(double) ? Number(node, key, double.IsFinite, "a number")
        : type == typeof(IReadOnlyList<double>) ? Numbers(node, key) is { } numbers ? new JsonArray([.. numbers.Select(number => JsonValue.Create(number))]) : null
        : throw new NotSupportedException($"\"{key}\" is of type {type}; expected a type that is read here.");

    private void NoteWrong(string key, int before) => _wrong.UnionWith(Faults.Count > before ? [key] : []);

    private IReadOnlyList<string>? OfCommand(LocatedJson node)
    {
        try
        {
            var words = Words(node);
            Placeholders.Check(words, _names);
            return words;
        }
        catch (FormatException problem)
        {
            Fault(node.Line, problem.Message);
            return null;
        }
    }

    private (string? File, int? Numbered, int? Draws, int Categories) OfContexts(LocatedJson root, string baseFolder)
    {
        var categories = (int)(Whole(root, "categories", 0, 1 << 24) ?? 0);
        if (Take(root, "contexts") is not { Kind: not JsonTokenType.Null } node)
        {
            return (null, null, null, 0);
        }

        if (node.Kind == JsonTokenType.StartObject)
        {
            IsObject(node, "contexts");
            var (rows, draws) = (Whole(node, "rows", 1, 10_000_000), Whole(node, "draws", 1, 10_000_000));
            if (rows is null == draws is null)
            {
                Fault(node.Line, "\"contexts\" expects a file, { \"rows\": n } for n outputs that belong together by their number, or { \"draws\": n } for n draws");
            }

            return (null, (int?)rows, (int?)draws, 0);
        }

        if (node.Kind != JsonTokenType.String)
        {
            Fault(node.Line, $"\"contexts\" is {node.Shown}; expected a file, {{ \"rows\": n }} or {{ \"draws\": n }}");
            return (null, null, null, 0);
        }

        var file = Path.GetFullPath(node.Text, baseFolder);
        if (!System.IO.File.Exists(file))
        {
            Fault(node.Line, $"\"contexts\" is {node.Shown}, and there is no file {file}; expected a file of conditions, one row for each question");
        }
        else if (!ArrayFile.Formats.Contains(Path.GetExtension(file)))
        {
            Fault(node.Line, $"\"contexts\" is {node.Shown}; expected a file that ends in {string.Join(", ", ArrayFile.Formats)}");
        }

        return (file, null, null, categories);
    }

    private Dictionary<string, string> Environment(LocatedJson root)
    {
        var variables = new Dictionary<string, string>();
        foreach (var (name, line, value) in Object(root, "environment", isOpen: true)?.Members ?? [])
        {
            if (value.Kind is not (JsonTokenType.String or JsonTokenType.Number) || name.Length == 0 || name.Contains('=') || name.Contains('\0') || value.Text.Contains('\0'))
            {
                Fault(line, $"the variable \"{name}\" is {value.Shown}; expected a name without '=', and a text");
            }

            variables[name] = value.Text;
        }

        return variables;
    }
}
