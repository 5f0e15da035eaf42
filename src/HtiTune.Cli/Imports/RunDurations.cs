using System.Text.RegularExpressions;

namespace HtiTune.Cli;

/// <summary>How long a run took, as other tools write it.</summary>
internal static partial class RunDurations
{
    // What is longer is a point in time that stands in such a column.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3650);

    /// <summary>Columns that hold a duration: Optuna and MLflow, W&amp;B, Ray, SMAC. Plain numbers are seconds in all of them.</summary>
    private static readonly string[] s_columns = ["duration", "Duration", "Runtime", "_runtime", "time_total_s", "time"];

    /// <summary>Columns that hold beginning and end: Optuna, MLflow, SMAC.</summary>
    private static readonly (string From, string To)[] s_ends =
        [("datetime_start", "datetime_complete"), ("start_time", "end_time"), ("starttime", "endtime")];

    /// <summary>Makes a reader of the durations of a table's lines; null where it has none.</summary>
    /// <param name="header">The columns' names.</param>
    internal static Func<IReadOnlyList<string>, TimeSpan>? Of(IReadOnlyList<string> header)
    {
        List<Func<IReadOnlyList<string>, TimeSpan>> readers = [];
        foreach (var column in s_columns.Select(name => Place(header, name)).Where(place => place >= 0))
        {
            readers.Add(fields => Parse(fields[column]));
        }

        foreach (var (from, to) in s_ends.Select(pair => (Place(header, pair.From), Place(header, pair.To))).Where(pair => pair is { Item1: >= 0, Item2: >= 0 }))
        {
            readers.Add(fields => Between(fields[from], fields[to]));
        }

        return readers.Count == 0 ? null : fields => readers.Select(read => read(fields)).FirstOrDefault(time => time > TimeSpan.Zero);
    }

    /// <summary>Reads a duration: seconds, <c>0 days 00:00:01.5</c>, <c>00:00:01.5</c>, <c>1.5min</c>; zero where it is something else.</summary>
    internal static TimeSpan Parse(string text)
    {
        text = text.Trim();
        if (Clock().Match(text) is { Success: true } clock)
        {
            var days = clock.Groups["days"].Success ? Number(clock.Groups["days"].Value) : 0;
            return Seconds(((days * 24 + Number(clock.Groups["hours"].Value)) * 60 + Number(clock.Groups["minutes"].Value)) * 60 + Number(clock.Groups["seconds"].Value));
        }

        if (Measured().Match(text) is not { Success: true } measured)
        {
            return TimeSpan.Zero;
        }

        return Seconds(Number(measured.Groups["number"].Value) * measured.Groups["unit"].Value switch
        {
            "ms" => 1e-3,
            "min" or "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => 1,
        });
    }

    private static TimeSpan Between(string from, string to)
    {
        if (double.TryParse(from, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && double.TryParse(to, NumberStyles.Float, CultureInfo.InvariantCulture, out var b))
        {
            // Milliseconds since 1970 have thirteen digits, seconds ten.
            return Seconds((b - a) / (Math.Abs(a) > 1e11 ? 1000 : 1));
        }

        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        return DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, Style, out var began) && DateTimeOffset.TryParse(to, CultureInfo.InvariantCulture, Style, out var ended)
            ? Seconds((ended - began).TotalSeconds)
            : TimeSpan.Zero;
    }

    private static TimeSpan Seconds(double seconds) => seconds > 0 && seconds < s_longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static int Place(IReadOnlyList<string> header, string name)
    {
        for (var i = 0; i < header.Count; i++)
        {
            if (header[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    [GeneratedRegex(@"^(?:(?<days>\d+) days? )?(?<hours>\d+):(?<minutes>\d\d):(?<seconds>\d\d(?:\.\d+)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?) ?(?<unit>ms|s|min|m|h|d|)$", RegexOptions.CultureInvariant)]
    private static partial Regex Measured();
}
