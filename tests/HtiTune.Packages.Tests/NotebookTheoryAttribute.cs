namespace HtiTune.Packages.Tests;

/// <summary>A test that needs programs on the path or in the folder that HTITUNE_NOTEBOOK_TOOLS names, and is skipped, saying so, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NotebookTheoryAttribute : TheoryAttribute
{
    public NotebookTheoryAttribute(params string[] programs)
    {
        if (Array.Find(programs, program => Find(program) is null) is { } missing)
        {
            Skip = $"{missing} is not installed; .ci/run says how.";
        }
    }

    /// <summary>A program's file.</summary>
    /// <param name="program">Its name.</param>
    internal static string? Find(string program) =>
        new[] { "HTITUNE_NOTEBOOK_TOOLS", "PATH" }.SelectMany(name => (Environment.GetEnvironmentVariable(name) ?? "").Split(Path.PathSeparator))
            .Append(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools"))
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{program}.exe" : program)).FirstOrDefault(File.Exists);
}
