namespace HtiTune.Hosting;

/// <summary>What computes for seconds has a thread of its own: those of the pool answer requests.</summary>
internal static class OffPool
{
    /// <summary>Computes on a thread of its own.</summary>
    /// <param name="isLong">Whether it may take long; otherwise it is done at once, on the calling thread.</param>
    /// <param name="work">The work.</param>
    public static Task<T> RunAsync<T>(bool isLong, Func<T> work) => isLong
        ? Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default)
        : Task.FromResult(work());
}
