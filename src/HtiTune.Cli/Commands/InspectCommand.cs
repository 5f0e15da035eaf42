namespace HtiTune.Cli;

/// <summary><c>htitune inspect</c>: what is in a file.</summary>
internal static class InspectCommand
{
    internal static Command Create()
    {
        var file = new Argument<string?>("file")
        {
            Description = "A model (.hti), outputs (.npy, .npz, .safetensors, .csv), or a study. Default: the study here.",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "FILE",
        };
        var json = CommonOptions.Json("it");
        var command = new Command("inspect", "Tell what is in a model, a study, or a file of outputs.\n\nExamples:\n  htitune inspect forecasts.hti\n  htitune inspect outputs.npy --json")
        {
            file, json,
        };
        command.Do(result =>
        {
            var path = result.GetValue(file);
            var facts = Path.GetExtension(path ?? "").ToLowerInvariant() switch
            {
                ".hti" => SurrogateFile.HoldsSpace(path!) ? SpaceModels.Facts(path!) : Model(path!),
                ".npy" or ".npz" or ".safetensors" or ".csv" => Outputs(path!),
                _ => Study(StudyLocator.Read(path)),
            };
            if (result.GetValue(json))
            {
                EventWriter.Write(writer =>
                {
                    foreach (var (name, value) in facts)
                    {
                        Write(writer, name, value);
                    }
                });
                return ExitCode.Done;
            }

            foreach (var (name, value) in facts)
            {
                Console.Out.WriteLine($"{name + ":",-14} {Shown(value)}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static (string, object)[] Model(string path)
    {
        var model = SurrogateFile.Load(path);
        return
        [
            ("kind", "model"),
            ("file", path),
            ("hyperparameter", model.Hyperparameter.ToString()),
            ("anchors", model.Anchors.ToArray()),
            ("outputs", model.Dimension),
            ("conditions", model.ConditionCount),
            ("categories", model.CategoryCount),
            .. model is KrigedSurrogate kriged ? Learned(kriged) : Learned((TrajectorySurrogate)model),
            ("notes", string.Join(" ", model.Notes)),
            .. model is TrajectorySurrogate { Report.SetAside: { Count: > 0 } rows }
                ? [("setAside", string.Join("; ", rows.Select(row => $"row {row.Row} at {Placeholders.Number(row.Lambda)}")))]
                : Array.Empty<(string, object)>(),
        ];
    }

    private static (string, object)[] Learned(TrajectorySurrogate model) =>
    [
        ("method", model.Options.Method.ToString()),
        ("coupling", model.Report.Coupling.ToString()),
        ("deterministic", model.Report.Deterministic),
        ("potential", model.Report.Potential.ToString()),
        ("clockShift", model.Report.ClockShift),
        ("mapErrors", model.Report.MapErrors.ToArray()),
    ];

    private static (string, object)[] Learned(KrigedSurrogate model) =>
    [
        ("method", "Kriging"),
        ("coupling", model.Report.Coupling.ToString()),
        ("deterministic", model.Report.Deterministic),
        ("carrying", model.Options.Carrying.ToString()),
        ("outputKind", model.Report.Kind.ToString()),
        ("link", model.Report.Link),
        ("length", model.Report.Length),
        ("warp", new[] { model.Report.WarpA, model.Report.WarpB }),
        ("nugget", model.Report.Nugget),
        ("leaveOneOutErrors", model.Report.LeaveOneOutErrors.ToArray()),
    ];

    private static (string, object)[] Outputs(string path)
    {
        if (Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) && NpyFile.Read(path) is { Shape.Length: > 2 } stack)
        {
            return [("kind", "outputs"), ("file", path), ("shape", Array.ConvertAll(stack.Shape, size => (double)size)), .. Figures(new Matrix(stack.Values.Length / stack.Shape[^1], stack.Shape[^1], stack.Values))];
        }

        var (matrix, columns) = ArrayFile.Read(path);
        return
        [
            ("kind", "outputs"), ("file", path), ("shape", new double[] { matrix.Rows, matrix.Columns }), .. Figures(matrix),
            .. columns is null ? Array.Empty<(string, object)>() : [("columns", string.Join(", ", columns))],
        ];
    }

    // Of each column over all rows.
    private static (string, object)[] Figures(Matrix matrix)
    {
        double[] Of(Func<IEnumerable<double>, double> figure) =>
            [.. Enumerable.Range(0, matrix.Columns).Select(j => figure(Enumerable.Range(0, matrix.Rows).Select(i => matrix.Exact(i, j))))];
        if (matrix.Rows == 0)
        {
            return [];
        }

        var scale = Standardizer.Of(matrix);
        return [("least", Of(v => v.Min())), ("mean", scale.Means.ToArray()), ("most", Of(v => v.Max()))];
    }

    private static (string, object)[] Study(StudySpecification study)
    {
        if (!StudyJournal.Exists(study.Folder))
        {
            return [("kind", "study"), ("file", study.File), ("folder", study.Folder), ("hyperparameter", study.Space.ToString()), ("objective", study.Objective), ("trainings", 0)];
        }

        var journal = StudyJournal.Read(study.Folder);
        var rows = TrialsCommand.Rows(study);
        var contexts = journal.LoadContexts();
        var completed = rows.Where(row => row.State == "completed").Select(row => row.Configuration).ToArray();
        return
        [
            ("kind", "study"), ("file", study.File), ("folder", study.Folder), ("hyperparameter", journal.Space.ToString()), ("objective", study.Objective),
            ("trainings", rows.Count), ("failed", rows.Count(row => row.State == "failed")), ("anchors", journal.Space.IsLine ? completed.Select(at => at.Lambda).Order().ToArray() : completed.Select(StudyPaths.Place).ToArray()),
            .. contexts is null ? Array.Empty<(string, object)>() : [("contexts", contexts.Count), ("conditions", contexts.Conditions.Columns), ("categories", contexts.CategoryCount)],
            .. completed.Length == 0 ? Array.Empty<(string, object)>() : [("outputs", journal.LoadAnchors().Dimension)],
            ("runs", journal.Runs.Count), ("objectives", string.Join("; ", journal.Runs.Select(run => run.Began.Objective).Distinct())),
        ];
    }

    private static string Shown(object value) => value switch
    {
        double[] numbers => string.Join(", ", numbers.Select(Placeholders.Number)),
        string[] words => string.Join("; ", words),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void Write(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case double[] numbers:
                writer.WriteStartArray(name);
                Array.ForEach(numbers, writer.WriteNumberValue);
                writer.WriteEndArray();
                break;
            case string[] words:
                writer.WriteStartArray(name);
                Array.ForEach(words, writer.WriteStringValue);
                writer.WriteEndArray();
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case string text:
                writer.WriteString(name, text);
                break;
            default:
                writer.Number(name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
