namespace HtiTune.Cli;

/// <summary><c>htitune tune</c>: trains where it pays until the recommendation is certified or the budget is spent.</summary>
internal static class TuneCommand
{
    internal static Command Create()
    {
        var study = CommonOptions.Study();
        var trainings = CommonOptions.Trainings();
        var (parallel, time, replicate, onward) = (CommonOptions.Parallel(), CommonOptions.Time(), CommonOptions.Replicate(), CommonOptions.GoOn());
        var dry = new Option<bool>("--dry-run", "-n") { Description = "Show the next trainings' exact commands and start nothing." };
        var (output, force) = (StudyFolders.Option(), StudyFolders.Force());
        var (json, events, quiet) = (CommonOptions.Json("the result"), CommonOptions.Events(), CommonOptions.Quiet());
        var command = new Command(
            "tune",
            "Train where it pays until the best λ is certified or the budget is spent. What was broken off goes on where it ended.\n"
            + "Ctrl-C once finishes the trainings under way, twice ends them, three times kills them; completed ones are always kept.\n\n"
            + "Examples:\n  htitune tune\n  htitune tune study.json --dry-run\n  htitune tune --trainings 12 --parallel 2 --events jsonl > events.jsonl\n  htitune tune --server https://tuning.example")
        {
            study, trainings, time, parallel, replicate, onward, output, force, dry, json, events, quiet,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            using var server = served.Open(result);
            Terminal.IsQuiet = result.GetValue(quiet);
            var specification = StudyLocator.ReadChecked(result.GetValue(study));
            specification = result.GetValue(output) is { } own ? StudyFolders.Copy(specification, own) : specification;
            specification = specification.With(definition => definition with
            {
                MaxTrainings = result.GetValue(trainings) ?? definition.MaxTrainings,
                Parallelism = result.GetValue(parallel) ?? definition.Parallelism,
                Tuner = result.GetValue(replicate) ? (definition.Tuner ?? new TunerSettings()) with { Replicate = true } : definition.Tuner,
            }) with
            {
                MaxTime = result.GetValue(time) ?? specification.MaxTime,
                UseWholeBudget = result.GetValue(onward),
            };
            if (server is not null && !result.GetValue(dry))
            {
                return ServedTuning.Tune(server, specification, result.GetValue(json), result.GetValue(events) is not null);
            }

            if (!result.GetValue(dry))
            {
                StudyChanges.Notice(specification, CommonOptions.Line(result), result.GetValue(force));
            }

            return result.GetValue(dry)
                ? DryRun.Show(specification, result.GetValue(json), CommonOptions.Line(result))
                : new TuningWork(specification, specification.Objective, null, result.GetValue(json), result.GetValue(events) is not null, CommonOptions.Line(result)).Run();
        });
        return command;
    }
}
