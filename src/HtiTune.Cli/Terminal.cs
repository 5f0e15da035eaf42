using HtiTune.Data;
using Spectre.Console;

namespace HtiTune.Cli;

/// <summary>Messages and progress on standard error; standard output holds data only.</summary>
internal static class Terminal
{
    /// <summary>Runs work behind a progress bar on a terminal, silently elsewhere.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="quiet">No progress even on a terminal.</param>
    /// <param name="work">The work; reports a stage and a share 0 to 1.</param>
    internal static T WithProgress<T>(string title, bool quiet, Func<Action<string, double>, T> work)
    {
        if (quiet || Console.IsErrorRedirected)
        {
            return work((_, _) => { });
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                return work((stage, share) =>
                {
                    task.Description = Markup.Escape($"{title}: {stage}");
                    task.Value = 100 * share;
                });
            });
    }

    /// <summary>Runs a command and turns what went wrong into a message and an exit code.</summary>
    internal static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("interrupted; nothing was written");
            return ExitCode.Interrupted;
        }
        catch (DataFormatException problem)
        {
            return Fail(problem, ExitCode.BadInput);
        }
        catch (Exception problem) when (problem is DllNotFoundException or PlatformNotSupportedException)
        {
            return Fail(problem, ExitCode.TrainingFailed);
        }
        catch (Exception problem) when (problem is ArgumentException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return Fail(problem, ExitCode.BadInput);
        }
    }

    private static int Fail(Exception problem, int code)
    {
        // ArgumentException appends the name of a parameter that means nothing to who typed a command.
        var message = problem.Message;
        var suffix = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        Console.Error.WriteLine($"error: {(suffix < 0 ? message : message[..suffix])}");
        return code;
    }
}
