namespace HtiTune.Cli;

/// <summary>Durations as people write them: 90, 90s, 5m, 2h, 1d.</summary>
internal static class Duration
{
    internal const string Expected = "a time like 90s, 5m, 2h or 1d";

    internal static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        text = text.Trim();
        var (unit, digits) = text switch
        {
            [.. var head, 's'] => (1.0, head),
            [.. var head, 'm'] => (60, head),
            [.. var head, 'h'] => (3600, head),
            [.. var head, 'd'] => (86400, head),
            _ => (1, text),
        };
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || !(number * unit <= 1e9))
        {
            return false;
        }

        value = TimeSpan.FromSeconds(number * unit);
        return true;
    }

    /// <summary>A duration for people: 3.2 s, 4 min 5 s, 2 h 3 min.</summary>
    internal static string Show(TimeSpan value) => value.TotalSeconds < 60 ? $"{value.TotalSeconds:0.0} s"
        : value.TotalHours < 1 ? $"{value.Minutes} min {value.Seconds} s"
        : $"{(int)value.TotalHours} h {value.Minutes} min";
}
