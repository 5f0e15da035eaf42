// Notation
//   φ(λ)     a functional of Sample(λ) in the contexts of the first anchor, one column, over the column's sd at all anchors
//   S_n      largest |φ(λ_{i+1}) − φ(λ_i)| over a grid of n points;  continuous and piecewise smooth: S_2n/S_n → ½
//   jump     largest |φ(λ_k ± δ) − φ(λ_k)| over the anchors, δ a millionth of the range
//   z        (φ(λ_k) − φ of the anchor's own samples)/SE, the largest over the anchors
using System.Globalization;
using HtiTune.Benchmarks.Quality;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Continuity;

/// <summary>The verb <c>continuity</c>: how far functionals step over λ, and how far they are from the anchors' own at anchors.</summary>
internal static class ContinuityCommand
{
    internal const string Help =
        """
          continuity [options]                largest steps of functionals of Sample over grids of λ, and what they are at anchors
            --tasks a,b,…       default all: {0}
            --data FOLDER       default HTITUNE_DATA, else ../shared/data seen from the repository's root
        """;

    private const double Small = 1e-6;
    private const int Shown = 3;

    /// <summary>The last two only for their ratio: where a clock arrives late, a coarse grid steps over the whole arrival.</summary>
    private static readonly int[] Grids = [200, 400, 800, 3200, 6400];

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments; 3 if the data are missing.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            var tasks = ContinuityTask.All;
            string? folder = null;
            for (var i = 0; i < arguments.Length; i += 2)
            {
                var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
                switch (arguments[i])
                {
                    case "--tasks":
                        tasks = [.. value.Split(',').Select(name => ContinuityTask.All.FirstOrDefault(task => task.Name == name)
                            ?? throw new ArgumentException($"'{name}' is unknown; expected among {string.Join(", ", ContinuityTask.All.Select(t => t.Name))}."))];
                        break;
                    case "--data":
                        folder = value;
                        break;
                    default:
                        throw new ArgumentException($"{arguments[i]} is not an option of continuity.");
                }
            }

            var data = BenchmarkData.Find(folder, Surroundings.Root());
            Console.WriteLine($"{Surroundings.Describe()}\n");
            Console.WriteLine($"| task | functional | {string.Join(" | ", Grids.Take(Shown).Select(n => $"S {n}"))} | ratios | worst | S {Grids[^1]} / S {Grids[^2]} | jump | z |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
            foreach (var task in tasks)
            {
                Measure(task, data);
            }

            return 0;
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 2;
        }
        catch (IOException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 3;
        }
    }

    /// <summary>What is measured of one functional of one column.</summary>
    /// <param name="Largest">S_n for each grid.</param>
    /// <param name="Jump">The jump.</param>
    /// <param name="Distance">z.</param>
    internal sealed record Steps(double[] Largest, double Jump, double Distance);

    /// <summary>Measures all functionals of all columns.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="anchors">Its anchors.</param>
    /// <param name="grids">Numbers of points.</param>
    /// <returns>[column][functional].</returns>
    internal static Steps[][] Measure(ISurrogate surrogate, AnchorSet anchors, int[] grids)
    {
        var contexts = anchors[0].Samples.Contexts;
        double low = anchors[0].Lambda, high = anchors[^1].Lambda;
        var delta = Small * (high - low);
        var units = Enumerable.Range(0, anchors.Dimension)
            .Select(j => Functional.Deviation([.. anchors.SelectMany(anchor => Functional.Sorted(anchor.Samples.Outputs, j))])).ToArray();
        var steps = grids.Select(n =>
        {
            var values = Enumerable.Range(0, n).Select(i => At(i == n - 1 ? high : low + (high - low) * i / (n - 1))).ToArray();
            return Pairs((j, f) => Enumerable.Range(1, n - 1).Max(i => Math.Abs(values[i][j][f] - values[i - 1][j][f])));
        }).ToArray();
        var near = anchors.Select(anchor => (
            Own: Values(anchor.Samples.Outputs),
            Here: At(anchor.Lambda),
            Sides: new[] { anchor.Lambda - delta, anchor.Lambda + delta }.Where(l => l >= low && l <= high).Select(At).ToArray(),
            Error: Errors(anchor))).ToArray();
        var jumps = Pairs((j, f) => near.Max(at => at.Sides.Max(side => Math.Abs(side[j][f] - at.Here[j][f]))));
        var distances = Pairs((j, f) => near.Max(at => Distance(Math.Abs(at.Here[j][f] - at.Own[j][f]), at.Error[j][f])));
        return [.. units.Select((_, j) => Functional.All.Select((_, f) => new Steps([.. steps.Select(s => s[j][f])], jumps[j][f], distances[j][f])).ToArray())];

        double[][] At(double lambda) => Values(surrogate.Sample(lambda, contexts).Samples.Outputs);

        double[][] Values(Matrix rows) => [.. units.Select((unit, j) =>
        {
            var sorted = Functional.Sorted(rows, j);
            return Functional.All.Select(functional => functional.Of(sorted) / unit).ToArray();
        })];

        double[][] Errors(Anchor anchor) => Pairs((j, f) => Functional.All[f].StandardError(
            Functional.Sorted(anchor.Samples.Outputs, j), new RandomStreams(1).Fork($"column {j}").Stream($"bootstrap {f}")) / units[j]);

        double[][] Pairs(Func<int, int, double> value) =>
            [.. units.Select((_, j) => Functional.All.Select((_, f) => value(j, f)).ToArray())];
    }

    /// <summary>Where the samples leave no doubt (at a bound, say), equal is 0 and anything else infinite.</summary>
    private static double Distance(double difference, double error) => difference == 0 ? 0 : difference / error;

    private static void Measure(ContinuityTask task, BenchmarkData data)
    {
        var (anchors, bounds) = task.Read(data);
        var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false, Bounds = bounds });
        var measured = Measure(surrogate, anchors, Grids);
        for (var f = 0; f < Functional.All.Count; f++)
        {
            // The column that steps farthest; ratios, jumps and distances of the worst column.
            var columns = measured.Select(column => column[f]).ToArray();
            var farthest = columns.MaxBy(column => column.Largest[0])!.Largest.Take(Shown).ToArray();
            string[] cells =
            [
                .. farthest.Select(step => Text(step, "F4")),
                string.Join(", ", farthest.Zip(farthest.Skip(1), (coarse, fine) => Text(fine / coarse, "F2"))),
                Text(columns.Max(column => Enumerable.Range(1, Shown - 1).Max(g => column.Largest[g] / column.Largest[g - 1])), "F2"),
                Text(columns.Max(column => column.Largest[^1] / column.Largest[^2]), "F2"),
                Text(columns.Max(column => column.Jump), "0.0E0"),
                Text(columns.Max(column => column.Distance), "F2"),
            ];
            Console.WriteLine($"| {task.Name} | {Functional.All[f].Name} | {string.Join(" | ", cells)} |");
        }
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
