using HtiTune.Surrogates;

/// <summary>What every task's program does around the task: options, help, Ctrl-C, exit codes.</summary>
internal static class TaskProgram
{
    private const int Fault = 1;
    private const int BadOption = 2;
    private const int Interrupted = 130; // as a shell tells it

    /// <summary>Runs a task.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="help">What the task is, for --help.</param>
    /// <param name="task">The task: options, where to print, and what ends it early.</param>
    /// <returns>The exit code: 0, 1 for a file that cannot be written, 2 for a wrong option, 130 after Ctrl-C.</returns>
    public static int Run(IReadOnlyList<string> args, string help, Action<TaskCommandLine, TextWriter, CancellationToken> task)
    {
        TaskCommandLine command;
        try
        {
            command = TaskCommandLine.Parse(args);
        }
        catch (FormatException error)
        {
            Console.Error.WriteLine($"{error.Message} Try --help.");
            return BadOption;
        }

        if (command.WantsHelp)
        {
            Console.WriteLine($"{help}\n\n{TaskCommandLine.Options}");
            return 0;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            TorchRuntime.EnsureLoaded(); // before the first tensor: loads libtorch, also where the system's C++ library is older
            task(command, Console.Out, stop.Token);
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted; finished trainings are kept.");
            return Interrupted;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return Fault;
        }
    }
}
