using HtiTune.Plotting;

namespace HtiTune.Cli;

/// <summary><c>htitune plot</c>: the figures of a study; nothing is trained.</summary>
internal sealed class PlotCommand
{
    private static readonly string[] s_figures = ["objective", "slices", "contours", "parallel", "history", "calibration", "distribution", "fan", "curve", "front"];
    private static readonly double[] s_weights = [0.125, 0.25, 0.5, 1, 2, 4, 8];

    private readonly Argument<string?> _study = CommonOptions.Study();
    private readonly Option<string?> _figure = new("--figure") { Description = "Which figure. Default: objective, or slices where several hyperparameters are tuned.", HelpName = string.Join('|', s_figures) };
    private readonly Option<FileInfo> _output = new("--out") { Description = "The file, .png or .svg.", Required = true, HelpName = "F.png" };
    private readonly Option<string?> _objective = new("--objective") { Description = "For figures of one objective: another than the study's.", HelpName = "OBJECTIVE" };
    private readonly Option<string?> _goal = CommonOptions.OtherGoal("For figures of one objective: ");
    private readonly Option<string[]> _features = new("--feature") { Description = "For curve and front: an objective that is a feature; give two or more.", HelpName = "OBJECTIVE" };
    private readonly Option<double[]?> _weights = new("--weights") { Description = "For curve: weights of the second feature, the first weighing 1.", HelpName = "w0,w1,…", CustomParser = OptionParser.Numbers };
    private readonly Option<double[]?> _rows = new("--contexts") { Description = "For fan: row numbers of 1 to 9 contexts, from 0. Default: the first 4.", HelpName = "0,1,…", CustomParser = OptionParser.Numbers };
    private readonly Option<string[]> _along = new("--along")
    {
        Description = "For distribution and fan of several hyperparameters: which moves; the others stay as recommended. Default: each in turn, for fan the one that moves outputs most.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _title = new("--title") { Description = "Title of the figure.", HelpName = "TEXT" };

    internal static Command Create() => new PlotCommand().ToCommand();

    private Command ToCommand()
    {
        _figure.Validators.Add(result =>
        {
            // The parser's own message takes a line for each figure.
            if (result.Tokens is [var token] && !s_figures.Contains(token.Value))
            {
                result.AddError($"'{token.Value}' is no figure; expected one of {string.Join(", ", s_figures)}{Nearest.Question(token.Value, s_figures)}");
            }
        });
        _figure.CompletionSources.Add(s_figures);
        _output.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Path.GetExtension(token.Value).ToLowerInvariant() is not (".png" or ".svg"))
            {
                result.AddError($"--out names '{token.Value}'; expected a file that ends in .png or .svg");
            }
        });
        var command = new Command(
            "plot",
            "Draw a figure of a study: its objective over λ, along each hyperparameter (slices) or over pairs (contours), its trainings side by side (parallel), its history,\n"
            + "whether predictions held, the outputs' distribution over λ, the outputs of a few contexts (fan), the best λ over a weight (curve), or the Pareto front of features.\n"
            + "Nothing is trained.\n\n"
            + "Examples:\n  htitune plot study.json --out objective.png\n  htitune plot --figure front --feature column:cost --feature column:latency --out front.svg")
        {
            _study, _figure, _output, _objective, _goal, _features, _weights, _rows, _along, _title,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result => Run(result, served));
        return command;
    }

    private int Run(ParseResult result, ServerOptions served)
    {
        using var server = served.Open(result);
        var specification = server is null ? StudyLocator.Read(result.GetValue(_study)) : null;
        var kind = result.GetValue(_figure) ?? (specification is { Space.IsLine: false } ? "slices" : "objective");
        Require(kind, server is not null, [.. ((Option[])[_objective, _goal, _features, _weights, _rows, _along]).Where(option => result.GetResult(option) is not null).Select(option => option.Name)]);
        if (server is not null)
        {
            return ServerVerbs.Plot(server, result.GetValue(_study), kind, result.GetValue(_title), result.GetRequiredValue(_output).FullName);
        }

        CliException.ThrowIf(result.GetValue(_weights) is { Length: 1 },
            "H001", "--weights names 1 weight; expected at least 2, so that there is a curve.", Advice.Help.For("plot"));

        if (result.GetValue(_rows) is { } numbers && Array.Find(numbers, row => row < 0 || row != Math.Floor(row)) is not 0 and var wrong)
        {
            throw new CliException("H001", $"--contexts names {Placeholders.Number(wrong)}; expected row numbers, whole and from 0.", Advice.Help.For("plot"));
        }

        specification!.RequireTrainings();

        if (kind == "objective")
        {
            specification.RequireLine("slices or contours are of several");
        }

        CliException.ThrowIf(kind == "contours" && specification.Space.Count < 2,
            "H001", "the figure 'contours' is of pairs, and the study has one hyperparameter; expected two or more.", Advice.Help.For("plot"));

        specification = specification.JudgedAs(result.GetValue(_goal));
        var options = new FigureOptions { Title = result.GetValue(_title) };
        var path = result.GetRequiredValue(_output).FullName;
        CliException.ThrowIf(!Directory.Exists(Path.GetDirectoryName(path)),
            "H003", $"there is no folder {Path.GetDirectoryName(path)} for the figure; expected one that exists.");

        if (kind is "distribution" or "fan")
        {
            Outputs(specification, kind, path, result.GetValue(_rows), result.GetValue(_along) ?? [], options);
        }
        else
        {
            OfTuner(specification, kind, path, result.GetValue(_objective) ?? specification.Objective, result.GetValue(_features) ?? [], result.GetValue(_weights) is { Length: > 0 } given ? given : s_weights, options);
        }

        Terminal.Say($"wrote {path}");
        return ExitCode.Done;
    }

    /// <summary>Throws where options are given that the figure does not read: a figure of something else than was asked for misleads.</summary>
    private static void Require(string kind, bool isServed, IReadOnlyList<string> given)
    {
        string[] read = isServed ? [] : kind switch
        {
            "fan" => ["--contexts", "--along"],
            "distribution" => ["--along"],
            "front" => ["--feature"],
            "curve" => ["--feature", "--weights"],
            _ => ["--objective", "--goal"],
        };
        if (given.Where(name => !read.Contains(name)).ToList() is { Count: > 0 } unread)
        {
            var expected = read.Length == 0 ? "none of the figure's options" : string.Join(" and ", read) + " at most";
            throw new CliException("H001", $"the figure '{kind}'{(isServed ? " of a server" : "")} does not read {string.Join(", ", unread)}; expected {expected}.", Advice.Help.For("plot"));
        }
    }

    private static void Outputs(StudySpecification study, string kind, string path, double[]? rows, string[] along, FigureOptions options)
    {
        using var interrupts = Interrupts.Listen();
        var anchors = StudySurrogate.Anchors(study, 2);
        if (!study.Space.IsLine)
        {
            OverSpace(study, StudySurrogate.OverSpace(study, anchors, trainMaps: false, interrupts.Finish), kind, path, rows, along, options);
            return;
        }

        CliException.ThrowIf(along.Length > 0 && (along.Length > 1 || along[0] != study.Space.Line.Name),
            "H001", $"--along names {string.Join(", ", along)}; expected {study.Space.Line.Name}, the only hyperparameter.", Advice.Help.For("plot"));

        var surrogate = StudySurrogate.OnLine(study, anchors, trainMaps: false, interrupts.Finish);
        if (kind == "distribution")
        {
            TrajectoryFigures.Distribution(surrogate, anchors, path, options: options);
            return;
        }

        var contexts = anchors[0].Samples.Contexts;
        TrajectoryFigures.Fan(TrajectoryFan.Of(surrogate, contexts), Chosen(rows, contexts), path, options);
    }

    private static int[] Chosen(double[]? rows, Contexts contexts) =>
        rows is { Length: > 0 } ? Array.ConvertAll(rows, row => (int)row) : [.. Enumerable.Range(0, Math.Min(4, contexts.Count))];

    // What does not move stays as the study recommends.
    private static void OverSpace(StudySpecification study, SpaceSurrogate surrogate, string kind, string path, double[]? rows, string[] along, FigureOptions options)
    {
        var best = BestSoFar.Of(study, StudyJournal.Read(study.Folder), study.Objective, TrialsCommand.Rows(study, study.Objective));
        var at = best?.Configuration ?? surrogate.Anchors[0];
        CliException.ThrowIf(kind == "fan" && along.Length > 1,
            "H001", $"--along names {string.Join(", ", along)}; expected one hyperparameter for a fan.", Advice.Help.For("plot"));

        string[] moving = along is [] && kind == "fan" ? [MostMoving(surrogate, at)] : along;
        Terminal.Say($"along {(moving is [] ? "each" : string.Join(", ", moving))}; what does not move stays at {StudyPaths.Place(at)}");
        if (kind == "distribution")
        {
            TrajectoryFigures.Distribution(surrogate, at, path, moving is [] ? null : moving, null, options);
            return;
        }

        TrajectoryFigures.Fan(TrajectoryFan.Of(surrogate, at, moving[0]), Chosen(rows, surrogate.Contexts), path, options);
    }

    // The hyperparameter over which outputs move most: by their mean squared distance to where they are now.
    private static string MostMoving(SpaceSurrogate surrogate, Configuration at)
    {
        var here = surrogate.Sample(at).Samples;
        return surrogate.Space.Where(one => at.TryGet(one.Name, out _))
            .MaxBy(one => TrajectoryFan.Of(surrogate, at, one.Name, count: 5).Outputs.Average(outputs => OutputDistance.Squared(new Samples(outputs, here.Contexts), here)))!.Name;
    }

    // Over a space predictions are not made again: each stands in the journal, where its run wrote it down before the training.
    private static (List<Trial> Trials, Calibration? Calibration) Predicted(StudySpecification study, string objective, IReadOnlyList<Trial> trials)
    {
        var journal = StudyJournal.Read(study.Folder);
        var lines = new Dictionary<int, TrainingProposed>();
        var isAsked = false;
        foreach (var entry in journal.Events)
        {
            if (entry is RunBegan began)
            {
                isAsked = study.IsOf(began, objective);
            }
            else if (entry is TrainingProposed { Predicted: not null } proposed && isAsked)
            {
                lines[proposed.Number] = proposed;
            }
        }

        List<Trial> told = [.. trials.Select(trial => lines.TryGetValue(trial.Number, out var line)
            ? trial with { Predicted = line.Predicted, PredictedLow = line.PredictedLow, PredictedHigh = line.PredictedHigh, Trust = line.Trust }
            : trial)];
        return (told, journal.Runs.LastOrDefault(run => study.IsOf(run.Began, objective))?.End?.Calibration);
    }

    private static void OfTuner(
        StudySpecification study, string kind, string path, string objective, string[] features, double[] weights, FigureOptions options)
    {
        using var interrupts = Interrupts.Listen();
        using var session = StudySession.Read(study, new TuneDisplay());
        if (kind is "curve" or "front")
        {
            CliException.ThrowIf(features.Length < 2,
                "H001", $"the figure '{kind}' is of {features.Length} features; expected --feature twice or more.", Advice.Help.For("plot"));

            var judges = Array.ConvertAll(features, text => new Feature(text, session.Judge(session.Objective(text)), study.Goal));
            var model = session.Tuner.Preferences(judges);
            if (kind == "front")
            {
                PreferenceFigures.Front(model, model.Front(interrupts.Finish), path, options);
            }
            else
            {
                var curve = model.Curve(weights, w => Preference.Weighted([1, w, .. Enumerable.Repeat(0.0, features.Length - 2)], study.Goal), interrupts.Finish);
                PreferenceFigures.Curve(model, curve, $"weight of {features[1]}", path, options);
            }

            return;
        }

        var judge = session.Objective(objective);
        session.Check(judge);
        var found = session.Tuner.Optimize(session.Judge(judge), 0, null, objective, interrupts.Finish);
        Action<TuningResult, string, FigureOptions> draw = kind switch
        {
            "history" => (s, p, o) => StudyFigures.History(s, p, o),
            "contours" => (s, p, o) => StudyFigures.Contours(s, p, o),
            "parallel" => (s, p, o) => StudyFigures.Parallel(s, p, o),
            "slices" => (s, p, o) => StudyFigures.Slices(s, p, o),
            "calibration" when !study.Space.IsLine && Predicted(study, objective, found.Trials) is var (told, calibration) =>
                (s, p, o) => StudyFigures.Calibration(told, calibration ?? s.Calibration, s.Goal, p, o, study.Space),
            "calibration" => (s, p, o) => StudyFigures.Calibration(s, p, o),
            _ => (s, p, o) => StudyFigures.Objective(s, p, options: o),
        };
        draw(found, path, options with { ValueLabel = objective });
    }
}
