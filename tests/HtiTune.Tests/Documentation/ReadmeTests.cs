using System.Runtime.CompilerServices;
using HtiTune.Benchmarks.Record;

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

    [Fact]
    public void It_is_short_and_its_figures_are_those_of_the_results()
    {
        var readme = File.ReadAllText(Path.Combine(Root(), "README.md")).ReplaceLineEndings("\n");
        Assert.InRange(readme.Split('\n').Length, 50, 151);
        var words = System.Text.RegularExpressions.Regex.Replace(readme, @"\s+", " ");
        var results = ResultTable.All(ResultTable.Folder(Root()));
        double Figure(string benchmark, string of, string metric) => results.Last(one => one.Key == (benchmark, of, metric)).Number;
        foreach (var (d, name) in ((int, string)[])[(2, "two"), (3, "three"), (4, "four")])
        {
            double Whole(string how) => d + 2 + Figure($"several-families-d{d}", "all smooth", how);
            Assert.Contains(FormattableString.Invariant($"{Whole("by outputs"):F1} instead of {Whole("by values"):F1} with {name}"), words, StringComparison.Ordinal);
        }

        string Told(string how) => FormattableString.Invariant($"{Figure("preferences-reached", "all", $"{how} trainings"):F1}");
        Assert.Contains($"a mean of {Told("surrogate")} trainings more", words, StringComparison.Ordinal);
        Assert.Contains($"stored needs {Told("replay")} (", words, StringComparison.Ordinal);
        Assert.Contains($"counted, {Told("anew")} (", words, StringComparison.Ordinal);
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
