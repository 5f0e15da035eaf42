using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace HtiTune.Benchmarks.Server;

/// <summary>
/// Many studies at once, each told the value of (λ − c)²; a study that ends is followed by another. Either as soon as it asks, which finds how many tells
/// there can be (each then waits for all others: n studies at r tells a second take n/r), or at random times of a given rate, which finds how long a tell takes
/// under that load. There a latency counts from the time at which the tell was due, so that a slow server cannot slow down what measures it.
/// </summary>
internal static class TellLoad
{
    private const int Trainings = 12;
    private static int s_refused;

    // Of a paced load the first seconds, in which all studies begin at once, do not count.
    private static readonly TimeSpan s_ramp = TimeSpan.FromSeconds(10);

    internal static async Task RunAsync(ServerProcess server, int studies, double? rate, TimeSpan time, string name, bool isSilent)
    {
        using var http = Client(server);
        var (latencies, made) = (new ConcurrentBag<double>(), new ConcurrentBag<Guid>());
        var (tells, waits) = (0, 0);
        s_refused = 0;
        var (began, cpu, ownCpu) = (Stopwatch.GetTimestamp(), server.CpuTime, Environment.CpuUsage.TotalTime);
        var ramp = rate is null ? TimeSpan.Zero : s_ramp;
        using var over = new CancellationTokenSource(ramp + time);
        await Task.WhenAll(Enumerable.Range(0, studies).Select(i => Task.Run(() => StudyAsync(i))));
        var elapsed = rate is null ? Stopwatch.GetElapsedTime(began) : time;
        var sorted = latencies.Order().ToList();
        if (isSilent)
        {
            return;
        }

        var (lost, doubled) = await CheckAsync(http, made);
        Console.WriteLine(
            $"{name}: {studies} studies at once, {(rate is { } offered ? $"{offered:0} tells/s due, " : "")}{elapsed.TotalSeconds:0.0} s: {tells / elapsed.TotalSeconds:0} tells/s; latency median {Share(0.5):0.0}, 90 % {Share(0.9):0.0}, 99 % {Share(0.99):0.0}, most {Share(1):0.0} ms; "
            + $"CPU s{(rate is null ? "" : " of the whole")} server {(server.CpuTime - cpu).TotalSeconds:0.0}, client {(Environment.CpuUsage.TotalTime - ownCpu).TotalSeconds:0.0}; memory {server.Memory:0} MiB; {made.Count} studies, {waits} waits for a next, {Interlocked.Exchange(ref s_refused, 0)} asked again after a 503, trials lost {lost}, doubled {doubled}");

        double Share(double share) => sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

        async Task StudyAsync(int i)
        {
            var worker = $"w{i}";
            var random = new Random(i);
            while (!over.IsCancellationRequested)
            {
                var best = (i + 1.0) / (studies + 1);
                var study = (await PostAsync(http, "studies", new
                {
                    definition = new { name = $"load {i}", minimum = 0.0, maximum = 1.0, maxTrainings = Trainings, seed = i },
                })).GetProperty("id").GetGuid();
                made.Add(study);
                var task = await PostAsync(http, "attempts/claim", new { worker, study });
                var due = Stopwatch.GetTimestamp();
                while (task.ValueKind == JsonValueKind.Object)
                {
                    var lambda = task.GetProperty("lambda").GetDouble();
                    var sent = Stopwatch.GetTimestamp();
                    if (rate is { } perSecond)
                    {
                        due += (long)(-Math.Log(1 - random.NextDouble()) * studies / perSecond * Stopwatch.Frequency);
                        await WaitAsync(due);
                        sent = due;
                    }

                    var told = await PostAsync(http, $"attempts/{task.GetProperty("attempt").GetGuid()}/tell", new
                    {
                        lease = task.GetProperty("lease").GetGuid(), value = Math.Pow(lambda - best, 2), next = new { worker, study },
                    });
                    if (Stopwatch.GetElapsedTime(began, sent) is var at && at >= ramp && (rate is null || at <= ramp + time))
                    {
                        latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                        Interlocked.Increment(ref tells);
                    }

                    task = told.GetProperty("next");
                    while (task.ValueKind != JsonValueKind.Object && told.GetProperty("study").GetString() == "active" && !over.IsCancellationRequested
                        && JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync($"studies/{study}")).GetProperty("state").GetString() == "active")
                    {
                        // The next was not ready: the server advances the study by itself.
                        Interlocked.Increment(ref waits);
                        await Task.Delay(10);
                        task = await PostAsync(http, "attempts/claim", new { worker, study });
                    }

                    if (over.IsCancellationRequested)
                    {
                        if (told.GetProperty("study").GetString() == "active")
                        {
                            // A key has so many active studies and no more.
                            await PostAsync(http, $"studies/{study}/cancel", new { });
                        }

                        return;
                    }
                }
            }
        }
    }

    // The system's timers are late by up to a millisecond or two, which counts.
    private static async Task WaitAsync(long until)
    {
        while (until - Stopwatch.GetTimestamp() is var left and > 0)
        {
            await Task.Delay(Math.Max(1, (int)(1000 * left / Stopwatch.Frequency)));
        }
    }

    internal static HttpClient Client(ServerProcess server)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 }) { BaseAddress = new Uri(server.Address, "/api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        return http;
    }

    internal static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        // A server that is asked for more than it can do says so, and when to ask again; the time until then counts in the latency.
        HttpResponseMessage first;
        while ((first = await http.PostAsJsonAsync(path, body)).StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            Interlocked.Increment(ref s_refused);
            var wait = first.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            first.Dispose();
            await Task.Delay(wait, TimeProvider.System);
        }

        using var response = first;
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }

        return (int)response.StatusCode == 204 ? default : await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    // Every told trial stands there once, completed, and with its value; numbers have no hole.
    private static async Task<(int Lost, int Doubled)> CheckAsync(HttpClient http, IEnumerable<Guid> studies)
    {
        var (lost, doubled) = (0, 0);
        foreach (var study in studies)
        {
            var trials = (await http.GetFromJsonAsync<JsonElement>($"studies/{study}/trials")).EnumerateArray().ToList();
            var numbers = trials.Select(trial => trial.GetProperty("number").GetInt32()).ToList();
            doubled += numbers.Count - numbers.Distinct().Count();
            lost += (numbers.Count == 0 ? 0 : numbers.Max()) - numbers.Distinct().Count();
            lost += trials.SkipLast(1).Count(trial => trial.GetProperty("status").GetString() != "completed" || trial.GetProperty("value").ValueKind != JsonValueKind.Number);
        }

        return (lost, doubled);
    }
}
