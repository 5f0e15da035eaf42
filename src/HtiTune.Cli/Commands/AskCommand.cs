namespace HtiTune.Cli;

/// <summary><c>htitune ask</c>: where to train next, for those who train themselves.</summary>
internal static class AskCommand
{
    internal static Command Create()
    {
        var (study, json, output, force) = (CommonOptions.Study(), CommonOptions.Json("the proposal"), StudyFolders.Option(), StudyFolders.Force());
        var worker = new Option<string?>("--worker") { Description = "Who asks. Asked again by the same name within its lease, it says the same.", HelpName = "NAME" };
        var lease = CommonOptions.Time("--lease", "How long the training is left to who asks, e.g. 2h; then it is handed out again. Default: the study's \"timeLimit\", else three times the longest training, two hours at least.");
        var renew = CommonOptions.Whole("--renew", "Make the lease of this training longer, and ask for none.", 1, int.MaxValue);
        var wait = CommonOptions.Wait("Wait until there is a training: for ever, or so long, e.g. 30m. Without it, only another step of this study is waited for, a minute at most.");
        var anew = new Option<bool>("--anew") { Description = "Where trainings have failed and none has succeeded: they no longer count, and the study begins anew." };
        var command = new Command(
            "ask",
            "Print where to train next: the training's number, λ and seed. With \"parallel\" n, n askers get a training each, for the time of a lease;\n"
            + "with all in hands it prints nothing and ends with exit code 7. With one at a time it says the same until `htitune tell`.\n"
            + "When the study has ended it prints nothing on standard output and says why on standard error.\n\n"
            + "Examples:\n  read number lambda seed <<< \"$(htitune ask)\"\n  ./train --lambda $lambda --seed $seed --out out.npy && htitune tell $number out.npy\n"
            + "  htitune ask --worker $HOSTNAME-$SLURM_ARRAY_TASK_ID --lease 6h --wait\n  htitune ask --renew 3 --lease 6h")
        {
            study, worker, lease, renew, wait, anew, output, force, json,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            var patience = result.GetResult(wait) is null ? Patience.Steps() : Patience.Of(result.GetValue(wait)!.Value);
            var request = new AskRequest(result.GetValue(worker), result.GetValue(lease), result.GetValue(renew), result.GetValue(anew), result.GetValue(json));
            using var server = served.Open(result);
            if (server is not null)
            {
                return ServedSteps.Ask(server, result.GetValue(study), request, patience);
            }

            var specification = StudyLocator.Read(result.GetValue(study));
            specification = result.GetValue(output) is { } own ? StudyFolders.Copy(specification, own) : specification;
            StudyChanges.Notice(specification, CommonOptions.Line(result), result.GetValue(force));
            return Ask(specification, request, patience);
        });
        return command;
    }

    private static int Ask(StudySpecification study, AskRequest request, Patience patience)
    {
        while (true)
        {
            Func<bool> freed;
            string why;
            using (var stepped = SteppedStudy.Open(study, patience, request.Anew))
            {
                TrainedByFile.Note(study);
                if (request.Renew is { } number)
                {
                    Terminal.Say($"training {stepped.Renew(number, request.Worker, request.Lease).Shown}");
                    return ExitCode.Done;
                }

                if (stepped.Ask(request.Worker, request.Lease) is { } given)
                {
                    Say(request.Json, given.Proposal.Number, given.Proposal.Configuration, study.Space.IsLine, given.Proposal.Seed, writer =>
                    {
                        writer.WriteString("reason", given.Proposal.Reason);
                        writer.WriteString("worker", given.Lease.Worker);
                        writer.WriteString("leaseUntil", given.Lease.Ends);
                    });
                    Terminal.Next(Advice.Tell, new AdvicePlace { Study = study, Number = given.Proposal.Number });
                    return ExitCode.Done;
                }

                if (stepped.Run.Outstanding.Count == 0)
                {
                    return stepped.Finish(request.Json);
                }

                (freed, why) = (stepped.Freed(), stepped.WhyNone);
            }

            CliException.ThrowIf(!patience.ForTraining(freed), "H015", why + ".", Advice.AskWait.For(study));
        }
    }

    /// <summary>Prints where to train: one line of number, λ and seed, or JSON with what else is known.</summary>
    internal static void Say(bool json, int number, Data.Configuration at, bool isLine, long seed, Action<System.Text.Json.Utf8JsonWriter> more)
    {
        if (json)
        {
            EventWriter.Write(writer =>
            {
                writer.WriteNumber("number", number);
                EventWriter.Place(writer, at, isLine);
                writer.WriteString("seed", Placeholders.SeedOf(seed));
                more(writer);
            });
        }
        else
        {
            Console.Out.WriteLine($"{number} {(isLine ? Placeholders.Number(at.Lambda) : StudyPaths.Place(at))} {Placeholders.SeedOf(seed)}");
        }
    }
}

/// <summary>What is asked for.</summary>
/// <param name="Worker">Who asks; null without a name.</param>
/// <param name="Lease">How long the training is left to them; null for as long as trainings take.</param>
/// <param name="Renew">The training whose lease is to be longer; null where one is asked for.</param>
/// <param name="Anew">Whether trainings that all failed no longer count.</param>
/// <param name="Json">Whether the answer is told as JSON.</param>
internal sealed record AskRequest(string? Worker, TimeSpan? Lease, int? Renew, bool Anew, bool Json);
