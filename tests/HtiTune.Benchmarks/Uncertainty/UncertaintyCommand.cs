// Notation
//   φ           a functional of one output column (Functional.cs);  t  its value for the held-out network;  [l, h]  the stated 90 % interval
//   score       (h − l) + (2/0.1)·max(0, l − t) + (2/0.1)·max(0, t − h), over the column's sd at the anchors [Gneiting2007]; less is better
//   constant    the same for φ(Sample(λ)) ± w, w one multiple of the column's sd, chosen after the fact so that its score is least
using HtiTune.Benchmarks.Continuity;
using HtiTune.Benchmarks.Quality;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Uncertainty;

/// <summary>The verb <c>uncertainty</c>: whether intervals for functionals hold the truth as often as they say, and what they cost in width.</summary>
internal static class UncertaintyCommand
{
    internal const string Help =
        """
          uncertainty [--data FOLDER]         coverage and interval score of 90 % intervals for functionals of held-out networks
        """;

    private const double Level = 0.9;

    private sealed record Pair(string Task, double Error, double Width, double Low, double High)
    {
        internal bool Holds => Low <= 0 && High >= 0;

        internal double Score => Width + 2 / (1 - Level) * (Math.Max(0, Low) + Math.Max(0, -High));

        internal double ConstantScore(double halfWidth) => 2 * halfWidth + 2 / (1 - Level) * Math.Max(0, Math.Abs(Error) - halfWidth);
    }

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments; 3 if the data are missing.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is not ([] or ["--data", _]))
        {
            Console.Error.WriteLine("error: uncertainty takes --data FOLDER alone.");
            return 2;
        }

        try
        {
            var data = BenchmarkData.Find(arguments.Length == 2 ? arguments[1] : null, Surroundings.Root());
            var pairs = UncertaintyTask.All(data).SelectMany(Measure).ToArray();
            Console.WriteLine($"{Surroundings.Describe()}\n");
            Console.WriteLine("| task | pairs | coverage | score | constant width, best for the task | mean |error| / sd |\n|---|---|---|---|---|---|");
            foreach (var task in pairs.Select(p => p.Task).Distinct())
            {
                Row(task, [.. pairs.Where(p => p.Task == task)]);
            }

            Row("all but moons-loo", [.. pairs.Where(p => p.Task != "moons-loo")]);
            Row("all", pairs);
            return 0;
        }
        catch (IOException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 3;
        }
    }

    private static void Row(string name, Pair[] pairs)
    {
        var best = pairs.Select(p => Math.Abs(p.Error)).Min(halfWidth => pairs.Average(p => p.ConstantScore(halfWidth)));
        Console.WriteLine(FormattableString.Invariant(
            $"| {name} | {pairs.Length} | {pairs.Count(p => p.Holds) / (double)pairs.Length:F3} | {pairs.Average(p => p.Score):F3} | {best:F3} | {pairs.Average(p => Math.Abs(p.Error)):F3} |"));
    }

    private static IEnumerable<Pair> Measure(UncertaintyTask task)
    {
        var anchors = new AnchorSet(task.Networks.Hyperparameter, task.Anchors.Select(k => task.Networks[k]));
        var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false, Bounds = task.Bounds });
        foreach (var held in Enumerable.Range(0, task.Networks.Count).Except(task.Anchors).Select(k => task.Networks[k]))
        {
            for (var column = 0; column < anchors.Dimension; column++)
            {
                var deviation = anchors.Average(anchor => Functional.Deviation(Functional.Sorted(anchor.Samples.Outputs, column)));
                foreach (var functional in Functional.All)
                {
                    var estimate = surrogate.Estimate(held.Lambda, anchors[0].Samples.Contexts, Value, Level);
                    var truth = Value(held.Samples);
                    yield return new Pair(
                        task.Name,
                        (truth - estimate.Value) / deviation,
                        (estimate.High - estimate.Low) / deviation,
                        (estimate.Low - truth) / deviation,
                        (estimate.High - truth) / deviation);

                    double Value(Samples samples) => functional.Of(Functional.Sorted(samples.Outputs, column));
                }
            }
        }
    }
}
