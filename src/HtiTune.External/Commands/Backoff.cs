namespace HtiTune.External;

/// <summary>How long the next attempt waits: twice as long after each failure, ten minutes at most.</summary>
internal static class Backoff
{
    /// <summary>The longest wait.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The wait after an attempt has failed.</summary>
    /// <param name="first">The wait after the first.</param>
    /// <param name="attempt">Number of the attempt, from 1.</param>
    internal static TimeSpan After(TimeSpan first, int attempt) =>
        TimeSpan.FromTicks((long)Math.Min(first.Ticks * Math.Pow(2, Math.Max(0, attempt - 1)), Longest.Ticks));
}
