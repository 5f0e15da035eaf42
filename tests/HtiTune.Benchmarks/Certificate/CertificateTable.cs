using System.Globalization;
using HtiTune.Acquisition;
using HtiTune.Benchmarks.Laws;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Certificates;

/// <summary>Certificates on fresh problems, by the real tuner; and the alarm that may withdraw them.</summary>
internal static class CertificateTable
{
    private const int SimulatedRuns = 20_000;
    private const int SimulatedTests = 200;
    private const int EarlyTests = 15;

    /// <summary>Measures and prints the certificates.</summary>
    /// <param name="options">What is asked for.</param>
    internal static void Print(CertificateOptions options)
    {
        Console.WriteLine(
            Text($"\nCertificates at {1 - CertifiedRun.Delta:P0}, at most {CertifiedRun.MostTrainings} trainings.\n\n")
            + "| surrogate | family | studies | certified | of those true | trainings, median of certified | worst regret of certified, % of gap | ε, median % of gap | trust | one step ahead, 90 % | alarms |\n"
            + "|---|---|---|---|---|---|---|---|---|---|---|");
        (string Family, int Number)[] problems =
            [.. Enumerable.Range(0, options.Problems).Select(i => (options.Families[i % options.Families.Length], options.First + options.Seeds + i))];
        foreach (var @case in CertifiedCase.All.Where(@case => options.Cases.Contains(@case.Name)))
        {
            var runs = options.Map(problems, problem => (problem.Family, Run: CertifiedRun.Of(LawProblem.Of(problem.Family, problem.Number), @case)));
            foreach (var family in options.Families)
            {
                Console.WriteLine(Row(@case.Name, family, [.. runs.Where(run => run.Family == family).Select(run => run.Run)]));
            }

            Console.WriteLine(Row(@case.Name, "all", [.. runs.Select(run => run.Run)]));
        }
    }

    /// <summary>Measures and prints what the alarm does on simulated misses.</summary>
    internal static void PrintAlarm()
    {
        Console.WriteLine(Text($"\n| intervals miss | alarm within {EarlyTests} tests | within {SimulatedTests} |\n|---|---|---|"));
        foreach (var rate in (double[])[0.1, 0.2, 0.3, 0.5])
        {
            var stream = new RandomStreams(1).Stream(Text($"misses {rate}"));
            int early = 0, ever = 0;
            for (var run = 0; run < SimulatedRuns; run++)
            {
                var alarm = new CalibrationAlarm();
                for (var t = 1; t <= SimulatedTests; t++)
                {
                    if (alarm.Observe(stream.NextDouble() < rate))
                    {
                        early += t <= EarlyTests ? 1 : 0;
                        ever++;
                        break;
                    }
                }
            }

            Console.WriteLine(Text($"| {100 * rate:F0} % | {100.0 * early / SimulatedRuns:F1} % | {100.0 * ever / SimulatedRuns:F1} % |"));
        }
    }

    private static string Row(string name, string family, IReadOnlyList<CertifiedRun> runs)
    {
        CertifiedRun[] certified = [.. runs.Where(run => run.IsCertified)];
        int tests = runs.Sum(run => run.Calibration.Tests), misses = runs.Sum(run => run.Calibration.Misses);
        double[] epsilons = [.. runs.Select(run => run.Epsilon).Order()];
        return Text($"| {name} | {family} | {runs.Count} | {Share(certified.Length, runs.Count)} | {Share(certified.Count(run => run.IsTrue), certified.Length)} ")
            + Text($"| {(certified.Length == 0 ? "–" : certified.Select(run => run.Trainings).Order().ElementAt(certified.Length / 2))} ")
            + Text($"| {(certified.Length == 0 ? "–" : Text($"{100 * certified.Max(run => run.Regret):F1}"))} | {100 * epsilons[epsilons.Length / 2]:F2} ")
            + Text($"| {runs.Average(run => run.Trust):F2} | {Share(tests - misses, tests)} of {tests} | {Share(runs.Count(run => run.Calibration.IsAlarmed), runs.Count)} |");
    }

    private static string Share(int some, int all) => all == 0 ? "–" : Text($"{100.0 * some / all:F1} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
