using HtiTune.Cli;
using HtiTune.External;

namespace HtiTune.Tests.Cli;

/// <summary>The command, run within the tests' own process: what it exits with and prints.</summary>
internal static class InProcess
{
    /// <summary>The same, typed in a folder.</summary>
    internal static async Task<(int Code, string Output, string Errors)> In(string folder, params string[] args)
    {
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(folder);
        try
        {
            return await Run(args);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    internal static async Task<(int Code, string Output, string Errors)> Run(params string[] args)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using StringWriter capturedOutput = new(), capturedErrors = new();
        Console.SetOut(capturedOutput);
        Console.SetError(capturedErrors);
        try
        {
            return (await Program.Main(args), capturedOutput.ToString(), capturedErrors.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
