namespace HtiTune.Hosting;

/// <summary>
/// How long calls to the store wait for a database that does not answer. Jobs wait as the store's options say; who answers a person or a program waits far less: each call for a time,
/// and all calls of a request, with the turns at studies that others work with, for another.
/// </summary>
internal static class StorePatience
{
    private static readonly AsyncLocal<Terms?> s_current = new();

    /// <summary>The patience of a call that is made here now; null: the store's own.</summary>
    public static TimeSpan? Current => s_current.Value?.Now;

    /// <summary>Sets the patience of all calls that follow in this flow.</summary>
    /// <param name="patience">Of each call.</param>
    /// <param name="inAll">Of all calls together; null: no limit. What is computed between them does not count.</param>
    public static void Limit(TimeSpan patience, TimeSpan? inAll = null) => s_current.Value = new Terms(patience, inAll);

    /// <summary>The calls that follow have their whole time again: who waits for news, and looks again, asks anew.</summary>
    public static void Renew() => s_current.Value?.Renew();

    /// <summary>Counts the time until it is disposed of as waited for the store.</summary>
    public static Waiting Wait(TimeProvider time) => new(s_current.Value, time, time.GetTimestamp());

    /// <summary>A token that is cancelled with another, or when the patience is over.</summary>
    public static CancellationTokenSource Within(CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (Current is not { } patience)
        {
            return source;
        }

        if (patience > TimeSpan.Zero)
        {
            source.CancelAfter(patience);
        }
        else
        {
            source.Cancel();
        }

        return source;
    }

    /// <summary>Waits for a turn that others have, half as long as the request may still wait in all: they may themselves wait for the store, and for longer.</summary>
    /// <exception cref="StudyBusyException">The turn did not come in time.</exception>
    public static async Task WaitForTurnAsync(Func<CancellationToken, Task> turn, TimeProvider time, CancellationToken cancellation)
    {
        if (s_current.Value is not { InAll: not null } terms)
        {
            await turn(cancellation).ConfigureAwait(false);
            return;
        }

        using var waiting = Wait(time);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        within.CancelAfter(terms.Left / 2);
        try
        {
            await turn(within.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new StudyBusyException();
        }
    }

    /// <summary>What to say where the patience is over.</summary>
    public static TimeoutException Over(Exception? cause) => new(
        $"The store has not answered in the {s_current.Value?.Patience.TotalSeconds} s that a call waits, or in the {s_current.Value?.InAll?.TotalSeconds} s of all calls of a request.", cause);

    /// <summary>Time that passes while the store is waited for.</summary>
    internal readonly struct Waiting(Terms? terms, TimeProvider time, long begun) : IDisposable
    {
        public void Dispose() => terms?.Add(time.GetElapsedTime(begun));
    }

    /// <summary>What one request, or job, may wait.</summary>
    internal sealed class Terms(TimeSpan patience, TimeSpan? inAll)
    {
        private long _waited;

        public TimeSpan Patience => patience;

        public TimeSpan? InAll => inAll;

        public TimeSpan Left => inAll is { } all && all.Ticks - Interlocked.Read(ref _waited) is var left ? TimeSpan.FromTicks(Math.Max(0, left)) : Timeout.InfiniteTimeSpan;

        public TimeSpan Now => inAll is not null && Left < patience ? Left : patience;

        public void Renew() => Interlocked.Exchange(ref _waited, 0);

        public void Add(TimeSpan time) => Interlocked.Add(ref _waited, time.Ticks);
    }
}

/// <summary>Others work with the study, and have not come to an end within the time that a request waits.</summary>
internal sealed class StudyBusyException() : TimeoutException("The study is being worked with, by its own next step or for another request; nothing was changed. Try the same again in some seconds.");
