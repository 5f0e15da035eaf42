using System.Runtime.CompilerServices;

namespace HtiTune.Tests.Architecture;

/// <summary>House rules that hold for the source files themselves.</summary>
public class SourceTests
{
    private const int MostLines = 330;

    [Fact]
    public void No_source_file_is_long()
    {
        var files = Sources().ToArray();
        Assert.True(files.Length > 50, $"only {files.Length} source files found under {Root()}");
        Assert.Empty(files.Where(file => File.ReadLines(file).Count() > MostLines).Select(file => Path.GetRelativePath(Root(), file)));
    }

    [Fact]
    public void No_source_file_names_a_machine()
    {
        string[] marks = ["/" + "work/", "/" + "root/", "/" + "home/", "api." + "nuget.org"];
        Assert.Empty(Sources().Where(file => marks.Any(mark => File.ReadAllText(file).Contains(mark, StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(Root(), file)));
    }

    [Fact]
    public void What_the_command_advises_to_type_stands_in_one_table()
    {
        // The help and the explanations of codes describe verbs; all else that begins with the command's name is a line to type.
        string[] apart = ["Advice.cs", "RootHelp.cs", "ErrorCatalogue.cs", "CommandList.cs"];
        var command = Sources()
            .Where(file => file.Contains($"{Path.DirectorySeparatorChar}HtiTune.Cli{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !apart.Contains(Path.GetFileName(file)));
        Assert.DoesNotContain(command, file => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(file), "\"htitune [a-z]"));
    }

    private static IEnumerable<string> Sources() =>
        new[] { "src", "tests", "examples" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !IsGenerated(file) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    // What the tools of the database write.
    private static bool IsGenerated(string file) => file.Contains($"{Path.DirectorySeparatorChar}Migrations{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    /// <summary>The folder of the solution: two above this file's project.</summary>
    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
