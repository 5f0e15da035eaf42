using System.Runtime.CompilerServices;

namespace HtiTune.Tests.Architecture;

/// <summary>House rules that hold for the source files themselves.</summary>
public class SourceTests
{
    private const int MostLines = 330;
    private const int MostClassLines = 400;
    private const int MostFrontTypes = 35;
    private const int MostRooms = 25;

    /// <summary>Columns of a line at most, but for so many lines that are longer: a number that only falls.</summary>
    private const int MostColumns = 200, LongLines = 295;

    // Pins of what the service's packages bring, which these tests do not reference.
    private static readonly string[] ThroughTheServer =
    [
        "Hangfire.Core", "Newtonsoft.Json", "Dapper.AOT", "SQLitePCLRaw.bundle_e_sqlite3", "SQLitePCLRaw.core", "SQLitePCLRaw.lib.e_sqlite3", "SQLitePCLRaw.provider.e_sqlite3",
    ];

    [Fact]
    public void No_source_file_is_long()
    {
        var files = Sources().ToArray();
        Assert.True(files.Length > 50, $"only {files.Length} source files found under {Root()}");
        Assert.Empty(files.Where(file => File.ReadLines(file).Count() > MostLines).Select(file => Path.GetRelativePath(Root(), file)));
    }

    [Fact]
    public void No_line_is_added_that_is_long()
    {
        var count = Sources().Sum(file => File.ReadLines(file).Count(line => line.Length > MostColumns));
        Assert.True(count == LongLines, $"{count} lines have more than {MostColumns} columns; expected {LongLines}: break the new ones, or lower the number where some are broken now");
    }

    [Fact]
    public void No_class_is_long_in_however_many_files()
    {
        var tall = HtiTune.Benchmarks.House.HouseCommand.ClassLines(Path.Combine(Root(), "src")).Where(type => type.Value > MostClassLines).ToList();
        Assert.Empty(tall.Select(type => $"{type.Key} has {type.Value} lines"));
    }

    [Fact]
    public void The_front_namespace_shows_what_a_first_program_needs()
    {
        var front = HtiTune.Benchmarks.House.HouseCommand.FrontTypes(Path.Combine(Root(), "src"));
        Assert.Contains("HtiTune.Tuner", front);
        Assert.True(front.Count <= MostFrontTypes, $"using HtiTune; shows {front.Count} types; expected at most {MostFrontTypes}: {string.Join(", ", front.Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void A_study_s_way_to_a_running_command_is_as_the_architecture_tells()
    {
        var source = Path.Combine(Root(), "src");
        var rooms = HtiTune.Benchmarks.House.HouseWalk.Rooms(source);
        Assert.InRange(rooms.Count, 20, MostRooms);
        Assert.Empty(HtiTune.Benchmarks.House.HouseWalk.Faults(source, rooms));
        Assert.Equal(
            ["room 2: none of the rooms before it names Run of ChildProcess", "room 3: there is no NoSuch.Run"],
            HtiTune.Benchmarks.House.HouseWalk.Faults(source, [rooms[0], ("ChildProcess", "Run"), ("NoSuch", "Run")]));
    }

    [Fact]
    public void Every_source_file_is_named_by_what_it_holds()
    {
        string[] nameless = ["Views", "Rows", "Rest", "Shared", "Values", "State", "States", "Records", "Utils", "Helpers", "Misc"];
        Assert.Empty(Sources().Where(file => nameless.Contains(Path.GetFileNameWithoutExtension(file).Split('.')[^1])).Select(file => Path.GetRelativePath(Root(), file)));
    }

    [Fact]
    public void Every_package_is_one_that_a_project_names_or_brings()
    {
        var projects = new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".csproj" or ".targets" or ".props").Select(File.ReadAllText).ToList();
        var brought = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "HtiTune.Tests.deps.json"));
        var known = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path.Combine(Root(), "Directory.Packages.props")), "PackageVersion Include=\"([^\"]+)\"")
            .Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(known);
        Assert.DoesNotContain(known, package => !ThroughTheServer.Contains(package) && !brought.Contains($"\"{package}/", StringComparison.Ordinal)
            && !projects.Exists(project => project.Contains($"PackageReference Include=\"{package}\"", StringComparison.Ordinal)));
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
