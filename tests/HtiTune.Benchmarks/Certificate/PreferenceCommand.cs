using System.Globalization;
using HtiTune.Benchmarks.Laws;
using HtiTune.Benchmarks.Record;

namespace HtiTune.Benchmarks.Certificates;

/// <summary>The verb <c>preferences</c>: what a change of preference costs once there are anchors.</summary>
internal static class PreferenceCommand
{
    private const int DefaultSeeds = 25;
    private const int Changes = 5;
    private const int InARow = 10;
    private const int FirstTrainings = 8;
    private const int MostTrainings = 12;
    private const int InitialTrainings = 3;
    private const double Near = 0.01;

    // Below what any number of draws can certify: the run uses all its trainings.
    private const double NoCertificate = 1e-6;

    private static readonly int[] AnchorCounts = [6, 8, 10];

    private static readonly Process[] Processes =
    [
        new("with surrogate", true, false), new("plain, replaying", false, false),
        new("with surrogate, anchors spread evenly", true, true), new("plain, replaying, anchors spread evenly", false, true),
    ];

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            var options = CertificateOptions.Parse(arguments, DefaultSeeds);
            Console.WriteLine($"{Surroundings.Describe()}\n");
            if (options.Parts.Contains("regrets"))
            {
                PrintRegrets(options);
            }

            if (options.Parts.Contains("trainings"))
            {
                PrintTrainings(options, certify: false);
                PrintTrainings(options, certify: true);
            }

            return 0;
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 2;
        }
    }

    private static void PrintRegrets(CertificateOptions options)
    {
        Console.WriteLine(
            Text($"Regret after a change of preference, no training: median, and 90 % quantile, in % of the gap ({Changes} preferences a problem).\n\n")
            + "| family | process | " + string.Join(" | ", AnchorCounts.Select(count => $"{count} anchors")) + " |\n|---|---|" + string.Concat(AnchorCounts.Select(_ => "---|")));
        var all = Processes.ToDictionary(process => process, _ => AnchorCounts.Select(_ => new List<double>()).ToArray());
        foreach (var family in options.Families)
        {
            foreach (var process in Processes)
            {
                var regrets = options.Map(
                    [.. Enumerable.Range(options.First, options.Seeds)],
                    number => AnchorCounts.Select(count => AfterChange(LawProblem.Of(family, number), process, count)).ToArray());
                List<double>[] columns = [.. AnchorCounts.Select((_, at) => regrets.SelectMany(one => one[at]).ToList())];
                Console.WriteLine(Row(family, process, columns));
                for (var at = 0; at < columns.Length; at++)
                {
                    all[process][at].AddRange(columns[at]);
                }
            }
        }

        foreach (var process in Processes)
        {
            Console.WriteLine(Row("all", process, all[process]));
        }
    }

    private static double[] AfterChange(LawProblem problem, Process process, int anchors)
    {
        var u = problem.Law.Hyperparameter;
        using var tuner = TunerOf(problem, new TunerOptions
        {
            UseSurrogate = process.UseSurrogate, ConfirmByTraining = false, Delta = NoCertificate, MaxTrainings = anchors,
            InitialLambdas = process.IsSpread ? [.. Enumerable.Range(0, anchors).Select(i => u.FromUnit(i / (anchors - 1.0)))] : null,
        });
        tuner.Optimize(problem.Objective);
        return [.. Enumerable.Range(1, Changes).Select(number =>
        {
            var other = problem.With(number);
            return 100 * other.Regret(tuner.Optimize(other.Objective, maxTrainings: 0).Lambda) / other.Optimum.Gap;
        })];
    }

    private static void PrintTrainings(CertificateOptions options, bool certify)
    {
        Console.WriteLine(
            (certify ? Text($"\n{InARow} preferences in a row, each optimised to a certificate of 95 % (the default)")
                : Text($"\n{InARow} preferences in a row, each trained for until the recommendation is within {Near:P0} of the gap (for those anew the first three are made in any case),"))
            + Text($" with at most {MostTrainings} trainings; before them one more on at most {FirstTrainings}. ")
            + Text($"Trainings of all {InARow}, mean, median and largest; their regrets in % of the gap, median and 90 % quantile.\n\n")
            + $"| family | surrogate: trainings | regret | {(certify ? "certified" : "reached")} | plain, replaying what is stored: trainings | regret | {(certify ? "certified" : "reached")} "
            + $"| plain, anew: trainings | regret | {(certify ? "certified" : "reached")} |\n"
            + "|---|---|---|---|---|---|---|---|---|---|");
        var all = new List<Row10[]>();
        foreach (var family in options.Families)
        {
            var rows = options.Map([.. Enumerable.Range(options.First, options.Seeds)], number =>
            {
                var problem = LawProblem.Of(family, number);
                return (Row10[])[InRow(problem, true, certify), InRow(problem, false, certify), Anew(problem, certify)];
            });
            Console.WriteLine(Row(family, rows, certify));
            Record(family, rows, certify);
            all.AddRange(rows);
        }

        Console.WriteLine(Row("all", all, certify));
        Record("all", all, certify);
    }

    private static Row10 InRow(LawProblem problem, bool useSurrogate, bool certify)
    {
        using var tuner = TunerOf(problem, Options(useSurrogate, certify) with { MaxTrainings = FirstTrainings });
        tuner.Optimize(problem.Objective);
        return Row10.Of(problem, other => certify ? Certified(tuner.Optimize(other.Objective, MostTrainings)) : UntilNear(tuner, other, 0));
    }

    private static Row10 Anew(LawProblem problem, bool certify) => Row10.Of(problem, other =>
    {
        using var tuner = TunerOf(other, Options(useSurrogate: false, certify) with { MaxTrainings = MostTrainings });
        return certify ? Certified(tuner.Optimize(other.Objective)) : UntilNear(tuner, other, InitialTrainings);
    });

    private static TunerOptions Options(bool useSurrogate, bool certify)
    {
        var options = new TunerOptions { UseSurrogate = useSurrogate, ConfirmByTraining = false };
        return certify ? options : options with { Delta = NoCertificate };
    }

    private static (TuningResult Study, int Trainings, bool IsReached) Certified(TuningResult study) => (study, study.TrainingsUsed, study.StopReason == StopReason.Certified);

    // As in the race, but to the first recommendation that is near: what the next preference trains would move it on.
    private static (TuningResult Study, int Trainings, bool IsReached) UntilNear(Tuner tuner, LawProblem problem, int first)
    {
        var study = tuner.Optimize(problem.Objective, first);
        var used = study.TrainingsUsed;
        bool IsNear() => problem.Regret(study.Lambda) <= Near * problem.Optimum.Gap;
        while (!IsNear() && used < MostTrainings)
        {
            study = tuner.Optimize(problem.Objective, 1);
            if (study.TrainingsUsed == 0)
            {
                break;
            }

            used += study.TrainingsUsed;
        }

        return (study, used, IsNear());
    }

    private static Tuner TunerOf(LawProblem problem, TunerOptions options) => new(problem.Network(), problem.Law.Hyperparameter, problem.Law.Contexts, options);

    private static string Row(string family, Process process, List<double>[] columns)
    {
        Recorder.Add(columns.SelectMany((column, at) => (BenchmarkResult[])
        [
            BenchmarkResult.Of("preferences-regret", $"{family} / {process.Name}", $"{AnchorCounts[at]} anchors", "distance", Quantile(column, 0.5)),
            BenchmarkResult.Of("preferences-regret", $"{family} / {process.Name}", $"{AnchorCounts[at]} anchors 2", "", Quantile(column, 0.9)),
        ]));
        return Text($"| {family} | {process.Name} | ")
            + string.Join(" | ", columns.Select(column => Text($"{Quantile(column, 0.5):F3}; {Quantile(column, 0.9):F2}"))) + " |";
    }

    private static string Row(string family, IReadOnlyList<Row10[]> rows, bool certify) => $"| {family} | " + string.Join(" | ", Enumerable.Range(0, 3).Select(at =>
    {
        var (trainings, most, regrets, reached) = Figures(rows, at);
        var held = certify ? Text($", {rows.Sum(row => row[at].Held)} of {rows.Sum(row => row[at].Reached)} true") : "";
        return Text($"{trainings.Average():F1}; {Quantile(trainings, 0.5):F0}; {most} | {Quantile(regrets, 0.5):F3}; {Quantile(regrets, 0.9):F2} | {reached:F0} %{held}");
    })) + " |";

    private static void Record(string family, IReadOnlyList<Row10[]> rows, bool certify)
    {
        string[] ways = ["surrogate", "replay", "anew"];
        var benchmark = certify ? "preferences-certified" : "preferences-reached";
        foreach (var (at, way) in ways.Index())
        {
            var (trainings, most, regrets, reached) = Figures(rows, at);
            (string Metric, string Unit, double Value)[] figures =
            [
                // What is compared between commits is our own.
                ("trainings", at < 2 ? "trainings" : "", trainings.Average()), ("trainings 2", "", Quantile(trainings, 0.5)), ("trainings 3", "", most),
                ("regret", "", Quantile(regrets, 0.5)), ("regret 2", "", Quantile(regrets, 0.9)), (certify ? "certified" : "reached", "", reached),
                .. (certify ? [("issued", "", rows.Sum(row => row[at].Reached)), ("true", "", rows.Sum(row => row[at].Held))] : Array.Empty<(string, string, double)>()),
            ];
            Recorder.Add(figures.Select(one => BenchmarkResult.Of(benchmark, family, $"{way} {one.Metric}", one.Unit, one.Value)));
        }
    }

    private static (List<double> Trainings, int Most, List<double> Regrets, double Reached) Figures(IReadOnlyList<Row10[]> rows, int at) =>
        ([.. rows.Select(row => (double)row[at].Trainings)], rows.Max(row => row[at].Trainings), [.. rows.SelectMany(row => row[at].Regrets)],
        100.0 * rows.Sum(row => row[at].Reached) / (InARow * rows.Count));

    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>How the anchors came about: by tuning for the first preference, or spread, as when it is known that preferences will change.</summary>
    private sealed record Process(string Name, bool UseSurrogate, bool IsSpread);

    /// <summary>Ten preferences in a row: trainings of all, regrets in % of the gap, how many reached what was asked, and of how many of those the regret is at most ε.</summary>
    private sealed record Row10(int Trainings, IReadOnlyList<double> Regrets, int Reached, int Held)
    {
        public static Row10 Of(LawProblem problem, Func<LawProblem, (TuningResult Study, int Trainings, bool IsReached)> optimize)
        {
            var (trainings, reached, held, regrets) = (0, 0, 0, new List<double>());
            for (var number = 1; number <= InARow; number++)
            {
                var other = problem.With(number);
                var (study, used, isReached) = optimize(other);
                trainings += used;
                reached += isReached ? 1 : 0;
                held += isReached && other.Regret(study.Lambda) <= study.Epsilon ? 1 : 0;
                regrets.Add(100 * other.Regret(study.Lambda) / other.Optimum.Gap);
            }

            return new Row10(trainings, regrets, reached, held);
        }
    }
}
