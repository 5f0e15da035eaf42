namespace HtiTune.Cli;

/// <summary>Runs of a table, as Optuna, W&amp;B, MLflow, Ray, Ax or SMAC export them: a line a run.</summary>
internal static class RunTable
{
    private const string Trial = "trial_id";
    private const string Iteration = "training_iteration";

    /// <summary>Reads the runs, in the order of the lines; those that are left out too.</summary>
    /// <exception cref="CliException">A finished run cannot be understood; the message says where.</exception>
    /// <exception cref="DataFormatException">The file is no such table.</exception>
    internal static List<EarlierTraining> Read(string file, StudySpecification study, ImportOptions options)
    {
        var table = TableOf(file);
        var columns = RunColumns.Of(file, table.Header, study, options);
        var durations = RunDurations.Of(table.Header);
        var superseded = Superseded(table);
        var states = columns.State < 0 ? null : StatesOf(file, table, columns.State, options.Finished);
        var name = Path.GetFileName(file);

        // The value is what the objective's own column holds, whatever the tool calls it.
        var own = RunColumns.OwnColumn(study) ?? table.Header[columns.Value];
        var runs = table.Lines.Select((line, i) => superseded.Contains(i)
            ? new EarlierTraining(Outputs: null) { Place = $"{name} line {line.Line}", LeftOut = "an earlier iteration of a trial whose last is taken" }
            : RunOf(file, line, table.Header, columns, states?[i], durations, study.Space) with { Columns = [own] }).ToList();
        Remark(table, columns, runs, superseded);
        return runs;
    }

    private static CsvText TableOf(string file)
    {
        try
        {
            return CsvText.Read(file);
        }
        catch (DataFormatException problem) when (problem.Position.StartsWith("line 1", StringComparison.Ordinal) && (problem.Message.Contains("';'", StringComparison.Ordinal) || problem.Message.Contains("'tab'", StringComparison.Ordinal)))
        {
            throw new CliException("H003", problem.Message, "export it with commas, and points in numbers, e.g. pandas' to_csv without sep and decimal");
        }
    }

    private static EarlierTraining RunOf(
        string file, CsvTextLine line, IReadOnlyList<string> header, RunColumns columns, (string State, bool IsFinished)? state, Func<IReadOnlyList<string>, TimeSpan>? durations, SearchSpace space)
    {
        var run = new EarlierTraining(Outputs: null)
        {
            Place = $"{Path.GetFileName(file)} line {line.Line}",
            State = state?.State,
            Duration = durations?.Invoke(line.Fields) ?? TimeSpan.Zero,
        };
        var value = Number(line.Fields[columns.Value]);
        if (state is { IsFinished: false } other)
        {
            return run with { LeftOut = $"in state {other.State}" };
        }

        var (configuration, missing) = space.Assemble(Value);
        if (configuration is null)
        {
            return run with { LeftOut = $"without {missing!.Name}" };
        }

        run = run with { Configuration = configuration };
        var text = line.Fields[columns.Value];
        return value is { } finite && double.IsFinite(finite) ? run with { Outputs = Matrix.FromDoubles(1, 1, [finite]) }
            : value is not null || IsEmpty(text) ? run with { Error = $"{run.Place}: the value is {(text.Length == 0 ? "empty" : $"'{text}'")}; expected a finite number." }
            : throw Fault(columns.Value, text, "a finite number with a decimal point, or nothing where the run failed");

        HyperparameterValue? Value(int i)
        {
            // A word may be "none"; a cell that holds nothing is none.
            var (one, column) = (space[i], columns.Places[i]);
            return column < 0 || (IsEmpty(line.Fields[column]) && !one.Allows(line.Fields[column].Trim())) ? (HyperparameterValue?)null
                : RunPlaces.ValueOf(one, line.Fields[column]) ?? throw Fault(column, line.Fields[column], "a finite number with a decimal point");
        }

        DataFormatException Fault(int column, string found, string expected) => new(
            file, $"line {line.Line}, column {column + 1} ('{header[column]}')", $"the field is '{(found.Length > 60 ? found[..60] + "…" : found)}'", expected);
    }

    // A cell that a spreadsheet would take for a formula is written with an apostrophe before it by some tools.
    internal static double? Number(string text) =>
        double.TryParse(text.StartsWith("'-", StringComparison.Ordinal) || text.StartsWith("'+", StringComparison.Ordinal) ? text.AsSpan(1) : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
        : text.Trim().TrimStart('+', '-').ToLowerInvariant() is "inf" or "infinity" ? double.PositiveInfinity
        : null;

    private static bool IsEmpty(string text) => text.Trim().ToLowerInvariant() is "" or "nan" or "none" or "null" or "na" or "n/a" or "<na>";

    private static List<(string State, bool IsFinished)> StatesOf(string file, CsvText table, int column, IReadOnlyCollection<string>? finished)
    {
        var states = new List<(string, bool)>();
        foreach (var line in table.Lines)
        {
            var state = RunStates.Bare(line.Fields[column]);
            states.Add((state, RunStates.IsFinished(state, finished) ?? throw new CliException(
                "H003",
                $"{file}, line {line.Line}, column {column + 1} ('{table.Header[column]}'): the state '{line.Fields[column]}' is not known; expected e.g. COMPLETE, finished, FAIL or running.",
                "say which states mean finished with --finished A,B, or which column holds them with --state-column")));
        }

        return states.ConvertAll(pair => table.Header[column] == "done" ? (pair.Item2 ? "done" : "not done", pair.Item2) : pair);
    }

    // Ray writes a line for each iteration of a trial.
    private static HashSet<int> Superseded(CsvText table)
    {
        var (trial, iteration) = (table.Header.ToList().IndexOf(Trial), table.Header.ToList().IndexOf(Iteration));
        return trial < 0 || iteration < 0 ? [] :
        [
            .. Enumerable.Range(0, table.Lines.Count)
                .GroupBy(i => table.Lines[i].Fields[trial])
                .SelectMany(group => group.OrderByDescending(i => Number(table.Lines[i].Fields[iteration]) ?? 0).Skip(1)),
        ];
    }

    private static void Remark(CsvText table, RunColumns columns, List<EarlierTraining> runs, HashSet<int> superseded)
    {
        int[] taken = [.. Enumerable.Range(0, runs.Count).Where(i => runs[i].LeftOut is null)];
        var differing = columns.Others.Where(column => taken.Select(i => table.Lines[i].Fields[column]).Distinct().Count() > 1).Select(column => table.Header[column]).ToList();
        if (differing.Count > 0)
        {
            Terminal.Warn($"the runs differ in {string.Join(", ", differing)} too, which this study does not tune; what that does to their values is taken for noise");
        }

        var iteration = table.Header.ToList().IndexOf(Iteration);
        if (iteration >= 0 && taken.Select(i => table.Lines[i].Fields[iteration]).Distinct().Count() > 1)
        {
            Terminal.Warn($"the trials ended after different numbers of iterations ('{Iteration}'); those that a scheduler stopped early count as finished");
        }

        if (superseded.Count > 0 && columns.State < 0)
        {
            Terminal.Warn("no column says which trials have finished; the last iteration of each is taken");
        }
    }
}
