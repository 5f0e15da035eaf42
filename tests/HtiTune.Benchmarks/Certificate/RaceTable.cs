using System.Diagnostics;
using System.Globalization;
using HtiTune.Benchmarks.Laws;
using HtiTune.Benchmarks.Record;

namespace HtiTune.Benchmarks.Certificates;

/// <summary>Trainings until the recommendation stays within 1 % of the gap: with a surrogate and without, problem by problem.</summary>
internal static class RaceTable
{
    /// <summary>Trainings of each run.</summary>
    internal const int Trainings = 14;

    // 95 % of a mean over many pairs: the normal quantile widened for the degrees of freedom (Cornish and Fisher, first term).
    private const double NormalQuantile = 1.959964;

    /// <summary>Measures and prints.</summary>
    /// <param name="options">What is asked for.</param>
    internal static void Print(CertificateOptions options)
    {
        Console.WriteLine(
            """
            | objective | family | plain | real | saved, paired mean [95 %] | sabotaged | saved, paired mean [95 %] | trust real | trust sabotaged | of which < 0.3 | never: plain, real, sabotaged |
            |---|---|---|---|---|---|---|---|---|---|---|
            """);
        var tests = new List<(SurrogateKind Kind, bool IsInside)>();
        var reached = new List<string>();
        foreach (var isLinear in (bool[])[false, true])
        {
            var all = new List<Race[]>();
            foreach (var family in options.Families)
            {
                var races = options.Map([.. Enumerable.Range(options.First, options.Seeds)], number =>
                {
                    var problem = LawProblem.Of(family, number, isLinear);
                    return ((SurrogateKind[])[SurrogateKind.None, SurrogateKind.Real, SurrogateKind.Sabotaged]).Select(kind => Race.Of(problem, kind, Trainings)).ToArray();
                });
                Console.WriteLine(Row(isLinear, family, races));
                Keep(isLinear, family, races);
                all.AddRange(races);
            }

            Console.WriteLine(Row(isLinear, "all", all));
            Keep(isLinear, "all", all);
            reached.Add(Text($"Until a training is within 1 %, {(isLinear ? "linear" : "non-linear")}: plain {all.Average(r => r[0].Reached):F2}, real {all.Average(r => r[1].Reached):F2}, sabotaged {all.Average(r => r[2].Reached):F2}.  "));
            foreach (var race in all)
            {
                tests.AddRange(race[0].Tests.Select(test => (SurrogateKind.None, test)));
                tests.AddRange(race[1].Tests.Select(test => (SurrogateKind.Real, test)));
                tests.AddRange(race[2].Tests.Select(test => (SurrogateKind.Sabotaged, test)));
            }
        }

        Console.WriteLine();
        reached.ForEach(Console.WriteLine);
        foreach (var kind in tests.GroupBy(test => test.Kind))
        {
            Console.WriteLine(Text($"One step ahead, {kind.Key}: {100.0 * kind.Count(test => test.IsInside) / kind.Count():F1} % of {kind.Count()} values in their 90 % intervals.  "));
        }
    }

    /// <summary>Measures and prints the surrogates that a tuner could have by default, side by side.</summary>
    /// <param name="options">What is asked for.</param>
    internal static void PrintKinds(CertificateOptions options)
    {
        SurrogateKind[] kinds = [SurrogateKind.None, SurrogateKind.Trajectories, SurrogateKind.Kriged, SurrogateKind.Chosen];
        Console.WriteLine(
            """
            | objective | family | plain | trajectories | kriged | chosen | trajectories − kriged [95 %] | trajectories − chosen [95 %] | trust: trajectories, kriged, chosen | never | CPU s |
            |---|---|---|---|---|---|---|---|---|---|---|
            """);
        foreach (var isLinear in (bool[])[false, true])
        {
            var all = new List<Race[]>();
            var spent = new double[kinds.Length];
            foreach (var family in options.Families)
            {
                var seconds = new double[kinds.Length];
                var races = options.Map([.. Enumerable.Range(options.First, options.Seeds)], number =>
                {
                    var problem = LawProblem.Of(family, number, isLinear);
                    return kinds.Select((kind, at) =>
                    {
                        var start = Stopwatch.GetTimestamp();
                        var race = Race.Of(problem, kind, Trainings);
                        seconds[at] += Stopwatch.GetElapsedTime(start).TotalSeconds;
                        return race;
                    }).ToArray();
                });
                Console.WriteLine(KindRow(isLinear, family, races, seconds));
                all.AddRange(races);
                spent = [.. spent.Zip(seconds, (x, y) => x + y)];
            }

            Console.WriteLine(KindRow(isLinear, "all", all, spent));
        }
    }

    private static string KindRow(bool isLinear, string family, IReadOnlyList<Race[]> races, double[] seconds)
    {
        var numbers = Enumerable.Range(0, seconds.Length);
        return Text($"| {(isLinear ? "linear" : "non-linear")} | {family} | {string.Join(" | ", numbers.Select(at => Mean(races, at)))} | {Difference(races, 1, 2)} | {Difference(races, 1, 3)} ")
            + $"| {string.Join(", ", numbers.Skip(1).Select(at => Text($"{races.Average(r => r[at].Trust):F2}")))} | {string.Join(", ", numbers.Select(at => races.Count(r => !r[at].IsSettled)))} of {races.Count} "
            + $"| {string.Join(", ", seconds.Select(s => Text($"{s / races.Count:F2}")))} |";
    }

    private static string Difference(IReadOnlyList<Race[]> races, int one, int other)
    {
        var (mean, half) = Paired([.. races.Select(r => (double)(r[one].Settled - r[other].Settled))]);
        return Text($"{mean:F2} [{mean - half:F2}, {mean + half:F2}]");
    }

    /// <summary>Mean and half width of its 95 % interval.</summary>
    /// <param name="differences">Paired differences, at least two.</param>
    internal static (double Mean, double Half) Paired(IReadOnlyCollection<double> differences)
    {
        var mean = differences.Average();
        var degrees = differences.Count - 1;
        var deviation = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / degrees);
        var quantile = NormalQuantile + (Math.Pow(NormalQuantile, 3) + NormalQuantile) / (4 * degrees);
        return (mean, quantile * deviation / Math.Sqrt(differences.Count));
    }

    private static string Row(bool isLinear, string family, IReadOnlyList<Race[]> races) =>
        Text($"| {(isLinear ? "linear" : "non-linear")} | {family} | {Mean(races, 0)} | {Mean(races, 1)} | {Saved(races, 1)} | {Mean(races, 2)} | {Saved(races, 2)} ")
        + Text($"| {races.Average(r => r[1].Trust):F2} | {races.Average(r => r[2].Trust):F2} | {100.0 * races.Count(r => r[2].Trust < 0.3) / races.Count:F0} % ")
        + Text($"| {races.Count(r => !r[0].IsSettled)}, {races.Count(r => !r[1].IsSettled)}, {races.Count(r => !r[2].IsSettled)} of {races.Count} |");

    private static void Keep(bool isLinear, string family, IReadOnlyList<Race[]> races)
    {
        string[] names = ["plain", "real", "sabotaged"];
        var row = $"{(isLinear ? "linear" : "non-linear")} / {family}";
        BenchmarkResult Of(string metric, string unit, double value) => BenchmarkResult.Of("certificate-race", row, metric, unit, value);
        Recorder.Add(names.SelectMany((name, at) => (BenchmarkResult[])
            [
                Of(name, "trainings", races.Average(r => r[at].Settled)), Of($"{name} median", "", races.Select(r => r[at].Settled).Order().ElementAt(races.Count / 2)),
                Of($"never {name}", "", races.Count(r => !r[at].IsSettled)),
            ]));
        foreach (var (name, at) in (ReadOnlySpan<(string, int)>)[("saved", 1), ("saved sabotaged", 2)])
        {
            var (mean, half) = Paired([.. races.Select(r => (double)(r[0].Settled - r[at].Settled))]);
            Recorder.Add(Of(name, "", mean), Of($"{name} from", "", mean - half), Of($"{name} to", "", mean + half));
        }

        Recorder.Add(
            Of("trust", "", races.Average(r => r[1].Trust)), Of("trust sabotaged", "", races.Average(r => r[2].Trust)),
            Of("low trust", "", Math.Round(100.0 * races.Count(r => r[2].Trust < 0.3) / races.Count)), Of("studies", "", races.Count));
    }

    private static string Mean(IReadOnlyList<Race[]> races, int at)
    {
        int[] settled = [.. races.Select(r => r[at].Settled).Order()];
        return Text($"{settled.Average():F2} ({settled[settled.Length / 2]})");
    }

    private static string Saved(IReadOnlyList<Race[]> races, int at)
    {
        var (mean, half) = Paired([.. races.Select(r => (double)(r[0].Settled - r[at].Settled))]);
        return Text($"{mean:F2} [{mean - half:F2}, {mean + half:F2}]");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
