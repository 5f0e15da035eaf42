namespace HtiTune.Benchmarks.Quality.Processes;

/// <summary>The built command, and an empty folder for its files that goes at the end.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("htitune-quality-");

    /// <param name="command">Path of htitune.dll.</param>
    /// <param name="limit">Longest time of one process.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal Workplace(string command, TimeSpan limit)
    {
        Leading = System.IO.File.Exists(command)
            ? [Path.GetFullPath(command)]
            : throw new FileNotFoundException($"The command {command} is not there; build src/HtiTune.Cli in Release, or name it with --cli.");

        // `dotnet run` and `dotnet exec` name the host they run in.
        Program = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(Program) != "dotnet")
        {
            Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"))
                .FirstOrDefault(System.IO.File.Exists) ?? throw new FileNotFoundException("dotnet is not in PATH.");
        }

        Limit = limit;
    }

    /// <summary>Path of the dotnet host.</summary>
    internal string Program { get; }

    /// <summary>Arguments before the command's own.</summary>
    internal string[] Leading { get; }

    /// <summary>Longest time of one process.</summary>
    internal TimeSpan Limit { get; }

    /// <summary>A file of the folder.</summary>
    internal string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
