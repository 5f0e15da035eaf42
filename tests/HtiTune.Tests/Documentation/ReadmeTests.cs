using System.Runtime.CompilerServices;

namespace HtiTune.Tests.Documentation;

[Collection(Alone.Name)]
public class ReadmeTests
{
    [Fact]
    public void The_quick_start_is_the_code_that_these_tests_compile()
    {
        var readme = File.ReadAllLines(Path.Combine(Root(), "README.md"));
        var start = Array.IndexOf(readme, "<!-- quick start -->") + 2;
        Assert.True(start > 1, "README.md has no quick start");
        var shown = readme[start..Array.IndexOf(readme, "```", start)];
        var source = File.ReadAllLines(Path.Combine(Root(), "tests", "HtiTune.Tests", "Documentation", "QuickStart.cs"));
        var usings = source.TakeWhile(line => line.StartsWith("using ", StringComparison.Ordinal));
        var first = Array.FindIndex(source, line => line.Trim() == "// <quick start>") + 1;
        var last = Array.FindIndex(source, line => line.Trim() == "// </quick start>");
        var body = source[first..last].Select(line => line.Length > 0 ? line[8..] : line);
        Assert.Equal([.. usings, "", .. body], shown);
        Assert.InRange(shown.Length, 1, 12);
        Assert.Single(usings);
    }

    [Fact]
    public void The_quick_start_runs_and_finds_the_quantile_of_its_cost()
    {
        var output = Console.Out;
        using var captured = new StringWriter();
        Console.SetOut(captured);
        try
        {
            QuickStart.Run();
        }
        finally
        {
            Console.SetOut(output);
        }

        // Shortage at 4 : 1 asks for the 0.8 quantile, at 9 : 1 for the 0.9.
        var words = captured.ToString();
        var numbers = System.Text.RegularExpressions.Regex.Matches(words, @"(?m)^quantile = ([0-9.]+)")
            .Select(match => double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Contains("dropout = 0.", words, StringComparison.Ordinal);
        Assert.Equal(2, numbers.Length);
        Assert.InRange(numbers[0], 0.7, 0.9);
        Assert.InRange(numbers[1], 0.8, 0.97);
    }

    [Fact]
    public void Every_file_that_the_readme_links_to_exists()
    {
        var links = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path.Combine(Root(), "README.md")), @"\]\((?!https?:)([^)#]+)\)")
            .Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(links);
        Assert.Equal([], links.Where(link => !Path.Exists(Path.Combine(Root(), link))).ToArray());
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
