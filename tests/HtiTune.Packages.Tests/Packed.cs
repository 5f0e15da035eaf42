using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace HtiTune.Packages.Tests;

/// <summary>All packages, packed from what is built, in a folder that stands for a registry; what uses them is restored into a folder of its own.</summary>
public sealed class Packed : IDisposable
{
    internal const string Name = "packed";

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(15);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("htitune-packages-");

    public Packed()
    {
        var (code, printed) = Run(
            "dotnet", Root, ["pack", "HtiTune.sln", "-c", Configuration, "--no-build", "-o", Feed, "-v:q", "-p:PackageProjectUrl=https://htitune.example/"]);
        Assert.True(code == 0, printed);
    }

    /// <summary>The folder of packages.</summary>
    internal string Feed => Path.Combine(_folder.FullName, "feed");

    /// <summary>The repository.</summary>
    internal static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>The version that was packed.</summary>
    internal string Version => Path.GetFileNameWithoutExtension(Directory.GetFiles(Feed, "HtiTune.Data.*.nupkg").Single())["HtiTune.Data.".Length..];

    private static string Configuration => AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Debug") ? "Debug" : "Release";

    // Packages of others that this machine has are read where they lie, unless ours are among them: those would be taken for what was packed.
    private static string? Known
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            return Directory.Exists(folder) && Directory.GetDirectories(folder, "htitune*").Length == 0 ? folder : null;
        }
    }

    /// <summary>An empty folder.</summary>
    /// <param name="name">Its name.</param>
    internal string Empty(string name) => _folder.CreateSubdirectory(name).FullName;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Further environment variables.</param>
    /// <returns>Its exit code, and what it printed.</returns>
    internal (int Code, string Printed) Run(string program, string folder, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            // What the test's own build has set is not for another's.
            start.Environment.Remove(name);
        }

        (string, string)[] all =
        [
            ("NUGET_PACKAGES", Path.Combine(_folder.FullName, "restored")), ("RestoreAdditionalProjectSources", Feed),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"),
            ("DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT", "1"), ("MSBUILDDISABLENODEREUSE", "1"), ("DOTNET_CLI_HOME", _folder.FullName), .. variables,
        ];
        foreach (var (name, value) in all)
        {
            start.Environment[name] = value;
        }

        if (Known is { } known)
        {
            start.Environment["RestoreFallbackFolders"] = known;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(s_longest))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {s_longest}.");
        }

        return (process.ExitCode, output.Result + errors.Result);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static string Here([CallerFilePath] string path = "") => path;
}

/// <summary>The tests that share the packages, one after the other.</summary>
[CollectionDefinition(Packed.Name)]
public sealed class PackedDefinition : ICollectionFixture<Packed>;
