// Notation
//   CPU seconds   processor time of this process, all threads, after the same with few rows has been run once (so that nothing is left to compile)
//   excess        mean squared distance of coupled draws at neighbouring anchors over the least one, less 1: standardised outputs, and conditions that weigh
//                 ten times as much where there are some (the cost that is minimised); the least one by exact transport of all rows, which takes minutes
using System.Globalization;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>The verb <c>scale</c>: CPU seconds of fits that are large in one direction.</summary>
internal static class ScaleCommand
{
    internal const string Help =
        """
          scale [options]                     CPU seconds of fits that are large in one direction: contexts, draws, outputs, anchors
            --parts a,b,…       default all: {0}
            --kinds a,b,…       default all: {1}
            --exact true        the least transport cost too: minutes, and gigabytes of memory
        """;

    private static readonly (string Name, Func<AnchorSet, TrajectoryOptions, IFittedSurrogate> Fit)[] s_kinds =
    [
        ("trajectories", (anchors, options) => TrajectorySurrogate.Fit(anchors, options)),
        ("kriging", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options })),
        ("affine", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Affine })),
        ("auto", (anchors, options) => SurrogateChoice.Fit(anchors, new KrigingOptions { Coupling = options }).Surrogate),
    ];

    /// <summary>Names of all kinds.</summary>
    internal static string Kinds => string.Join(',', s_kinds.Select(kind => kind.Name));

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        var (parts, kinds, isExact) = (ScalePart.All, s_kinds, false);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            string[] names = i + 1 < arguments.Length ? arguments[i + 1].Split(',') : [];
            if (arguments[i] == "--parts" && names.Length > 0 && names.All(name => ScalePart.All.Any(part => part.Name == name)))
            {
                parts = [.. ScalePart.All.Where(part => names.Contains(part.Name))];
            }
            else if (arguments[i] == "--kinds" && names.Length > 0 && names.All(name => s_kinds.Any(kind => kind.Name == name)))
            {
                kinds = [.. s_kinds.Where(kind => names.Contains(kind.Name))];
            }
            else if (arguments[i] != "--exact" || names is not [var text] || !bool.TryParse(text, out isExact))
            {
                Console.Error.WriteLine(string.Format(
                    CultureInfo.InvariantCulture, $"error: '{arguments[i]}' is unknown or has a wrong value; expected\n{Help}", string.Join(',', ScalePart.All.Select(part => part.Name)), Kinds));
                return 2;
            }
        }

        Console.WriteLine($"{Surroundings.Describe()}\n\n| part | kind | fit CPU s | sample, µs a row | values a CPU second | transport cost of the first interval |\n|---|---|---|---|---|---|");
        foreach (var part in parts)
        {
            foreach (var (name, fit) in kinds.Where(kind => part.Kinds.Contains(kind.Name)))
            {
                var options = new TrajectoryOptions { TrainMaps = part.HasMaps };
                var small = part.Anchors(small: true);
                fit(small, options).Sample(part.Judged, small[0].Samples.Contexts);
                var anchors = part.Anchors(small: false);
                var clock = new ProcessorClock();
                var surrogate = fit(anchors, options);
                var seconds = clock.Lap();
                var contexts = anchors[0].Samples.Contexts;
                var rows = 0L;
                surrogate.Sample(part.Judged, contexts);
                clock.Lap();
                double sampled = 0;
                while (sampled < 1)
                {
                    surrogate.Sample(part.Judged, contexts);
                    rows += contexts.Count;
                    sampled += clock.Lap();
                }

                var costs = "";
                if (part.IsDraws && (surrogate is TrajectorySurrogate || name == "kriging"))
                {
                    var (cost, least) = ScalePart.Costs(surrogate, isExact);
                    costs = string.Create(CultureInfo.InvariantCulture, $"{cost:F4}{(least is null ? "" : $", {100 * (cost / least - 1):F1} % above the least")}");
                }

                Recorder.Add(
                    BenchmarkResult.Of("scale", $"{part.What} / {name}", "fit", "cpu seconds", seconds), BenchmarkResult.Of("scale", $"{part.What} / {name}", "row", "", sampled / rows * 1e6),
                    BenchmarkResult.Of("scale", $"{part.What} / {name}", "values", "", rows * anchors.Dimension / sampled));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {part.What} | {name} | {seconds:F2} | {sampled / rows * 1e6:F2} | {rows * anchors.Dimension / sampled:G3} | {costs} |"));
            }
        }

        return 0;
    }
}
