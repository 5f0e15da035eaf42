using System.Globalization;

namespace HtiTune.Benchmarks.Record;

/// <summary>The verb <c>compare</c>: what became worse from one set of results to another.</summary>
internal static class CompareCommand
{
    internal const string Help =
        """
          compare A B [--results FOLDER]      what regressed from A to B; exit code 1 if anything did
            A, B                files of results, or beginnings of commits whose results are in the folder
            --results FOLDER    default tests/HtiTune.Benchmarks/results
        """;

    /// <summary>Compares.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0 where nothing regressed, 1 where something did, 2 for wrong arguments, 3 where there is nothing to compare.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is not ([_, _] or [_, _, "--results", _]))
        {
            Console.Error.WriteLine("error: compare takes two files or commits, and --results FOLDER.");
            return 2;
        }

        try
        {
            var folder = arguments.Length == 4 ? arguments[3] : ResultTable.Folder(Surroundings.Root() ?? ".");
            return Print(Results(arguments[0], folder), Results(arguments[1], folder), Console.Out);
        }
        catch (IOException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 3;
        }
    }

    /// <summary>Prints what regressed.</summary>
    /// <param name="before">Earlier results.</param>
    /// <param name="after">Later ones.</param>
    /// <param name="output">Where to.</param>
    /// <returns>0 where nothing regressed, 1 where something did, 3 where nothing is in both.</returns>
    internal static int Print(IReadOnlyList<BenchmarkResult> before, IReadOnlyList<BenchmarkResult> after, TextWriter output)
    {
        var (earlier, later) = (Best(before), Best(after));
        int compared = 0, regressed = 0, better = 0;
        foreach (var (key, old) in earlier)
        {
            if (Threshold.Of(old.Unit) is not { } threshold || !later.TryGetValue(key, out var now) || now.Unit != old.Unit)
            {
                continue;
            }

            compared++;
            var worse = threshold.Worse(old.Number, now.Number);
            if (threshold.IsRegression(old.Number, now.Number))
            {
                regressed++;
                output.WriteLine(Text($"regressed: {Change()} ({Amount(worse)} worse; allowed {Amount(threshold.Allowed)})"));
            }
            else if (-worse > Math.Max(threshold.Allowed, 1e-9))
            {
                better++;
                output.WriteLine($"better: {Change()}");
            }

            string Change() => Text($"{key.Benchmark}, {key.Case}, {key.Metric}: {old.Number:G5} -> {now.Number:G5} {old.Unit}");
            string Amount(double by) => threshold.IsRatio ? Text($"{100 * by:F1} %") : Text($"{by:G3}");
        }

        var only = earlier.Count(pair => Threshold.Of(pair.Value.Unit) is not null && !later.ContainsKey(pair.Key));
        output.WriteLine($"{compared} figures compared: {regressed} regressed, {better} better{(only > 0 ? $"; {only} of the first are not in the second" : "")}.");
        return compared == 0 ? 3 : regressed > 0 ? 1 : 0;
    }

    // Of times the best of all runs, of other figures the last.
    private static Dictionary<(string Benchmark, string Case, string Metric), BenchmarkResult> Best(IReadOnlyList<BenchmarkResult> results) => results.GroupBy(one => one.Key)
        .ToDictionary(group => group.Key, group => group.Last().Unit == "cpu seconds" ? group.MinBy(one => one.Number)! : group.Last());

    private static IReadOnlyList<BenchmarkResult> Results(string name, string folder)
    {
        if (File.Exists(name))
        {
            return BenchmarkResult.Read(name);
        }

        IReadOnlyList<BenchmarkResult> found = name.Length < 7 || !Directory.Exists(folder)
            ? []
            : [.. ResultTable.All(folder).Where(one => one.Commit.Length >= 7 && (IsBeginning(one.Commit, name) || IsBeginning(name, one.Commit)))];
        return found.Count > 0 ? found : throw new IOException($"{name} is no file, and no commit (seven characters or more) with results in {folder}.");
    }

    private static bool IsBeginning(string one, string other) => other.StartsWith(one, StringComparison.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
