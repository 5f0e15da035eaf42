using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace HtiTune.Server.Tests.Chaos;

/// <summary>
/// People and scripts behind the proxy: hands that ask and tell numbers, somebody who looks, somebody who follows a study's events. Each does again what was not answered, as a
/// client does; how long each request took, and what was answered, is written down.
/// </summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Hands = 3;
    private const int Trainings = 8;
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<int, int> _statuses = [];
    private readonly ConcurrentQueue<(double Seconds, string What)> _took = [];
    private readonly List<Task> _working;
    private double _stalled;
    private volatile bool _isFinishing;

    public Traffic(Uri proxy, string key)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri(proxy, "/api/v1/"), Timeout = TimeSpan.FromSeconds(100) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _working = [.. Enumerable.Range(0, Hands).Select(i => Task.Run(() => HandAsync(i))), Task.Run(LookAsync), Task.Run(StallAsync)];
    }

    /// <summary>What was told and answered: a study, a trial's number, its value.</summary>
    public ConcurrentDictionary<(Guid Study, int Trial), double> Told { get; } = [];

    /// <summary>Studies that were begun and answered.</summary>
    public ConcurrentDictionary<Guid, bool> Begun { get; } = [];

    /// <summary>Events that were read of streams, each study's in order and without a hole.</summary>
    public int EventsRead { get; private set; }

    /// <summary>What should not have happened.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>The longest request that is no long poll and no stream, and the longest time that this process itself was kept from running.</summary>
    public (double Seconds, string What, double Stalled) Longest => _took.IsEmpty ? (0, "", _stalled) : (_took.Max().Seconds, _took.Max().What, _stalled);

    /// <summary>Figures in words.</summary>
    public string Words
    {
        get
        {
            var sorted = _took.Select(one => one.Seconds).Order().ToList();
            double Share(double share) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
            return FormattableString.Invariant($"{sorted.Count} requests, median {Share(0.5):0.000} s, 99 % {Share(0.99):0.00} s, longest {Longest.Seconds:0.00} s ({Longest.What}; {sorted.Count(one => one > 5)} over 5 s; this process stalled for {_stalled:0.00} s at most); ")
                + $"answers {string.Join(", ", _statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} × {(pair.Key == 0 ? "none" : pair.Key)}"))}; {Begun.Count} studies begun, {Told.Count} values told, {EventsRead} events read";
        }
    }

    /// <summary>Has the hands bring their studies to an end, and begin no more.</summary>
    public async Task FinishAsync(TimeSpan patience, Action meanwhile)
    {
        _isFinishing = true;
        var hands = Task.WhenAll(_working.Take(Hands));
        var begun = Stopwatch.GetTimestamp();
        while (!hands.IsCompleted)
        {
            meanwhile();
            Assert.True(Stopwatch.GetElapsedTime(begun) < patience, "The studies of the hands have not come to an end.");
            await Task.WhenAny(hands, Task.Delay(200));
        }

        await hands;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        foreach (var task in _working)
        {
            try
            {
                await task;
            }
            catch (OperationCanceledException)
            {
                // It was told to end.
            }
        }

        _http.Dispose();
        _over.Dispose();
    }

    // Studies one after the other, each to its end: an answer that was lost is asked for again.
    private async Task HandAsync(int hand)
    {
        for (var round = 0; !_isFinishing; round++)
        {
            var best = 0.1 + 0.8 * ((7 * hand + round) % 11) / 11;
            var key = $"chaos {hand} {round} {Environment.ProcessId}";
            var study = (await UntilAsync(HttpMethod.Post, "studies", new { definition = new { name = key, minimum = 0, maximum = 1, maxTrainings = Trainings, seed = round } }, key)).GetProperty("id").GetGuid();
            Begun[study] = true;
            if (hand == 0)
            {
                _ = Task.Run(() => FollowAsync(study));
            }

            while (true)
            {
                var claimed = await UntilAsync(HttpMethod.Post, "attempts/claim", new { worker = $"hand {hand}", study, waitFor = s_wait }, isLong: true);
                if (claimed.ValueKind != JsonValueKind.Object)
                {
                    if ((await UntilAsync(HttpMethod.Get, $"studies/{study}", null)).GetProperty("state").GetString() != "active")
                    {
                        break;
                    }

                    continue;
                }

                var value = Math.Pow(claimed.GetProperty("lambda").GetDouble() - best, 2);
                await UntilAsync(HttpMethod.Post, $"attempts/{claimed.GetProperty("attempt").GetGuid()}/tell", new { lease = claimed.GetProperty("lease").GetGuid(), value });
                Told[(study, claimed.GetProperty("trial").GetInt32())] = value;
            }
        }
    }

    private async Task LookAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            await UntilAsync(HttpMethod.Get, "studies?size=20", null);
            foreach (var study in Begun.Keys.Take(3))
            {
                await UntilAsync(HttpMethod.Get, $"studies/{study}/trials", null);
                await UntilAsync(HttpMethod.Get, $"studies/{study}/curve", null);
            }

            await Task.Delay(s_pause, _over.Token);
        }
    }

    // Goes on behind the last event after each break, and misses none.
    private async Task FollowAsync(Guid study)
    {
        var last = 0L;
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"studies/{study}/events");
                request.Headers.Add("Last-Event-ID", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
                using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _over.Token);
                if (answer.IsSuccessStatusCode)
                {
                    await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(_over.Token)).EnumerateAsync(_over.Token))
                    {
                        var number = long.Parse(item.EventId ?? "0", System.Globalization.CultureInfo.InvariantCulture);
                        if (number != last + 1 && item.EventType != LongAnswers.ReadyKind)
                        {
                            Faults.Enqueue($"study {study}: event {number} follows event {last}");
                        }

                        (last, EventsRead) = (number, EventsRead + 1);
                        if (item.EventType == "run.ended")
                        {
                            return;
                        }
                    }
                }
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException || problem is OperationCanceledException && !_over.IsCancellationRequested)
            {
                // The line broke.
            }

            await Task.Delay(s_pause);
        }
    }

    // The same request until it is answered.
    private async Task<JsonElement> UntilAsync(HttpMethod method, string path, object? body, string? idempotencyKey = null, bool isLong = false)
    {
        while (true)
        {
            _over.Token.ThrowIfCancellationRequested();
            var begun = Stopwatch.GetTimestamp();
            var status = 0;
            try
            {
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
                if (idempotencyKey is not null)
                {
                    request.Headers.Add("Idempotency-Key", idempotencyKey);
                }

                using var answer = await _http.SendAsync(request);
                status = (int)answer.StatusCode;
                if (answer.IsSuccessStatusCode)
                {
                    var text = await answer.Content.ReadAsStringAsync();
                    return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
                }

                if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests))
                {
                    Faults.Enqueue($"{method} {path}: {status} {await answer.Content.ReadAsStringAsync()}");
                }
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException or TaskCanceledException)
            {
                // The server ended in the middle of its answer.
            }
            finally
            {
                _statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
                if (!isLong)
                {
                    _took.Enqueue((Stopwatch.GetElapsedTime(begun).TotalSeconds, $"{method} {path.Split('/')[0]}…{path.Split('/')[^1].Split('?')[0]} {status}"));
                }
            }

            await Task.Delay(s_pause);
        }
    }

    // A machine that is too busy to run this process keeps its requests waiting too.
    private async Task StallAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            await Task.Delay(s_pause, _over.Token);
            _stalled = Math.Max(_stalled, (Stopwatch.GetElapsedTime(begun) - s_pause).TotalSeconds);
        }
    }
}
