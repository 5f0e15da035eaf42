using System.Globalization;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Benchmarks.Several;

// Notation
//   score    answers: mean squared error; draws: squared-distance transport cost beside as many draws of the law, by category or context; of one draw a context, and of contexts of
//            each anchor's own, of outputs and conditions together, all over the variance of the outputs over the places
//   excess   score less that of a second sample of the law, mean over places

/// <summary>The part <c>methods</c> of the verb <c>several</c>: the choice among methods over a space, beside simple ideas.</summary>
internal static class MethodTable
{
    private const int Tests = 25, Rows = 200;

    /// <summary>A share of what the nearest anchor errs by, below which errors count as equal.</summary>
    private const double Least = 1e-3;

    private static readonly SpaceMethod[] s_methods = [SpaceMethod.Auto, SpaceMethod.Kriging, SpaceMethod.Affine, SpaceMethod.Regression, SpaceMethod.Mixture, SpaceMethod.Linear, SpaceMethod.Nearest];

    /// <summary>Measures and prints.</summary>
    /// <param name="seeds">Seeds 0 … seeds − 1.</param>
    /// <param name="dimensions">d.</param>
    internal static void Print(int seeds, int[] dimensions)
    {
        foreach (var d in dimensions)
        {
            Console.WriteLine($"| d = {d} | by the choice | chosen | kriging | best simple idea | which | share of it | fit CPU s |\n|---|---|---|---|---|---|---|---|");
            var names = MethodLaws.Of(0, d).Select(law => law.Name).ToArray();
            foreach (var (index, name) in names.Index())
            {
                var runs = Enumerable.Range(0, seeds).Select(seed => Run(MethodLaws.Of(seed, d)[index], d, seed)).ToList();
                Console.WriteLine(Row(d, name, runs));
            }

            Console.WriteLine();
        }
    }

    private static string Row(int d, string name, List<MethodRun> runs)
    {
        Dictionary<string, double> means = runs[0].Excess.Keys.Where(key => runs.TrueForAll(run => run.Excess.ContainsKey(key))).ToDictionary(key => key, key => runs.Average(run => run.Excess[key]));
        var best = means.Where(one => one.Key.StartsWith("simple: ", StringComparison.Ordinal)).MinBy(one => one.Value);
        var floor = Least * means["simple: nearest"];
        var share = Math.Max(means["Auto"], floor) / Math.Max(best.Value, floor);
        var chosen = string.Join(", ", runs.Select(run => run.Chosen).Distinct());
        var kriging = means.TryGetValue("Kriging", out var found) ? (double?)found : null;
        Recorder.Add(
            new (string Metric, double? Value)[]
            {
                ("choice", means["Auto"]), ("kriging", kriging), ("best simple idea", best.Value), ("share", share), ("fit CPU s", runs.Average(run => run.Seconds)),
            }.Where(one => one.Value is not null).Select(one => BenchmarkResult.Of($"several-methods-d{d}", name, one.Metric, one.Metric == "fit CPU s" ? "s" : "distance", one.Value!.Value)));
        Console.Error.WriteLine($"{name}: {string.Join(", ", means.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:G3}")))}");
        foreach (var run in runs)
        {
            Console.Error.WriteLine($"    {run.Note}");
        }

        var kriged = kriging is { } value ? value.ToString("G3", CultureInfo.InvariantCulture) : "–";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {means["Auto"]:G3} | {chosen} | {kriged} | {best.Value:G3} | {best.Key["simple: ".Length..]} | {share:F2} | {runs.Average(run => run.Seconds):F2} |");
    }

    private static MethodRun Run(MethodLaw law, int d, int seed)
    {
        var streams = new RandomStreams(seed).Fork("space methods").Fork($"{law.Name} {d}");
        var count = d == 2 ? 12 : 20;
        var places = OutputTable.Design(count, d, streams.Stream("design"));
        var random = streams.Stream("draws");
        var shared = law.Contexts(Rows, random);
        Samples[] anchors = [.. places.Select(u => law.Asking == SpaceAsking.OwnContexts ? law.Contexts(Rows, random) : shared)
            .Select((contexts, k) => new Samples(law.Sample(places[k], contexts, random), law.Conditions == 0 && law.Categories == 0 ? Contexts.None(Rows) : contexts))];
        var tests = OutputTable.Places(Tests, d, streams.Stream("tests"));
        var asked = law.Asking == SpaceAsking.OwnContexts ? law.Contexts(Rows, random) : anchors[0].Contexts;
        var truth = Array.ConvertAll(tests, u => law.Sample(u, asked, random));
        var floor = law.Asking == SpaceAsking.Answers ? 0 : tests.Select((u, t) => Score(law, law.Sample(u, asked, random), truth[t], asked)).Average();
        var scale = Enumerable.Range(0, 2).Sum(j => Variance([.. truth.SelectMany(y => Enumerable.Range(0, Rows).Select(i => (double)y[i, j]))]));
        var space = SpaceProblem.Unit(d);
        var set = new AnchorSet(space, places.Select((u, k) => new Anchor(space.FromUnit(u), anchors[k])));
        var excess = new Dictionary<string, double>();
        var (chosen, seconds, note) = ("", 0.0, "");
        foreach (var method in s_methods)
        {
            var start = Environment.CpuUsage.TotalTime;
            SpaceSurrogate surrogate;
            try
            {
                surrogate = SpaceSurrogate.Fit(set, new SpaceSurrogateOptions { Method = method, Bounds = law.Bounds, Seed = seed, TrainMaps = false });
            }
            catch (ArgumentException)
            {
                // A method that such data do not allow.
                continue;
            }

            if (method == SpaceMethod.Auto)
            {
                (chosen, seconds, note) = (surrogate.Report.Method.ToString(), (Environment.CpuUsage.TotalTime - start).TotalSeconds, surrogate.Report.Choice!.Note);
            }

            excess[method.ToString()] = Excess(u => surrogate.Sample(space.FromUnit(u), law.Asking == SpaceAsking.OwnContexts ? asked : null).Samples.Outputs);
        }

        foreach (var (name, idea) in SimpleIdeas.All(law, places, anchors, streams.Stream("ideas")))
        {
            excess[$"simple: {name}"] = Excess(u => idea(u, asked));
        }

        return new MethodRun(excess, chosen, seconds, note);

        double Excess(Func<double[], Matrix> of) => (tests.Select((u, t) => Score(law, of(u), truth[t], asked)).Average() - floor) / scale;
    }

    private static double Variance(double[] values) => values.Average(v => v * v) - Math.Pow(values.Average(), 2);

    private static double Score(MethodLaw law, Matrix got, Matrix truth, Contexts contexts)
    {
        if (law.Asking == SpaceAsking.Answers)
        {
            return Enumerable.Range(0, Rows).Average(i => Math.Pow(got[i, 0] - truth[i, 0], 2) + Math.Pow(got[i, 1] - truth[i, 1], 2));
        }

        var isJoint = law.Asking is SpaceAsking.OneDraw or SpaceAsking.OwnContexts;
        var groups = Enumerable.Range(0, Rows).GroupBy(i => law.Asking == SpaceAsking.TenDraws ? i / 10 : law.Categories == 0 ? 0 : contexts.Categories[i]).Select(group => group.ToArray());
        return groups.Average(rows =>
        {
            Matrix left = Beside(got, rows), right = Beside(truth, rows);
            return OptimalTransport.Solve(rows.Length, rows.Length, GroundCost.SquaredEuclidean(left.Values, right.Values, left.Columns)).Cost;
        });

        // Conditions count as outputs of about their spread.
        Matrix Beside(Matrix y, int[] rows) => Matrix.Create(rows.Length, isJoint ? 2 + law.Conditions : 2, (i, row) =>
        {
            y.Row(rows[i]).CopyTo(row);
            for (var j = 2; j < row.Length; j++)
            {
                row[j] = 3 * contexts.Conditions[rows[i], j - 2];
            }
        });
    }

    private sealed record MethodRun(Dictionary<string, double> Excess, string Chosen, double Seconds, string Note);
}
