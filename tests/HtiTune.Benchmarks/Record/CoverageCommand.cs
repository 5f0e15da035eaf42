using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

namespace HtiTune.Benchmarks.Record;

/// <summary>The verb <c>coverage</c>: the share of branches of the libraries that tests take, compared with the one that is kept.</summary>
internal static class CoverageCommand
{
    internal const string Help =
        """
          coverage [--all] [--write]          the share of branches that tests take, compared with results/coverage.jsonl; exit code 1 if it became less. Of HtiTune.Data
                                              and HtiTune.Acquisition by their own tests, in a minute; with --all of five libraries by all of HtiTune.Tests (twenty
                                              minutes); --write keeps it. The tests have been built
        """;

    private const string Quick = "coverage", All = "coverage-all";
    private static readonly string[] s_quick = ["HtiTune.Acquisition", "HtiTune.Data"];
    private static readonly string[] s_all = ["HtiTune.Acquisition", "HtiTune.Data", "HtiTune.External", "HtiTune.Surrogates", "HtiTune.Tuner"];

    /// <summary>Measures and compares.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 1 where less is covered than is kept; 2 for wrong arguments; 3 where the tests failed or nothing was measured.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments.Except(["--all", "--write"]).Any() || Surroundings.Root() is not { } root)
        {
            Console.Error.WriteLine("error: coverage takes --all and --write alone, and needs the repository about it.");
            return 2;
        }

        var isAll = arguments.Contains("--all");
        var (benchmark, libraries) = isAll ? (All, s_all) : (Quick, s_quick);
        var folder = Directory.CreateTempSubdirectory("htitune-coverage-");
        try
        {
            if (Test(root, folder.FullName, isAll ? "" : string.Join('|', "FullyQualifiedName~HtiTune.Tests.Acquisition.", "FullyQualifiedName~HtiTune.Tests.Data."), libraries) != 0)
            {
                Console.Error.WriteLine("error: the tests did not pass.");
                return 3;
            }

            var reports = folder.GetFiles("coverage.cobertura.xml", SearchOption.AllDirectories);
            IReadOnlyList<BenchmarkResult> measured = reports.Length == 1 ? Read(XDocument.Load(reports[0].FullName), benchmark) : [];
            foreach (var one in measured.Where(one => one.Metric == "branches"))
            {
                Console.WriteLine(FormattableString.Invariant($"{one.Case}: {100 * one.Number:F1} % of {measured.First(other => other.Case == one.Case && other.Metric == "of").Number} branches"));
            }

            if (!libraries.All(library => measured.Any(one => one.Case == library)))
            {
                Console.Error.WriteLine("error: not all libraries were measured.");
                return 3;
            }

            Recorder.Add(measured);
            var file = Path.Combine(ResultTable.Folder(root), $"{Quick}.jsonl");
            if (arguments.Contains("--write"))
            {
                Recorder.Replace(file, measured);
                return 0;
            }

            IReadOnlyList<BenchmarkResult> kept = File.Exists(file) ? BenchmarkResult.Read(file) : [];
            return CompareCommand.Print([.. kept.Where(one => one.Benchmark == benchmark)], measured, Console.Out);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The figures of a report: of each library the share of branches that were taken, and their number.</summary>
    /// <param name="report">A report in Cobertura's format.</param>
    /// <param name="benchmark">What the figures belong to.</param>
    internal static IReadOnlyList<BenchmarkResult> Read(XDocument report, string benchmark) => [.. report.Descendants("package").SelectMany(package =>
    {
        // A line is told again for each class in it: (taken/of) is the line's.
        var lines = package.Descendants("class").SelectMany(one => one.Elements("lines").Elements("line").Select(line => (
            Place: ((string?)one.Attribute("filename"), (string?)line.Attribute("number")), Branches: Parts((string?)line.Attribute("condition-coverage")))))
            .Where(line => line.Branches.Of > 0).GroupBy(line => line.Place)
            .Select(group => (Taken: group.Max(line => line.Branches.Taken), Of: group.Max(line => line.Branches.Of))).ToList();
        var (library, of) = ((string)package.Attribute("name")!, lines.Sum(line => line.Of));
        return of == 0 ? [] : (BenchmarkResult[])
        [
            BenchmarkResult.Of(benchmark, library, "branches", "branches", (double)lines.Sum(line => line.Taken) / of), BenchmarkResult.Of(benchmark, library, "of", "", of),
        ];
    })];

    // "50% (1/2)".
    private static (int Taken, int Of) Parts(string? text)
    {
        var parts = text is null ? [] : text[(text.IndexOf('(') + 1)..].TrimEnd(')').Split('/');
        return parts.Length == 2 ? (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)) : (0, 0);
    }

    private static int Test(string root, string results, string filter, string[] libraries)
    {
        var configuration = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Debug") ? "Debug" : "Release";
        const string Setting = "DataCollectionRunSettings.DataCollectors.DataCollector.Configuration";
        string[] arguments =
        [
            "test", Path.Combine(root, "tests", "HtiTune.Tests"), "-c", configuration, "--no-build", "--results-directory", results,
            "--collect", "XPlat Code Coverage", .. filter == "" ? (string[])[] : ["--filter", filter], "--",
            $"{Setting}.Format=cobertura", $"{Setting}.Include={string.Join(',', libraries.Select(library => $"[{library}]*"))}",
            $"{Setting}.SingleHit=true", $"{Setting}.ExcludeAssembliesWithoutSources=None",
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
