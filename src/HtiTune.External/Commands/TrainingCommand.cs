namespace HtiTune.External;

/// <summary>A command that trains, wherever it runs.</summary>
/// <param name="Command">The program and its arguments, with placeholders.</param>
/// <param name="WorkingDirectory">The folder that it runs in.</param>
/// <param name="Environment">Variables that its owner gives it.</param>
/// <param name="TimeLimit">Its time limit; null without.</param>
/// <param name="Grace">Time between the gentle signal and the hard one.</param>
internal sealed record TrainingCommand(
    IReadOnlyList<string> Command, string WorkingDirectory, IEnumerable<KeyValuePair<string, string>> Environment, TimeSpan? TimeLimit, TimeSpan Grace)
{
    /// <summary>Runs the command once, to its end.</summary>
    /// <param name="call">What its placeholders are filled with.</param>
    /// <param name="folder">The attempt's folder.</param>
    /// <param name="log">The file that takes what the command prints.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="begins">Called before the command starts, once its program has been found; null: nothing is.</param>
    /// <param name="progress">Takes the share of the training that is done, 0 to 1, whenever the log tells a new one, and intermediate values.</param>
    /// <param name="stop">Ends the command gently.</param>
    /// <param name="kill">Ends the command hard.</param>
    /// <returns>How the command ended; null where its program is not on this machine.</returns>
    /// <exception cref="FormatException">A placeholder is unknown.</exception>
    internal ChildResult? Run(
        TrainingCall call, string folder, string log, TimeProvider clock, Action? begins, IProgress<double> progress, CancellationToken stop, CancellationToken kill)
    {
        var words = call.Words(Command);
        if (CommandText.Find(words[0], WorkingDirectory) is not { } program)
        {
            return null;
        }

        words[0] = program;
        begins?.Invoke();
        var follower = new TrainingLog(log);
        return ChildProcess.Run(new ChildRequest(words, WorkingDirectory, call.Environment(Environment, folder), log, folder, TimeLimit, Grace), clock, () => follower.Follow(progress), stop, kill);
    }
}
