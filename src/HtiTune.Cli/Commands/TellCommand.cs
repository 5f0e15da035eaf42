namespace HtiTune.Cli;

/// <summary><c>htitune tell</c>: how a training that was asked for went.</summary>
internal static class TellCommand
{
    internal static Command Create()
    {
        var number = CommonOptions.Number(new Argument<int>("number") { Description = "The training's number, as `htitune ask` said it.", HelpName = "NUMBER" });
        var outputs = new Argument<string?>("outputs")
        {
            Description = "Its outputs: a file, .npy, .npz, .safetensors, .csv or .json; or a single number.", Arity = ArgumentArity.ZeroOrOne, HelpName = "OUTPUTS",
        };
        var failed = new Option<string?>("--failed") { Description = "It failed, and why.", HelpName = "WHY" };
        var study = new Option<string?>("--study") { Description = "The study file, or a folder with one. Default: as for the other verbs.", HelpName = "STUDY" };
        number.CompletionSources.Add(context => CommonOptions.Numbers(context, study).Select(text => new System.CommandLine.Completions.CompletionItem(text)));
        var json = CommonOptions.Json("the trial");
        var wait = CommonOptions.Wait("Wait until whoever has the study open lets go of it: for ever, or so long, e.g. 30m. Without it, a minute at most.");
        var command = new Command("tell", "Hand in the outputs of a training that `htitune ask` asked for, or say that it failed. Told again with the same outputs it is harmless;\n"
            + "with others it is refused. A loss that is not a number (NaN) is a failure.\n\nExamples:\n  htitune tell 3 out.npy\n  htitune tell 3 0.27\n  htitune tell 3 --failed 'out of memory'")
        {
            number, outputs, failed, study, wait, json,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            CliException.ThrowIf(result.GetValue(outputs) is null == result.GetValue(failed) is null,
                "H001", "tell takes the outputs of the training or --failed; expected one of them.", Advice.Help.For("tell"));

            using var said = Said.Of(result.GetValue(outputs));
            var patience = result.GetResult(wait) is null ? Patience.Steps() : Patience.Of(result.GetValue(wait)!.Value);
            using var server = served.Open(result);
            if (server is not null)
            {
                return ServedSteps.Tell(server, result.GetValue(study), result.GetValue(number), said.File, said.Failed ?? result.GetValue(failed), patience, result.GetValue(json));
            }

            return Tell(StudyLocator.Read(result.GetValue(study)), result.GetValue(number), said.File, said.Failed ?? result.GetValue(failed), patience, result.GetValue(json));
        });
        return command;
    }

    private static int Tell(StudySpecification study, int number, string? outputs, string? failed, Patience patience, bool json)
    {
        var why = failed is "" ? "no reason was given" : failed;
        if (Told(study, number) is { } told)
        {
            return Again(study, told, number, outputs, why);
        }

        using var stepped = SteppedStudy.Open(study, patience);
        if (stepped.Outstanding(number) is not { } proposal)
        {
            // Another may have told it while this one waited.
            return Told(study, number) is { } meanwhile ? Again(study, meanwhile, number, outputs, why) : throw stepped.NotAsked(number);
        }

        var before = stepped.Anchors;
        var trial = why is not null
            ? stepped.Run.TellFailed(proposal, why)
            : stepped.Tell(proposal, Path.GetFullPath(outputs!));
        stepped.Leases.End(number);
        if (json)
        {
            EventWriter.Write(writer => EventDisplay.Write(writer, trial, study.Space.IsLine));
        }

        CliException.ThrowIf(trial.State == TrialState.Failed && why is null, "H023", $"training {trial.Number}: {trial.Error}");

        // Once a study: with the training that it begins with.
        if (StudyCheck.Losses(study, stepped.Anchors).ToList() is { Count: > 0 } losses && !StudyCheck.Losses(study, before).Any())
        {
            losses.ForEach(Terminal.Warn);
        }

        Terminal.Say(trial.State == TrialState.Completed ? $"training {trial.Number}: {study.Objective} = {trial.Value:G6}" : $"training {trial.Number} has failed");
        Terminal.Next(Advice.Ask, new AdvicePlace { Study = study });
        return ExitCode.Done;
    }

    // How a training was told; null where it was not.
    private static TrainingEnded? Told(StudySpecification study, int number) => !StudyJournal.Exists(study.Folder) ? null : StudyJournal.Read(study.Folder).Events
        .LastOrDefault(entry => entry is TrainingProposed { IsStarted: true } or TrainingEnded { State: not TrialState.Cancelled } && ((TrainingEvent)entry).Number == number) as TrainingEnded;

    // Told twice, as where an answer was lost on its way or two had the same training: the same is harmless, and anything else is refused.
    private static int Again(StudySpecification study, TrainingEnded told, int number, string? outputs, string? failed)
    {
        var isFailed = told.State == TrialState.Failed;
        if (isFailed != failed is not null)
        {
            throw new CliException("H016", isFailed
                ? $"training {number} was told as failed before ({told.Error}), and now with outputs; what was told first stands."
                : $"training {number} was told with outputs before, and now as failed; what was told first stands.", Advice.Ask.For(study));
        }

        var columns = study.OutputColumns ?? StudySession.KeptColumns(study);
        CliException.ThrowIf(
            !isFailed && !ArrayFile.Read(Path.GetFullPath(outputs!), study.OutputArray, columns).Matrix.SameAs(NpyFile.ReadMatrix(Path.Combine(study.Folder, told.SamplesFile!))),
            "H016", $"training {number} was told before, and with other outputs; what was told first stands.", Advice.Ask.For(study));

        Terminal.Say($"training {number} was told {(isFailed ? $"as failed before ({told.Error})" : "before, with the same outputs")}; nothing is changed");
        return ExitCode.Done;
    }

    // What was said is a file, or a number, which is made one.
    private sealed record Said(string? File, string? Folder = null, string? Failed = null) : IDisposable
    {
        public void Dispose()
        {
            if (Folder is not null)
            {
                Directory.Delete(Folder, recursive: true);
            }
        }

        internal static Said Of(string? text)
        {
            if (text is null || System.IO.File.Exists(text) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return new Said(text);
            }

            if (!double.IsFinite(number))
            {
                return new Said(null, Failed: $"its value is {text}");
            }

            var folder = Directory.CreateTempSubdirectory("htitune-told").FullName;
            var file = Path.Combine(folder, "outputs.npy");
            NpyFile.Write(file, Matrix.From(new double[,] { { number } }));
            return new Said(file, folder);
        }
    }
}
