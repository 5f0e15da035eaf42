namespace HtiTune.Hosting;

/// <summary>Texts that others read: what a line of a log or of a page would not show as it stands is refused.</summary>
internal static class PlainText
{
    /// <summary>What a name must not have, in words.</summary>
    public const string Expected = "none of them a control character, or one that turns the direction of writing";

    /// <summary>Whether a text is shown as it stands: no control characters, and no embedding, override or isolate (UAX #9), by which one name looks like another.</summary>
    public static bool IsPlain(string text) => !text.Any(c => char.IsControl(c) || Turns(c));

    /// <summary>The same of a text of several lines.</summary>
    public static bool ArePlainLines(string text) => !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t') || Turns(c));

    private static bool Turns(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
