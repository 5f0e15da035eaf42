using HtiTune.Benchmarks.Certificates;
using HtiTune.Benchmarks.Laws;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Benchmarks.Several;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Record;

/// <summary>The verb <c>gate</c>: in seconds, figures that no machine changes, compared with those that are kept.</summary>
internal static class GateCommand
{
    internal const string Help =
        """
          gate [--write]                      figures that no machine changes (trainings, evaluations, WD, coverage, certificates), in seconds, compared with
                                              results/gate.jsonl; exit code 1 if one regressed or is missing; --write keeps them
        """;

    /// <summary>Name of the file, and beginning of the benchmarks' names.</summary>
    internal const string Name = "gate";

    private const int Seeds = 4;
    private const int Problems = 3;
    private const int PerCategory = 100;
    private const double Low = 0.05, High = 0.95;

    /// <summary>Measures and compares.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 1 where a figure regressed or is missing; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is not ([] or ["--write"]) || Surroundings.Root() is not { } root)
        {
            Console.Error.WriteLine("error: gate takes --write alone, and needs the repository about it.");
            return 2;
        }

        var file = Path.Combine(ResultTable.Folder(root), $"{Name}.jsonl");
        var (start, clock) = (Environment.CpuUsage.TotalTime, System.Diagnostics.Stopwatch.StartNew());
        var measured = Measure();
        Console.WriteLine($"Measured in {clock.Elapsed.TotalSeconds:F0} s, {(Environment.CpuUsage.TotalTime - start).TotalSeconds:F0} s of processor time.");
        Recorder.Add(measured);
        if (arguments.Length > 0)
        {
            File.WriteAllLines(file, measured.Select(one => Recorder.Stamped(one).Line()));
            return 0;
        }

        var kept = BenchmarkResult.Read(file);
        string[] missing = [.. kept.Select(one => one.Key).Except(measured.Select(one => one.Key)).Select(key => $"{key.Benchmark}, {key.Case}, {key.Metric}")];
        foreach (var one in missing)
        {
            Console.WriteLine($"missing: {one}");
        }

        return Math.Max(CompareCommand.Print(kept, measured, Console.Out), missing.Length > 0 ? 1 : 0);
    }

    /// <summary>All figures, in the same order each time.</summary>
    internal static IReadOnlyList<BenchmarkResult> Measure() => [.. Evaluations(), .. SeveralByOutputs(), .. Races(), .. Certified(), .. Distances()];

    private static IEnumerable<BenchmarkResult> Evaluations()
    {
        foreach (var function in StandardFunction.All.Where(one => one.Name is "Branin" or "Hartmann-3"))
        {
            var space = SpaceProblem.Unit(function.Dimension);
            var reached = Enumerable.Range(0, Seeds).Select(seed =>
            {
                var value = function.Make(seed);
                return SeveralCommand.Study(space, c => value(SpaceProblem.UnitOf(c)), function.Least, function.Gap(value, seed), seed, whole: false).Reached;
            });
            yield return BenchmarkResult.Of($"{Name}-functions", function.Name, "evaluations", "trainings", reached.Average());
        }
    }

    private static IEnumerable<BenchmarkResult> SeveralByOutputs()
    {
        foreach (var (name, _, make) in SpaceFamilies.All.Where(family => family.Name is "forecast" or "saturation"))
        {
            SpaceProblem[] problems = [.. Enumerable.Range(0, Seeds).Select(seed => make(seed, 2))];
            foreach (var isComposite in (bool[])[true, false])
            {
                var trainings = problems.Select((problem, seed) => SpaceRun.Of(problem, seed, 30, isComposite, certify: false).Reached).Average();
                yield return BenchmarkResult.Of($"{Name}-several", name, isComposite ? "by outputs" : "by values", "trainings", trainings);
            }
        }
    }

    private static IEnumerable<BenchmarkResult> Races()
    {
        foreach (var family in (string[])["regulator", "quantile"])
        {
            LawProblem[] problems = [.. Enumerable.Range(1000, Problems).Select(number => LawProblem.Of(family, number))];
            foreach (var kind in (SurrogateKind[])[SurrogateKind.None, SurrogateKind.Real])
            {
                var name = kind == SurrogateKind.None ? "plain" : "surrogate";
                var races = problems.Select(problem => Race.Of(problem, kind, RaceTable.Trainings)).ToList();
                yield return BenchmarkResult.Of($"{Name}-race", family, name, "trainings", races.Average(race => race.Settled));
                yield return BenchmarkResult.Of(
                    $"{Name}-race", family, $"90 % intervals of {name} hold", "share", races.SelectMany(race => race.Tests).Average(inside => inside ? 1 : 0));
            }
        }
    }

    private static IEnumerable<BenchmarkResult> Certified()
    {
        var runs = Enumerable.Range(1000, Problems).Select(number => CertifiedRun.Of(LawProblem.Of("quantile", number), CertifiedCase.All[0])).ToList();
        yield return BenchmarkResult.Of($"{Name}-certificates", "quantile", "certified", "share", runs.Average(run => run.IsCertified ? 1 : 0));
        yield return BenchmarkResult.Of($"{Name}-certificates", "quantile", "wrong", "failures", runs.Count(run => run.IsCertified && !run.IsTrue));
        yield return BenchmarkResult.Of($"{Name}-certificates", "quantile", "trainings", "trainings", runs.Average(run => run.Trainings));
    }

    // Four arcs that turn, drawn anew by seed, three anchors; and an interval for the mean of an output at each place held out.
    private static IEnumerable<BenchmarkResult> Distances()
    {
        double[] held = [0.25, 0.75];
        var (distances, inside) = (new List<double>(), new List<bool>());
        for (var seed = 1; seed <= 2; seed++)
        {
            var streams = new RandomStreams(seed).Fork("semicircles-fresh");
            Matrix Draw(string set, double t) => SemicircleLaw.Draw(streams.Stream($"{set} at {t}"), PerCategory, t);
            Contexts Categories(Matrix rows) => Contexts.Of([.. Enumerable.Range(0, rows.Rows).Select(i => (int)rows[i, 2])], SemicircleLaw.Categories);
            Samples Of(Matrix rows) => new(rows.SelectColumns(0, 2), Categories(rows));
            var anchors = new AnchorSet(Hyperparameter.Continuous("t", 0, 1), new[] { 0, 0.5, 1 }.Select(t => new Anchor(t, Of(Draw("train", t)))));
            var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false, Seed = seed });
            foreach (var t in held)
            {
                var samples = surrogate.Sample(t, anchors[0].Samples.Contexts).Samples;
                var moved = Matrix.Create(
                    samples.Outputs.Rows, 3, (i, row) => (row[0], row[1], row[2]) = (samples.Outputs[i, 0], samples.Outputs[i, 1], i / PerCategory));
                distances.Add(Wasserstein.PerCategory(moved, Draw("eval", t)));
                var truth = Mean(Draw("truth", t), 0);
                var interval = surrogate.Estimate(t, anchors[0].Samples.Contexts, s => Mean(s.Outputs, 0), 0.9);
                inside.Add(truth >= interval.Low && truth <= interval.High);
            }
        }

        yield return BenchmarkResult.Of($"{Name}-distances", "semicircles", "WD", "distance", distances.Average(), Spread.Of(distances).Deviation);
        yield return BenchmarkResult.Of($"{Name}-distances", "semicircles", "90 % intervals hold", "share", inside.Average(one => one ? 1 : 0));

        static double Mean(Matrix rows, int column) => Enumerable.Range(0, rows.Rows).Average(i => (double)rows[i, column]);
    }
}
