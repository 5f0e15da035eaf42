using System.CommandLine;

namespace HtiTune.Cli;

/// <summary><c>htitune best</c>: the recommended λ, alone.</summary>
internal static class BestCommand
{
    internal static Command Create()
    {
        var (study, json) = (Shared.Study(), Shared.Json("it"));
        var objective = new Option<string?>("--objective") { Description = "Of which objective. Default: the study's own.", HelpName = "OBJECTIVE" };
        var command = new Command("best", "Print the λ that the last run for an objective recommends, and nothing else on standard output.\n\nExample:\n  python deploy.py --lambda \"$(htitune best)\"")
        {
            study, objective, json,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            using var server = served.Open(result);
            if (server is not null)
            {
                return ServerVerbs.Best(server, result.GetValue(study), result.GetValue(json));
            }

            var specification = StudyLocator.Read(result.GetValue(study));
            if (!StudyJournal.Exists(specification.Folder))
            {
                throw new CliException("H002", $"{specification.File} has no trainings yet.", Advice.Tune.For(specification));
            }

            var text = result.GetValue(objective) ?? specification.Objective;
            var (run, end) = StudyJournal.Read(specification.Folder).Runs.Where(run => run.Began.Objective == text && run.End is not null && !run.IsOutdated).Select(run => (run, run.End!)).LastOrDefault();
            if (run is null)
            {
                throw new CliException("H002", $"no run for the objective '{text}' has ended yet.", Advice.Tune.For(specification));
            }

            if (result.GetValue(json))
            {
                EventWriter.Write(writer =>
                {
                    writer.WriteString("study", specification.File);
                    writer.WriteString("hyperparameter", specification.Hyperparameter.Name);
                    writer.WriteString("objective", text);
                    writer.Number("lambda", end.Lambda);
                    writer.Number("value", end.RealValue);
                    writer.Number("predicted", end.PredictedValue);
                    writer.Number("deviation", end.PredictedDeviation);
                    writer.WriteString("outcome", end.Outcome switch { Certified => "certified", NeedsTraining => "needs-training", _ => "not-certified" });
                    writer.WriteString("stopReason", end.StopReason.ToString());
                });
            }
            else
            {
                Console.Out.WriteLine(Placeholders.Number(end.Lambda));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
