using System.Globalization;
using HtiTune.Benchmarks.Quality;
using HtiTune.Benchmarks.Quality.Processes;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>The verb <c>scaling</c>: what a fit costs as samples and anchors grow.</summary>
internal static class ScalingCommand
{
    private const int FewAnchors = 3;
    private const int FewSamples = 500;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments; 3 if the command is missing; 1 if a fit failed.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            var options = ScalingOptions.Parse(arguments);
            using var place = new Workplace(options.Cli ?? Surroundings.Cli(Surroundings.Root()), options.Limit);
            return Measure(options, place);
        }
        catch (Exception problem) when (problem is ArgumentException or UnknownMethodException)
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

    private static int Measure(ScalingOptions options, Workplace place)
    {
        Console.WriteLine($"{Surroundings.Describe()}\n\n{ScalingRun.TableHead}");
        var file = options.Out is { } folder ? Path.Combine(Directory.CreateDirectory(folder).FullName, "scaling.csv") : null;
        List<ScalingRun> runs = file is not null && File.Exists(file) ? [.. File.ReadLines(file).Skip(1).Select(ScalingRun.Parse)] : [];
        var failures = 0;
        foreach (var problem in options.Problems)
        {
            failures += Series(options.Sizes.Select(n => (n, FewAnchors)));
            failures += Series(options.Anchors.Select(k => (FewSamples, k)));

            int Series(IEnumerable<(int N, int K)> points)
            {
                foreach (var (n, k) in points)
                {
                    try
                    {
                        var run = runs.Find(known => (known.Problem, known.Samples, known.Anchors) == (problem.Name, n, k));
                        if (run is null)
                        {
                            runs.Add(run = Once(problem, n, k, options, place));
                            Write(file, runs);
                        }

                        Console.WriteLine(run.Row());
                    }
                    catch (Exception fault) when (fault is InvalidOperationException or TimeoutException)
                    {
                        // The larger ones would fail too.
                        Console.WriteLine($"| {problem.Name} | {n} | {k} | failed: {fault.Message.Replace('|', '/')} | |");
                        return 1;
                    }
                }

                return 0;
            }
        }

        Console.WriteLine("\n| problem | coupling | CPU over N | memory over N | CPU over K | memory over K |\n|---|---|---|---|---|---|");
        foreach (var problem in options.Problems)
        {
            var own = runs.Where(run => run.Problem == problem.Name).ToArray();
            var overN = own.Where(run => run.Anchors == FewAnchors).OrderBy(run => run.Samples).ToArray();
            var overK = own.Where(run => run.Samples == FewSamples).OrderBy(run => run.Anchors).ToArray();
            Console.WriteLine($"| {problem.Name} | {problem.What} "
                + $"| {Power("N", overN, run => (run.Samples, run.CpuSeconds))} | {Power("N", overN, run => (run.Samples, run.PeakMebibytes))} "
                + $"| {Power("K", overK, run => (run.Anchors, run.CpuSeconds))} | {Power("K", overK, run => (run.Anchors, run.PeakMebibytes))} |");
        }

        if (file is not null)
        {
            ScalingFigure.Save(runs, FewAnchors, FewSamples, Path.ChangeExtension(file, ".png"));
        }

        return failures == 0 ? 0 : 1;
    }

    private static void Write(string? file, List<ScalingRun> runs)
    {
        if (file is not null)
        {
            File.WriteAllLines(file, [ScalingRun.CsvHead, .. runs.Select(run => run.Csv())]);
        }
    }

    private static string Power(string name, IEnumerable<ScalingRun> runs, Func<ScalingRun, (double, double)> point) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}^{ScalingRun.Exponent([.. runs.Select(point)]):F2}");

    private static ScalingRun Once(ScalingProblem problem, int samples, int anchors, ScalingOptions options, Workplace place)
    {
        var command = new Command(new Method("hti", options.FitArguments.Contains("--method") ? options.FitArguments : ["--method", "hti", .. options.FitArguments]), 1, place);
        var (shape, values) = problem.Draw(samples, anchors);
        command.Fit(command.Write(shape, values), ScalingProblem.Outputs, ScalingProblem.Lambdas(anchors), problem.Arguments);
        return new ScalingRun(problem.Name, samples, anchors, command.FitSeconds, command.PeakMebibytes);
    }
}
