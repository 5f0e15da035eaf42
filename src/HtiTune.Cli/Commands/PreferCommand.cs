namespace HtiTune.Cli;

/// <summary><c>htitune prefer</c>: another objective, from the trainings there are.</summary>
internal static class PreferCommand
{
    internal static Command Create()
    {
        var study = CommonOptions.Study();
        var objective = new Option<string>("--objective") { Description = "The other objective; see `htitune help objectives`.", Required = true, HelpName = "OBJECTIVE" };
        var goal = CommonOptions.OtherGoal();
        var trainings = CommonOptions.Whole("--trainings", "New trainings that the answer may cost. Default: none.", 0, 10_000);
        var onward = CommonOptions.GoOn();
        var (json, events, quiet) = (CommonOptions.Json("the result"), CommonOptions.Events(), CommonOptions.Quiet());
        var command = new Command(
            "prefer",
            "Answer another objective from the trainings there are, mostly with no new one. The study file is not changed.\n\n"
            + "Example:\n  htitune prefer study.json --objective column:latency")
        {
            study, objective, goal, trainings, onward, json, events, quiet,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            Terminal.IsQuiet = result.GetValue(quiet);
            using var server = served.Open(result);
            if (server is not null)
            {
                return ServerVerbs.Prefer(
                    server, result.GetValue(study), result.GetRequiredValue(objective), result.GetValue(goal), result.GetValue(trainings) ?? 0, result.GetValue(json), result.GetValue(events) is not null);
            }

            var specification = StudyLocator.Read(result.GetValue(study));
            specification.RequireTrainings();

            StudyChanges.Notice(specification, CommonOptions.Line(result), force: false);
            specification = specification.JudgedAs(result.GetValue(goal)) with { JudgedBy = result.GetRequiredValue(objective), UseWholeBudget = result.GetValue(onward) };
            return new TuningWork(
                specification, result.GetRequiredValue(objective), result.GetValue(trainings) ?? 0, result.GetValue(json), result.GetValue(events) is not null, CommonOptions.Line(result)).Run();
        });
        return command;
    }
}
