using System.Text.Json.Serialization;

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
            Console.Out.WriteLine(model is KrigedSurrogate kriged
                ? JsonSerializer.Serialize(new KrigingSummary(1, path, [.. model.Anchors], kriged.Report, choice), CliJson.Default.KrigingSummary)
                : JsonSerializer.Serialize(new FitSummary(1, path, [.. model.Anchors], ((TrajectorySurrogate)model).Report, choice), CliJson.Default.FitSummary));
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
            Console.Out.WriteLine(JsonSerializer.Serialize(new SpaceSummary(1, path, [.. model.Anchors], model.Report), CliJson.Default.SpaceSummary));
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
        $"{NameOf(model.Options.Carrying)}{(model.Options.Straight ? ", straight" : model.Options.StraightShare >= 0.005 ? $", {model.Options.StraightShare:P0} straight" : model.Options.Trend ? " with trend" : "")}, {model.Anchors.Count} anchors, coupled {FitCommand.Kebab(model.Report.Coupling.ToString())}, "
        + $"{FitCommand.Kebab(model.Report.Kind.ToString())} outputs, length {model.Report.Length:0.00}, warp {model.Report.WarpA:0.00} and {model.Report.WarpB:0.00}, nugget {model.Report.Nugget:0.0e0}";
}

/// <summary>What <c>fit --json</c> prints.</summary>
/// <param name="Schema">Version of this object's shape.</param>
/// <param name="Model">The file written.</param>
/// <param name="Anchors">The anchors' values.</param>
/// <param name="Report">What the fit chose.</param>
/// <param name="Choice">How the method was chosen, where it was.</param>
internal sealed record FitSummary(
    int Schema, string Model, double[] Anchors, FitReport Report, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChoiceReport? Choice);

/// <summary>The same of a kriged model.</summary>
/// <param name="Schema">Version of this object's shape.</param>
/// <param name="Model">The file written.</param>
/// <param name="Anchors">The anchors' values.</param>
/// <param name="Kriging">What the fit learned and chose.</param>
/// <param name="Choice">How the method was chosen, where it was.</param>
internal sealed record KrigingSummary(
    int Schema, string Model, double[] Anchors, KrigingReport Kriging, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChoiceReport? Choice);

/// <summary>The same of several hyperparameters.</summary>
/// <param name="Schema">Version of this object's shape.</param>
/// <param name="Model">The file written.</param>
/// <param name="Anchors">The anchors' configurations.</param>
/// <param name="Kriging">What the fit learned and chose.</param>
internal sealed record SpaceSummary(int Schema, string Model, HtiTune.Data.Configuration[] Anchors, SpaceSurrogateReport Kriging);
