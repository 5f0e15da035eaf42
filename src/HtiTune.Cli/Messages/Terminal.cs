using Spectre.Console;

namespace HtiTune.Cli;

/// <summary>Messages and progress on standard error; standard output holds data only.</summary>
internal static class Terminal
{
    /// <summary>Whether only errors are told.</summary>
    internal static bool IsQuiet { get; set; }

    /// <summary>Whether a person watches standard error.</summary>
    internal static bool IsLive => !IsQuiet && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Tells something.</summary>
    internal static void Say(string text)
    {
        if (!IsQuiet)
        {
            Console.Error.WriteLine(text);
        }
    }

    /// <summary>Warns.</summary>
    internal static void Warn(string text) => Say($"{Colour.Paint("warning", Colour.Yellow, Colour.OnErrors)}: {text}");

    /// <summary>Warns, and says what helps.</summary>
    internal static void Warn(string text, string help)
    {
        Warn(text);
        if (!IsQuiet)
        {
            Help(help);
        }
    }

    /// <summary>Says what to do next.</summary>
    internal static void Next(Advice advice, AdvicePlace place) => Say($"{Colour.Paint("next", Colour.Cyan, Colour.OnErrors)}: {advice.For(place)}");

    /// <summary>Tells an error, with its code where it has one.</summary>
    internal static void Error(string? code, string text) =>
        Console.Error.WriteLine($"{Colour.Paint(code is null ? "error" : $"error[{code}]", Colour.Red, Colour.OnErrors)}: {text}");

    /// <summary>Says what helps, after an error.</summary>
    internal static void Help(string text) => Console.Error.WriteLine($"{Colour.Paint("help", Colour.Cyan, Colour.OnErrors)}: {text}");

    /// <summary>Runs work behind a progress bar on a terminal, silently elsewhere.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="quiet">No progress even on a terminal.</param>
    /// <param name="work">The work; reports a stage and a share 0 to 1.</param>
    internal static T WithProgress<T>(string title, bool quiet, Func<Action<string, double>, T> work)
    {
        if (quiet || !IsLive)
        {
            return work((_, _) => { });
        }

        return LiveConsole().Progress()
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

    /// <summary>The console of the live display: standard error.</summary>
    internal static IAnsiConsole LiveConsole() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
        ColorSystem = Colour.OnErrors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
    });

    /// <summary>Runs a command and turns what went wrong into a message and an exit code.</summary>
    internal static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (CliException problem)
        {
            Error(problem.Code, problem.Message);
            foreach (var fault in problem.Faults)
            {
                Console.Error.WriteLine($"  {fault}");
            }

            Help(problem.Help);
            foreach (var way in problem.MoreHelp)
            {
                Help(way);
            }

            return ErrorCatalogue.Find(problem.Code).ExitCode;
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
        catch (FileNotFoundException problem) when (problem.FileName is { } file)
        {
            Error("H003", $"there is no file {file}; expected one that can be read.");
            return ExitCode.BadInput;
        }
        catch (DirectoryNotFoundException problem)
        {
            Error("H003", $"there is no folder for {PathIn(problem)}; expected the path of a file in a folder that exists.");
            return ExitCode.BadInput;
        }
        catch (UnauthorizedAccessException problem) when (PathIn(problem) is var path)
        {
            Error("H003", Directory.Exists(path) ? $"{path} is a folder; expected a file, or a folder that may be written to." : $"{path} may not be read or written; expected permission to.");
            return ExitCode.BadInput;
        }
        catch (Exception problem) when (problem is DllNotFoundException or PlatformNotSupportedException)
        {
            return Fail(problem, ExitCode.TrainingFailed);
        }
        catch (Exception problem) when (problem is ArgumentException or IOException or InvalidOperationException)
        {
            return Fail(problem, ExitCode.BadInput);
        }
    }

    // The platform's own words name a path in quotes and nothing that helps.
    private static string PathIn(Exception problem) => problem.Message.Split('\'') is [_, var path, ..] ? path : problem.Message;

    private static int Fail(Exception problem, int code)
    {
        // ArgumentException appends the name of a parameter that means nothing to who typed a command.
        var message = problem.Message;
        var suffix = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        Error(code == ExitCode.BadInput ? "H003" : null, suffix < 0 ? message : message[..suffix]);
        return code;
    }
}
