using System.CommandLine;

namespace HtiTune.Cli;

/// <summary>The <c>htitune</c> command.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] args)
    {
        var root = new RootCommand(
            "HtiTune: a surrogate of a network's outputs over a continuous hyperparameter, fitted at a few trained values.\n\n"
            + ExitCode.Table)
        {
            FitCommand.Create(),
            SampleCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            return parsed.InvokeAsync();
        }

        foreach (var error in parsed.Errors)
        {
            Console.Error.WriteLine($"error: {error.Message}");
        }

        var command = parsed.CommandResult.Command;
        Console.Error.WriteLine($"help: htitune {(command is RootCommand ? "" : command.Name + " ")}--help");
        return Task.FromResult(ExitCode.Usage);
    }
}
