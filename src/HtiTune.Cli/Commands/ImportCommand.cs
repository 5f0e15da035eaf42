namespace HtiTune.Cli;

/// <summary><c>htitune import</c>: trainings that were made before begin a study.</summary>
internal static class ImportCommand
{
    internal static Command Create()
    {
        var source = new Argument<string?>("source") { Description = "A folder of outputs' files with λ in their names, or a CSV of runs.", HelpName = "SOURCE", Arity = ArgumentArity.ZeroOrOne };
        var study = new Option<string?>("--study") { Description = "The study file, or a folder with one. Default: as for the other verbs.", HelpName = "STUDY" };
        var lambda = new Option<string?>("--lambda-column") { Description = "Column of a CSV that holds λ; of several hyperparameters lr=COLUMN,layers=COLUMN. Default: params_NAME, Param NAME, config/NAME, config.NAME, params.NAME or NAME.", HelpName = "COLUMN" };
        var value = new Option<string?>("--value-column") { Description = "Column of a CSV that holds the value. Default: value, the objective's own column, or the one metric; a W&B CSV has none of them.", HelpName = "NAME" };
        var state = new Option<string?>("--state-column") { Description = "Column of a CSV that says how a run ended. Default: trial_status, state, status or done.", HelpName = "NAME" };
        var finished = new Option<string?>("--finished") { Description = "States that mean that a run has finished. Default: those of Optuna, W&B, MLflow, Ray, Ax, SMAC and Hyperopt.", HelpName = "a,b,…" };
        var pattern = new Option<string?>("--pattern") { Description = "The form of the files' names, with {lambda} and * for what does not matter.", HelpName = "PATTERN" };
        var dry = new Option<bool>("--dry-run", "-n") { Description = "Show what each file or line would become, and change nothing." };
        var undo = new Option<bool>("--undo") { Description = "Take the last import back. What was trained since stays; the study goes on as if the import had never been." };
        var command = new Command(
            "import",
            "Begin a study with trainings that were made before. They cost nothing of the budget. No run of the study may have begun.\n\n"
            + "A folder: files like lr=0.5_seed1.npy or run-1e-3.npz, one row of outputs for each context; λ stands behind the hyperparameter's name, or is the\n"
            + "only number in the name, or stands where --pattern says. Of several hyperparameters: lr=0.1_layers=3_act=relu.npy.\n"
            + "A CSV of runs, as Optuna, its dashboard, W&B, MLflow, Ray Tune, Ax or SMAC export them: one value for each run, for a study with { \"draws\": 1 }.\n"
            + "Finished runs are taken, the others counted by their state; a finished one without a finite value is a training that failed.\n\n"
            + "Examples:\n  htitune import runs/ --pattern \"model_{lambda}_epoch_*\"\n  htitune import optuna.csv --dry-run\n"
            + "  htitune import wandb.csv --lambda-column lr --value-column val_loss\n  htitune import --undo")
        {
            source, study, lambda, value, state, finished, pattern, dry, undo,
        };
        command.Do(result =>
        {
            CliException.ThrowIf(result.GetValue(source) is null != result.GetValue(undo),
                "H001", "import takes a folder, a CSV or --undo; expected one of them.", Advice.Help.For("import"));

            var specification = StudyLocator.Read(result.GetValue(study));
            if (result.GetValue(undo))
            {
                return Undo(specification, result.GetValue(dry));
            }

            RequireFresh(specification);
            var options = new ImportOptions(
                result.GetValue(lambda), result.GetValue(value), result.GetValue(state), result.GetValue(finished)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), result.GetValue(pattern));
            var place = Path.GetFullPath(result.GetValue(source)!);
            var plan = ImportPlan.Of(specification, Read(place, specification, options));
            if (result.GetValue(dry))
            {
                plan.Show();
                Terminal.Next(Advice.LineAgain, new AdvicePlace { Study = specification, Line = [.. result.Tokens.Select(token => token.Value).Where(word => word is not ("--dry-run" or "-n"))] });
                return ExitCode.Done;
            }

            plan.Carry(Path.GetFileName(place.TrimEnd(Path.DirectorySeparatorChar)));
            Terminal.Next(Advice.Trials, new AdvicePlace { Study = specification });
            Terminal.Next(Advice.Tune, new AdvicePlace { Study = specification });
            return ExitCode.Done;
        });
        return command;
    }

    private static List<EarlierTraining> Read(string place, StudySpecification study, ImportOptions options) =>
        Directory.Exists(place) ? RunFolder.Read(place, study, options)
        : !File.Exists(place) ? throw new CliException("H003", $"there is neither a folder nor a file {place}; expected a folder of outputs or a CSV of runs.")
        : options.Pattern is not null ? throw new CliException("H001", "--pattern is for a folder of files; expected a folder, or a CSV without it.", Advice.Help.For("import"))
        : RunTable.Read(place, study, options);

    private static void RequireFresh(StudySpecification study) => CliException.ThrowIf(
        StudyJournal.Exists(study.Folder) && StudyJournal.Read(study.Folder).Runs.Any(run => !run.IsOutdated),
        "H013", $"{study.Folder} holds a study that has begun; expected one that no run has begun.", "give the study another \"folder\"");

    private static int Undo(StudySpecification study, bool isDry)
    {
        CliException.ThrowIf(!StudyJournal.Exists(study.Folder), "H002", $"{study.File} has no trainings yet.", Advice.Help.For("import"));

        var journal = StudyJournal.Read(study.Folder);
        if (journal.LastImport is not { } import)
        {
            throw new CliException("H003", $"{study.Folder} holds no import; expected one that can be taken back.", Advice.Trials.For(study));
        }

        var what = $"{Amount.Trainings(import.Numbers.Count)}{(import.Source is { } source ? $" of {source}" : "")}";
        if (isDry)
        {
            Terminal.Say($"would take back {what}");
            return ExitCode.Done;
        }

        StudySession.UndoImport(study);
        Terminal.Say($"took back {what}{(journal.Runs.Any(run => !run.IsOutdated) ? "; runs that stood on them are history, the next begins anew" : "")}");
        Terminal.Next(Advice.Tune, new AdvicePlace { Study = study });
        return ExitCode.Done;
    }
}
