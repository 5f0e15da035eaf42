using System.Text;

namespace HtiTune.Cli;

/// <summary><c>htitune export</c>: a surrogate, samples or a study in a form that others read.</summary>
internal static class ExportCommand
{
    internal static Command Create()
    {
        var study = CommonOptions.Study();
        var model = new Option<FileInfo?>("--model") { Description = "A model file written by fit, in the place of a study.", HelpName = "M.hti" };
        var from = new Option<double?>("--from")
        {
            Description = "For .onnx: the anchor whose outputs are to be moved. Default: the first.",
            HelpName = "l",
            CustomParser = result => OptionParser.Number(result),
        };
        var stored = new Option<bool>("--stored") { Description = "For .onnx: outputs in the contexts that the anchors answered, which become part of the model." };
        var lambda = new Option<double?>("--lambda") { Description = "For .npy: where to sample the study's contexts.", HelpName = "l*", CustomParser = result => OptionParser.Number(result) };
        var at = new Option<string?>("--at") { Description = "The same of a study of several hyperparameters: where, lr=0.003,layers=2.", HelpName = "NAME=VALUE,…" };
        var output = new Option<FileInfo>("--out") { Description = "The file; its ending says what is written.", Required = true, HelpName = "F.onnx|F.npy|F.csv" };
        var command = new Command(
            "export",
            "Write a surrogate as ONNX (.onnx), samples at any value (.npy), or the trainings of a study (.csv).\n\n"
            + "The ONNX model does what `htitune sample` does with rows of one anchor: inputs outputs [n, D], conditions [n, C], category [n] and lambda\n"
            + "(double, one or n values), output moved [n, D]. With --stored it holds the anchors' rows and takes lambda alone, output outputs [n, D]; so do,\n"
            + "without --from, models that move no rows of others' (affine maps, levels, mixture). Baselines other than nlot and mixture and scales given\n"
            + "as functions cannot be written. A model of several hyperparameters gives outputs [n, D] at a configuration: an input for each\n"
            + "hyperparameter, words by their place from 0, and conditions where it was fitted to some.\n\n"
            + "Examples:\n  htitune export --model forecasts.hti --from 0.5 --out forecasts.onnx\n  htitune export study.json --lambda 0.3 --out at-0.3.npy\n"
            + "  htitune export study.json --at lr=0.003,layers=2 --out there.npy\n  htitune export study.json --out trials.csv")
        {
            study, model, from, stored, lambda, at, output,
        };
        command.Do(result =>
        {
            var path = result.GetRequiredValue(output).FullName;
            var rows = new Rows(result.GetValue(from), result.GetValue(stored));
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".onnx" when result.GetValue(model) is { } held && SurrogateFile.HoldsSpace(held.FullName):
                    rows.RequireNone();
                    Onnx(SpaceSurrogate.Load(held.FullName).ExportOnnx, path);
                    break;
                case ".onnx":
                    if (result.GetValue(model) is { } file)
                    {
                        Onnx(SurrogateFile.Load(file.FullName), path, rows);
                        break;
                    }

                    OfStudy(StudyLocator.Read(result.GetValue(study)), path, rows);
                    break;
                case ".npy" when (result.GetValue(lambda) is not null || result.GetValue(at) is not null) && result.GetValue(model) is null:
                    NpyFile.Write(path, Sampled(StudyLocator.Read(result.GetValue(study)), result.GetValue(lambda), result.GetValue(at)));
                    break;
                case ".csv" when result.GetValue(model) is null:
                    Trials(StudyLocator.Read(result.GetValue(study)), path);
                    break;
                default:
                    throw new CliException(
                        "H001", $"{path} cannot be written with these options; expected .onnx of a model or a study, .npy with --lambda or --at of a study, or .csv of a study.",
                        Advice.Help.For("export"));
            }

            Terminal.Say($"wrote {path}");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Onnx(IFittedSurrogate surrogate, string path, Rows rows) => Onnx(
        (surrogate, rows.From(surrogate)) switch
        {
            (KrigedSurrogate kriged, { } from) => file => kriged.ExportOnnx(file, from),
            (KrigedSurrogate kriged, null) => kriged.ExportOnnx,
            (TrajectorySurrogate trajectories, { } from) => file => trajectories.ExportOnnx(file, from),
            (var trajectories, _) => ((TrajectorySurrogate)trajectories).ExportOnnx,
        },
        path);

    private static void Onnx(Action<string> write, string path)
    {
        try
        {
            write(path);
        }
        catch (NotSupportedException problem)
        {
            throw new CliException("H003", problem.Message, Advice.Help.For("fit"));
        }
    }

    /// <summary>Whose rows a model of one hyperparameter answers for.</summary>
    /// <param name="Anchor">The anchor that rows come from, where it is named.</param>
    /// <param name="AreStored">Whether they are those that the anchors answered.</param>
    private sealed record Rows(double? Anchor, bool AreStored)
    {
        /// <summary>The anchor; null for stored rows, as they are where a surrogate moves no others.</summary>
        internal double? From(IFittedSurrogate surrogate) => AreStored && Anchor is not null
            ? throw new CliException("H001", "--from and --stored are both given; expected one of them.", Advice.Help.For("export"))
            : AreStored ? null
            : Anchor ?? (MovesOthers(surrogate) ? surrogate.Anchors[0] : null);

        private static bool MovesOthers(IFittedSurrogate surrogate) =>
            surrogate is not (KrigedSurrogate { Options.Carrying: not RowCarrying.Maps } or TrajectorySurrogate { Options.Method: Method.Mixture });

        internal void RequireNone() => CliException.ThrowIf(
            Anchor is not null || AreStored, "H001",
            $"--{(AreStored ? "stored" : "from")} is given for a model of several hyperparameters, which is written as a whole; expected none.", Advice.Help.For("export"));
    }

    private static void OfStudy(StudySpecification study, string path, Rows rows)
    {
        using var interrupts = Interrupts.Listen();
        var anchors = StudySurrogate.Anchors(study, 2);
        if (!study.Space.IsLine)
        {
            rows.RequireNone();
            Onnx(StudySurrogate.OverSpace(study, anchors, trainMaps: true, interrupts.Finish).ExportOnnx, path);
            return;
        }

        Onnx(StudySurrogate.OnLine(study, anchors, trainMaps: true, interrupts.Finish), path, rows);
    }

    private static Matrix Sampled(StudySpecification study, double? lambda, string? at)
    {
        if (study.Space.IsLine ? lambda is null || at is not null : at is null || lambda is not null)
        {
            var expected = study.Space.IsLine ? "--lambda" : $"--at {StudyPaths.Example(study.Space)}";
            throw new CliException("H001", $"{study.File} tunes {study.Space.Label}; expected {expected}.", Advice.Help.For("export"));
        }

        using var interrupts = Interrupts.Listen();
        var anchors = StudySurrogate.Anchors(study);
        var place = at is null ? null : SpaceModels.At(at, study.Space, "export");
        if (anchors.FirstOrDefault(anchor => place is null ? anchor.Lambda == lambda : anchor.Configuration.Equals(place)) is { } known)
        {
            return known.Samples.Outputs;
        }

        anchors = StudySurrogate.AtLeast(2, anchors, study);
        return place is null
            ? StudySurrogate.OnLine(study, anchors, trainMaps: false, interrupts.Finish).Sample(lambda!.Value, anchors[0].Samples.Contexts).Samples.Outputs
            : StudySurrogate.OverSpace(study, anchors, trainMaps: false, interrupts.Finish).Sample(place).Samples.Outputs;
    }

    private static void Trials(StudySpecification study, string path)
    {
        var text = new StringBuilder($"number,{string.Join(',', study.Space.Select(one => Quoted(one.Name)))},state,value,seconds,reason\n");
        foreach (var row in TrialsCommand.Rows(study))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Number},{string.Join(',', study.Space.Select(one => row.Configuration.TryGet(one.Name, out var value) ? value.ToString() : ""))},{row.State},{row.Value:R},{row.Seconds:R},{Quoted(row.Reason)}");
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
