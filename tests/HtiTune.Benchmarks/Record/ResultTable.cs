using System.Globalization;
using System.Text.RegularExpressions;

namespace HtiTune.Benchmarks.Record;

/// <summary>
/// Tables of Markdown files whose rows are made from results. A comment before the table says of which benchmark, and how a row reads:
/// <c>&lt;!-- results NAME: {1} | {metric:F2} | {metric±:F4} --&gt;</c>. <c>{1}</c> and <c>{2}</c> are parts of the case, <c>{metric}</c> a value as it stands
/// in the file or in a format of .NET, <c>{metric±}</c> with its spread where it has one, <c>{others±}</c> all metrics that are not named, each with its name.
/// </summary>
internal static partial class ResultTable
{
    /// <summary>The folder of results.</summary>
    /// <param name="root">The repository.</param>
    internal static string Folder(string root) => Path.Combine(root, "tests", "HtiTune.Benchmarks", "results");

    /// <summary>All results of a folder.</summary>
    /// <param name="folder">The folder.</param>
    internal static IReadOnlyList<BenchmarkResult> All(string folder) =>
        [.. Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(BenchmarkResult.Read)];

    /// <summary>A Markdown text with its tables made anew.</summary>
    /// <param name="text">The text.</param>
    /// <param name="results">All results.</param>
    /// <exception cref="InvalidDataException">A table names a benchmark without results, or has no head.</exception>
    internal static string Rewrite(string text, IReadOnlyList<BenchmarkResult> results)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var written = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            written.Add(lines[i]);
            if (!Marker().IsMatch(lines[i]))
            {
                continue;
            }

            var (name, template) = (Marker().Match(lines[i]).Groups[1].Value, Marker().Match(lines[i]).Groups[2].Value);
            if (i + 2 >= lines.Length || !lines[i + 2].StartsWith("|-", StringComparison.Ordinal))
            {
                throw new InvalidDataException($"the table of {name} has no head; expected its two lines after the comment.");
            }

            written.AddRange([lines[i + 1], lines[i + 2], .. Rows(name, template, results)]);
            for (i += 2; i + 1 < lines.Length && lines[i + 1].StartsWith('|'); i++)
            {
            }
        }

        return string.Join('\n', written);
    }

    private static IEnumerable<string> Rows(string name, string template, IReadOnlyList<BenchmarkResult> results)
    {
        // Measured again, a figure replaces the one before.
        var cases = results.Where(one => one.Benchmark == name).GroupBy(one => one.Case)
            .Select(group => (Case: group.Key, Figures: group.GroupBy(one => one.Metric).Select(metric => metric.Last()).ToList())).ToList();
        var named = Placeholder().Matches(template).Select(match => match.Groups[1].Value).ToHashSet();
        return cases.Count > 0
            ? cases.Select(one => $"| {string.Join(" | ", template.Split(" | ").Select(cell => Cell(cell.Trim(), one.Case.Split(" / "), one.Figures, named)))} |")
            : throw new InvalidDataException($"there are no results of {name}.");
    }

    private static string Cell(string cell, string[] parts, List<BenchmarkResult> figures, HashSet<string> named)
    {
        var isMissing = false;
        var text = Placeholder().Replace(cell, match =>
        {
            var (metric, spread, format) = (match.Groups[1].Value, match.Groups[2].Length > 0, match.Groups[3].Success ? match.Groups[3].Value : null);
            if (int.TryParse(metric, NumberStyles.None, CultureInfo.InvariantCulture, out var part))
            {
                return part <= parts.Length ? parts[part - 1] : "";
            }

            if (metric == "others")
            {
                return string.Join(", ", figures.Where(one => !named.Contains(one.Metric)).Select(one => $"{one.Metric} {Shown(one, spread, format)}"));
            }

            var figure = figures.Find(one => one.Metric == metric);
            isMissing |= figure is null;
            return figure is null ? "" : Shown(figure, spread, format);
        });
        return isMissing ? "–" : text;
    }

    private static string Shown(BenchmarkResult figure, bool withSpread, string? format)
    {
        string Number(string text) => format is null || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? text
            : value.ToString(format, CultureInfo.InvariantCulture);
        return Number(figure.Value) + (withSpread && figure.Spread is { } spread ? $" ± {Number(spread)}" : "");
    }

    [GeneratedRegex(@"^<!-- results ([a-z0-9-]+): (.+) -->$")]
    private static partial Regex Marker();

    [GeneratedRegex(@"\{([^{}±:]+)(±?)(?::([^{}]+))?\}")]
    private static partial Regex Placeholder();
}
