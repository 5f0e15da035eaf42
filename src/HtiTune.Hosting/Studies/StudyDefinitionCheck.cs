using System.Globalization;
using HtiTune.Data;
using HtiTune.External;

namespace HtiTune.Hosting;

/// <summary>Finds everything that is wrong with a definition, so that it can be mended at once.</summary>
internal static class StudyDefinitionCheck
{
    private const int NameLimit = 200;
    private const int HyperparameterLimit = 32;
    private const int RowLimit = 100_000;
    private const int ColumnLimit = 1_000;
    private const int ObjectiveLimit = 4_000;
    private const long ValueLimit = 5_000_000;

    /// <summary>Throws unless a study can be made of a definition.</summary>
    /// <exception cref="StudyServiceException">All faults in one message.</exception>
    public static void Require(StudyDefinition definition, NetworkRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var faults = new List<string>();
        Name(definition.Name, "name", NameLimit);
        Name(definition.Hyperparameter, "hyperparameter", NameLimit);
        if (definition.Network is { } network)
        {
            // It may be one that only outside workers know, but it is a name.
            Check(
                network.Length is >= 1 and <= NameLimit && network.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && char.IsAsciiLetterOrDigit(network[0]), "network",
                network.Length > NameLimit ? $"of {network.Length} characters" : $"'{network}'", $"a letter or digit, then letters, digits, '.', '_' and '-', at most {NameLimit}");
        }

        if (definition.Hyperparameters is { } texts)
        {
            Check(texts.Count is >= 1 and <= HyperparameterLimit, "hyperparameters", $"{texts.Count} texts", $"1 to {HyperparameterLimit} such as lr=1e-5..1e-1:log, layers=1..4:int and act=relu,gelu");
            Try("hyperparameters", () => StudyProblem.SpaceOf(definition));
        }
        else
        {
            var isRange = definition is { Minimum: { } least, Maximum: { } most } && double.IsFinite(least) && double.IsFinite(most) && least < most;
            Check(isRange, "minimum and maximum", $"{Text(definition.Minimum)} and {Text(definition.Maximum)}", "finite numbers, the first below the second, or hyperparameters");
            if (isRange)
            {
                Try("scale", () => Hyperparameter.Continuous("lambda", definition.Minimum!.Value, definition.Maximum!.Value, Scale.Parse(definition.Scale ?? "")));
            }
        }

        if (definition.Network is { Length: > 0 } known && registry.FindCommand(known) is { } command)
        {
            if (definition.Hyperparameters is null && definition.Hyperparameter is { Length: > 0 })
            {
                Try("network", () => command.Require([definition.Hyperparameter]));
            }
            else if (definition.Hyperparameters is not null && faults.Count == 0)
            {
                Try("network", () => command.Require([.. StudyProblem.SpaceOf(definition).Select(one => one.Name)]));
            }
        }

        Check(Enum.IsDefined(definition.Goal), "goal", StudyJson.Word(definition.Goal), "minimize or maximize");
        Check(definition.Rows is >= 0 and <= RowLimit, "rows", definition.Rows, $"1 to {RowLimit}, or 0 for as many as the first training brings that succeeds");
        Check(definition.MaxTrainings is >= 1 and <= 1000, "maxTrainings", definition.MaxTrainings, "1 to 1000");
        Check(definition.Parallelism is >= 1 and <= 64, "parallelism", definition.Parallelism, "1 to 64");
        Check(definition.Epsilon is null || double.IsFinite(definition.Epsilon.Value) && definition.Epsilon > 0, "epsilon", definition.Epsilon, "a number above 0, or nothing");
        Check(definition.Delta is > 0 and < 1, "delta", Text(definition.Delta), "between 0 and 1");
        Check(HtiTuneOptionsValidation.QueueName().IsMatch(definition.Queue ?? ""), "queue", $"'{definition.Queue}'", "a-z, 0-9, - and _, at most 40 characters");
        Check(definition.Priority is >= -100 and <= 100, "priority", definition.Priority, "−100 to 100");
        Check(definition.MaxAttempts is >= 1 and <= 20, "maxAttempts", definition.MaxAttempts, "1 to 20");
        Check(definition.TimeLimit is null || definition.TimeLimit > TimeSpan.Zero && definition.TimeLimit <= TimeSpan.FromDays(30), "timeLimit", definition.TimeLimit, "above 0 and at most 30 days, or nothing");
        if (definition.Tuner is { } tuner && faults.Count == 0)
        {
            Try("tuner", () => tuner.Require(StudyProblem.SpaceOf(definition)));
            Check(
                definition.Objective != StudyProblem.ValueObjective || tuner.Replicate != true && tuner.NoiseVariance is null or 0, "tuner.replicate",
                "wanted", "an objective over outputs, for numbers that are reported are known by their λ");
        }

        Contexts(definition);
        Check(definition.Columns is null || definition.Columns.Count is >= 1 and <= ColumnLimit, "columns", definition.Columns?.Count, $"1 to {ColumnLimit} names, or nothing");
        foreach (var column in definition.Columns ?? [])
        {
            Name(column, "columns", NameLimit);
        }

        if (string.IsNullOrWhiteSpace(definition.Objective) || definition.Objective.Length > ObjectiveLimit)
        {
            Check(false, "objective", $"of {definition.Objective?.Length ?? 0} characters", $"value, objective:NAME or an expression of at most {ObjectiveLimit} characters");
        }
        else if (faults.Count == 0 && definition.Objective != StudyProblem.ValueObjective)
        {
            Try("objective", () => new StudyProblem(definition, registry).Require(definition.Objective));
        }

        if (faults.Count > 0)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"The study: {string.Join("; ", faults)}.");
        }

        void Check(bool holds, string which, object? value, string expected)
        {
            if (!holds)
            {
                faults.Add($"{which} is {value ?? "null"}; expected {expected}");
            }
        }

        void Name(string? name, string which, int most) => Check(
            !string.IsNullOrWhiteSpace(name) && name.Length <= most && !name.Any(char.IsControl), which,
            name is null ? "null" : name.Length > most ? $"of {name.Length} characters" : "blank, or has a control character", $"1 to {most} characters, none of them a control character");

        void Try(string which, Action make)
        {
            try
            {
                make();
            }
            catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidOperationException or StudyServiceException)
            {
                faults.Add($"{which}: {problem.Message.Split(" (Parameter")[0].TrimEnd('.')}");
            }
        }

        void Contexts(StudyDefinition given)
        {
            if (given.Contexts is not { } rows)
            {
                return;
            }

            Check(given.Objective != StudyProblem.ValueObjective, "contexts", $"{rows.Count} rows", "nothing, for the objective value has no outputs");
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
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "missing";
}
