using System.Globalization;

namespace HtiTune.Benchmarks.Record;

/// <summary>Keeps what the verbs measure: <c>--record FILE</c>, before or after any verb's own options, appends a line for each figure.</summary>
internal static class Recorder
{
    private static string? s_file;

    /// <summary>Takes <c>--record FILE</c> out of the arguments.</summary>
    /// <param name="arguments">All arguments.</param>
    /// <exception cref="ArgumentException">The option has no value.</exception>
    internal static string[] Take(string[] arguments)
    {
        var at = Array.IndexOf(arguments, "--record");
        if (at < 0)
        {
            return arguments;
        }

        s_file = at + 1 < arguments.Length ? Path.GetFullPath(arguments[at + 1]) : throw new ArgumentException("--record needs a file.");
        return [.. arguments[..at], .. arguments[(at + 2)..]];
    }

    /// <summary>Keeps a figure, where a file is named.</summary>
    /// <param name="measurements">What was measured.</param>
    internal static void Add(params IEnumerable<BenchmarkResult> measurements)
    {
        if (s_file is { } file)
        {
            File.AppendAllLines(file, measurements.Select(one => Stamped(one).Line()));
        }
    }

    /// <summary>Writes figures into a file of results, in the place of those of the same case.</summary>
    /// <param name="file">The file; made if need be.</param>
    /// <param name="measured">What was measured.</param>
    internal static void Replace(string file, IReadOnlyList<BenchmarkResult> measured)
    {
        var cases = measured.Select(one => (one.Benchmark, one.Case)).ToHashSet();
        IReadOnlyList<BenchmarkResult> kept = File.Exists(file) ? BenchmarkResult.Read(file) : [];
        File.WriteAllLines(file, kept.Where(one => !cases.Contains((one.Benchmark, one.Case))).Concat(measured.Select(Stamped))
            .OrderBy(one => one.Benchmark, StringComparer.Ordinal).ThenBy(one => one.Case, StringComparer.Ordinal).Select(one => one.Line()));
    }

    /// <summary>With build, machine and date.</summary>
    /// <param name="measurement">What was measured.</param>
    internal static BenchmarkResult Stamped(BenchmarkResult measurement) => measurement with
    {
        Commit = Surroundings.Commit(),
        Machine = Surroundings.Machine(),
        Date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
