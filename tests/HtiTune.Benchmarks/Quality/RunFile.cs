using System.Text.Json;
using System.Text.Json.Serialization;
using HtiTune.Benchmarks.Quality.Tasks;

namespace HtiTune.Benchmarks.Quality;

/// <summary>Single runs kept in a file, a line of JSON each, written as they end: a long table comes together in pieces.</summary>
/// <remarks>A last line that was cut short is dropped. A run is known by its task, method and seed; the build is not part of it.</remarks>
internal sealed class RunFile
{
    // Scores of collapsed samples can be infinite.
    private static readonly JsonSerializerOptions Format = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly string? _path;
    private readonly Dictionary<(string Task, string Method, long Seed), QualityRun> _runs = [];

    /// <param name="path">The file, created with the first run; null to keep runs in memory only.</param>
    /// <exception cref="IOException">The file holds something else.</exception>
    internal RunFile(string? path)
    {
        _path = path;
        if (path is null || !File.Exists(path))
        {
            return;
        }

        var text = File.ReadAllText(path);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length)
        {
            File.WriteAllText(path, whole);
        }

        var number = 0;
        foreach (var line in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            try
            {
                var read = JsonSerializer.Deserialize<Line>(line, Format)!;
                _runs[(read.Task, read.Method, read.Seed)] = read.Run();
            }
            catch (JsonException problem)
            {
                throw new IOException($"{path}, line {number}, holds no run: {problem.Message}", problem);
            }
        }
    }

    /// <summary>The run, if there is one.</summary>
    internal QualityRun? Find(QualityTask task, Method method, long seed) => _runs.GetValueOrDefault((task.Name, method.Key, seed));

    /// <summary>All runs of a task and a method, ascending by seed.</summary>
    internal QualityRun[] All(QualityTask task, Method method) =>
        [.. _runs.Where(pair => pair.Key.Task == task.Name && pair.Key.Method == method.Key).OrderBy(pair => pair.Key.Seed).Select(pair => pair.Value)];

    /// <summary>Keeps a run.</summary>
    internal void Add(QualityTask task, Method method, long seed, QualityRun run)
    {
        _runs[(task.Name, method.Key, seed)] = run;
        if (_path is not null)
        {
            File.AppendAllText(_path, JsonSerializer.Serialize(Line.Of(task, method, seed, run), Format) + "\n");
        }
    }

    private sealed record Line(
        string Task, string Method, long Seed, double Score, double? Far, Line.Other[] Others, double FitSeconds, double SampleSeconds, double PeakMebibytes)
    {
        internal static Line Of(QualityTask task, Method method, long seed, QualityRun run) => new(
            task.Name,
            method.Key,
            seed,
            run.Scores.Score,
            run.Scores.Far,
            [.. run.Scores.Others.Select(other => new Other(other.Name, other.Value))],
            run.FitSeconds,
            run.SampleSeconds,
            run.PeakMebibytes);

        internal QualityRun Run() =>
            new(new TaskScores(Score, Far, [.. Others.Select(other => (other.Name, other.Value))]), FitSeconds, SampleSeconds, PeakMebibytes);

        internal sealed record Other(string Name, double Value);
    }
}
