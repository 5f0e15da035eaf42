namespace HtiTune.Cli;

/// <summary><c>htitune evaluate</c>: how near a surrogate comes to real outputs that it has not seen, beside what is trivial.</summary>
internal static class EvaluateCommand
{
    private static readonly Method[] s_baselines = [Method.Linear, Method.Nearest, Method.Stay, Method.Mean];
    /// <summary>Rows of a context that are compared: a distance costs about their number to the third.</summary>
    internal const int MostRows = 400;

    private static readonly string[] s_ofSpace = ["surrogate", "nearest", "mean"];

    internal static Command Create()
    {
        var (study, json) = (CommonOptions.Study(), CommonOptions.Json("the scores"));
        var model = new Option<FileInfo?>("--model") { Description = "A model file written by fit, in the place of a study.", HelpName = "M.hti" };
        var data = new Option<FileInfo?>("--data") { Description = "With --model: outputs at all values as for fit, [K, N, D + C]; those that are no anchors are held out.", HelpName = "A.npy" };
        var lambdas = new Option<double[]?>("--lambdas") { Description = "With --model: the K values, ascending.", HelpName = "l0,l1,…", CustomParser = OptionParser.Numbers };
        var rows = new Option<RowRange?>("--rows") { Description = "With --model: the rows that it was fitted on.", HelpName = "a:b", CustomParser = OptionParser.Rows };
        var command = new Command(
            "evaluate",
            "Score a surrogate at values it has not seen, beside trivial baselines: the mean over contexts of the squared Wasserstein distance\n"
            + "to the real outputs (their squared error where a context has one output; of more than 400 rows of a context evenly chosen ones are\n"
            + "compared). Of a study each inner training is left out in turn, where there are several hyperparameters each, as of their model each anchor.\n\n"
            + "Examples:\n  htitune evaluate study.json\n  htitune evaluate --model m.hti --data a.npy --lambdas 0,0.25,0.5,0.75,1")
        {
            study, model, data, lambdas, rows, json,
        };
        command.Do(result =>
        {
            using var interrupts = Interrupts.Listen();
            if (result.GetValue(model) is { } held && SurrogateFile.HoldsSpace(held.FullName))
            {
                CliException.ThrowIf(
                    result.GetResult(data) is not null || result.GetResult(lambdas) is not null || result.GetResult(rows) is not null,
                    "H001", "a model of several hyperparameters is evaluated by leaving each of its anchors out; expected no --data, --lambdas and --rows.", Advice.Help.For("evaluate"));

                Tell(s_ofSpace, SpaceModels.LeftOut(SpaceSurrogate.Load(held.FullName)).ConvertAll(row => new HeldOut(row.Place, null, row.Scores)), result.GetValue(json));
                return ExitCode.Done;
            }

            var file = result.GetValue(model);
            var specification = file is null ? StudyLocator.Read(result.GetValue(study)) : null;
            if (specification is { Space.IsLine: false })
            {
                var surrogate = StudySurrogate.OverSpace(specification, StudySurrogate.Anchors(specification, 3), trainMaps: false, interrupts.Finish);
                Tell(s_ofSpace, SpaceModels.LeftOut(surrogate).ConvertAll(row => new HeldOut(row.Place, null, row.Scores)), result.GetValue(json));
                return ExitCode.Done;
            }

            var scores = file is not null
                ? OfModel(SurrogateFile.Load(file.FullName), result.GetValue(data), result.GetValue(lambdas), result.GetValue(rows), interrupts.Finish)
                : OfStudy(specification!, interrupts.Finish);
            Tell(
                ["surrogate", .. s_baselines.Select(method => method.ToString().ToLowerInvariant())],
                scores.ConvertAll(row => new HeldOut(row.Lambda.ToString("G6", CultureInfo.InvariantCulture), row.Lambda, row.Scores)), result.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    private static List<(double Lambda, double[] Scores)> OfModel(IFittedSurrogate model, FileInfo? data, double[]? lambdas, RowRange? rows, CancellationToken cancellation)
    {
        CliException.ThrowIf(data is null || lambdas is not { Length: > 0 },
            "H001", "a model is evaluated on --data A.npy at --lambdas l0,l1,….", Advice.Help.For("evaluate"));

        var scale = model.Hyperparameter.Scale;
        var all = AnchorBlocks.Line(data.FullName, new RowLayout(model.Dimension, model.CategoryCount), lambdas, null, rows, scale);
        var anchors = new AnchorSet(all.Hyperparameter, model.Anchors.Select(lambda => all.Any(anchor => anchor.Lambda == lambda)
            ? all.First(anchor => anchor.Lambda == lambda)
            : throw new CliException("H003", $"--lambdas does not name {lambda.ToString(CultureInfo.InvariantCulture)}, an anchor of the model.", "name all values of the array")));
        var baselines = Array.ConvertAll(s_baselines, method => Fit(anchors, method, 1, cancellation));
        var held = all.Where(anchor => !model.Anchors.Contains(anchor.Lambda) && anchor.Lambda > model.Anchors[0] && anchor.Lambda < model.Anchors[^1]).ToList();
        return held.Count > 0
            ? held.ConvertAll(anchor => (anchor.Lambda, Score([model, .. baselines], anchor)))
            : throw new CliException("H003", "every value of --lambdas is an anchor of the model or outside its anchors; expected one between them that it has not seen.", Advice.Help.For("fit"));
    }

    private static List<(double Lambda, double[] Scores)> OfStudy(StudySpecification study, CancellationToken cancellation)
    {
        var anchors = StudySurrogate.Anchors(study, 3);
        return [.. Enumerable.Range(1, anchors.Count - 2).Select(left =>
        {
            var others = new AnchorSet(anchors.Hyperparameter, anchors.Where((_, i) => i != left));
            ISurrogate[] baselines = [.. s_baselines.Select(method => Fit(others, method, study.Seed, cancellation))];
            return (anchors[left].Lambda, Score([StudySurrogate.OnLine(study, others, trainMaps: false, cancellation), .. baselines], anchors[left]));
        })];
    }

    private static TrajectorySurrogate Fit(AnchorSet anchors, Method method, long seed, CancellationToken cancellation) => TrajectorySurrogate.Fit(
        anchors, new TrajectoryOptions { Method = method, Seed = seed, TrainMaps = false }, cancellation: cancellation);

    private static double[] Score(ISurrogate[] surrogates, Anchor actual) =>
        Array.ConvertAll(surrogates, surrogate => OutputDistance.Squared(surrogate.Sample(actual.Lambda, actual.Samples.Contexts).Samples, actual.Samples, MostRows));

    private static void Tell(string[] names, List<HeldOut> scores, bool json)
    {
        double[] means = [.. names.Select((_, k) => scores.Average(row => row.Scores[k]))];
        if (json)
        {
            EventWriter.Write(writer =>
            {
                writer.WriteStartArray("scores");
                foreach (var (place, at, values) in scores)
                {
                    writer.WriteStartObject();
                    if (at is { } lambda)
                    {
                        writer.Number("lambda", lambda);
                    }
                    else
                    {
                        writer.WriteString("configuration", place);
                    }

                    for (var k = 0; k < names.Length; k++)
                    {
                        writer.Number(names[k], values[k]);
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }
        else
        {
            Console.Out.WriteLine(Line("held out", names));
            scores.ForEach(row => Console.Out.WriteLine(Line(row.Place, [.. row.Scores.Select(Shown)])));
            Console.Out.WriteLine(Line("mean", [.. means.Select(Shown)]));
        }

        var best = 1 + Array.IndexOf(means[1..], means[1..].Min());
        Terminal.Say(means[0] < means[best]
            ? $"the surrogate's error is {means[0] / means[best]:P0} of that of the best baseline, {names[best]}"
            : $"the baseline '{names[best]}' is as good as the surrogate or better");
    }

    private static string Shown(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Line(string first, string[] values) => $"{first,-10}" + string.Concat(values.Select(value => $"{value,13}"));

    // Where, in words, and its λ where there is one hyperparameter.
    private sealed record HeldOut(string Place, double? Lambda, double[] Scores);
}
