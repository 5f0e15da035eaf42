using System.Globalization;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Benchmarks.Several;

/// <summary>The verb <c>several</c>: several hyperparameters by the policy alone, on functions and networks whose law is known.</summary>
internal static class SeveralCommand
{
    internal const string Help =
        """
          several [options]                   several hyperparameters: evaluations to within 1 % of the gap
            --parts a,b,…       functions (standard ones, by values), mixed (whole numbers, words, conditions, beside random), families (networks with
                                known law, by outputs and by values), peers (the functions beside scikit-learn's process), certificates, speed, outputs (how well outputs are met between anchors, beside Delaunay's
                                triangles, natural neighbours and thin plates, and how often intervals hold), draws (the same for the law of draws), methods (the choice among
                                methods over a space, beside simple ideas), nugget (whether trainings are taken to scatter where outputs leap), preferences (ten in a row on
                                a network whose forecasts are kept in a file), preferences-own (on tables that settings are chosen on), own (the functions that settings are
                                chosen on, by values), families-own and certificates-own (the same of networks that settings are chosen on, seeds 100 and up);
                                default functions,mixed,families
            --seeds N           N seeds, from 0 on; default 20
            --dimensions a,b,…  of the families; default 2,3,4
            --families a,b,…    families of families and certificates; default all
            --delta δ           of certificates; default 0.1
            --scatter σ         what trainings of families and certificates scatter by, in deviations of the outputs; default 0
            --first-seed n      of families-own and certificates-own; default 100
        """;

    private const int MostEvaluations = 30;

    /// <summary>The share of the gap that is left where a value counts as reached.</summary>
    internal const double Share = 0.01;
    internal const double UsualDelta = 0.1;

    private static readonly string[] s_parts =
    [
        "functions", "mixed", "families", "certificates", "speed", "outputs", "draws", "methods", "nugget", "preferences", "preferences-own", "peers", "own", "families-own",
        "certificates-own",
    ];

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            var (parts, seeds, dimensions, families, delta, scatter, first) = SeveralOptions.Parse(arguments, s_parts);
            Console.WriteLine($"{Surroundings.Describe()}\n");
            foreach (var part in parts)
            {
                switch (part)
                {
                    case "functions":
                        Functions(seeds);
                        break;
                    case "mixed":
                        Mixed(seeds);
                        break;
                    case "outputs":
                        OutputTable.Print(seeds, dimensions);
                        break;
                    case "draws":
                        DrawTable.Print(seeds, dimensions);
                        break;
                    case "methods":
                        MethodTable.Print(seeds, dimensions);
                        break;
                    case "nugget":
                        NuggetTable.Print(seeds, dimensions);
                        break;
                    case "preferences":
                        PreferenceTable.Print(seeds);
                        break;
                    case "preferences-own":
                        PreferenceTable.PrintOwn(seeds);
                        break;
                    case "own":
                        OwnTable.Print(seeds, dimensions);
                        break;
                    case "families-own" or "certificates-own":
                        Families(OwnFamilies.All, $"several-{part}", first, seeds, dimensions, part == "certificates-own" ? delta : null, scatter);
                        break;
                    case "peers":
                        PeerTable.Print(seeds, MostEvaluations);
                        break;
                    case "speed":
                        Speed();
                        break;
                    default:
                        Families(SpaceFamilies.All.Where(family => families.Contains(family.Name)), $"several-{part}", 0, seeds, dimensions, part == "certificates" ? delta : null, scatter);
                        break;
                }
            }

            return 0;
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 2;
        }
    }

    private static void Functions(int seeds)
    {
        Console.WriteLine("| function | evaluations to 1 % of the gap: median (quartiles) | reached by 30 | regret at the end, median |\n|---|---|---|---|");
        foreach (var function in StandardFunction.All)
        {
            var (reached, regrets) = (new List<double>(), new List<double>());
            for (var seed = 0; seed < seeds; seed++)
            {
                var value = function.Make(seed);
                var gap = function.Gap(value, seed);
                var found = Study(SpaceProblem.Unit(function.Dimension), c => value(SpaceProblem.UnitOf(c)), function.Least, gap, seed, whole: true);
                reached.Add(found.Reached);
                regrets.Add(found.Best - function.Least);
            }

            Recorder.Add(Figures("several-functions", function.Name, [
                ("evaluations", "trainings", At(reached, 0.5)), ("evaluations lower", "", At(reached, 0.25)), ("evaluations upper", "", At(reached, 0.75)),
                ("reached", "", reached.Count(r => r <= MostEvaluations) * 100 / seeds), ("regret", "distance", At(regrets, 0.5)),
            ]));
            Console.WriteLine(Text(
                $"| {function.Name} | {At(reached, 0.5):G3} ({At(reached, 0.25):G3} to {At(reached, 0.75):G3}) | {reached.Count(r => r <= MostEvaluations) * 100 / seeds} % | {At(regrets, 0.5):G3} |"));
        }

        Console.WriteLine();
    }

    private static void Mixed(int seeds)
    {
        Console.WriteLine("| mixed space | evaluations to 1 % of the gap: median | reached by 30 | regret / gap at 30, median | random: reached | random: regret |\n|---|---|---|---|---|---|");
        foreach (var function in MixedFunction.All)
        {
            var gap = function.Median();
            var (reached, regrets, random, chance) = (new List<double>(), new List<double>(), new List<double>(), 0);
            for (var seed = 0; seed < seeds; seed++)
            {
                var found = Study(function.Space, function.Value, 0, gap, seed, whole: true);
                reached.Add(found.Reached);
                regrets.Add(found.Best / gap);
                var stream = new RandomStreams(seed).Stream("random");
                var best = Enumerable.Range(0, MostEvaluations).Min(_ => function.Value(function.Random(stream)));
                random.Add(best / gap);
                chance += best <= Share * gap ? 1 : 0;
            }

            Recorder.Add(Figures("several-mixed", function.Name, [
                ("evaluations", "trainings", At(reached, 0.5)), ("reached", "", reached.Count(r => r <= MostEvaluations) * 100 / seeds),
                ("regret", "distance", At(regrets, 0.5)), ("random reached", "", chance * 100 / seeds), ("random regret", "", At(random, 0.5)),
            ]));
            Console.WriteLine(Text(
                $"| {function.Name} | {At(reached, 0.5):G3} | {reached.Count(r => r <= MostEvaluations) * 100 / seeds} % | {At(regrets, 0.5):G3} | {chance * 100 / seeds} % | {At(random, 0.5):G3} |"));
        }

        Console.WriteLine();
    }

    private static void Families(
        IEnumerable<(string Name, bool IsSmooth, Func<int, int, SpaceProblem> Make)> families, string benchmark, int first, int seeds, int[] dimensions, double? delta, double scatter)
    {
        var certify = delta is not null;
        benchmark += (delta is null or UsualDelta ? "" : Text($"-at-{delta}")) + (scatter > 0 ? Text($"-scatter-{scatter}") : "");
        foreach (var d in dimensions)
        {
            Console.WriteLine(certify
                ? $"| d = {d} | studies | certified | of these true | trainings after the first {d + 2}, median |\n|---|---|---|---|---|"
                : $"| d = {d} | by outputs: trainings after the first {d + 2}, mean (median; not reached) | by values: mean (median; not reached) | share "
                    + "| difference ± 95 % | by 1,024 places: by outputs, by values | share |\n|---|---|---|---|---|---|---|");
            var (composite, plain) = (new List<SpaceRun>(), new List<SpaceRun>());
            foreach (var (name, isSmooth, make) in families)
            {
                SpaceProblem[] problems = [.. Enumerable.Range(first, seeds).Select(seed => make(seed, d))];
                SpaceRun[] outputs = [.. problems.Select((problem, i) => SpaceRun.Of(problem, first + i, MostEvaluations, true, certify, delta ?? UsualDelta, scatter))];
                SpaceRun[] values = certify ? [] : [.. problems.Select((problem, i) => SpaceRun.Of(problem, first + i, MostEvaluations, false, false, scatter: scatter))];
                Console.WriteLine(certify ? CertificateRow($"{benchmark}-d{d}", name, outputs) : Row($"{benchmark}-d{d}", name, outputs, values));
                if (isSmooth)
                {
                    composite.AddRange(outputs);
                    plain.AddRange(values);
                }
            }

            Console.WriteLine((certify ? CertificateRow($"{benchmark}-d{d}", "all smooth", composite) : Row($"{benchmark}-d{d}", "all smooth", composite, plain)) + "\n");
        }
    }

    private static string Row(string benchmark, string name, IReadOnlyList<SpaceRun> outputs, IReadOnlyList<SpaceRun> values)
    {
        double[] differences = [.. outputs.Zip(values, (a, b) => (double)a.Reached - b.Reached)];
        var mean = differences.Average();
        var interval = 1.96 * Math.Sqrt(differences.Sum(x => (x - mean) * (x - mean)) / Math.Max(1, differences.Length - 1) / differences.Length);
        var share = outputs.Average(r => r.Reached) / values.Average(r => r.Reached);
        var (listed, listedPlain) = (outputs.Average(r => r.Listed), values.Average(r => r.Listed));
        Recorder.Add(
            [
                .. Figures(benchmark, name, [.. Parts("by outputs", outputs), .. Parts("by values", values), ("share", "distance", share)]),
                .. Figures(benchmark, name, [("listed by outputs", "trainings", listed), ("listed by values", "", listedPlain), ("listed share", "", listed / listedPlain)]),
                BenchmarkResult.Of(benchmark, name, "difference", "", mean, interval),
            ]);
        return Text($"| {name} | {Figures(outputs)} | {Figures(values)} | {share:F2} | {mean:F1} ± {interval:F1} | {listed:F1}, {listedPlain:F1} | {listed / listedPlain:F2} |");
    }

    private static string CertificateRow(string benchmark, string name, IReadOnlyList<SpaceRun> runs)
    {
        SpaceRun[] issued = [.. runs.Where(r => r.Certified is not null)];
        Recorder.Add(Figures(benchmark, name, [
            ("studies", "", runs.Count), ("certified", "", issued.Length), ("true", "", issued.Count(r => r.IsTrue)),
            .. (issued.Length > 0 ? [("trainings", "trainings", At([.. issued.Select(r => (double)r.Certified!)], 0.5))] : Array.Empty<(string, string, double)>()),
        ]));
        return Text($"| {name} | {runs.Count} | {issued.Length} | {issued.Count(r => r.IsTrue)} | {At([.. issued.Select(r => (double)r.Certified!)], 0.5):G3} |");
    }

    private static IEnumerable<BenchmarkResult> Figures(string benchmark, string name, IEnumerable<(string Metric, string Unit, double Value)> figures) =>
        figures.Select(one => BenchmarkResult.Of(benchmark, name, one.Metric, one.Unit, one.Value));

    private static IEnumerable<(string, string, double)> Parts(string how, IReadOnlyList<SpaceRun> runs) =>
    [
        (how, "trainings", runs.Average(r => r.Reached)), ($"{how} median", "", At([.. runs.Select(r => (double)r.Reached)], 0.5)),
        ($"{how} missed", "", runs.Count(r => !r.IsReached)), ($"{how} studies", "", runs.Count),
    ];

    private static string Figures(IReadOnlyList<SpaceRun> runs) =>
        Text($"{runs.Average(r => r.Reached):F1} ({At([.. runs.Select(r => (double)r.Reached)], 0.5):G3}; {runs.Count(r => !r.IsReached)} of {runs.Count})");

    private static void Speed()
    {
        Console.WriteLine("| d | trainings | processor time of a proposal by values, ms |\n|---|---|---|");
        foreach (var (d, n) in ((int, int)[])[(2, 10), (6, 30), (6, 100), (6, 500)])
        {
            var stream = new RandomStreams(1).Stream("speed");
            var policy = new SpacePolicy(SpaceProblem.Unit(d), new SpacePolicyOptions(), new RandomStreams(1));
            List<TrainingEnded> trainings = [.. Enumerable.Range(0, n).Select(i =>
            {
                double[] u = [.. Enumerable.Range(0, d).Select(_ => stream.NextDouble())];
                return TrainingEnded.Seen(i, SpaceProblem.Unit(d).FromUnit(u), u.Sum(x => Math.Sin(5 * x)));
            })];
            var least = double.PositiveInfinity;
            for (var repeat = 0; repeat < 4; repeat++)
            {
                var start = Environment.CpuUsage.TotalTime;
                policy.Analyse(trainings, null)!.Next([]);
                least = Math.Min(least, (Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
            }

            Console.WriteLine(Text($"| {d} | {n} | {least:F0} |"));
        }

        Console.WriteLine();
    }

    /// <summary>Runs a function by the policy alone: evaluations until within 1 % of the gap (one more than allowed where it never is), and the best value.</summary>
    internal static (double Reached, double Best) Study(SearchSpace space, Func<Configuration, double> value, double least, double gap, int seed, bool whole)
    {
        var policy = new SpacePolicy(space, new SpacePolicyOptions { Epsilon = Share * gap }, new RandomStreams(seed));
        var trainings = new List<TrainingEnded>();
        var (best, reached) = (double.PositiveInfinity, MostEvaluations + 1);
        foreach (var (configuration, _) in policy.Initial([]))
        {
            Train(configuration);
        }

        while (trainings.Count < MostEvaluations && (whole || reached > MostEvaluations) && policy.Analyse(trainings, null)!.Next([]) is { } next)
        {
            Train(next.Configuration);
        }

        return (reached, best);

        void Train(Configuration configuration)
        {
            var found = value(configuration);
            trainings.Add(TrainingEnded.Seen(trainings.Count, configuration, found));
            best = Math.Min(best, found);
            reached = reached > MostEvaluations && best <= least + Share * gap ? trainings.Count : reached;
        }
    }

    internal static double At(IReadOnlyList<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        var place = share * (sorted.Length - 1);
        return sorted.Length == 0 ? double.NaN : sorted[(int)place] + (place - (int)place) * (sorted[Math.Min((int)place + 1, sorted.Length - 1)] - sorted[(int)place]);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
