using HtiTune.Client;

namespace HtiTune.Cli;

/// <summary>Tells the result of a study that a server keeps.</summary>
internal static class ServedResult
{
    /// <summary>Tells it, and gives the exit code.</summary>
    internal static int Tell(RemoteStudy study, RemoteResult? result, string objective, bool json, bool events)
    {
        if (result is null)
        {
            throw study.State == "cancelled"
                ? new CliException("H002", $"study {study.Id} was cancelled: {study.Reason ?? "no reason was given"}.", "begin another, in another \"folder\"")
                : new CliException("H020", $"study {study.Id} has no result: {study.Reason}");
        }

        if (events)
        {
            EventWriter.Event("run-ended", ResultRecord.Of(study, result, objective).WriteTo);
        }
        else if (json)
        {
            EventWriter.Write(ResultRecord.Of(study, result, objective).WriteTo);
        }
        else
        {
            var space = ServedSpace.Of(study.Definition);
            Console.Out.WriteLine(space.IsLine ? $"{space.Label} = {Placeholders.Number(result.Lambda)}" : ServedSpace.At(space, result.Lambda, result.Configuration).ToString());
        }

        var possible = double.IsFinite(result.LambdaLow) ? FormattableString.Invariant($"; the best may lie anywhere in [{result.LambdaLow:G4}, {result.LambdaHigh:G4}], by the model") : "";
        Terminal.Say(FormattableString.Invariant($"{objective} = {result.Value:G6}{(result.IsTrained ? "" : ", predicted")}{possible}"));
        Terminal.Say(FormattableString.Invariant(result.IsCertified
            ? (FormattableString)$"certified: within {result.Epsilon:G3} of the best, by the model; {result.TrainingsUsed} trainings"
            : $"not certified after {result.TrainingsUsed} trainings: {StopWords.Of(result.StopReason)}"));
        foreach (var remark in result.Remarks)
        {
            Terminal.Warn(remark.Text);
        }

        return result.IsCertified ? ExitCode.Done : result.StopReason is "trainingBudget" or "timeLimit" ? ExitCode.BudgetSpent : ExitCode.GoalNotReached;
    }
}
