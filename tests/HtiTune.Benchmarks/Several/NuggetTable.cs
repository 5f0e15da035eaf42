using System.Globalization;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Several;

// Notation
//   σ       what a training scatters by, as a share of the outputs' deviation over the space: a smooth function of the row, another for each training
//   error   mean squared error of all outputs over 100 random places beside the law without scatter, over the outputs' variance there

/// <summary>The part <c>nugget</c> of the verb <c>several</c>: whether trainings are taken to scatter where they do, and where outputs leap.</summary>
internal static class NuggetTable
{
    private const int Tests = 100;
    private static readonly int[] s_counts = [12, 20, 30];
    private static readonly (string Family, double Scatter)[] s_laws =
        [("forecast", 0), ("control", 0), ("kernel-ridge", 0), ("cliff", 0), ("forecast", 0.05), ("forecast", 0.2), ("control", 0.1), ("softmax", 0.1), ("kernel-ridge", 0.2), ("cliff", 0.2)];

    /// <summary>Measures and prints.</summary>
    /// <param name="seeds">Seeds 0 … seeds − 1.</param>
    /// <param name="dimensions">d.</param>
    internal static void Print(int seeds, int[] dimensions)
    {
        foreach (var d in dimensions)
        {
            Console.WriteLine($"| d = {d} | anchors | σ | through the anchors | smoothed | as the data say | smoothed in |\n|---|---|---|---|---|---|---|");
            foreach (var (family, scatter) in s_laws)
            {
                var make = SpaceFamilies.All.Single(one => one.Name == family).Make;
                foreach (var count in s_counts)
                {
                    var runs = Enumerable.Range(0, seeds).Select(seed => Run(make(seed, d), seed, d, count, scatter)).ToArray();
                    double[] errors = [.. Enumerable.Range(0, 3).Select(m => Math.Exp(runs.Average(run => Math.Log(run.Errors[m]))))];
                    var smoothed = runs.Count(run => run.IsSmoothed);
                    var name = string.Create(CultureInfo.InvariantCulture, $"{family} / {count} / {scatter:F2}");
                    Recorder.Add(((string, double)[])[("through the anchors", errors[0]), ("smoothed", errors[1]), ("as the data say", errors[2]), ("smoothed in", smoothed), ("of", seeds)]
                        is var figures ? figures.Select(one => BenchmarkResult.Of($"several-nugget-d{d}", name, one.Item1, one.Item1 is "smoothed in" or "of" ? "" : "distance", one.Item2)) : []);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"| {family} | {count} | {scatter:F2} | {errors[0]:G2} | {errors[1]:G2} | {errors[2]:G2} | {smoothed} of {seeds} |"));
                }
            }

            Console.WriteLine();
        }
    }

    private static (double[] Errors, bool IsSmoothed) Run(SpaceProblem problem, int seed, int d, int count, double scatter)
    {
        var streams = new RandomStreams(seed).Fork("nugget");
        var anchors = OutputTable.Design(count, d, streams.Stream($"design {count}"));
        var tests = OutputTable.Places(Tests, d, streams.Stream("tests"));
        var truth = Array.ConvertAll(tests, u => problem.Outputs(u));
        int n = truth[0].Rows, columns = truth[0].Columns;
        var deviations = Scatter.Deviations(truth);
        var chance = streams.Stream($"scatter {count}");
        var outputs = Array.ConvertAll(anchors, u => Scatter.On(problem.Outputs(u), Array.ConvertAll(deviations, s => scatter * s), chance));
        var space = SpaceProblem.Unit(d);
        var rows = new Contexts(Matrix.Create(n, 1, (i, row) => row[0] = i));
        var set = new AnchorSet(space, anchors.Select((u, k) => new Anchor(space.FromUnit(u), new Samples(outputs[k], rows))));
        var isSmoothed = false;
        double[] errors = Array.ConvertAll((NuggetKind[])[NuggetKind.Fixed, NuggetKind.Learned, NuggetKind.Auto], nugget =>
        {
            var surrogate = SpaceSurrogate.Fit(set, new SpaceSurrogateOptions { Seed = seed, TrainMaps = false, Nugget = nugget, Method = SpaceMethod.Kriging });
            isSmoothed = surrogate.Report.Nugget > 1e-6;
            return tests.Select((u, t) =>
            {
                var y = surrogate.Sample(space.FromUnit(u)).Samples.Outputs;
                return Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, columns).Sum(j => Math.Pow(y[i, j] - truth[t][i, j], 2))) / n;
            }).Average() / deviations.Sum(s => s * s);
        });
        return (errors, isSmoothed);
    }
}
