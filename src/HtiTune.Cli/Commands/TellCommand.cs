using System.CommandLine;
using System.Globalization;

namespace HtiTune.Cli;

/// <summary><c>htitune tell</c>: how a training that was asked for went.</summary>
internal static class TellCommand
{
    internal static Command Create()
    {
        var number = new Argument<int>("number") { Description = "The training's number, as `htitune ask` said it.", HelpName = "NUMBER" };
        var outputs = new Argument<string?>("outputs") { Description = "Its outputs: .npy, .npz, .safetensors or .csv.", Arity = ArgumentArity.ZeroOrOne, HelpName = "OUTPUTS" };
        var failed = new Option<string?>("--failed") { Description = "It failed, and why.", HelpName = "WHY" };
        var study = new Option<string?>("--study") { Description = "The study file, or a folder with one. Default: as for the other verbs.", HelpName = "STUDY" };
        number.CompletionSources.Add(context => Shared.Numbers(context, study).Select(text => new System.CommandLine.Completions.CompletionItem(text)));
        var json = Shared.Json("the trial");
        var command = new Command("tell", "Hand in the outputs of a training that `htitune ask` asked for, or say that it failed.\n\nExamples:\n  htitune tell 3 out.npy\n  htitune tell 3 --failed 'out of memory'")
        {
            number, outputs, failed, study, json,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            if (result.GetValue(outputs) is null == result.GetValue(failed) is null)
            {
                throw new CliException("H001", "tell takes the outputs of the training or --failed; expected one of them.", Advice.Help.For("tell"));
            }

            using var server = served.Open(result);
            if (server is not null)
            {
                return ServerVerbs.Tell(server, result.GetValue(study), result.GetValue(number), result.GetValue(outputs), result.GetValue(failed), result.GetValue(json));
            }

            var specification = StudyLocator.Read(result.GetValue(study));
            using var session = SteppedStudy.Open(specification);
            using var run = SteppedStudy.Begin(session);
            var wanted = result.GetValue(number);
            Proposal? proposal = null;
            var seen = new List<int>();
            while (seen.Count < specification.Parallel && run.Ask() is { } next && !seen.Contains(next.Number))
            {
                seen.Add(next.Number);
                if (next.Number == wanted)
                {
                    proposal = next;
                    break;
                }
            }

            if (proposal is null)
            {
                var asked = seen.Count == 0 ? "none" : string.Join(", ", seen.Select(one => one.ToString(CultureInfo.InvariantCulture)));
                throw new CliException("H003", $"training {wanted} was not asked for or was told before; expected one of: {asked}.", Advice.Ask.For(specification));
            }

            var trial = result.GetValue(failed) is { } why
                ? run.TellFailed(proposal, why.Length > 0 ? why : "no reason was given")
                : run.Tell(proposal, session.Network.Answered(Path.GetFullPath(result.GetValue(outputs)!), proposal.Lambda));
            if (result.GetValue(json))
            {
                EventWriter.Write(writer => EventDisplay.Write(writer, trial));
            }

            if (trial.State == TrialState.Failed && result.GetValue(failed) is null)
            {
                throw new CliException("H023", $"training {trial.Number}: {trial.Error}");
            }

            Terminal.Say(trial.State == TrialState.Completed ? $"training {trial.Number}: {specification.Objective} = {trial.Value:G6}" : $"training {trial.Number} has failed");
            Terminal.Next(Advice.Ask, new AdvicePlace { Study = specification });
            return ExitCode.Done;
        });
        return command;
    }
}
