using System.Text.Json.Nodes;

namespace HtiTune.Cli;

/// <summary>What <c>fit --method</c> takes: the methods of the library by their names, and those that krige.</summary>
internal enum FitMethod
{
    Auto,
    Hti,
    Stay,
    Nearest,
    Mean,
    Linear,
    ShrunkLinear,
    Displacement,
    Regression,
    FlowMatching,
    MetricFlowMatching,
    Nlot,
    Mixture,
    Kriging,
    Affine,
    Quantiles,
}

/// <summary>What <c>fit</c> says when it is done.</summary>
internal static class FitTelling
{
    internal static void Tell(IFittedSurrogate model, ChoiceReport? choice, string path, bool json, bool quiet)
    {
        if (json)
        {
            var anchors = JsonSerializer.SerializeToNode([.. model.Anchors], JsonTypes.CommandLine.DoubleArray);
            if (model is KrigedSurrogate kriged)
            {
                Print(path, anchors, "kriging", JsonSerializer.SerializeToNode(kriged.Report, JsonTypes.CommandLine.KrigingReport), choice);
            }
            else
            {
                Print(path, anchors, "report", JsonSerializer.SerializeToNode(((TrajectorySurrogate)model).Report, JsonTypes.CommandLine.FitReport), choice);
            }
        }

        if (quiet)
        {
            return;
        }

        Console.Error.WriteLine($"{path}: {(model is KrigedSurrogate k ? Words(k) : Words((TrajectorySurrogate)model))}");
        foreach (var warning in model is TrajectorySurrogate { Report.Warnings: var warnings } ? warnings : [])
        {
            Terminal.Warn(warning);
        }

        foreach (var note in choice is null ? model.Notes : [choice.Note, .. model.Notes])
        {
            Console.Error.WriteLine($"note: {note}");
        }

        var (from, to) = (model.Anchors[0], 0.5 * (model.Anchors[0] + model.Anchors[1]));
        Terminal.Next(Advice.Sample, new AdvicePlace { Name = path, Line = [Placeholders.Number(from), Placeholders.Number(to)] });
    }

    /// <summary>The same of several hyperparameters.</summary>
    internal static void Tell(SpaceSurrogate model, string path, bool json, bool quiet)
    {
        if (json)
        {
            var anchors = JsonSerializer.SerializeToNode([.. model.Anchors], JsonTypes.CommandLine.ConfigurationArray);
            Print(path, anchors, "kriging", JsonSerializer.SerializeToNode(model.Report, JsonTypes.CommandLine.SpaceSurrogateReport), null);
        }

        if (quiet)
        {
            return;
        }

        var report = model.Report;
        var axes = string.Join(", ", report.Axes.Select(axis => $"{axis.Name} {axis.Length:0.00}{(axis is { WarpA: 1, WarpB: 1 } ? "" : $" warped by {axis.WarpA:0.00} and {axis.WarpB:0.00}")}"));
        Console.Error.WriteLine(
            $"{path}: {FitCommand.Kebab(report.Method.ToString())}, {model.Anchors.Count} anchors of {model.Space.Label}, "
            + $"{(report.Deterministic ? "an output a context" : "draws")}, {FitCommand.Kebab(report.Kind.ToString())} outputs, "
            + $"lengths {axes}, nugget {report.Nugget:0.0e0}");
        foreach (var note in report.Notes)
        {
            Console.Error.WriteLine($"note: {note}");
        }

        Terminal.Next(Advice.SampleAt, new AdvicePlace { Name = path, Line = [StudyPaths.Example(model.Space)] });
    }

    // What --json prints, in the first version of its shape: the file written, where the anchors stand, what the fit learned and chose, and how the method was chosen, where it was.
    private static void Print(string path, JsonNode? anchors, string name, JsonNode? report, ChoiceReport? choice)
    {
        var told = new JsonObject { ["schema"] = 1, ["model"] = path, ["anchors"] = anchors, [name] = report };
        if (choice is not null)
        {
            told["choice"] = JsonSerializer.SerializeToNode(choice, JsonTypes.CommandLine.ChoiceReport);
        }

        Console.Out.WriteLine(told.ToJsonString());
    }

    private static string Words(TrajectorySurrogate model) =>
        $"{FitCommand.Kebab(model.Options.Method.ToString())}, {model.Anchors.Count} anchors, coupled {FitCommand.Kebab(model.Report.Coupling.ToString())}, "
        + $"paths {(model.Report.Potential == PotentialKind.Density ? "bent by density" : "straight")}, "
        + $"clock {(model.Report.ClockShift == 0 ? "constant" : $"shifted by {model.Report.ClockShift:0.00}")}";

    private static string NameOf(RowCarrying carrying) => carrying switch
    {
        RowCarrying.Affine => "affine",
        RowCarrying.Quantiles => "quantiles",
        _ => "kriging",
    };

    private static string Words(KrigedSurrogate model) =>
        $"{NameOf(model.Options.Carrying)}{(model.Options.Straight ? ", straight" : model.Options.StraightShare >= 0.005 ? $", {model.Options.StraightShare:P0} straight" : model.Options.Trend ? " with trend" : "")}{(model.Options.ParabolaShare > 0 && model.Anchors.Count == 3 ? $", {model.Options.ParabolaShare:P0} parabola" : "")}, {model.Anchors.Count} anchors, coupled {FitCommand.Kebab(model.Report.Coupling.ToString())}, "
        + $"{FitCommand.Kebab(model.Report.Kind.ToString())} outputs, length {model.Report.Length:0.00}, warp {model.Report.WarpA:0.00} and {model.Report.WarpB:0.00}, nugget {model.Report.Nugget:0.0e0}";
}
