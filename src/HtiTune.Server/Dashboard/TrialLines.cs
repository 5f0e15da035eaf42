using System.Text;

namespace HtiTune.Server.Dashboard;

/// <summary>A trial with the attempts at it.</summary>
public sealed record TrialLine(TrialView Trial, IReadOnlyList<AttemptView> Attempts)
{
    /// <summary>The attempt that tells where the trial stands; null before the first.</summary>
    internal AttemptView? Last => Attempts.Count > 0 ? Attempts[^1] : null;
}

/// <summary>A column of the table of trials.</summary>
/// <param name="Key">Its name in a file, e.g. <c>expected_gain</c>.</param>
/// <param name="Head">Its heading.</param>
/// <param name="IsNumber">Whether it holds numbers, which stand at the right.</param>
/// <param name="IsShown">Whether it is shown unless a user chooses otherwise.</param>
/// <param name="Value">What lines are sorted by, and a file holds; null where there is nothing.</param>
/// <param name="Text">What is shown.</param>
internal sealed record TrialColumn(string Key, string Head, bool IsNumber, bool IsShown, Func<TrialLine, IComparable?> Value, Func<TrialLine, string> Text);

/// <summary>Which trials a table shows, and in which order.</summary>
/// <param name="Search">Part of what a column shows; empty: any.</param>
/// <param name="Status">Where they stand; null: anywhere.</param>
/// <param name="Sort">Key of the column that orders them.</param>
/// <param name="IsDescending">Whether the greatest comes first.</param>
internal sealed record TrialOrder(string Search = "", TrialStatus? Status = null, string Sort = TrialLines.Number, bool IsDescending = true);

/// <summary>The trials of a study as lines of a table: sorted, filtered, written into a file.</summary>
internal static class TrialLines
{
    internal const string Number = "trial";

    // Programs that show tables take cells that begin so for formulas.
    private const string FormulaMarks = "=+-@\t\r";

    /// <summary>The columns of a study's trials: its hyperparameters, and what it measures beside its objective.</summary>
    internal static IReadOnlyList<TrialColumn> ColumnsOf(StudyDefinition definition) => ColumnsOf(definition.ToSpace(), definition);

    private static IReadOnlyList<TrialColumn> ColumnsOf(SearchSpace space, StudyDefinition definition) =>
    [
        new(Number, "trial", true, true, line => line.Trial.Number, line => line.Trial.Number.ToString(CultureInfo.InvariantCulture)),
        .. space.Select(one => new TrialColumn(
            one.Name, one.Name, one is not CategoricalHyperparameter, true, line => At(line, one.Name),
            line => At(line, one.Name) switch { double number => Say.Number(number), string word => word, _ => "–" })),
        Real("value", "value", true, trial => trial.Value),
        .. StudyProblem.MeasuresBeside(definition).Select(name => Real(name, name, true, trial => trial.Features is { } all && all.TryGetValue(name, out var value) ? value : null)),
        .. definition.Constraints is { Count: > 0 } ? [new("feasible", "meets constraints", false, true, line => Feasible(line), line => Feasible(line) ?? "–")] : (TrialColumn[])[],
        new("state", "state", false, true, line => line.Trial.Status.ToString().ToLowerInvariant(), line => line.Trial.Status.ToString().ToLowerInvariant()),
        Real("predicted_low", "forecast from", true, trial => trial.PredictedLow),
        Real("predicted_high", "forecast to", true, trial => trial.PredictedHigh),
        Real("predicted", "forecast", false, trial => trial.Predicted),
        Real("expected_gain", "expected gain", false, trial => trial.ExpectedGain),
        new("duration", "took", true, true, line => Took(line)?.TotalSeconds, line => Took(line) is { } took ? Say.Span(took) : "–"),
        new("worker", "worker", false, true, line => line.Last?.Worker, line => line.Last?.Worker ?? "–"),
        new("attempts", "attempts", true, false, line => line.Trial.Attempts, line => line.Trial.Attempts.ToString(CultureInfo.InvariantCulture)),
        new("seed", "seed", true, false, line => line.Trial.Seed, line => line.Trial.Seed.ToString(CultureInfo.InvariantCulture)),
        new("imported", "imported", false, false, line => line.Trial.IsImported ? "yes" : "no", line => line.Trial.IsImported ? "yes" : "no"),
        new("reason", "asked for", false, false, line => line.Trial.Reason, line => line.Trial.Reason),
        new("error", "error", false, false, line => line.Trial.Error, line => line.Trial.Error ?? "–"),
        Time("queued_at", "asked at", trial => trial.QueuedAt),
        Time("started_at", "begun at", trial => trial.StartedAt),
        Time("ended_at", "ended at", trial => trial.EndedAt),
    ];

    /// <summary>Trials with their attempts, by number.</summary>
    internal static IReadOnlyList<TrialLine> Of(IEnumerable<TrialView> trials, IEnumerable<AttemptView> attempts)
    {
        var of = attempts.ToLookup(attempt => attempt.Trial);
        return [.. trials.Select(trial => new TrialLine(trial, [.. of[trial.Number].OrderBy(attempt => attempt.Number)]))];
    }

    /// <summary>The lines that are wanted, in their order; lines without a value stand last, and those of one value by number.</summary>
    internal static IReadOnlyList<TrialLine> Ordered(IReadOnlyList<TrialLine> lines, IReadOnlyList<TrialColumn> columns, TrialOrder order)
    {
        var column = columns.FirstOrDefault(column => column.Key == order.Sort) ?? columns[0];
        var found = lines.Where(line => (order.Status is null || line.Trial.Status == order.Status)
            && (order.Search.Length == 0 || columns.Any(one => one.Text(line).Contains(order.Search, StringComparison.OrdinalIgnoreCase))));
        var keyed = found.Select(line => (Line: line, Key: column.Value(line))).OrderBy(one => one.Key is null);
        return [.. (order.IsDescending ? keyed.ThenByDescending(one => one.Key) : keyed.ThenBy(one => one.Key)).ThenBy(one => one.Line.Trial.Number).Select(one => one.Line)];
    }

    /// <summary>Lines as comma-separated values (RFC 4180), in UTF-8: a heading, numbers to their last digit, times in UTC. Words that a program would take for a formula are quoted by an apostrophe.</summary>
    internal static byte[] Csv(IReadOnlyList<TrialLine> lines, IReadOnlyList<TrialColumn> columns)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', columns.Select(column => Cell(column.Key))).Append("\r\n");
        foreach (var line in lines)
        {
            text.AppendJoin(',', columns.Select(column => Cell(column.Value(line)))).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Cell(IComparable? value) => value switch
    {
        null => "",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        string word => Quoted(word.Length > 0 && FormulaMarks.Contains(word[0], StringComparison.Ordinal) ? "'" + word : word),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => Quoted(value.ToString() ?? ""),
    };

    private static string Quoted(string word) => word.AsSpan().IndexOfAny("\",\r\n") < 0 ? word : $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static IComparable? At(TrialLine line, string name)
    {
        if (!line.Trial.Configuration.TryGet(name, out var set))
        {
            return null;
        }

        return set.IsNumber ? set.Number : set.Word;
    }

    private static string? Feasible(TrialLine line) => line.Trial.IsFeasible switch { true => "yes", false => "no", _ => null };

    private static TimeSpan? Took(TrialLine line) => line.Trial is { IsImported: false, StartedAt: { } from, EndedAt: { } to } ? to - from : null;

    private static TrialColumn Real(string key, string head, bool isShown, Func<TrialView, double?> value) => new(
        key, head, true, isShown, line => value(line.Trial) is { } number && double.IsFinite(number) ? number : null, line => Say.Number(value(line.Trial)));

    private static TrialColumn Time(string key, string head, Func<TrialView, DateTimeOffset?> value) => new(
        key, head, false, false, line => value(line.Trial), line => value(line.Trial) is { } time ? Say.Time(time) : "–");
}
