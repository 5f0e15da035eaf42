using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Plotting;
using HtiTune.Surrogates;
using HtiTune.Tests.Cli;
using HtiTune.Tests.Data;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace HtiTune.Tests.Documentation;

/// <summary>The guide's blocks of code are compiled or run, what it lists is what there is, and its links lead somewhere.</summary>
[Collection(Alone.Name)]
public partial class GuideTests
{
    private static readonly Assembly[] s_references =
    [
        typeof(Matrix).Assembly, typeof(TrajectorySurrogate).Assembly, typeof(Tuner).Assembly, typeof(Figure).Assembly, typeof(object).Assembly,
        typeof(Enumerable).Assembly, typeof(Console).Assembly, typeof(List<>).Assembly, typeof(File).Assembly, typeof(System.Diagnostics.Metrics.Meter).Assembly,
        Assembly.Load("System.Runtime"), Assembly.Load("System.Collections"), Assembly.Load("System.Linq"), Assembly.Load("System.Memory"),
    ];

    public static TheoryData<string> Pages => [.. Directory.GetFiles(Guide(), "*.md").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_block_of_CSharp_is_compiled_and_run(string page)
    {
        // What a reader has of their own stands in comments of the page.
        var blocks = Blocks(page).Where(block => block.Language is "csharp" or "code").Select(block => block.Text).ToList();
        if (blocks.Count == 0)
        {
            return;
        }

        var (usings, lines) = (new List<string>(), new List<string>());
        foreach (var line in string.Join('\n', blocks).Split('\n'))
        {
            (UsingLine().IsMatch(line) ? usings : lines).Add(line);
        }

        // A script disposes of nothing by itself: what it holds is disposed of below, for a listener would go on to print.
        var code = UsingDeclaration().Replace(string.Join('\n', lines), "");
        var options = ScriptOptions.Default.WithReferences(s_references).WithImports("System", "System.IO", "System.Linq", "System.Collections.Generic");
        var output = Console.Out;
        using var captured = new StringWriter();
        Console.SetOut(captured);
        try
        {
            var ran = await CSharpScript.RunAsync(string.Join('\n', usings) + "\n" + Declared(code), options);
            foreach (var held in ran.Variables.Select(variable => variable.Value).OfType<IDisposable>().Reverse())
            {
                held.Dispose();
            }
        }
        finally
        {
            Console.SetOut(output);
        }

        Assert.True(captured.ToString().Length > 0 || !code.Contains("Console.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_line_of_a_shell_names_verbs_and_options_that_there_are(string page)
    {
        foreach (var text in Blocks(page).Where(block => block.Language == "sh").Select(block => block.Text))
        {
            foreach (Match match in Typed().Matches(text))
            {
                var words = match.Groups[1].Value;
                var entry = Assert.Single(CommandList.All, one => one.Name == words.Split(' ')[0]);
                var known = entry.Create().Options.SelectMany(option => option.Aliases.Append(option.Name)).ToHashSet();
                var own = words.Split(" -- ")[0];
                Assert.All(OptionWord().Matches(own).Select(one => one.Groups[1].Value), option => Assert.Contains(option, known));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_JSON_is_read_and_studies_are_as_their_schema_says(string page)
    {
        var schema = new JsonSchema(JsonNode.Parse(StudyTemplate.Schema())!.AsObject());
        foreach (var (_, mark, text) in Blocks(page).Where(block => block.Language == "json"))
        {
            var read = JsonNode.Parse(text, null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            Assert.True(mark != "study" || schema.Accepts(read), text);
        }
    }

    [PythonFact("numpy")]
    public Task A_study_in_Python_runs_as_the_guide_says() => Runs("getting-started-python.md", @"quantile = 0\.(7[0-9]|8[0-9])");

    [PythonFact("sklearn")]
    public Task The_recipe_of_scikit_learn_runs() => Runs("recipes.md", "weight = [0-9.]+");

    [PythonFact("sys")]
    public void Every_block_of_Python_is_compiled()
    {
        using var folder = new TemporaryFolder();
        var names = new List<string>();
        foreach (var (_, mark, text) in Directory.GetFiles(Guide(), "*.md").SelectMany(path => Blocks(Path.GetFileName(path))).Where(block => block.Language == "python"))
        {
            Assert.StartsWith("file ", mark, StringComparison.Ordinal);
            names.Add(mark["file ".Length..]);
            File.WriteAllText(folder.File(names[^1]), text);
        }

        Assert.InRange(names.Count, 3, 100);
        using var python = Process.Start(new ProcessStartInfo(Python(), ["-m", "py_compile", .. names.Select(folder.File)]) { RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, errors);
    }

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading()
    {
        var broken = new List<string>();
        foreach (var page in HtiTune.Benchmarks.Record.TablesCommand.Files(Root()))
        {
            var links = Link().Matches(Fenced().Replace(File.ReadAllText(page), "")).Select(match => match.Groups[1].Value);
            foreach (var link in links.Where(link => !link.StartsWith("http", StringComparison.Ordinal)))
            {
                var (path, heading) = (link.Split('#')[0], link.Contains('#', StringComparison.Ordinal) ? link.Split('#')[1] : "");
                var target = path.Length == 0 ? page : Path.GetFullPath(path, Path.GetDirectoryName(page)!);
                if (!Path.Exists(target) || heading.Length > 0 && !File.ReadLines(target).Any(line => line.StartsWith('#') && Slug(line) == heading))
                {
                    broken.Add($"{Path.GetRelativePath(Root(), page)}: {link}");
                }
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void The_pages_of_codes_and_metrics_list_what_there_is()
    {
        var codes = File.ReadLines(Path.Combine(Guide(), "errors.md")).Where(line => line.StartsWith("| H", StringComparison.Ordinal));
        Assert.Equal(ErrorCatalogue.All.Select(kind => $"| {kind.Code} | {kind.Title} | {kind.ExitCode} |"), codes);
        Assert.Contains(ExitCode.Table.Split('\n')[0].Split(':')[0], File.ReadAllText(Path.Combine(Guide(), "errors.md")), StringComparison.OrdinalIgnoreCase);
        var instruments = new List<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == TunerTelemetry.Name)
                {
                    instruments.Add($"| `{instrument.Name}` | {instrument.Unit} | {instrument.Description!.TrimEnd('.')}");
                }
            },
        };
        RuntimeHelpers.RunClassConstructor(typeof(TunerTelemetry).TypeHandle);
        listener.Start();
        var listed = File.ReadLines(Path.Combine(Guide(), "metrics.md")).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Replace("| |", "|  |", StringComparison.Ordinal)).ToList();
        Assert.Equal(instruments.Distinct().Count(), listed.Count);
        Assert.All(instruments.Distinct(), one => Assert.Contains(listed, line => line.StartsWith(one, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_key_of_a_study_and_every_option_stands_in_its_page()
    {
        var keys = JsonNode.Parse(StudyTemplate.Schema())!["properties"]!.AsObject().Select(one => one.Key).Where(key => key is not ("$schema" or "schema"));
        var (study, options) = (File.ReadAllText(Path.Combine(Guide(), "study-file.md")), File.ReadAllText(Path.Combine(Guide(), "options.md")));
        Assert.All(keys, key => Assert.Contains($"`{key}`", study, StringComparison.Ordinal));
        Assert.All(OptionName().Matches(options).Select(match => match.Groups[1].Value), name => Assert.NotNull(typeof(TunerOptions).GetProperty(name)));
    }

    [Fact]
    public async Task The_help_writes_the_schema()
    {
        var (code, printed, _) = await InProcess.Run("help", "schema");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(File.ReadAllText(Path.Combine(Guide(), "study.schema.json")).TrimEnd(), printed.TrimEnd());
    }

    // Files are written, and each line that is marked is typed.
    private static async Task Runs(string page, string expected)
    {
        using var folder = new TemporaryFolder();
        var printed = "";
        foreach (var (language, mark, text) in Blocks(page))
        {
            if (language == "python" && mark.StartsWith("file ", StringComparison.Ordinal))
            {
                await File.WriteAllTextAsync(folder.File(mark["file ".Length..]), text.Replace("steps 4000", "steps 400", StringComparison.Ordinal));
            }
            else if (language == "sh" && mark == "run")
            {
                foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    var words = Word().Matches(line["htitune ".Length..]).Select(match => match.Value.Trim('"').Replace("python3", Python(), StringComparison.Ordinal));
                    var (code, output, errors) = await InProcess.In(Path.GetDirectoryName(folder.File("x"))!, [.. words]);
                    Assert.True(code is ExitCode.Done or ExitCode.GoalNotReached or ExitCode.BudgetSpent, $"{line}\n{errors}");
                    printed += output;
                }
            }
        }

        Assert.Matches(expected, printed);
    }

    // Types and functions of a script stand before what uses them.
    private static string Declared(string code)
    {
        var functions = FunctionOrRecord().Matches(code).Select(match => match.Value).ToList();
        return string.Concat(functions) + functions.Aggregate(code, (rest, one) => rest.Replace(one, "", StringComparison.Ordinal));
    }

    private static List<(string Language, string Mark, string Text)> Blocks(string page)
    {
        var text = File.ReadAllText(Path.Combine(Guide(), page)).ReplaceLineEndings("\n");
        return [.. Block().Matches(text).Select(match => match.Groups["own"].Success
            ? ("code", "", match.Groups["own"].Value)
            : (match.Groups["language"].Value, match.Groups["mark"].Value, match.Groups["text"].Value))];
    }

    private static string Slug(string line) => NoWord().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string Python() => "/usr/bin/python3";

    private static string Guide() => Path.Combine(Root(), "src", "docs");

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));

    [GeneratedRegex(@"<!-- code\n(?<own>.*?)-->|(?:<!-- (?<mark>[^\n]*?) -->\n)?```(?<language>[a-z]*)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [A-Z][A-Za-z.]+;$")]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"(?m)^using (?=var |Tuner )")]
    private static partial Regex UsingDeclaration();

    [GeneratedRegex(@"htitune ((?:[a-z]+)(?: [^\n|&;)]*)?)")]
    private static partial Regex Typed();

    [GeneratedRegex(@"(?:^| )(--?[a-zA-Z][a-z-]*)")]
    private static partial Regex OptionWord();

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?m)^(?:record [^\n]*\n\{\n.*?^\}\n|static [^\n]*=>[^\n]*;\n|string folder [^\n]*;\n)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FunctionOrRecord();

    [GeneratedRegex(@"!?\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWord();

    [GeneratedRegex(@"`([A-Z][A-Za-z]+)`(?=[,|` ][^\n]*\|[^\n]*\|)")]
    private static partial Regex OptionName();
}
