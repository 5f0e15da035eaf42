using HtiTune.External;

namespace HtiTune.Hosting;

/// <summary>Finds everything that is wrong with a definition, so that it can be mended at once.</summary>
internal sealed class StudyDefinitionCheck
{
    private const int NameLimit = 200;
    private const int HyperparameterLimit = 32;
    private const int RowLimit = 100_000;
    private const int ColumnLimit = 1_000;
    private const int ObjectiveLimit = 4_000;
    private const long ValueLimit = 5_000_000;

    private readonly StudyDefinition _definition;
    private readonly NetworkRegistry _registry;
    private readonly List<string> _faults = [];

    private StudyDefinitionCheck(StudyDefinition definition, NetworkRegistry registry) => (_definition, _registry) = (definition, registry);

    /// <summary>What a definition says, in its short form.</summary>
    /// <exception cref="StudyServiceException">No study can be made of it: all faults in one message.</exception>
    public static StudyProblem Require(StudyDefinition definition, NetworkRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var check = new StudyDefinitionCheck(definition, registry);
        check.Names();
        check.Space();
        check.Command();
        check.Numbers();
        check.Tuner();
        check.Contexts();
        check.Columns();
        check.Objective();
        check.Aim();
        return check._faults.Count == 0
            ? new StudyProblem(definition.InShortForm(), registry)
            : throw new StudyServiceException(StudyServiceError.Invalid, $"The study: {string.Join("; ", check._faults)}.");
    }

    private void Names()
    {
        Name(_definition.Name, "name", NameLimit);
        Name(_definition.Hyperparameter, "hyperparameter", NameLimit);
        if (_definition.Network is { } network)
        {
            // It may be one that only outside workers know, but it is a name.
            Check(
                network.Length is >= 1 and <= NameLimit && network.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && char.IsAsciiLetterOrDigit(network[0]), "network",
                network.Length > NameLimit ? $"of {network.Length} characters" : $"'{network}'", $"a letter or digit, then letters, digits, '.', '_' and '-', at most {NameLimit}");
        }
    }

    private void Space()
    {
        if (_definition.Hyperparameters is { } texts)
        {
            Check(texts.Count is >= 1 and <= HyperparameterLimit, "hyperparameters", $"{texts.Count} texts", $"1 to {HyperparameterLimit} such as lr=1e-5..1e-1:log, layers=1..4:int and act=relu,gelu");
            Check(texts.All(text => text is null || PlainText.IsPlain(text)), "hyperparameters", "a text with a control character", $"characters, {PlainText.Expected}");
            Try("hyperparameters", () => new TunerOptions().Validate(_definition.ToSpace()));
            return;
        }

        var isRange = _definition is { Minimum: { } least, Maximum: { } most } && double.IsFinite(least) && double.IsFinite(most) && least < most;
        Check(isRange, "minimum and maximum", $"{Text(_definition.Minimum)} and {Text(_definition.Maximum)}", "finite numbers, the first below the second, or hyperparameters");
        if (isRange)
        {
            Try("scale", () => Hyperparameter.Continuous("lambda", _definition.Minimum!.Value, _definition.Maximum!.Value, Scale.Parse(_definition.Scale ?? "")));
        }
    }

    private void Command()
    {
        if (_definition.Network is not { Length: > 0 } known || _registry.FindCommand(known) is not { } command)
        {
            return;
        }

        if (_definition.Hyperparameters is null && _definition.Hyperparameter is { Length: > 0 })
        {
            Try("network", () => command.Require([_definition.Hyperparameter]));
        }
        else if (_definition.Hyperparameters is not null && _faults.Count == 0)
        {
            Try("network", () => command.Require([.. _definition.ToSpace().Select(one => one.Name)]));
        }
    }

    private void Numbers()
    {
        Check(Enum.IsDefined(_definition.Goal), "goal", StudyJson.Word(_definition.Goal), "minimize or maximize");
        Check(_definition.Rows is >= 0 and <= RowLimit, "rows", _definition.Rows, $"1 to {RowLimit}, or 0 for as many as the first training brings that succeeds");
        Check(_definition.MaxTrainings is >= 1 and <= 1000, "maxTrainings", _definition.MaxTrainings, "1 to 1000");
        Check(_definition.Parallelism is >= 1 and <= 64, "parallelism", _definition.Parallelism, "1 to 64");
        Check(_definition.Epsilon is null || double.IsFinite(_definition.Epsilon.Value) && _definition.Epsilon > 0, "epsilon", _definition.Epsilon, "a number above 0, or nothing");
        Check(_definition.Delta is > 0 and < 1, "delta", Text(_definition.Delta), "between 0 and 1");
        Check(HtiTuneOptionsValidation.QueueName().IsMatch(_definition.Queue ?? ""), "queue", $"'{_definition.Queue}'", "a-z, 0-9, - and _, at most 40 characters");
        Check(_definition.Priority is >= -100 and <= 100, "priority", _definition.Priority, "−100 to 100");
        Check(_definition.MaxAttempts is >= 1 and <= 20, "maxAttempts", _definition.MaxAttempts, "1 to 20");
        Check(_definition.TimeLimit is null || _definition.TimeLimit > TimeSpan.Zero && _definition.TimeLimit <= TimeSpan.FromDays(30), "timeLimit", _definition.TimeLimit, "above 0 and at most 30 days, or nothing");
    }

    private void Tuner()
    {
        if (_definition.Tuner is not { } tuner || _faults.Count > 0)
        {
            return;
        }

        Try("tuner", () => new TunerOptions().With(tuner).Validate(_definition.ToSpace()));
        Check(
            _definition.Objective != StudyProblem.ValueObjective || tuner.Replicate != true && tuner.NoiseVariance is null or 0, "tuner.replicate",
            "wanted", "an objective over outputs, for numbers that are reported are known by their λ");
    }

    private void Contexts()
    {
        if (_definition.Contexts is not { } rows)
        {
            return;
        }

        Check(_definition.Objective != StudyProblem.ValueObjective, "contexts", $"{rows.Count} rows", "nothing, for the objective value has no outputs");
        Check(rows.Count is >= 1 and <= RowLimit, "contexts", $"{rows.Count} rows", $"1 to {RowLimit}, or nothing");
        if (rows.Count == 0)
        {
            return;
        }

        var columns = rows[0]?.Count ?? 0;
        Check(columns is >= 1 and <= ColumnLimit && (long)columns * rows.Count <= ValueLimit, "contexts", $"{rows.Count} rows of {columns} numbers", $"rows of 1 to {ColumnLimit} numbers, {ValueLimit} in all at most");
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i]?.Count != columns || rows[i].Any(value => !float.IsFinite((float)value)))
            {
                Check(false, $"contexts[{i}]", $"{rows[i]?.Count ?? 0} numbers", $"{columns} finite numbers, as in the first row");
                return;
            }
        }
    }

    private void Columns()
    {
        Check(_definition.Columns is null || _definition.Columns.Count is >= 1 and <= ColumnLimit, "columns", _definition.Columns?.Count, $"1 to {ColumnLimit} names, or nothing");
        foreach (var column in _definition.Columns ?? [])
        {
            Name(column, "columns", NameLimit);
        }

        var twice = (_definition.Columns ?? []).GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Check(twice is null, "columns", $"a list with '{twice?.Key}' {twice?.Count()} times", "names of which no two are alike, for an objective names one of them");
    }

    private void Objective()
    {
        if (string.IsNullOrWhiteSpace(_definition.Objective) || _definition.Objective.Length > ObjectiveLimit)
        {
            Check(false, "objective", $"of {_definition.Objective?.Length ?? 0} characters", $"value, objective:NAME or an expression of at most {ObjectiveLimit} characters");
        }
        else if (_faults.Count == 0 && _definition.Objective != StudyProblem.ValueObjective)
        {
            Try("objective", () => new StudyProblem(_definition, _registry).Require(_definition.Objective));
        }
    }

    private void Aim()
    {
        if (_faults.Count > 0)
        {
            return;
        }

        var problem = new StudyProblem(_definition, _registry);
        _faults.AddRange(problem.AimFaults(ObjectiveLimit));
        if (_faults.Count == 0)
        {
            Try(_definition.Front is { Count: > 0 } ? "front" : "constraints", () => problem.RequireAim(TimeProvider.System));
        }
    }

    private void Check(bool holds, string which, object? value, string expected)
    {
        if (!holds)
        {
            _faults.Add($"{which} is {value ?? "null"}; expected {expected}");
        }
    }

    private void Name(string? name, string which, int most) => Check(
        !string.IsNullOrWhiteSpace(name) && name.Length <= most && PlainText.IsPlain(name), which,
        name is null ? "null" : name.Length > most ? $"of {name.Length} characters" : "blank, or has a control character", $"1 to {most} characters, {PlainText.Expected}");

    private void Try(string which, Action make)
    {
        try
        {
            make();
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidOperationException or StudyServiceException)
        {
            _faults.Add($"{which}: {problem.Message.Split(" (Parameter")[0].TrimEnd('.')}");
        }
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "missing";
}
