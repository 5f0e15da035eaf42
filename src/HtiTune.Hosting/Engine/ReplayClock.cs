namespace HtiTune.Hosting;

/// <summary>
/// The clock of a study's tuner: shows the recorded time of each event while they are replayed, and the real one afterwards, so that a training's duration is the
/// same in whichever process it is looked at.
/// </summary>
internal sealed class ReplayClock(TimeProvider real) : TimeProvider
{
    private long? _shown;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Shows a recorded time, ms since 1970.</summary>
    public void Show(long milliseconds) => _shown = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).Ticks;

    /// <summary>Shows the real time.</summary>
    public void Run() => _shown = null;

    public override DateTimeOffset GetUtcNow() => _shown is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : real.GetUtcNow();

    public override long GetTimestamp() => GetUtcNow().Ticks;
}
