using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace HtiTune.Benchmarks.Server;

/// <summary>Live personalisation: a study's surrogate sampled by many callers at once.</summary>
internal static class SampleLoad
{
    private const int Callers = 32;
    private const int BatchRows = 1000;

    internal static async Task RunAsync(ServerProcess server, TimeSpan time)
    {
        using var http = TellLoad.Client(server);
        var study = (await TellLoad.PostAsync(http, "studies", new
        {
            definition = new
            {
                name = "sampled", network = "sample-forecaster", minimum = 0.05, maximum = 0.95, rows = 100, maxTrainings = 4, columns = (string[])["order", "demand"],
                objective = "mean(max(demand - order, 0)) + mean(max(order - demand, 0))",
            },
        })).GetProperty("id").GetGuid();
        Guid surrogate;
        for (var i = 0; ; i++)
        {
            var now = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync($"studies/{study}"));
            if (now.GetProperty("state").GetString() == "finished")
            {
                surrogate = now.GetProperty("surrogateId").GetGuid();
                break;
            }

            if (i > 600)
            {
                throw new TimeoutException("The study that is to be sampled did not end in a minute.");
            }

            await Task.Delay(100);
        }

        await LoadAsync(server, http, surrogate, 1, isNumPy: false, TimeSpan.FromSeconds(2), isSilent: true);
        await LoadAsync(server, http, surrogate, 1, isNumPy: false, time, isSilent: false);
        await LoadAsync(server, http, surrogate, BatchRows, isNumPy: false, time, isSilent: false);
        await LoadAsync(server, http, surrogate, BatchRows, isNumPy: true, time, isSilent: false);
    }

    private static async Task LoadAsync(ServerProcess server, HttpClient http, Guid surrogate, int rows, bool isNumPy, TimeSpan time, bool isSilent)
    {
        var requests = 0;
        var (began, cpu) = (Stopwatch.GetTimestamp(), server.CpuTime);
        using var over = new CancellationTokenSource(time);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; !over.IsCancellationRequested; i++)
            {
                var lambda = 0.1 + 0.8 * (i % 97) / 97;
                using var request = new HttpRequestMessage(HttpMethod.Post, $"surrogates/{surrogate}/sample")
                {
                    Content = new StringContent(FormattableString.Invariant($"{{\"lambda\":{lambda},\"rows\":{rows}}}"), Encoding.UTF8, "application/json"),
                };
                if (isNumPy)
                {
                    request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/octet-stream"));
                }

                using var response = await http.SendAsync(request);
                response.EnsureSuccessStatusCode();
                await response.Content.CopyToAsync(Stream.Null);
                Interlocked.Increment(ref requests);
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (!isSilent)
        {
            Console.WriteLine(
                $"sample, {rows} {(rows == 1 ? "row" : "rows")} a request{(isNumPy ? ", .npy" : ", JSON")}: {requests / elapsed:0} requests/s, {requests / elapsed * rows:0} rows/s; server CPU s {(server.CpuTime - cpu).TotalSeconds:0.0}; memory {server.Memory:0} MiB");
        }
    }
}
