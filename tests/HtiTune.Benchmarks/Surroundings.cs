using System.Runtime.InteropServices;

namespace HtiTune.Benchmarks;

/// <summary>Where and on what a benchmark runs.</summary>
internal static class Surroundings
{
    private const string Solution = "HtiTune.sln";

    /// <summary>The nearest folder above this program that holds the solution; null if there is none.</summary>
    internal static string? Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Solution)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    /// <summary>The Release build of the command.</summary>
    /// <param name="root">The repository's root.</param>
    internal static string Cli(string? root) =>
        Path.Combine(root ?? ".", "src", "HtiTune.Cli", "bin", "Release", "net10.0", "htitune.dll");

    /// <summary>Date and machine, for the head of a table.</summary>
    internal static string Describe() =>
        $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Machine()}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>The processor and its cores.</summary>
    internal static string Machine()
    {
        const string Processors = "/proc/cpuinfo";
        var model = File.Exists(Processors)
            ? File.ReadLines(Processors).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores";
    }

    /// <summary>The commit that this build was made from, twelve characters; empty where the build did not know it.</summary>
    internal static string Commit()
    {
        var version = typeof(Surroundings).Assembly.GetCustomAttributes(false).OfType<System.Reflection.AssemblyInformationalVersionAttribute>().FirstOrDefault()?.InformationalVersion;
        var commit = version?.Split('+') is [_, var hash] ? hash : "";
        return commit[..Math.Min(12, commit.Length)];
    }
}
