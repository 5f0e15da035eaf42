using System.Diagnostics.Metrics;

namespace HtiTune.Server;

/// <summary>What the server itself measures: what stays open.</summary>
internal sealed class ServerTelemetry : IDisposable
{
    /// <summary>Name of the meter.</summary>
    internal const string Name = "HtiTune.Server";

    private readonly Meter _meter = new(Name);
    private readonly UpDownCounter<int> _streams;
    private readonly UpDownCounter<int> _claims;

    public ServerTelemetry()
    {
        _streams = _meter.CreateUpDownCounter<int>("htitune.streams.open", "{stream}", "Streams of events that are open.");
        _claims = _meter.CreateUpDownCounter<int>("htitune.claims.open", "{request}", "Claims that are being answered, or wait for work.");
    }

    /// <summary>The meter.</summary>
    internal Meter Meter => _meter;

    /// <summary>A stream is open until this is disposed of.</summary>
    internal IDisposable Stream() => new Open(_streams);

    /// <summary>A claim is open until this is disposed of.</summary>
    internal IDisposable Claim() => new Open(_claims);

    public void Dispose() => _meter.Dispose();

    private sealed class Open : IDisposable
    {
        private readonly UpDownCounter<int> _counter;
        private int _isOver;

        public Open(UpDownCounter<int> counter)
        {
            _counter = counter;
            counter.Add(1);
        }

        public void Dispose() => _counter.Add(Interlocked.Exchange(ref _isOver, 1) == 0 ? -1 : 0);
    }
}
