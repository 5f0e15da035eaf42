namespace HtiTune;

/// <summary>The time of a run, and whether another training fits into it.</summary>
internal sealed class RunTime(AnchorStore store, TunerOptions options)
{
    private readonly long _started = options.TimeProvider.GetTimestamp();

    /// <summary>Time that the run had taken in processes that have ended.</summary>
    public TimeSpan Before { get; private set; }

    /// <summary>Whether time counts; a replay repeats what was in time.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>Takes the time that the run had taken before, where it counts.</summary>
    public void GoOn(TimeSpan before) => (Before, IsRunning) = (options.MaxTimeIsPerProcess ? TimeSpan.Zero : before, true);

    /// <summary>What is left; null without a limit.</summary>
    public TimeSpan? Left => options.MaxTime is { } most
        ? TimeSpan.FromTicks(Math.Max(0, (most - Before - options.TimeProvider.GetElapsedTime(_started)).Ticks))
        : null;

    /// <summary>Whether nothing is left.</summary>
    public bool IsUp => IsRunning && Left <= TimeSpan.Zero;

    /// <summary>Whether there is room for one training at most, if any; the mean of those so far is expected.</summary>
    public bool IsLast => IsRunning && Left is { } left && DurationModel.Of(store) is { } durations && 2 * durations.Mean > left;

    /// <summary>Whether a training at a place is expected to end in time; the first is, for nothing is known of it.</summary>
    public bool HasRoomFor(double u) => !IsRunning || Left is not { } left || DurationModel.Of(store) is not { } durations || durations.At(u) <= left;
}
