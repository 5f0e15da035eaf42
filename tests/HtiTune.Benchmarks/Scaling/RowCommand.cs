using System.Globalization;
using HtiTune.Benchmarks.Continuity;
using HtiTune.Benchmarks.Quality;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>The verb <c>row</c>: processor time of one row, stored or carried, by what <see cref="SurrogateChoice"/> takes.</summary>
internal static class RowCommand
{
    internal const string Help =
        """
          row [--data FOLDER]                 processor time of one row between anchors: 3, 10 and 40 anchors, and the public tasks where their data are
        """;

    private const int Rounds = 5;
    private const double Seconds = 0.2;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is not ([] or ["--data", _]))
        {
            Console.Error.WriteLine($"error: expected\n{Help}");
            return 2;
        }

        Console.WriteLine($"{Surroundings.Describe()}\n\n| data | anchors | surrogate | one stored row, µs | one row carried, µs |\n|---|---|---|---|---|");
        foreach (var count in (int[])[3, 10, 40])
        {
            Print("waves", new ScalePart("row", "one row", 500, 2, 3, count, false, true).Anchors(small: false), null);
            Print("draws", new ScalePart("row", "one row", 500, 2, 0, count, true, true).Anchors(small: false), null);
        }

        try
        {
            var data = BenchmarkData.Find(arguments.Length > 0 ? arguments[1] : null, Surroundings.Root());
            foreach (var task in ContinuityTask.Fitted)
            {
                var (anchors, bounds) = task.Read(data);
                Print(task.Name, anchors, bounds);
            }
        }
        catch (DirectoryNotFoundException absent)
        {
            Console.WriteLine($"\n{absent.Message}");
        }

        return 0;
    }

    private static void Print(string name, AnchorSet anchors, OutputBounds[]? bounds)
    {
        var fitted = SurrogateChoice.Fit(anchors, new KrigingOptions { Coupling = new TrajectoryOptions { Bounds = bounds } }).Surrogate;
        var kind = fitted is KrigedSurrogate kriged ? kriged.Options.Carrying == RowCarrying.Affine ? "affine" : "kriging" : "trajectories";
        double low = anchors[0].Lambda, high = anchors[^1].Lambda, middle = low + 0.3917 * (high - low);
        var samples = anchors[0].Samples;
        Samples row = new(samples.Outputs.SelectRows([7]), One(samples.Contexts, 7));
        var stored = Least(() => fitted.Sample(middle, row.Contexts));
        var carried = Least(() => fitted.Transport(row, low, middle));
        Recorder.Add(
            BenchmarkResult.Of("row", $"{name} / {anchors.Count} / {kind}", "stored", "", stored), BenchmarkResult.Of("row", $"{name} / {anchors.Count} / {kind}", "carried", "", carried));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {anchors.Count} | {kind} | {stored:F2} | {carried:F2} |"));
    }

    private static Contexts One(Contexts contexts, int i) => contexts.CategoryCount == 0
        ? new Contexts(contexts.Conditions.SelectRows([i]))
        : new Contexts(contexts.Conditions.SelectRows([i]), [contexts.Categories[i]], contexts.CategoryCount);

    // Microseconds of processor time of one call, the least of some rounds.
    private static double Least(Action call)
    {
        call();
        var clock = new ProcessorClock();
        var least = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            clock.Lap();
            double taken = 0;
            var calls = 0;
            while (taken < Seconds)
            {
                for (var i = 0; i < 1000; i++)
                {
                    call();
                }

                (calls, taken) = (calls + 1000, taken + clock.Lap());
            }

            least = Math.Min(least, taken / calls * 1e6);
        }

        return least;
    }
}
