// Notation
//   error   mean over the judged places of the mean squared error of answers, or of the squared-distance transport cost of draws to as many from the law,
//           in the mean over categories or contexts;  outputs are sampled as a tuner does, answers in the anchors' contexts, or, with --carry, other rows are
//           carried from the first anchor along maps
//   share   error as a share of the least one of all kinds (those that a choice may take, and what is chosen)
using System.Globalization;
using System.Text.Json;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Choice;

/// <summary>The verb <c>laws</c>: what kinds of surrogates err by on laws that are known exactly, and what is chosen among them.</summary>
internal static class ChoiceCommand
{
    internal const string Help =
        """
          laws [options]                      kinds of surrogates on laws known exactly, and the choice among them
            --laws a,b,…        default all: {0}
            --methods a,b,…     default all: {1}
            --seeds N           default 2: each has its own coefficients and samples
            --append FILE       keeps each error as a line of JSON; none that the file holds is measured again
            --carry true        carries other rows from the first anchor along maps, in the place of sampling: ten times slower
            --fresh odd         laws beside simple ideas, whose rows are carried: those of odd numbers, by which ways are chosen, or even, that are looked at when all is chosen
            --contexts choosing laws of answers in new contexts beside simple ideas: those by which what carries them is chosen, or unseen, that are looked at when all is chosen
            --given true        samples contexts that no anchor answered, in the place of those of the anchors
            --rules true        takes the error of what is chosen from the kinds': quick, where rules change and kinds do not
        """;

    private const string Auto = "auto", Simple = "simple";

    private static readonly (string Name, Func<AnchorSet, TrajectoryOptions, IFittedSurrogate> Fit)[] s_methods =
    [
        ("trajectories", (anchors, options) => TrajectorySurrogate.Fit(anchors, options)),
        ("kriging", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options })),
        ("kriging smooth", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Smooth = true })),
        ("ridge", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options with { Maps = ContextMaps.Ridge } })),
        ("tried", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options with { Maps = ContextMaps.Tried } })),
        ("kriging without warp", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Warp = false })),
        ("kriging with trend", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Trend = true })),
        ("kriging straight", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Straight = true })),
        ("affine straight", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Affine, Straight = true })),
        ("affine", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Affine })),
        ("quantiles", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Quantiles })),
        ("quantiles straight", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Quantiles, Straight = true })),
        ("quantiles half straight", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Quantiles, StraightShare = 0.5 })),
        ("quantiles with trend", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Quantiles, Trend = true })),
        ("affine with trend", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Affine, Trend = true })),
        ("affine half straight", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Carrying = RowCarrying.Affine, StraightShare = 0.5 })),
        ("kriging half straight", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, StraightShare = 0.5 })),
        ("trend half straight", (anchors, options) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = options, Trend = true, StraightShare = 0.5 })),
        ("mixture", (anchors, options) => TrajectorySurrogate.Fit(anchors, options with { Method = Surrogates.Method.Mixture })),
        ("linear", (anchors, options) => TrajectorySurrogate.Fit(anchors, options with { Method = Surrogates.Method.Linear })),
        ("regression", (anchors, options) => TrajectorySurrogate.Fit(anchors, options with { Method = Surrogates.Method.Regression })),
    ];

    /// <summary>Names of all methods.</summary>
    internal static string Methods => string.Join(',', s_methods.Select(method => method.Name).Append(Auto));

    /// <summary>An error that was measured.</summary>
    internal sealed record Measured(string Law, string Method, int Seed, double Error, string Chosen);

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            Measure(arguments);
            return 0;
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 2;
        }
    }

    private static void Measure(string[] arguments)
    {
        var (laws, methods, seeds) = (ChoiceLaws.All, Methods.Split(','), 2);
        string? file = null;
        var (isQuick, isCarried, isGiven) = (false, false, false);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            switch (arguments[i])
            {
                case "--laws":
                    ChoiceLaw[] known = [.. ChoiceLaws.All, .. ChoiceLaws.Fresh, .. ChoiceLaws.NewContexts];
                    laws = [.. value.Split(',').Select(name => Array.Find(known, law => law.Name == name) ?? throw new ArgumentException($"'{name}' is no law."))];
                    break;
                case "--methods":
                    methods = value.Split(',');
                    break;
                case "--seeds":
                    seeds = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "--append":
                    file = value;
                    break;
                case "--fresh":
                    laws = [.. ChoiceLaws.Fresh.Where(law => int.Parse(law.Name[1..3], CultureInfo.InvariantCulture) % 2 == (value == "even" ? 0 : 1))];
                    (isCarried, methods) = (true, methods.Length == Methods.Split(',').Length ? [Auto, Simple] : methods);
                    break;
                case "--contexts":
                    laws = [.. ChoiceLaws.NewContexts.Where(law => law.Name[0] == (value == "unseen" ? 'n' : 'c'))];
                    (isCarried, methods) = (true, methods.Length == Methods.Split(',').Length ? [Auto, Simple] : methods);
                    break;
                case "--given":
                    isGiven = bool.Parse(value);
                    break;
                case "--carry":
                    isCarried = bool.Parse(value);
                    break;
                case "--rules":
                    isQuick = bool.Parse(value);
                    break;
                default:
                    throw new ArgumentException($"{arguments[i]} is not an option of laws.");
            }
        }

        var runs = file is not null && File.Exists(file) ? File.ReadLines(file).Select(line => JsonSerializer.Deserialize<Measured>(line)!).ToList() : [];
        Console.WriteLine($"{Surroundings.Describe()}\n\n| law | {string.Join(" | ", methods)} | chosen | share |\n|---|{string.Concat(Enumerable.Repeat("---|", methods.Length))}---|---|");
        var shares = new List<double>();
        var beside = new List<double>();
        foreach (var law in laws)
        {
            var own = new List<Measured>();
            for (var seed = 1; seed <= seeds; seed++)
            {
                foreach (var method in methods)
                {
                    if (method == Simple)
                    {
                        own.AddRange(MeasureIdeas(law, seed));
                        continue;
                    }

                    var run = runs.Find(r => r.Law == law.Name && r.Method == method && r.Seed == seed && !(isQuick && method == Auto));
                    if (run is null)
                    {
                        run = Measure(law, method, seed, isCarried, isGiven, isQuick && method == Auto ? own : null);
                        if (file is not null && !(isQuick && method == Auto))
                        {
                            File.AppendAllText(file, JsonSerializer.Serialize(run) + "\n");
                        }
                    }

                    own.Add(run);
                }
            }

            if (methods.Contains(Simple))
            {
                own = OfLeastIdea(own);
            }

            double[] means = [.. methods.Select(method => own.Where(run => run.Method == method).Average(run => run.Error))];
            var chosen = own.Where(run => run.Method == Auto).ToArray();
            var share = chosen.Length > 0 ? chosen.Average(run => run.Error) / means.Where(double.IsFinite).Min() : double.NaN;
            shares.Add(share);
            beside.Add(chosen.Length > 0 ? chosen.Average(run => run.Error) / own.Where(run => run.Method == s_methods[0].Name).Select(run => run.Error).DefaultIfEmpty(double.NaN).Average() : double.NaN);
            var ideas = string.Concat(own.Where(run => run.Method == Simple).Select(run => run.Chosen).Distinct().Select(name => $" ({name})"));
            Console.WriteLine($"| {law.Name} | {string.Join(" | ", means.Select(mean => mean.ToString("G3", CultureInfo.InvariantCulture)))} | {string.Join(", ", chosen.Select(run => run.Chosen).Distinct())}{ideas} | {share.ToString("F2", CultureInfo.InvariantCulture)} |");
        }

        FormattableString summary = $"\nShares of the least error: geometric mean {Geometric(shares):F3}, {shares.Count(s => s > 1.25)} above 1.25, {shares.Count(s => s > 2)} above 2, {shares.Count(s => s <= 1.1)} at most 1.1, of {shares.Count}. Beside {s_methods[0].Name}: geometric mean {Geometric(beside):F3}, {beside.Count(s => s > 1.05)} above 1.05, worst {beside.Max():F2}.";
        Console.WriteLine(FormattableString.Invariant(summary));
    }

    /// <summary>The runs, with those of the idea that errs least in the mean over seeds in the place of all ideas'.</summary>
    private static List<Measured> OfLeastIdea(List<Measured> runs)
    {
        var least = runs.Where(run => run.Method == Simple).GroupBy(run => run.Chosen).MinBy(idea => idea.Average(run => run.Error))!.Key;
        return [.. runs.Where(run => run.Method != Simple || run.Chosen == least)];
    }

    private static IEnumerable<Measured> MeasureIdeas(ChoiceLaw law, int seed)
    {
        var streams = new RandomStreams(seed).Fork($"law {law.Name}");
        var rows = law.Make(streams.Stream("coefficients"));
        foreach (var (name, of) in new SimpleWays(law.Anchors(rows, streams), law.IsDeterministic).All())
        {
            yield return new Measured(law.Name, Simple, seed, Error(law, rows, (lambda, start) => of(law.Hyperparameter.ToUnit(lambda), start), law.Judged(streams), streams), name);
        }
    }

    private static double Geometric(List<double> values) => Math.Exp(values.Average(Math.Log));

    private static Measured Measure(ChoiceLaw law, string method, int seed, bool isCarried, bool isGiven, List<Measured>? known)
    {
        var streams = new RandomStreams(seed).Fork($"law {law.Name}");
        var rows = law.Make(streams.Stream("coefficients"));
        var anchors = law.Anchors(rows, streams);
        var options = new TrajectoryOptions { Seed = seed, Bounds = law.Bounds, TrainMaps = isCarried || isGiven || method == "regression" };
        try
        {
            var chosen = method == Auto ? SurrogateChoice.Fit(anchors, new KrigingOptions { Coupling = options }) : null;
            if (known is not null)
            {
                return new Measured(law.Name, method, seed, known.Single(run => run.Seed == seed && run.Method == chosen!.Report.Chosen).Error, chosen!.Report.Chosen);
            }

            var surrogate = chosen?.Surrogate ?? s_methods.Single(m => m.Name == method).Fit(anchors, options);
            double first = surrogate.Anchors[0];
            var contexts = law.IsDeterministic && !isCarried && !isGiven ? anchors[0].Samples.Contexts : law.Judged(streams);
            Func<double, Samples, Matrix> move = isCarried ? (lambda, start) => surrogate.Transport(start, first, lambda) : (lambda, _) => surrogate.Sample(lambda, contexts).Samples.Outputs;
            return new Measured(law.Name, method, seed, Error(law, rows, move, contexts, streams), chosen?.Report.Chosen ?? "");
        }
        catch (ArgumentException problem) when (method != Auto)
        {
            Console.Error.WriteLine($"{law.Name}, {method}: {problem.Message}");
            return new Measured(law.Name, method, seed, double.MaxValue, "");
        }
    }

    private static double Error(ChoiceLaw law, RowLaw rows, Func<double, Samples, Matrix> move, Contexts contexts, RandomStreams streams)
    {
        var start = law.Answer(rows, law.Places[0], contexts, streams.Stream("start"));
        var number = 0;
        return law.Tests.Average(place =>
        {
            var truth = law.Answer(rows, place, contexts, streams.Fork("truth").Stream($"{number++}")).Outputs;
            var lambda = law.Hyperparameter.FromUnit(place);
            var moved = move(lambda, start);
            if (law.IsDeterministic)
            {
                double sum = 0;
                for (var i = 0; i < truth.Values.Length; i++)
                {
                    double error = truth.Values[i] - moved.Values[i];
                    sum += error * error;
                }

                return sum / truth.Values.Length;
            }

            return Groups(contexts).Average(group => Wasserstein.Squared(moved.SelectRows(group), truth.SelectRows(group)));
        });
    }

    private static IEnumerable<int[]> Groups(Contexts contexts) => Enumerable.Range(0, contexts.Count)
        .GroupBy(i => contexts.CategoryCount > 0 ? $"{contexts.Categories[i]}" : string.Join(' ', contexts.Conditions.Row(i).ToArray()))
        .Select(group => group.ToArray());
}
