using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace HtiTune.Client;

// How requests are made, and what is thrown where the server refuses.
public sealed partial class HtiTuneClient
{
    private async Task<T?> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, $"{Root}/{path}") { Content = body is null ? null : JsonContent.Create(body, options: HtiTuneJson.Service) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await RawAsync(request, cancellation).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NoContent || response.Content.Headers.ContentLength == 0
            ? default
            : await response.Content.ReadFromJsonAsync<T>(HtiTuneJson.Service, cancellation).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> RawAsync(HttpRequestMessage request, CancellationToken cancellation, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, completion, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException || problem is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new HtiTuneException(null, $"{_http.BaseAddress} could not be reached: {problem.Message}", problem);
        }

        if (response.StatusCode == HttpStatusCode.Accepted && response.Headers.RetryAfter?.Delta is { } pause)
        {
            // It is being computed, and is asked for again until it is there.
            response.Dispose();
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
            return await RawAsync(new HttpRequestMessage(request.Method, request.RequestUri) { Content = request.Content }, cancellation, completion).ConfigureAwait(false);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            throw new HtiTuneException(response.StatusCode, Detail(text) ?? $"{(int)response.StatusCode} {response.ReasonPhrase}");
        }
    }

    private static string? Detail(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Problem>(text, HtiTuneJson.Service)?.Detail;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Problem(string? Detail);

    private sealed record ClearedEnqueued(double[] Cleared);

    private sealed record Sampled(float[][] Outputs);
}
