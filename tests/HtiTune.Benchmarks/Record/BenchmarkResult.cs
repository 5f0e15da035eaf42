using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HtiTune.Benchmarks.Record;

/// <summary>A figure that a benchmark measured: a line of <c>results/*.jsonl</c>.</summary>
/// <param name="Benchmark">The table or list it belongs to, as <c>several-families-d2</c>.</param>
/// <param name="Case">What was measured: the labels of a table's row, parts separated by <c> / </c>.</param>
/// <param name="Metric">The quantity.</param>
/// <param name="Unit">How two values are compared, see <see cref="Threshold"/>; empty where they are not.</param>
/// <param name="Value">The value as it stands in the file; a text where the metric is a word.</param>
/// <param name="Spread">Its spread (standard deviation, or half a 95 % interval, as the table says), as it stands in the file; null where there is none.</param>
/// <param name="Commit">The build that was measured, its hash or the beginning of it; empty where that is not known.</param>
/// <param name="Machine">Where.</param>
/// <param name="Date">When, <c>yyyy-MM-dd</c>.</param>
internal sealed partial record BenchmarkResult(
    string Benchmark, string Case, string Metric, string Unit, string Value, string? Spread = null, string Commit = "", string Machine = "", string Date = "")
{
    /// <summary>The value as a number; NaN where it is a word.</summary>
    internal double Number => double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    /// <summary>What two runs have in common.</summary>
    internal (string Benchmark, string Case, string Metric) Key => (Benchmark, Case, Metric);

    /// <summary>A figure in full precision.</summary>
    /// <param name="benchmark">The table.</param>
    /// <param name="case">The row.</param>
    /// <param name="metric">The quantity.</param>
    /// <param name="unit">How it is compared.</param>
    /// <param name="value">The value, a finite number.</param>
    /// <param name="spread">Its spread, if any.</param>
    /// <exception cref="ArgumentException">The value is not finite.</exception>
    internal static BenchmarkResult Of(string benchmark, string @case, string metric, string unit, double value, double? spread = null)
    {
        static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? new BenchmarkResult(benchmark, @case, metric, unit, Text(value), spread is { } half && double.IsFinite(half) ? Text(half) : null)
            : throw new ArgumentException($"{benchmark}, {@case}: {metric} is {value}; expected a finite number.", nameof(value));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">A file of lines.</param>
    /// <exception cref="InvalidDataException">A line holds no measurement; the message names it.</exception>
    internal static IReadOnlyList<BenchmarkResult> Read(string path) => [.. File.ReadLines(path).Select((line, i) => (line, i)).Where(one => one.line != "").Select(one =>
    {
        try
        {
            using var read = JsonDocument.Parse(one.line);
            string? Said(string name) => read.RootElement.TryGetProperty(name, out var member)
                ? member.ValueKind == JsonValueKind.String ? member.GetString() : member.GetRawText()
                : null;
            string Needed(string name) => Said(name) ?? throw new JsonException($"\"{name}\" is missing");
            return new BenchmarkResult(
                Needed("benchmark"), Needed("case"), Needed("metric"), Said("unit") ?? "", Needed("value"), Said("spread"),
                Said("commit") ?? "", Said("machine") ?? "", Said("date") ?? "");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException(
                $"{path}, line {one.i + 1}, holds no measurement: {problem.Message}; expected an object with benchmark, case, metric and value.", problem);
        }
    })];

    /// <summary>Its line.</summary>
    internal string Line()
    {
        var line = new JsonObject();
        void Say(string name, string? text, bool isNumber = false)
        {
            if (!string.IsNullOrEmpty(text))
            {
                line[name] = isNumber && JsonNumber().IsMatch(text) ? JsonNode.Parse(text) : text;
            }
        }

        Say("benchmark", Benchmark);
        line["case"] = Case;
        Say("metric", Metric);
        Say("unit", Unit);
        Say("value", Value, isNumber: true);
        Say("spread", Spread, isNumber: true);
        Say("commit", Commit);
        Say("machine", Machine);
        Say("date", Date);
        return line.ToJsonString(s_plain);
    }

    [GeneratedRegex(@"^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$")]
    private static partial Regex JsonNumber();

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
