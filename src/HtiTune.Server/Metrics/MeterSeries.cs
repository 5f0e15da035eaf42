using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace HtiTune.Server;

/// <summary>What this process has measured since its start: the service's own meters, and the requests that the web server counts.</summary>
internal sealed class MeterSeries : IDisposable
{
    private const string Requests = "http.server.request.duration";
    private const int MostSeries = 1000;

    // Only these labels: others would make a series for each of what users have named.
    private static readonly string[] s_labels = ["http.request.method", "http.route", "http.response.status_code", "htitune.attempt.state", "htitune.study.state"];

    private static readonly double[] s_bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _series = [];

    /// <param name="service">The service's measures.</param>
    /// <param name="server">The server's own.</param>
    /// <param name="meters">Makes the meters of this host, the web server's among them.</param>
    public MeterSeries(Hosting.ServiceTelemetry service, ServerTelemetry server, IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // A process may have several hosts, each with meters of its own.
            if (instrument.Meter == service.Meter || instrument.Meter == server.Meter || instrument.Name == Requests && instrument.Meter.Scope == meters)
            {
                _series.TryAdd(instrument, []);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Writes all of it.</summary>
    public void Write(PrometheusText text)
    {
        foreach (var (instrument, all) in _series.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            var name = PrometheusText.NameOf(instrument.Name, instrument.Unit);
            var isHistogram = instrument is Histogram<double>;
            var isCounter = instrument is Counter<long>;
            text.Begin(isCounter ? name + "_total" : name, isHistogram ? "histogram" : isCounter ? "counter" : "gauge", instrument.Description ?? "");
            foreach (var (labels, series) in all.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                var (count, sum, buckets) = series.Read();
                if (isHistogram)
                {
                    text.Histogram(labels, s_bounds, buckets, count, sum);
                }
                else
                {
                    text.Value(labels, sum);
                }
            }
        }
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = "";
        foreach (var label in s_labels)
        {
            foreach (var (name, tag) in tags)
            {
                if (name == label)
                {
                    labels = PrometheusText.With(labels, name, tag?.ToString() ?? "");
                }
            }
        }

        var all = _series.GetOrAdd(instrument, _ => []);
        if (all.TryGetValue(labels, out var series) || all.Count < MostSeries && (series = all.GetOrAdd(labels, _ => new Series())) is not null)
        {
            series.Add(value);
        }
    }

    private sealed class Series
    {
        private readonly Lock _lock = new();
        private readonly long[] _buckets = new long[s_bounds.Length];
        private long _count;
        private double _sum;

        public void Add(double value)
        {
            lock (_lock)
            {
                _count++;
                _sum += value;
                var bucket = Array.FindIndex(s_bounds, bound => value <= bound);
                if (bucket >= 0)
                {
                    _buckets[bucket]++;
                }
            }
        }

        public (long Count, double Sum, long[] Buckets) Read()
        {
            lock (_lock)
            {
                return (_count, _sum, [.. _buckets]);
            }
        }
    }
}
