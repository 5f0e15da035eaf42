using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace HtiTune.Client;

/// <summary>Makes clients of HtiTune.Server.</summary>
public static class HtiTuneClientExtensions
{
    /// <summary>Adds an <see cref="HtiTuneClient"/>: requests that may be made twice are tried again with growing waits; a server that is away is spared for a while.</summary>
    /// <param name="services">The services.</param>
    /// <param name="server">The server's address, e.g. <c>http://127.0.0.1:5210</c>.</param>
    /// <param name="key">An API key.</param>
    public static IServiceCollection AddHtiTuneClient(this IServiceCollection services, Uri server, string key)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        services.AddHttpClient<HtiTuneClient>(http => Configure(http, server, key))
            .AddStandardResilienceHandler(resilience =>
            {
                resilience.AttemptTimeout.Timeout = TimeSpan.FromMinutes(2);
                resilience.TotalRequestTimeout.Timeout = TimeSpan.FromMinutes(10);
                resilience.CircuitBreaker.SamplingDuration = TimeSpan.FromMinutes(5);

                // A claim is idempotent by worker and slot, a tell by its lease; only what makes something new without a key is not.
                resilience.Retry.DisableFor(HttpMethod.Delete);
#pragma warning disable EXTEXP0001 // The only way to the request of an attempt that brought no answer.
                resilience.Retry.ShouldHandle = outcome => new ValueTask<bool>(
                    HttpClientResiliencePredicates.IsTransient(outcome.Outcome) && MayRepeat(outcome.Outcome.Result?.RequestMessage ?? Polly.HttpResilienceContextExtensions.GetRequestMessage(outcome.Context)));
#pragma warning restore EXTEXP0001
            });
        return services;
    }

    /// <summary>A client without a container, for programs of a few lines. Dispose the HTTP client that it stands on.</summary>
    /// <param name="http">The HTTP client.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="key">An API key.</param>
    public static HtiTuneClient Create(HttpClient http, Uri server, string key)
    {
        ArgumentNullException.ThrowIfNull(http);
        Configure(http, server, key);
        return new HtiTuneClient(http);
    }

    private static void Configure(HttpClient http, Uri server, string key)
    {
        http.BaseAddress = server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        http.DefaultRequestHeaders.UserAgent.ParseAdd("HtiTune.Client");
    }

    private static bool MayRepeat(HttpRequestMessage? request) => request is not null
        && (request.Method == HttpMethod.Get || request.Headers.Contains("Idempotency-Key") || request.RequestUri?.AbsolutePath.Contains("/attempts/", StringComparison.Ordinal) == true
            || request.RequestUri?.AbsolutePath.EndsWith("/sample", StringComparison.Ordinal) == true);
}
