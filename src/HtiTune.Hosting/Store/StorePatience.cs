namespace HtiTune.Hosting;

/// <summary>How long calls to the store wait for a database that does not answer. Jobs wait as the store's options say; who answers a person or a program waits far less.</summary>
internal static class StorePatience
{
    private static readonly AsyncLocal<TimeSpan?> s_current = new();

    /// <summary>The patience of the calls that are made here; null: the store's own.</summary>
    public static TimeSpan? Current => s_current.Value;

    /// <summary>Sets the patience of all calls that follow in this flow.</summary>
    public static void Limit(TimeSpan patience) => s_current.Value = patience;

    /// <summary>A token that is cancelled with another, or when the patience is over.</summary>
    public static CancellationTokenSource Within(CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (Current is { } patience)
        {
            source.CancelAfter(patience);
        }
        return source;
    }

    /// <summary>What to say where the patience is over.</summary>
    public static TimeoutException Over(Exception? cause) => new($"The store has not answered within {Current?.TotalSeconds} s.", cause);
}
