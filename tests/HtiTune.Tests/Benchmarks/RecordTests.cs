using System.Runtime.CompilerServices;
using HtiTune.Benchmarks.Record;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Benchmarks;

/// <summary>Results that are kept, what is made of them, and what is told of two of them.</summary>
public class RecordTests
{
    // Two runs of one commit on a machine with other programs at work.
    private static readonly IReadOnlyList<BenchmarkResult> s_first = BenchmarkResult.Read(Path.Combine(ResultTable.Folder(Root()), "pace-first.jsonl"));
    private static readonly IReadOnlyList<BenchmarkResult> s_second = BenchmarkResult.Read(Path.Combine(ResultTable.Folder(Root()), "pace-second.jsonl"));
    private static readonly IReadOnlyList<BenchmarkResult> s_gate = BenchmarkResult.Read(Path.Combine(ResultTable.Folder(Root()), "gate.jsonl"));

    [Fact]
    public void Two_runs_of_one_commit_have_no_regression()
    {
        Assert.Single(s_first.Concat(s_second).Select(one => one.Commit).Distinct());
        Assert.NotEqual(s_first.Select(one => one.Value), s_second.Select(one => one.Value));
        Assert.Equal(0, Compared(s_first, s_second).Code);
        Assert.Equal(0, Compared(s_second, s_first).Code);
        Assert.Equal(0, Compared(s_gate, s_gate).Code);
    }

    [Theory]
    [InlineData("distance", 1.1, 0)]
    [InlineData("trainings", 1, 1)]
    [InlineData("share", 1, -0.1)]
    [InlineData("failures", 1, 1)]
    public void A_planted_regression_is_named(string unit, double factor, double more)
    {
        var at = s_gate.First(one => one.Unit == unit);
        var planted = s_gate.Select(one => one == at ? BenchmarkResult.Of(one.Benchmark, one.Case, one.Metric, one.Unit, one.Number * factor + more) : one).ToList();
        var (code, printed) = Compared(s_gate, planted);
        Assert.Equal(1, code);
        var named = Assert.Single(printed.Split('\n'), line => line.StartsWith("regressed", StringComparison.Ordinal));
        Assert.StartsWith($"regressed: {at.Benchmark}, {at.Case}, {at.Metric}: ", named, StringComparison.Ordinal);

        // The other way it is an improvement.
        Assert.Equal(0, Compared(planted, s_gate).Code);
    }

    [Fact]
    public void A_task_that_takes_three_tenths_more_processor_time_is_named_by_the_best_of_five()
    {
        foreach (var task in s_first.Select(one => one.Case).Distinct())
        {
            Assert.Equal(5, s_second.Count(one => one.Case == task));
            var slower = s_first.Select(one => one.Case == task ? one with { Value = FormattableString.Invariant($"{one.Number * 1.3:R}") } : one).ToList();
            var (code, printed) = Compared(s_first, slower);
            Assert.Equal(1, code);
            Assert.Single(printed.Split('\n'), line => line.StartsWith($"regressed: pace, {task},", StringComparison.Ordinal));

            // One slow run of five is the machine's.
            var once = s_first.Last(one => one.Case == task);
            Assert.Equal(0, Compared(s_first, [.. s_first.Where(one => one != once), once with { Value = "1000" }]).Code);
        }
    }

    [Fact]
    public void What_has_nothing_in_common_is_not_called_equal() => Assert.Equal(3, Compared(s_gate, s_first).Code);

    [Fact]
    public void Every_table_agrees_with_the_results()
    {
        var results = ResultTable.All(ResultTable.Folder(Root()));
        var tables = 0;
        foreach (var file in TablesCommand.Files(Root()))
        {
            var text = File.ReadAllText(file).ReplaceLineEndings("\n");
            tables += text.Split("\n<!-- results ").Length - 1;
            Assert.Equal(text, ResultTable.Rewrite(text, results));
        }

        Assert.InRange(tables, 25, 100);
    }

    [Fact]
    public void A_table_is_made_of_the_last_figures_and_their_formats()
    {
        BenchmarkResult[] results =
        [
            new("race", "a / b", "trainings", "trainings", "6.860", "0.5"), new("race", "c / d", "trainings", "trainings", "1e-5"),
            new("race", "a / b", "trainings", "trainings", "7.0", "0.2"), new("race", "c / d", "kind", "", "linear"),
        ];
        const string Head = "<!-- results race: {1} | {2} | {trainings±:F1} ({trainings}) | {kind} -->\n| x | y | n | k |\n|---|---|---|---|\n";
        const string Before = $"{Head}| old | | | |\n\nend";
        Assert.Equal($"{Head}| a | b | 7.0 ± 0.2 (7.0) | – |\n| c | d | 0.0 (1e-5) | linear |\n\nend", ResultTable.Rewrite(Before, results));
        Assert.Throws<InvalidDataException>(() => ResultTable.Rewrite(Before.Replace("results race", "results rice", StringComparison.Ordinal), results));
    }

    [Fact]
    public void A_line_is_read_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("some.jsonl");
        BenchmarkResult[] written =
        [
            new("quality", "moons / hti – straight", "WD", "distance", "0.0460", "0.0011", "7e2b8ad", "AMD EPYC, 2 cores", "2026-11-23"),
            new("laws", "ridge-3", "chosen", "", "+0.5"),
            BenchmarkResult.Of("gate", "x", "y", "share", 1.0 / 3, 1e-300),
        ];
        File.WriteAllLines(path, written.Select(one => one.Line()));
        Assert.Equal(written, BenchmarkResult.Read(path));
        File.AppendAllText(path, "{\"benchmark\":\"x\"}\n");
        Assert.Contains("line 4", Assert.Throws<InvalidDataException>(() => BenchmarkResult.Read(path)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BenchmarkResult.Of("gate", "x", "y", "share", double.NaN));
    }

    [Fact]
    public void Branches_of_a_line_that_two_classes_share_count_once()
    {
        var report = System.Xml.Linq.XDocument.Parse(
            """
            <coverage><packages>
              <package name="A"><classes>
                <class filename="a.cs"><methods><method><lines><line number="1" condition-coverage="0% (0/2)" /></lines></method></methods>
                  <lines><line number="1" condition-coverage="50% (1/2)" /><line number="2" /></lines></class>
                <class filename="a.cs"><lines><line number="1" condition-coverage="100% (2/2)" /><line number="3" condition-coverage="25% (1/4)" /></lines></class>
                <class filename="b.cs"><lines><line number="1" condition-coverage="0% (0/4)" /></lines></class>
              </classes></package>
              <package name="B"><classes><class filename="c.cs"><lines><line number="1" /></lines></class></classes></package>
            </packages></coverage>
            """);
        var read = CoverageCommand.Read(report, "coverage");
        Assert.Equal([("A", "branches", 0.3), ("A", "of", 10)], read.Select(one => (one.Case, one.Metric, one.Number)));

        // A hundredth less is a regression, a rounding is none.
        BenchmarkResult[] Kept(double more) => [BenchmarkResult.Of("coverage", "A", "branches", "branches", 0.3 + more)];
        Assert.Equal(1, Compared(Kept(0.01), read).Code);
        Assert.Equal(0, Compared(Kept(0.001), read).Code);
    }

    [Fact]
    public void Faults_that_do_not_compile_or_were_not_tried_do_not_count_and_an_endless_test_finds_one()
    {
        string[] states = ["Killed", "Killed", "Timeout", "Survived", "NoCoverage", "CompileError", "Ignored"];
        using var report = System.Text.Json.JsonDocument.Parse(
            $$"""{ "files": { "a.cs": { "mutants": [{{string.Join(',', states.Select(state => $$"""{ "status": "{{state}}" }"""))}}] }, "b.cs": { "mutants": [] } } }""");
        Assert.Equal([("found", 0.6), ("faults", 5), ("unreached", 1)], MutationCommand.Read(report, "Data").Select(one => (one.Metric, one.Number)));
    }

    [Fact]
    public void Stretches_cover_a_file_and_the_seed_draws_the_same_ones()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(line => $"line {line}\n"));
        var all = MutationCommand.Stretches(text, 1, new HtiTune.Data.RandomStreams(1).Stream("x"));
        Assert.Equal(50, all.Count);
        Assert.Equal((0, text.Length), (all[0].From, all[^1].To));
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.All(all, span => Assert.EndsWith("9\n", text[span.From..span.To], StringComparison.Ordinal));

        IReadOnlyList<(int, int)> Drawn(int seed) => MutationCommand.Stretches(text, 0.2, new HtiTune.Data.RandomStreams(seed).Stream("x"));
        Assert.InRange(Drawn(1).Count, 2, 20);
        Assert.Equal(Drawn(1), Drawn(1));
        Assert.NotEqual(Drawn(1), Drawn(2));
        Assert.All(Drawn(3), span => Assert.Contains(span, all));
    }

    private static (int Code, string Printed) Compared(IReadOnlyList<BenchmarkResult> before, IReadOnlyList<BenchmarkResult> after)
    {
        using var output = new StringWriter();
        return (CompareCommand.Print(before, after, output), output.ToString());
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
