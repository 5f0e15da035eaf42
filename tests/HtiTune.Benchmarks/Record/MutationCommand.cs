using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Record;

/// <summary>The verb <c>mutation</c>: how many small faults that are put into a library its own tests find.</summary>
internal static partial class MutationCommand
{
    internal const string Help =
        """
          mutation [--library Acquisition|Journal|Data] [--share S] [--seed N] [--write]
                                              the share of faults that tests find, by dotnet-stryker (fetched as a package), in a clone of the last commit; --write keeps it in
                                              results/mutation.jsonl
            --library NAME      whose source is changed, and by whose own tests they must be found; default all three
            --share S           the part of the source that is changed, in stretches of twenty lines drawn by the seed; default 0.1. All of it takes hours
            --seed N            default 1
        """;

    private const string Version = "5.1.0", Benchmark = "mutation";
    private const int Stretch = 20;

    private static readonly Target[] s_targets =
    [
        new("Acquisition", "HtiTune.Acquisition", "", ["HtiTune.Tests.Acquisition."]),
        new("Journal", "HtiTune", "Journal", ["HtiTune.Tests.Tuning.Journal."]),
        new("Data", "HtiTune.Data", "", ["HtiTune.Tests.Data."]),
    ];

    /// <summary>Measures.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments; 3 where nothing was measured.</returns>
    internal static int Run(string[] arguments)
    {
        var (share, seed, write, targets) = (0.1, 1, false, s_targets);
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--write":
                    write = true;
                    continue;
                case "--library" when s_targets.Where(target => target.Name == value).ToArray() is { Length: 1 } named:
                    targets = named;
                    break;
                case "--share" when double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out share) && share is > 0 and <= 1:
                case "--seed" when int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out seed):
                    break;
                default:
                    Console.Error.WriteLine($"error: mutation does not know '{arguments[i]} {value}'.\n{Help}");
                    return 2;
            }

            i++;
        }

        if (Surroundings.Root() is not { } root)
        {
            Console.Error.WriteLine("error: mutation needs the repository about it.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("htitune-mutation-").FullName;
        try
        {
            // A clone, since built files are exchanged for mutated ones.
            var clone = Path.Combine(folder, "clone");
            if (Call(folder, "git", "clone", "-q", root, clone) != 0)
            {
                return 3;
            }

            foreach (var target in targets)
            {
                if (Measure(target, clone, folder, share, seed) is not { } report)
                {
                    Console.Error.WriteLine($"error: {target.Name} was not measured.");
                    return 3;
                }

                var results = Read(report, target.Name);
                Console.WriteLine(FormattableString.Invariant(
                    $"{target.Name}: {100 * results[0].Number:F1} % of {results[1].Number} faults found; {results[2].Number} are in lines that no test reaches"));
                Recorder.Add(results);
                if (write)
                {
                    Recorder.Replace(Path.Combine(ResultTable.Folder(root), $"{Benchmark}.jsonl"), results);
                }
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The figures of a report: the share of faults that were found, how many were tried, and how many no test reached.</summary>
    /// <param name="report">A report in the format of mutation-testing-elements.</param>
    /// <param name="library">The library.</param>
    /// <remarks>Faults that do not compile, or that were not to be tried, do not count; one by which a test never ends is found.</remarks>
    internal static IReadOnlyList<BenchmarkResult> Read(JsonDocument report, string library)
    {
        var states = report.RootElement.GetProperty("files").EnumerateObject().SelectMany(file => file.Value.GetProperty("mutants").EnumerateArray())
            .Select(mutant => mutant.GetProperty("status").GetString()).ToList();
        var (found, unreached, survived) = (states.Count(state => state is "Killed" or "Timeout"), states.Count(state => state == "NoCoverage"), states.Count(state => state == "Survived"));
        var of = found + unreached + survived;
        return
        [
            BenchmarkResult.Of(Benchmark, library, "found", "share", of == 0 ? double.NaN : (double)found / of), BenchmarkResult.Of(Benchmark, library, "faults", "", of),
            BenchmarkResult.Of(Benchmark, library, "unreached", "", unreached),
        ];
    }

    /// <summary>Stretches of a file, in the form that stryker takes: from and to a number of characters.</summary>
    /// <param name="text">The file.</param>
    /// <param name="share">How likely a stretch is drawn.</param>
    /// <param name="random">Draws.</param>
    internal static IReadOnlyList<(int From, int To)> Stretches(string text, double share, RandomStream random)
    {
        int[] starts = [0, .. LineEnds().Matches(text).Select(match => match.Index + match.Length)];
        return [.. starts.Where((_, line) => line % Stretch == 0).Select((from, i) => (from, To: (i + 1) * Stretch < starts.Length ? starts[(i + 1) * Stretch] : text.Length))
            .Where(span => span.To > span.from && random.NextDouble() < share)];
    }

    private static JsonDocument? Measure(Target target, string clone, string folder, double share, int seed)
    {
        var (random, source) = (new RandomStreams(seed).Fork("mutation").Stream(target.Name), Path.Combine(clone, "src", target.Project, target.Folder));
        string[] spans =
        [
            .. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(file => !Path.GetRelativePath(source, file).StartsWith("obj", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).SelectMany(file => Stretches(File.ReadAllText(file), share, random)
                    .Select(span => FormattableString.Invariant($"**/{Path.GetRelativePath(Path.Combine(clone, "src", target.Project), file).Replace('\\', '/')}{{{span.From}..{span.To}}}"))),
        ];
        var (settings, output) = (Path.Combine(folder, $"{target.Name}.json"), Path.Combine(folder, target.Name));
        File.WriteAllText(settings, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["stryker-config"] = new Dictionary<string, object>
            {
                ["project"] = $"{target.Project}.csproj",
                ["configuration"] = "Release",
                ["mutate"] = spans,
                ["coverage-analysis"] = "perTest",
                ["test-case-filter"] = string.Join('|', target.Tests.Select(name => $"FullyQualifiedName~{name}")),
                ["reporters"] = new[] { "json", "dots" },
                ["concurrency"] = Math.Max(1, Environment.ProcessorCount / 2),
            },
        }));
        Call(Path.Combine(clone, "tests", "HtiTune.Tests"), "dotnet", "tool", "exec", "--yes", $"dotnet-stryker@{Version}", "--", "-f", settings, "-O", output, "--skip-version-check");
        var report = Path.Combine(output, "reports", "mutation-report.json");
        return File.Exists(report) ? JsonDocument.Parse(File.ReadAllText(report)) : null;
    }

    private static int Call(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    [GeneratedRegex("\r?\n")]
    private static partial Regex LineEnds();

    /// <summary>What is changed, and what must find it.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Project">The project.</param>
    /// <param name="Folder">The folder in it; empty for all.</param>
    /// <param name="Tests">Beginnings of the names of its own tests.</param>
    private sealed record Target(string Name, string Project, string Folder, string[] Tests);
}
