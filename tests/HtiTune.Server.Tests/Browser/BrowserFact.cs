namespace HtiTune.Server.Tests.Browser;

/// <summary>A test in a real browser; skipped with a reason where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    internal const string Chromium = "/usr/bin/chromium";

    /// <summary>Skipped where Debian's chromium is not installed.</summary>
    public BrowserFactAttribute()
    {
        if (!File.Exists(Chromium))
        {
            Skip = $"{Chromium} is not installed (apt-get install chromium)";
        }
    }
}
