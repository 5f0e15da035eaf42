using System.Diagnostics;

namespace HtiTune.Tests.Cli;

/// <summary>A test that needs a Python with some modules, and is skipped where there is none.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    private const string Path = "PATH";

    // The one on the path may be another than Debian's, and lack what Debian's packages bring.
    private static readonly string[] s_folders = ["", "/usr/bin"];

    public PythonFactAttribute(string modules)
    {
        if (Folder(modules) is null)
        {
            Skip = $"Needs python3 with {modules}.";
        }
    }

    /// <summary>Puts the Python that has the modules first on the path, for this process and its children.</summary>
    public static void Use(string modules)
    {
        if (Folder(modules) is { Length: > 0 } folder)
        {
            Environment.SetEnvironmentVariable(Path, $"{folder}{System.IO.Path.PathSeparator}{Environment.GetEnvironmentVariable(Path)}");
        }
    }

    private static string? Folder(string modules) => Array.Find(s_folders, folder => Has(System.IO.Path.Combine(folder, "python3"), modules));

    private static bool Has(string python, string modules)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", $"import {modules}"]) { RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
