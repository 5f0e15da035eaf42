using System.Globalization;
using HtiTune.Benchmarks.Quality.Processes;
using HtiTune.Benchmarks.Quality.Tasks;
using HtiTune.Benchmarks.Record;

namespace HtiTune.Benchmarks.Quality;

/// <summary>The verb <c>quality</c>: the table on standard output, every run in full precision on standard error.</summary>
internal static class QualityCommand
{
    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments; 3 if the data or the command are missing; 1 if a run failed.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            var options = QualityOptions.Parse(arguments);
            var root = Surroundings.Root();
            var data = BenchmarkData.Find(options.Data, root);
            using var place = new Workplace(options.Cli ?? Surroundings.Cli(root), options.Limit);
            return Measure(options, data, place);
        }
        catch (ArgumentException problem)
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

    private static int Measure(QualityOptions options, BenchmarkData data, Workplace place)
    {
        var skipped = new Dictionary<Method, string>();
        var failures = 0;
        var runs = new RunFile(options.Append);
        Console.WriteLine($"{Surroundings.Describe()}\n\n{QualityTable.Head}");
        foreach (var task in options.Tasks)
        {
            foreach (var method in options.Methods)
            {
                foreach (var seed in options.Seeds.Where(seed => !skipped.ContainsKey(method) && runs.Find(task, method, seed) is null))
                {
                    try
                    {
                        runs.Add(task, method, seed, Once(task, method, seed, data, place));
                    }
                    catch (UnknownMethodException problem)
                    {
                        skipped[method] = problem.Message;
                    }
                    catch (Exception problem) when (problem is InvalidOperationException or HtiTune.Data.DataFormatException or TimeoutException)
                    {
                        failures++;
                        Console.WriteLine($"| {task.Name} | {method.Name}, seed {seed} | failed: {problem.Message.Replace('|', '/')} | | | | | | |");
                    }
                }

                // With a file: whatever it holds of the task and the method, in this call or an earlier one.
                if (runs.All(task, method) is { Length: > 0 } done)
                {
                    Console.WriteLine(QualityTable.Row(task, method, done));
                    Recorder.Add(QualityTable.Figures(task, method, done));
                }
            }
        }

        Console.WriteLine();
        foreach (var (method, reason) in skipped)
        {
            Console.WriteLine($"Skipped {method.Name} (`{string.Join(' ', method.Arguments)}`): {reason}  ");
        }

        return failures == 0 ? 0 : 1;
    }

    private static QualityRun Once(QualityTask task, Method method, long seed, BenchmarkData data, Workplace place)
    {
        var command = new Command(method, seed, place);
        var scores = task.Run(data, command);
        var values = new[] { ("score", (double?)scores.Score), ("far", scores.Far) }
            .Concat(scores.Others.Select(other => (other.Name, (double?)other.Value)))
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Item1} {pair.Item2:G10}"));
        Console.Error.WriteLine($"{task.Name}, {method.Name}, seed {seed}: {string.Join(", ", values)}; "
            + $"fit {command.FitSeconds:F2} s, sample {command.SampleSeconds:F2} s, peak {command.PeakMebibytes:F0} MiB");
        return new QualityRun(scores, command.FitSeconds, command.SampleSeconds, command.PeakMebibytes);
    }
}
