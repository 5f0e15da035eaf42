using System.CommandLine;

namespace HtiTune.Cli;

/// <summary><c>htitune ask</c>: where to train next, for those who train themselves.</summary>
internal static class AskCommand
{
    internal static Command Create()
    {
        var (study, json, output, force) = (Shared.Study(), Shared.Json("the proposal"), StudyFolders.Option(), StudyFolders.Force());
        var command = new Command(
            "ask",
            "Print where to train next: the training's number, λ and seed. Asked again, it says the same until `htitune tell` (with \"parallel\" above 1, another).\n"
            + "When the study has ended it prints nothing on standard output and says why on standard error.\n\n"
            + "Example:\n  read number lambda seed <<< \"$(htitune ask)\"\n  ./train --lambda $lambda --seed $seed --out out.npy && htitune tell $number out.npy")
        {
            study, output, force, json,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            using var server = served.Open(result);
            if (server is not null)
            {
                return ServerVerbs.Ask(server, result.GetValue(study), result.GetValue(json));
            }

            var specification = StudyLocator.Read(result.GetValue(study));
            specification = result.GetValue(output) is { } own ? StudyFolders.Copy(specification, own) : specification;
            StudyChanges.Notice(specification, Shared.Line(result), result.GetValue(force));
            using var session = SteppedStudy.Open(specification);
            TrainedBy.Note(specification);
            using var run = SteppedStudy.Begin(session);
            var seen = new List<Proposal>();
            while (run.Ask() is { } next && !seen.Contains(next))
            {
                seen.Add(next);
                if (seen.Count == specification.Parallel)
                {
                    break;
                }
            }

            if (seen.Count == 0)
            {
                return SteppedStudy.Finish(session, run, result.GetValue(json));
            }

            // Those that were handed out before come first.
            var proposal = seen.Find(p => !SteppedStudy.WasStarted(session, p)) ?? seen[0];
            Say(result.GetValue(json), proposal.Number, proposal.Lambda, proposal.Seed, writer => writer.WriteString("reason", proposal.Reason));
            Terminal.Next(Advice.Tell, new AdvicePlace { Study = specification, Number = proposal.Number });
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Prints where to train: one line of number, λ and seed, or JSON with what else is known.</summary>
    internal static void Say(bool json, int number, double lambda, long seed, Action<System.Text.Json.Utf8JsonWriter> more)
    {
        if (json)
        {
            EventWriter.Write(writer =>
            {
                writer.WriteNumber("number", number);
                writer.Number("lambda", lambda);
                writer.WriteString("seed", Placeholders.SeedOf(seed));
                more(writer);
            });
        }
        else
        {
            Console.Out.WriteLine($"{number} {Placeholders.Number(lambda)} {Placeholders.SeedOf(seed)}");
        }
    }
}
