using HtiTune.External;

namespace HtiTune.Hosting;

/// <summary>A command's training ended without outputs.</summary>
internal sealed class CommandFailedException(WorkResult end) : Exception(end.Reason)
{
    /// <summary>How the attempt ends.</summary>
    public WorkResult End => end;
}

/// <summary>A network that a command trains: it is run at a configuration with files of its attempt, and leaves its outputs for the contexts in one of them.</summary>
internal sealed class CommandNetwork(string name, CommandNetworkOptions options) : INetwork
{
    private const string LogName = "log.txt";
    private const string ContextsName = "contexts.npy";
    private const int TailLines = 200;

    /// <summary>The network's name.</summary>
    public string Name => name;

    /// <summary>End of the log in an attempt's folder; null without one.</summary>
    public static string? LogTail(string folder)
    {
        try
        {
            return Path.Combine(folder, LogName) is var log && File.Exists(log) ? string.Join('\n', TrainingLog.Tail(log, TailLines)) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Requires that the command can be filled for a study.</summary>
    /// <param name="hyperparameters">Names of the study's hyperparameters.</param>
    /// <exception cref="FormatException">It names a placeholder that the study does not have.</exception>
    public void Require(IReadOnlyList<string> hyperparameters)
    {
        try
        {
            Placeholders.Check([.. options.Command], hyperparameters);
        }
        catch (FormatException fault)
        {
            throw new FormatException($"'{name}' is trained by a command, and {fault.Message}", fault);
        }
    }

    /// <summary>Not used: a command needs the folder of its attempt.</summary>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => throw new NotSupportedException("A command is trained by the service's workers.");

    /// <summary>Runs the command to its end, and reads its outputs.</summary>
    /// <exception cref="CommandFailedException">There are none.</exception>
    public Matrix Train(
        TrainingRequest request, StudyProblem problem, string folder, TimeSpan? limit, TimeSpan grace, TimeProvider time, CancellationToken stop, CancellationToken kill)
    {
        Directory.CreateDirectory(folder);
        var (log, output, contexts) = (Path.Combine(folder, LogName), Path.Combine(folder, "outputs" + options.OutputFormat), Path.Combine(folder, ContextsName));
        NpyFile.Write(contexts, (problem.Contexts ?? Contexts.None(1)).Conditions);
        var directory = options.WorkingDirectory is { } given ? Path.GetFullPath(given) : Environment.CurrentDirectory;
        var call = new TrainingCall(problem.Space, request.Configuration, request.Seed, contexts, output);
        ChildResult result;
        try
        {
            result = new TrainingCommand([.. options.Command], directory, options.Environment, limit, grace)
                .Run(call, folder, log, time, null, request.Progress ?? new Progress<double>(), stop, kill)
                ?? throw Failed("no-program", $"there is no program '{call.Words(options.Command)[0]}' that can be run on this machine; expected one on the PATH", mayRetry: true);
        }
        catch (FormatException fault)
        {
            // The study was begun where this network was not known.
            throw Failed("command", fault.Message, mayRetry: false);
        }

        if (result.End == ChildEnd.Stopped)
        {
            throw new OperationCanceledException(stop);
        }

        if (result.End == ChildEnd.TimedOut)
        {
            throw new CommandFailedException(new WorkResult { State = AttemptState.TimedOut, Reason = $"time-limit: the command was ended after {limit}", ExitCode = result.ExitCode });
        }

        if (result.ExitCode != 0)
        {
            var how = result.ExitCode > 128 ? $"signal: {result.ExitCode - 128} ended the command" : $"exit-code: the command ended with {result.ExitCode}; expected 0";
            throw new CommandFailedException(new WorkResult { State = AttemptState.Failed, Reason = how, ExitCode = result.ExitCode });
        }

        if (!File.Exists(output))
        {
            throw Failed("bad-output", "the command ended well and left no file where {out} says", mayRetry: false);
        }

        try
        {
            return ArrayFile.Read(output, options.OutputArray, problem.Columns).Matrix;
        }
        catch (DataFormatException fault)
        {
            throw Failed("bad-output", fault.Message.Replace(folder, "", StringComparison.Ordinal), mayRetry: false);
        }
    }

    private static CommandFailedException Failed(string reason, string message, bool mayRetry) =>
        new(new WorkResult { State = AttemptState.Failed, Reason = $"{reason}: {message}", MayRetry = mayRetry });
}
