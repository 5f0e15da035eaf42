using System.Globalization;
using HtiTune.Benchmarks.Record;

namespace HtiTune.Benchmarks.Several;

/// <summary>The part <c>own</c>: the policy by values alone on the functions that its settings are chosen on.</summary>
internal static class OwnTable
{
    private const int Most = 30;

    /// <summary>Runs it and prints the table.</summary>
    /// <param name="seeds">Seeds of functions and policy.</param>
    /// <param name="dimensions">d.</param>
    internal static void Print(int seeds, int[] dimensions)
    {
        Console.WriteLine("| kind | d | evaluations to 1 % of the gap: mean (median) | reached by 30 | geometric mean of regret / gap: at 15 | at 30 |\n|---|---|---|---|---|---|");
        List<(double Reached, double Half, double Whole)> all = [];
        foreach (var kind in OwnFunction.All)
        {
            foreach (var d in dimensions)
            {
                List<(double Reached, double Half, double Whole)> runs = [];
                for (var seed = 0; seed < seeds; seed++)
                {
                    var function = kind.Of(seed, d);
                    var (least, gap) = OwnFunction.Target(function, d);
                    List<double> course = [];
                    var (reached, _) = SeveralCommand.Study(SpaceProblem.Unit(d), c =>
                    {
                        course.Add(function(SpaceProblem.UnitOf(c)));
                        return course[^1];
                    }, least, gap, seed, whole: true);
                    runs.Add((reached, Regret(15), Regret(Most)));

                    double Regret(int n) => Math.Log10(Math.Max(1e-5, (course.Take(n).Min() - least) / gap));
                }

                Row(kind.Name, d.ToString(CultureInfo.InvariantCulture), runs);
                all.AddRange(runs);
            }
        }

        Row("all", "all", all);
        Console.WriteLine();
    }

    private static void Row(string kind, string d, List<(double Reached, double Half, double Whole)> runs)
    {
        (string Metric, string Unit, double Value)[] figures =
        [
            ("mean", "trainings", runs.Average(r => r.Reached)), ("median", "", SeveralCommand.At([.. runs.Select(r => r.Reached)], 0.5)),
            ("reached", "", runs.Count(r => r.Reached <= Most) * 100.0 / runs.Count), ("half", "distance", Math.Pow(10, runs.Average(r => r.Half))),
            ("whole", "distance", Math.Pow(10, runs.Average(r => r.Whole))),
        ];
        Recorder.Add(figures.Select(one => BenchmarkResult.Of("several-own", $"{kind} / {d}", one.Metric, one.Unit, one.Value)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {kind} | {d} | {figures[0].Value:F1} ({figures[1].Value:G3}) | {figures[2].Value:F0} % | {figures[3].Value:G2} | {figures[4].Value:G2} |"));
    }
}
