namespace HtiTune;

/// <summary>The time of a run, and whether another training fits into it.</summary>
/// <param name="store">The trainings so far.</param>
/// <param name="options">Clock and limit.</param>
/// <param name="judged">The time that the objective has taken in this process.</param>
internal sealed class RunTime(AnchorStore store, TunerOptions options, Func<TimeSpan> judged)
{
    private readonly long _started = options.TimeProvider.GetTimestamp();
    private TimeSpan _judgedBefore;
    private int _ended;

    /// <summary>Time that the run had taken in processes that have ended.</summary>
    public TimeSpan Before { get; private set; }

    /// <summary>Whether time counts, and meters do; a replay repeats what was in time, and was measured then.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>Takes the time that the run had taken before, where it counts.</summary>
    public void GoOn(TimeSpan before) => (Before, IsRunning) = (options.MaxTimeIsPerProcess ? TimeSpan.Zero : before, true);

    /// <summary>
    /// What the objective takes for one training, itself and the surrogate that comes of it: the mean of those that ended in this process, 0 before one has.
    /// </summary>
    public TimeSpan Judging => _ended == 0 ? TimeSpan.Zero : (judged() - _judgedBefore) / _ended;

    /// <summary>Takes note that a training has ended, before it is judged.</summary>
    public void Ended()
    {
        if (IsRunning)
        {
            // What was there before the first is judged once, and not for a training.
            _judgedBefore = _ended == 0 ? judged() : _judgedBefore;
            _ended++;
        }
    }

    /// <summary>What is left; null without a limit.</summary>
    public TimeSpan? Left => options.MaxTime is { } most
        ? TimeSpan.FromTicks(Math.Max(0, (most - Before - options.TimeProvider.GetElapsedTime(_started)).Ticks))
        : null;

    /// <summary>Whether nothing is left.</summary>
    public bool IsUp => IsRunning && Left <= TimeSpan.Zero;

    /// <summary>Whether there is room for one training at most, if any; the mean of those so far is expected, judging included.</summary>
    public bool IsLast => IsRunning && Left is { } left && DurationModel.Of(store) is { } durations && 2 * (durations.Mean + Judging) > left;

    /// <summary>Whether a training at a place is expected to end, and to be judged, in time; the first is, for nothing is known of it.</summary>
    public bool HasRoomFor(double u) => !IsRunning || Left is not { } left || DurationModel.Of(store) is not { } durations || durations.At(u) + Judging <= left;
}
