using System.Text;

namespace HtiTune.Server;

/// <summary>Metrics in Prometheus' text format 0.0.4.</summary>
internal sealed class PrometheusText
{
    /// <summary>The format's media type.</summary>
    internal const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _name = "";

    /// <summary>A metric's name as Prometheus has it: <c>htitune.study.advance.duration</c> in seconds is <c>htitune_study_advance_duration_seconds</c>.</summary>
    internal static string NameOf(string name, string? unit) => name.Replace('.', '_') + (unit == "s" ? "_seconds" : unit == "By" ? "_bytes" : "");

    /// <summary>Labels with one more.</summary>
    internal static string With(string labels, string name, string value) =>
        $"{labels}{(labels.Length > 0 ? "," : "")}{name.Replace('.', '_')}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Begins a metric; its values follow.</summary>
    internal void Begin(string name, string kind, string help)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
    }

    /// <summary>A gauge of one value.</summary>
    internal void Gauge(string name, string help, double value)
    {
        Begin(name, "gauge", help);
        Value("", value);
    }

    /// <summary>A value of the metric that was begun.</summary>
    internal void Value(string labels, double value) => Line("", labels, value);

    /// <summary>A histogram of the metric that was begun.</summary>
    /// <param name="labels">Its labels.</param>
    /// <param name="bounds">Upper bounds, ascending.</param>
    /// <param name="counts">How many lie in each bucket, those below it left out.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="sum">Their sum.</param>
    internal void Histogram(string labels, double[] bounds, long[] counts, long count, double sum)
    {
        var below = 0L;
        for (var i = 0; i < bounds.Length; i++)
        {
            below += counts[i];
            Line("_bucket", With(labels, "le", Text(bounds[i])), below);
        }

        Line("_bucket", With(labels, "le", "+Inf"), count);
        Line("_sum", labels, sum);
        Line("_count", labels, count);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Line(string suffix, string labels, double value) =>
        _text.Append(_name).Append(suffix).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ').Append(Text(value)).Append('\n');

    private static string Text(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
