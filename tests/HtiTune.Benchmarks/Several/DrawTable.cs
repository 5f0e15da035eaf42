using System.Globalization;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Benchmarks.Several;

// Notation
//   excess   W² of 200 rows at a place beside as many of the law, less W² of two samples of the law, over the mean variance of the outputs over the places:
//            0 for the law itself; what an anchor's own noise costs cancels in the mean over places
//   share    Σ excess of kriging over Σ excess of the nearest d + 1 anchors, over families and seeds: single excesses may be negative, for rows that are weighed
//            over many anchors have less noise of their own than a sample of the law; none where the latter is less than Least

/// <summary>The part <c>draws</c> of the verb <c>several</c>: how well the law of draws between anchors is met, without any tuning.</summary>
internal static class DrawTable
{
    private const int Tests = 40, Rows = 200;
    private const double Least = 0.005;
    private static readonly int[] s_counts = [8, 12, 20, 30];
    private static readonly string[] s_methods = ["nearest", "nearest anchors, barycentric", "kriging"];

    /// <summary>Measures and prints.</summary>
    /// <param name="seeds">Seeds 0 … seeds − 1.</param>
    /// <param name="dimensions">d.</param>
    internal static void Print(int seeds, int[] dimensions)
    {
        foreach (var d in dimensions)
        {
            Console.WriteLine($"| d = {d} | anchors | {string.Join(" | ", s_methods)} | kriging / barycentric |\n|---|---|---|---|---|---|");
            foreach (var count in s_counts)
            {
                var all = new List<double[]>();
                foreach (var (name, make) in DrawFamilies.All)
                {
                    var runs = Enumerable.Range(0, seeds).Select(seed => Excess(make(seed, d), d, seed, count)).ToList();
                    Console.WriteLine(Row(d, name, count, runs));
                    all.AddRange(runs);
                }

                Console.WriteLine(Row(d, "all", count, all));
            }

            Console.WriteLine();
        }
    }

    private static string Row(int d, string name, int count, List<double[]> runs)
    {
        double[] means = [.. Enumerable.Range(0, s_methods.Length).Select(m => runs.Average(run => run[m]))];
        double[] share = means[1] < Least ? [] : [means[2] / means[1]];
        Recorder.Add(s_methods.Select((method, m) => (method, means[m])).Concat(share.Select(value => ("kriging / barycentric", value)))
            .Select(one => BenchmarkResult.Of($"several-draws-d{d}", $"{name} / {count}", one.Item1, "distance", one.Item2)));
        var shown = share is [var one] ? one.ToString("F2", CultureInfo.InvariantCulture) : "–";
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {count} | {means[0]:F4} | {means[1]:F4} | {means[2]:F4} | {shown} |");
    }

    private static double[] Excess(DrawProblem problem, int d, int seed, int count)
    {
        var streams = new RandomStreams(seed).Fork("draws");
        var anchors = OutputTable.Design(count, d, streams.Stream($"design {count}"));
        var random = streams.Stream($"{problem.Name} {d} {count}");
        var outputs = Array.ConvertAll(anchors, u => problem.Sample(u, Rows, random));
        var tests = OutputTable.Places(Tests, d, streams.Stream("tests"));
        var truth = Array.ConvertAll(tests, u => problem.Sample(u, Rows, random));
        var floor = tests.Select((u, t) => Distance(problem.Sample(u, Rows, random), truth[t])).Average();
        Matrix? met = null;
        var belief = CompositeBelief.Make(
            new SpaceCoordinates(SpaceProblem.Unit(d)), anchors, outputs, Contexts.None(Rows),
            (expected, _) =>
            {
                met = expected;
                return 0;
            },
            null, 1, streams, CancellationToken.None)!;
        Func<double[], Matrix>[] methods =
        [
            x => outputs[Enumerable.Range(0, count).MinBy(k => Interpolant.Square(anchors[k], x))], x => Near(anchors, outputs, x),
            x =>
            {
                belief.Mean(x);
                return met!;
            },
        ];
        var columns = Enumerable.Range(0, 2).Select(j => truth.SelectMany(y => Enumerable.Range(0, Rows).Select(i => (double)y[i, j])).ToArray());
        var scale = columns.Sum(values => values.Average(v => v * v) - Math.Pow(values.Average(), 2));
        return Array.ConvertAll(methods, method => (tests.Select((x, t) => Distance(method(x), truth[t])).Average() - floor) / scale);
    }

    /// <summary>The nearest d + 1 anchors, each coupled with the nearest by exact transport, weighed by x's barycentric coordinates; those below 0 count as 0.</summary>
    private static Matrix Near(double[][] anchors, Matrix[] outputs, double[] x)
    {
        int[] near = [.. Enumerable.Range(0, anchors.Length).OrderBy(k => Interpolant.Square(anchors[k], x)).Take(x.Length + 1)];
        var weights = Interpolant.Barycentric([.. near.Select(k => anchors[k])], x);
        int[][] rows = [.. near.Select(k => OptimalTransport.Solve(Rows, Rows, Costs(outputs[near[0]], outputs[k])).Assignment)];
        return Matrix.Create(Rows, 2, (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)near.Select((k, a) => weights[a] * outputs[k][rows[a][i], j]).Sum();
            }
        });
    }

    private static float[] Costs(Matrix left, Matrix right) => GroundCost.SquaredEuclidean(left.Values, right.Values, left.Columns);

    private static double Distance(Matrix left, Matrix right) => OptimalTransport.Solve(left.Rows, right.Rows, Costs(left, right)).Cost;
}
