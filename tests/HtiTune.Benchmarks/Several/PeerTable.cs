using HtiTune.Benchmarks.Record;

namespace HtiTune.Benchmarks.Several;

/// <summary>The part <c>peers</c>: on the standard functions, by values alone, the policy beside expected improvement on scikit-learn's Gaussian process, in one run.</summary>
internal static class PeerTable
{
    /// <summary>Runs both and prints the table.</summary>
    /// <param name="seeds">Seeds of functions and methods.</param>
    /// <param name="most">The most evaluations of a run.</param>
    internal static void Print(int seeds, int most)
    {
        using var peer = PeerProcess.Start();
        if (peer is null)
        {
            Console.WriteLine("Debian's Python with scikit-learn is not here: its process is left out.\n");
            return;
        }

        Console.WriteLine("| function | method | evaluations to 1 % of the gap: median (quartiles) | reached by 30 | processor time of a proposal, ms |\n|---|---|---|---|---|");
        foreach (var function in StandardFunction.All)
        {
            // As many as the policy begins with.
            var first = function.Dimension + 2;
            var (ours, theirs) = (new List<(double Reached, double Seconds)>(), new List<(double Reached, double Seconds)>());
            for (var seed = 0; seed < seeds; seed++)
            {
                var value = function.Make(seed);
                var gap = function.Gap(value, seed);
                var start = Environment.CpuUsage.TotalTime;
                var (reached, _) = SeveralCommand.Study(
                    SpaceProblem.Unit(function.Dimension), c => value(SpaceProblem.UnitOf(c)), function.Least, gap, seed, whole: false);
                var proposals = Math.Max(1, Math.Min(reached, most) - first);
                ours.Add((reached, (Environment.CpuUsage.TotalTime - start).TotalSeconds / proposals));
                var run = peer.Run(function.Dimension, seed, first, most, value, function.Least + SeveralCommand.Share * gap);
                theirs.Add((run.Reached, run.Seconds));
            }

            Row(function.Name, "HtiTune, plain", ours, most);
            Row(function.Name, "scikit-learn, EI", theirs, most);
        }

        Console.WriteLine();
    }

    private static void Row(string function, string method, IReadOnlyList<(double Reached, double Seconds)> runs, int most)
    {
        double[] reached = [.. runs.Select(run => run.Reached)];
        double Part(double share) => SeveralCommand.At(reached, share);
        var (share, milliseconds) = (runs.Count(run => run.Reached <= most) * 100.0 / runs.Count, 1000 * SeveralCommand.At([.. runs.Select(run => run.Seconds)], 0.5));
        (string Metric, string Unit, double Value)[] figures =
        [
            ("evaluations", method.StartsWith("HtiTune", StringComparison.Ordinal) ? "trainings" : "", Part(0.5)), ("evaluations lower", "", Part(0.25)),
            ("evaluations upper", "", Part(0.75)), ("reached", "", share), ("milliseconds", "", milliseconds), ("seeds", "", runs.Count),
        ];
        Recorder.Add(figures.Select(one => BenchmarkResult.Of("several-peers", $"{function} / {method}", one.Metric, one.Unit, one.Value)));
        Console.WriteLine(FormattableString.Invariant(
            $"| {function} | {method} | {Part(0.5):G3} ({Part(0.25):G3} to {Part(0.75):G3}) | {share:F0} % | {milliseconds:F0} |"));
    }
}
