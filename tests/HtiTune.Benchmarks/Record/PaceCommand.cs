using HtiTune.Acquisition;
using HtiTune.Benchmarks.Laws;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Benchmarks.Several;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Record;

/// <summary>
/// The verb <c>pace</c>: processor time of what users wait for, the best of several runs; with <c>--record</c> each run is kept, for <c>compare</c>. Programs on the same cores
/// make processor time longer too: runs to be compared want an idle machine.
/// </summary>
internal static class PaceCommand
{
    internal const string Help =
        """
          pace [--runs 5] [--beside FILE]     processor time of a fit, of moved rows, of proposals; best of the runs. With --beside
                                              every second run goes to that file: what two sets of one build differ by
        """;

    private const string Unit = "cpu seconds";

    /// <summary>Measures.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        var runs = 5;
        var at = Array.IndexOf(arguments, "--beside");
        var beside = at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
        string[] rest = [.. arguments.Where(one => one != "--beside" && one != beside)];
        if (rest is not [] && !(rest is ["--runs", var text] && int.TryParse(text, out runs) && runs is >= 1 and <= 1000))
        {
            Console.Error.WriteLine("error: pace takes --runs N, from 1 to 1000, and --beside FILE.");
            return 2;
        }

        Console.WriteLine($"{Surroundings.Describe()}\n\n| task | best of {runs}, CPU s | median |\n|---|---|---|");
        foreach (var (name, task) in Tasks())
        {
            // What is compiled while running is none of it.
            task();
            task();
            var (seconds, others) = (new double[runs], new double[beside is null ? 0 : runs]);
            for (var run = 0; run < runs; run++)
            {
                seconds[run] = Seconds(task);
                if (beside is not null)
                {
                    others[run] = Seconds(task);
                }
            }

            Array.Sort(seconds);
            Console.WriteLine(FormattableString.Invariant($"| {name} | {seconds[0]:F3} | {seconds[runs / 2]:F3} |"));
            Recorder.Add(seconds.Select(Figure));
            if (beside is not null)
            {
                File.AppendAllLines(beside, others.Select(one => Recorder.Stamped(Figure(one)).Line()));
            }

            BenchmarkResult Figure(double one) => BenchmarkResult.Of("pace", name, "CPU seconds", Unit, one);
        }

        return 0;
    }

    private static double Seconds(Action task)
    {
        GC.Collect();
        var start = Environment.CpuUsage.TotalTime;
        task();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    private static IEnumerable<(string Name, Action Task)> Tasks()
    {
        var streams = new RandomStreams(1).Fork("pace");
        Samples Arcs(double t)
        {
            var rows = SemicircleLaw.Draw(streams.Stream($"at {t}"), 100, t);
            return new Samples(rows.SelectColumns(0, 2), Contexts.Of([.. Enumerable.Range(0, rows.Rows).Select(i => (int)rows[i, 2])], SemicircleLaw.Categories));
        }

        var anchors = new AnchorSet(Hyperparameter.Continuous("t", 0, 1), new[] { 0, 0.5, 1 }.Select(t => new Anchor(t, Arcs(t))));
        yield return ("fit of three anchors of 400 draws, maps included", () => TrajectorySurrogate.Fit(anchors));
        var fitted = TrajectorySurrogate.Fit(anchors);
        var rows = new Samples(
            Matrix.Create(10_000, 2, (i, row) => (row[0], row[1]) = (anchors[0].Samples.Outputs[i % 400, 0], anchors[0].Samples.Outputs[i % 400, 1])),
            Contexts.Of([.. Enumerable.Range(0, 10_000).Select(i => i % 400 / 100)], SemicircleLaw.Categories));
        yield return ("10,000 rows moved, ten times", () => Repeat(10, () => fitted.Transport(rows, 0, 0.75)));
        double[] grid = [.. Enumerable.Range(0, 257).Select(i => i / 256.0)], places = [.. Enumerable.Range(0, 16).Select(i => i / 15.0)];
        Observation[] seen = [.. places.Select((u, i) => new Observation(u, Math.Sin(5 * u) - u * u, i < 2 ? null : Math.Sin(5 * u) - u * u + 0.05))];
        yield return ("proposal of one hyperparameter after 16 trainings, hundred times", () => Repeat(100, () =>
        {
            var process = BridgeProcess.Fit(seen, u => Math.Sin(5 * u) - u * u);
            ProposalSearch.Find(process, process.OnGrid(grid), places);
        }));
        var problem = LawProblem.Of("regulator", 1000);
        yield return ("run of 14 trainings with a surrogate, network of no cost, eight times", () => Repeat(8, () => Certificates.Race.Of(problem, SurrogateKind.Real, 14)));
        var stream = new RandomStreams(1).Stream("several");
        var space = SpaceProblem.Unit(6);
        List<TrainingEnded> trainings = [.. Enumerable.Range(0, 60).Select(i =>
        {
            double[] u = [.. Enumerable.Range(0, 6).Select(_ => stream.NextDouble())];
            return TrainingEnded.Seen(i, space.FromUnit(u), u.Sum(x => Math.Sin(5 * x)));
        })];
        yield return ("proposal of six hyperparameters after 60 trainings, five times",
            () => Repeat(5, () => new SpacePolicy(space, new SpacePolicyOptions(), new RandomStreams(1)).Analyse(trainings, null)!.Next([])));
    }

    private static void Repeat(int times, Action task)
    {
        for (var i = 0; i < times; i++)
        {
            task();
        }
    }
}
