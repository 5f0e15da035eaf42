namespace HtiTune.Cli;

/// <summary>When text may be coloured: <c>--color</c>, then <c>NO_COLOR</c>, <c>CLICOLOR_FORCE</c> and <c>TERM</c>, then whether the stream is a terminal.</summary>
internal static class Colour
{
    /// <summary>What <c>--color</c>, or else the configuration, says: auto, always or never.</summary>
    internal static string Choice { get; set; } = "auto";

    /// <summary>Bold.</summary>
    internal const string Bold = "1";

    /// <summary>For errors.</summary>
    internal const string Red = "1;31";

    /// <summary>For warnings.</summary>
    internal const string Yellow = "1;33";

    /// <summary>For what to do next.</summary>
    internal const string Cyan = "1;36";

    /// <summary>Whether standard error takes colour.</summary>
    internal static bool OnErrors => On(Console.IsErrorRedirected);

    /// <summary>Text in a colour, where it is allowed.</summary>
    internal static string Paint(string text, string colour, bool allowed) => allowed ? $"\u001b[{colour}m{text}\u001b[0m" : text;

    private static bool On(bool isRedirected) => Choice switch
    {
        "always" => true,
        "never" => false,
        _ when Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } => false,
        _ when Environment.GetEnvironmentVariable("CLICOLOR_FORCE") is { Length: > 0 } force && force != "0" => true,
        _ => !isRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
    };
}
