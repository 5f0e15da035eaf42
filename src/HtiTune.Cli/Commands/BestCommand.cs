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
            specification.RequireTrainings();

            var text = result.GetValue(objective) ?? specification.Objective;
            var best = BestSoFar.Of(specification, StudyJournal.Read(specification.Folder), text, TrialsCommand.Rows(specification, text))
                ?? throw new CliException("H002", $"no training of {specification.File} has a value for '{text}'{(specification.Constraints.Count > 0 ? " and meets the constraints" : "")} yet.", Advice.Tune.For(specification));
            if (result.GetValue(json))
            {
                EventWriter.Write(best.WriteTo);
            }
            else
            {
                Console.Out.WriteLine(specification.Space.IsLine ? Placeholders.Number(best.Configuration.Lambda) : StudyPaths.Place(best.Configuration));
                Terminal.Say(BestSoFar.Describe(best));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
