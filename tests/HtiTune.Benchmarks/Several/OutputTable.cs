using System.Globalization;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Several;

/// <summary>The part <c>outputs</c> of the verb <c>several</c>: how well the outputs between anchors are met, and how often intervals hold, without any tuning.</summary>
/// <remarks>
/// NMSE: mean squared error of all outputs over 200 random places, over the outputs' variance there. Anchors: the Latin hypercube of 400 whose nearest two are
/// farthest apart. Kriging is <see cref="SpaceSurrogate"/>; its intervals are those of 90 % of five functionals at 40 of the places.
/// </remarks>
internal static class OutputTable
{
    private const int Tests = 200, Judged = 40, Designs = 400;
    private static readonly int[] s_counts = [12, 20, 30];
    private static readonly string[] s_methods = ["nearest", "Delaunay", "natural neighbours", "thin plates", "kriging"];

    private static readonly (string Name, Func<Matrix, double> Of)[] s_functionals =
    [
        ("mean of the first", y => Values(y).Where((_, i) => i % y.Columns == 0).Average()),
        ("root mean square", y => Math.Sqrt(Values(y).Average(v => v * v))),
        ("largest", y => Values(y).Max()),
        ("ninth tenth", y => OrderStatistics.Quantile([.. Values(y).Order()], 0.9)),
        ("share above the middle", y => Values(y).Average(v => 1 / (1 + Math.Exp(-4 * v)))),
    ];

    /// <summary>Measures and prints.</summary>
    /// <param name="seeds">Seeds 0 … seeds − 1.</param>
    /// <param name="dimensions">d.</param>
    internal static void Print(int seeds, int[] dimensions)
    {
        foreach (var d in dimensions)
        {
            Console.WriteLine($"| d = {d} | anchors | nearest | Delaunay | natural neighbours | thin plates | kriging | kriging / Delaunay | 90 % intervals hold | at anchors, largest error |\n|---|---|---|---|---|---|---|---|---|---|");
            foreach (var count in s_counts)
            {
                var smooth = new List<Figures>();
                foreach (var (name, isSmooth, make) in SpaceFamilies.Of(d))
                {
                    var runs = Enumerable.Range(0, seeds).Select(seed => Figures.Of(make(seed, d), seed, count)).ToList();
                    Console.WriteLine(Row(d, name, count, runs));
                    smooth.AddRange(isSmooth ? runs : []);
                }

                Console.WriteLine(Row(d, "all smooth", count, smooth));
            }

            Console.WriteLine();
        }
    }

    private static string Row(int d, string name, int count, List<Figures> runs)
    {
        double[] errors = [.. Enumerable.Range(0, 5).Select(m => Math.Exp(runs.Average(run => Math.Log(run.Errors[m]))))];
        var (share, coverage, atAnchors) = (errors[4] / errors[1], 100 * runs.Average(run => run.Coverage), runs.Max(run => run.AtAnchors));
        (string Metric, string Unit, double Value)[] figures =
        [
            .. s_methods.Select((method, m) => (method, "distance", errors[m])), ("kriging / Delaunay", "distance", share), ("90 % intervals hold", "", coverage),
            ("at anchors, largest error", "", atAnchors),
        ];
        Recorder.Add(figures.Select(one => BenchmarkResult.Of($"several-outputs-d{d}", $"{name} / {count}", one.Metric, one.Unit, one.Value)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {count} | {string.Join(" | ", errors.Select(e => e.ToString("G2", CultureInfo.InvariantCulture)))} | {share:F2} | {coverage:F1} % | {atAnchors:0.0e0} |");
    }

    private static double[] Values(Matrix y) => [.. Enumerable.Range(0, y.Rows).SelectMany(i => Enumerable.Range(0, y.Columns).Select(j => y.Exact(i, j)))];

    /// <summary>The Latin hypercube of 400 whose nearest two places are farthest apart.</summary>
    internal static double[][] Design(int count, int d, RandomStream stream)
    {
        double[][]? best = null;
        var farthest = -1.0;
        for (var trial = 0; trial < Designs; trial++)
        {
            double[][] set = [.. Enumerable.Range(0, count).Select(_ => new double[d])];
            var order = Enumerable.Range(0, count).ToArray();
            for (var j = 0; j < d; j++)
            {
                stream.Shuffle<int>(order);
                for (var k = 0; k < count; k++)
                {
                    set[k][j] = (order[k] + stream.NextDouble()) / count;
                }
            }

            var least = Enumerable.Range(1, count - 1).Min(k => Enumerable.Range(0, k).Min(l => Interpolant.Square(set[k], set[l])));
            (best, farthest) = least > farthest ? (set, least) : (best, farthest);
        }

        return best!;
    }

    /// <summary>Random places.</summary>
    internal static double[][] Places(int count, int d, RandomStream stream) => [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, d).Select(_ => stream.NextDouble()).ToArray())];

    /// <summary>Of one instance.</summary>
    private sealed record Figures(double[] Errors, double Coverage, double AtAnchors)
    {
        internal static Figures Of(SpaceProblem problem, int seed, int count)
        {
            var d = problem.Dimension;
            var streams = new RandomStreams(seed).Fork("outputs");
            var anchors = Array.ConvertAll(Design(count, d, streams.Stream($"design {count}")), u => problem.Snap?.Invoke(u) ?? u);
            var outputs = Array.ConvertAll(anchors, u => problem.Outputs(u));
            var stream = streams.Stream("tests");
            double[][] tests = [.. Places(Tests, d, stream).Select(u => problem.Snap?.Invoke(u) ?? u)];
            double[][] known = Array.ConvertAll(outputs, Values), truth = Array.ConvertAll(tests, u => Values(problem.Outputs(u)));
            var space = SpaceProblem.Unit(d);

            // Every row is a question of its own.
            var rows = new Contexts(Matrix.Create(outputs[0].Rows, 1, (i, row) => row[0] = i));
            var set = new AnchorSet(space, anchors.Select((u, k) => new Anchor(space.FromUnit(u), new Samples(outputs[k], rows))));
            var surrogate = SpaceSurrogate.Fit(set, new SpaceSurrogateOptions { Seed = seed, TrainMaps = false });
            var natural = Interpolant.NaturalNeighbours(anchors);
            var plates = Interpolant.ThinPlates(anchors);
            Func<double[], double[]>[] methods =
            [
                x => Sum(Interpolant.Nearest(anchors, x), known), x => Sum(Interpolant.Delaunay(anchors, x), known), x => Sum(natural(x), known), x => Sum(plates(x), known), Kriged,
            ];
            var variance = Variance(truth);
            double[] errors = Array.ConvertAll(methods, method => tests.Select((x, t) => Interpolant.Square(method(x), truth[t]) / truth[t].Length).Average() / variance);
            var atAnchors = anchors.Select((u, k) => Math.Sqrt(Interpolant.Square(Kriged(u), known[k]) / known[k].Length / variance)).Max();
            double held = 0;
            Configuration[] judged = [.. tests.Take(Judged).Select(u => space.FromUnit(u))];
            foreach (var (_, functional) in s_functionals)
            {
                foreach (var (t, interval) in surrogate.Estimate(judged, samples => functional(samples.Outputs)).Index())
                {
                    var exact = functional(problem.Outputs(tests[t]));
                    held += exact >= interval.Low && exact <= interval.High ? 1 : 0;
                }
            }

            return new Figures(errors, held / (Judged * s_functionals.Length), atAnchors);

            double[] Kriged(double[] x) => Values(surrogate.Sample(space.FromUnit(x)).Samples.Outputs);
        }

        private static double[] Sum(double[] weights, double[][] known)
        {
            var sum = new double[known[0].Length];
            for (var k = 0; k < weights.Length; k++)
            {
                CholeskyFactor.Add(weights[k], known[k], sum);
            }

            return sum;
        }

        private static double Variance(double[][] values) =>
            Enumerable.Range(0, values[0].Length).Average(j => values.Average(row => row[j] * row[j]) - Math.Pow(values.Average(row => row[j]), 2));
    }
}
