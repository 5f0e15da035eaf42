using System.CommandLine;

namespace HtiTune.Cli;

/// <summary><c>htitune best</c>: the recommended λ, alone.</summary>
internal static class BestCommand
{
    internal static Command Create()
    {
        var (study, json) = (CommonOptions.Study(), CommonOptions.Json("it"));
        var objective = new Option<string?>("--objective") { Description = "Of which objective. Default: the study's own.", HelpName = "OBJECTIVE" };
        var command = new Command("best", "Print the best λ so far, and nothing else on standard output: what the last run for an objective recommends, or the best that is trained\n"
            + "where none has ended since. Standard error says which. May be used at any time.\n\nExample:\n  python deploy.py --lambda \"$(htitune best)\"")
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
            var best = StudyBest.Of(specification, StudyJournal.Read(specification.Folder), text, TrialsCommand.Rows(specification, text))
                ?? throw new CliException("H002", $"no training of {specification.File} has a value for '{text}' yet.", Advice.Tune.For(specification));
            if (result.GetValue(json))
            {
                EventWriter.Write(writer =>
                {
                    writer.WriteString("study", specification.File);
                    writer.WriteString("hyperparameter", specification.Hyperparameter.Name);
                    writer.WriteString("objective", text);
                    writer.WriteString("kind", best.Kind);
                    writer.Number("lambda", best.Lambda);
                    writer.Number("number", best.Number);
                    writer.Number("value", best.Value);
                    writer.WriteNumber("trainings", best.Trained);
                    writer.Number("predicted", best.End?.PredictedValue);
                    writer.Number("deviation", best.End?.PredictedDeviation);
                    writer.WriteString("outcome", best.End is { } end ? StopWords.NameOf(end.Outcome) : null);
                    writer.WriteString("outcomeText", best.End?.Outcome.Describe(specification.Hyperparameter.Name));
                    writer.WriteString("stopReason", best.End?.StopReason.ToString());
                });
            }
            else
            {
                Console.Out.WriteLine(Placeholders.Number(best.Lambda));
                Terminal.Say(best.Describe(specification, text));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
