using System.Globalization;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Benchmarks.Quality.Tasks;

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

    /// <summary>Mean ± deviation; the mean alone for one seed.</summary>
    internal static string Text(Spread spread, int digits, int count)
    {
        string Number(double value) => double.IsNaN(value) ? "–" : Math.Round(value, digits).ToString($"F{digits}", CultureInfo.InvariantCulture);
        return count == 1 || double.IsNaN(spread.Mean) ? Number(spread.Mean) : $"{Number(spread.Mean)} ± {Number(spread.Deviation)}";
    }
}
