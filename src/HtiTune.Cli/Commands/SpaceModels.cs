namespace HtiTune.Cli;

/// <summary>What the verbs do with a model of several hyperparameters.</summary>
internal static class SpaceModels
{
    /// <summary>The configuration that an option names, <c>lr=1e-3,layers=2</c>.</summary>
    /// <exception cref="CliException">It is none of the space; every fault is named.</exception>
    internal static Configuration At(string text, SearchSpace space, string verb) => EnqueueCommand.Configurations([text], space, verb)[0];

    /// <summary>Writes outputs at a configuration: in the anchors' contexts, in those of a file, or of rows that come from an anchor.</summary>
    /// <param name="model">The model file.</param>
    /// <param name="at">The configuration.</param>
    /// <param name="from">The anchor that rows come from, or null.</param>
    /// <param name="input">Rows [n, D + C] with <paramref name="from"/>, else contexts [n, C]; null: the anchors' contexts.</param>
    /// <param name="output">The file to write, [n, D + C].</param>
    internal static int Sample(string model, string at, string? from, string? input, string output)
    {
        var surrogate = SpaceSurrogate.Load(model);
        var place = At(at, surrogate.Space, "sample");
        if (surrogate.IsExtrapolated(place))
        {
            Terminal.Warn($"{at} lies beyond the anchors: outputs there are extrapolated");
        }

        var (d, c, hasCategory) = (surrogate.Dimension, surrogate.ConditionCount, surrogate.CategoryCount > 0);
        if (from is null)
        {
            var contexts = input is null ? surrogate.Contexts : Rows(input, c, surrogate.CategoryCount, 0).Contexts;
            var sampled = surrogate.Sample(place, contexts).Samples;
            NpyFile.Write(output, [sampled.Count, d + c + (hasCategory ? 1 : 0)], Joined(sampled));
            return ExitCode.Done;
        }

        CliException.ThrowIf(input is null,
            "H001", "--from names an anchor and there is no --input; expected its rows, [n, D + C].", Advice.Help.For("sample"));

        var rows = Rows(input, c, surrogate.CategoryCount, d).Rows!;
        NpyFile.Write(output, [rows.Count, d + c + (hasCategory ? 1 : 0)], Joined(new Samples(surrogate.Transport(rows, At(from, surrogate.Space, "sample"), place), rows.Contexts)));
        return ExitCode.Done;
    }

    /// <summary>What is in a model file.</summary>
    internal static (string, object)[] Facts(string path)
    {
        var model = SpaceSurrogate.Load(path);
        var report = model.Report;
        return
        [
            ("kind", "model"), ("file", path), ("hyperparameter", model.Space.ToString()), ("anchors", model.Anchors.Select(StudyPaths.Place).ToArray()), ("outputs", model.Dimension),
            ("conditions", model.ConditionCount), ("categories", model.CategoryCount), ("rows", model.Contexts.Count), ("method", report.Method.ToString()), ("deterministic", report.Deterministic),
            ("outputKind", report.Kind.ToString()), ("link", report.Link), ("lengths", report.Axes.Select(axis => axis.Length).ToArray()),
            ("warpA", report.Axes.Select(axis => axis.WarpA).ToArray()), ("warpB", report.Axes.Select(axis => axis.WarpB).ToArray()), ("nugget", report.Nugget),
            ("leaveOneOutErrors", report.LeaveOneOutErrors.ToArray()), ("notes", string.Join(" ", report.Notes)),
        ];
    }

    /// <summary>Scores at each anchor when it is left out: of the surrogate, the nearest of the others, and their mean.</summary>
    internal static List<(string Place, double[] Scores)> LeftOut(SpaceSurrogate model)
    {
        Samples[] outputs = [.. Enumerable.Range(0, model.Anchors.Count).Select(model.OutputsOf)];
        double[][] units = [.. model.Anchors.Select(model.Space.ToUnit)];
        return [.. model.Anchors.Select((at, k) =>
        {
            var (own, others) = (outputs[k], Enumerable.Range(0, outputs.Length).Where(l => l != k).ToArray());
            var nearest = others.MinBy(l => Apart(units[k], units[l]));
            Matrix[] answers = [.. others.Select(l => InContextsOf(own, l))];
            var mean = Matrix.Create(own.Count, own.Dimension, (i, row) =>
            {
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] = (float)answers.Average(y => y.Exact(i, j));
                }
            });
            return (StudyPaths.Place(at), new[]
            {
                Apart(model.LeaveOut(k), own), Apart(new Samples(InContextsOf(own, nearest), own.Contexts), own),
                Apart(new Samples(mean, own.Contexts), own),
            });
        })];

        // An anchor that answered others is asked of the model, whose laws at the anchors are theirs.
        Matrix InContextsOf(Samples own, int anchor) => outputs[anchor].Contexts.SameAs(own.Contexts) ? outputs[anchor].Outputs : model.Sample(model.Anchors[anchor], own.Contexts).Samples.Outputs;
    }

    private static double Apart(Samples one, Samples other) => OutputDistance.Squared(one, other, EvaluateCommand.MostRows);

    // What is not active on one side alone is as far as another word.
    private static double Apart(double[] u, double[] other) => u.Zip(other, (a, b) => double.IsNaN(a) && double.IsNaN(b) ? 0 : double.IsNaN(a) || double.IsNaN(b) ? 1 : (a - b) * (a - b)).Sum();

    private static (Contexts Contexts, Samples? Rows) Rows(string file, int conditions, int categories, int outputs)
    {
        var array = NpyFile.Read(file);
        var width = outputs + conditions + (categories > 0 ? 1 : 0);
        if (array.Shape.Length != 2 || array.Shape[1] != width)
        {
            var columns = $"{(outputs > 0 ? $"{outputs} outputs, " : "")}{conditions} conditions{(categories > 0 ? ", the category" : "")}";
            throw new DataFormatException(file, "shape", $"({string.Join(", ", array.Shape)})", $"(n, {width}): {columns}");
        }

        if (outputs > 0)
        {
            var rows = new RowLayout(outputs, categories).Read(array, file, 0, array.Shape[0]);
            return (rows.Contexts, rows);
        }

        return (new RowLayout(0, categories).Contexts(array, file), null);
    }

    private static float[] Joined(Samples samples)
    {
        int d = samples.Dimension, c = samples.Conditions.Columns, width = d + c + (samples.Contexts.CategoryCount > 0 ? 1 : 0);
        var values = new float[samples.Count * width];
        for (var i = 0; i < samples.Count; i++)
        {
            samples.Outputs.Row(i).CopyTo(values.AsSpan(i * width));
            samples.Conditions.Row(i).CopyTo(values.AsSpan(i * width + d));
            if (samples.Contexts.CategoryCount > 0)
            {
                values[i * width + d + c] = samples.Categories[i];
            }
        }

        return values;
    }
}
