using System.Globalization;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Benchmarks.Quality.Tasks;
using HtiTune.Benchmarks.Record;

namespace HtiTune.Benchmarks.Quality;

/// <summary>One run: a task, a method, a seed.</summary>
internal sealed record QualityRun(TaskScores Scores, double FitSeconds, double SampleSeconds, double PeakMebibytes);

/// <summary>The Markdown table: a row for each task and method, means ± standard deviations over the seeds.</summary>
internal static class QualityTable
{
    internal const string Head =
        """
        | task | method | score | far | other scores | fit CPU s | sample CPU s | peak MiB | seeds |
        |---|---|---|---|---|---|---|---|---|
        """;

    /// <summary>A row.</summary>
    /// <param name="task">The task.</param>
    /// <param name="method">The method.</param>
    /// <param name="runs">One run for each seed, at least one.</param>
    internal static string Row(QualityTask task, Method method, IReadOnlyList<QualityRun> runs)
    {
        string Cell(Func<QualityRun, double?> value, int digits) =>
            runs.Any(run => value(run) is null) ? "–" : Text(Spread.Of([.. runs.Select(run => value(run)!.Value)]), digits, runs.Count);
        var others = runs[0].Scores.Others.Select((other, k) => $"{other.Name} {Cell(run => run.Scores.Others[k].Value, 3)}");
        return $"| {task.Name} | {method.Name} | {task.Score} {Cell(run => run.Scores.Score, 4)} | {Cell(run => run.Scores.Far, 4)} | {string.Join(", ", others)} "
            + $"| {Cell(run => run.FitSeconds, 2)} | {Cell(run => run.SampleSeconds, 2)} | {Cell(run => run.PeakMebibytes, 0)} | {runs.Count} |";
    }

    /// <summary>The row's figures, as they are kept.</summary>
    /// <param name="task">The task.</param>
    /// <param name="method">The method.</param>
    /// <param name="runs">One run for each seed, at least one.</param>
    internal static IEnumerable<BenchmarkResult> Figures(QualityTask task, Method method, IReadOnlyList<QualityRun> runs)
    {
        var all = new (string Metric, string Unit, Func<QualityRun, double?> Value)[]
        {
            ("score", "distance", run => run.Scores.Score), ("far", "distance", run => run.Scores.Far), ("fit CPU s", "", run => run.FitSeconds),
            ("sample CPU s", "", run => run.SampleSeconds), ("peak MiB", "", run => run.PeakMebibytes), ("seeds", "", _ => runs.Count),
        };
        var others = runs[0].Scores.Others.Select((other, k) => (Metric: other.Name, Unit: "", Value: (Func<QualityRun, double?>)(run => run.Scores.Others[k].Value)));
        foreach (var (metric, unit, value) in all.Concat(others).Where(one => runs.All(run => one.Value(run) is { } number && double.IsFinite(number))))
        {
            var spread = Spread.Of([.. runs.Select(run => value(run)!.Value)]);
            yield return BenchmarkResult.Of(
                "quality", $"{task.Name} / {method.Name} / {task.Score}", metric, unit, spread.Mean, runs.Count > 1 && metric != "seeds" ? spread.Deviation : null);
        }
    }

    /// <summary>Mean ± deviation; the mean alone for one seed.</summary>
    internal static string Text(Spread spread, int digits, int count)
    {
        string Number(double value) => double.IsNaN(value) ? "–" : Math.Round(value, digits).ToString($"F{digits}", CultureInfo.InvariantCulture);
        return count == 1 || double.IsNaN(spread.Mean) ? Number(spread.Mean) : $"{Number(spread.Mean)} ± {Number(spread.Deviation)}";
    }
}
