namespace HtiTune.Journal;

/// <summary>A log that is closed at first: what a replay repeats was logged when it happened.</summary>
internal sealed class GatedLogger(ILogger inner) : ILogger
{
    public bool IsOpen { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => IsOpen && inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsOpen)
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
