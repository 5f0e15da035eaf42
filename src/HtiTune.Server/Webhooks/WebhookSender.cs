using System.Net;
using System.Security.Cryptography;
using System.Text;
using HtiTune.External;

namespace HtiTune.Server;

/// <summary>
/// Makes the calls that are due: signed (HMAC-SHA256 of id, time and body, as standardwebhooks.com has it), without redirects, each for a limited time, and again with back-off until it
/// is taken or given up. A call may come twice, with the same id: an answer may be lost.
/// </summary>
internal sealed partial class WebhookSender(WebhookStore store, WebhookAddresses addresses, ServerOptions server, TimeProvider time, ILogger<WebhookSender> logger) : BackgroundService
{
    internal const string SecretPrefix = "whsec_";
    private const int AtOnce = 16;
    private const int ErrorLength = 300;
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>A secret that was never used.</summary>
    internal static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The signature of a call.</summary>
    internal static string Sign(string secret, string id, string timestamp, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[SecretPrefix.Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!addresses.IsAny)
        {
            return;
        }

        StorePatience.Limit(s_patience);
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = server.Webhooks.TimeLimit, MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1), ConnectCallback = (context, cancellation) => addresses.ConnectAsync(context.DnsEndPoint, cancellation),
        };
        using var http = new HttpClient(handler) { Timeout = server.Webhooks.TimeLimit };
        using var timer = new PeriodicTimer(s_every, time);
        do
        {
            try
            {
                while (await store.IsAnyDueAsync(stoppingToken).ConfigureAwait(false))
                {
                    // Held for as long as the call and what is written of it may take: a server that dies leaves it to another.
                    var due = await store.TakeDueAsync(AtOnce, 2 * server.Webhooks.TimeLimit + s_patience, stoppingToken).ConfigureAwait(false);
                    await Task.WhenAll(due.Select(one => CallAsync(http, one.Call, one.Hook, stoppingToken))).ConfigureAwait(false);
                }
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested && problem is not OutOfMemoryException)
            {
                LogTrouble(logger, problem.Message);
            }
        }
        while (await TicksAsync().ConfigureAwait(false));

        // The end of a host that was not stopped before is no fault.
        async Task<bool> TicksAsync()
        {
            try
            {
                return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private async Task CallAsync(HttpClient http, WebhookCallRow call, WebhookRow hook, CancellationToken cancellation)
    {
        var (error, isFinal) = await SendAsync(http, call, hook, cancellation).ConfigureAwait(false);
        if (error is null)
        {
            await store.DoneAsync(call, cancellation).ConfigureAwait(false);
            return;
        }

        var isOver = isFinal || call.Tries >= server.Webhooks.Tries;
        var wait = Backoff.After(server.Webhooks.Backoff, call.Tries);
        LogFailed(logger, hook.Id, call.Tries, error);
        await store.FailedAsync(call, isOver ? $"{error}; given up after {call.Tries} calls" : error, isOver ? null : wait < s_longestWait ? wait : s_longestWait, cancellation).ConfigureAwait(false);
    }

    // Why the call was not taken, and whether it would not be however often it is made.
    private async Task<(string? Error, bool IsFinal)> SendAsync(HttpClient http, WebhookCallRow call, WebhookRow hook, CancellationToken cancellation)
    {
        // The operator may have taken the host off the list since.
        if (addresses.FaultOf(hook.Url) is { } fault)
        {
            return (fault, true);
        }

        var (id, timestamp) = (call.Id.ToString(), time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new StringContent(call.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", Sign(hook.Secret, id, timestamp, call.Body));
        request.Headers.UserAgent.ParseAdd("HtiTune");
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? (null, false) : ($"answered {(int)answer.StatusCode}, where 200 to 299 is expected", answer.StatusCode == HttpStatusCode.Gone);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException || problem is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            var words = problem is OperationCanceledException ? $"no answer within {server.Webhooks.TimeLimit.TotalSeconds} s" : problem.Message;
            return (words.Length > ErrorLength ? words[..ErrorLength] : words, false);
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Information, Message = "Webhook {Webhook}: call {Tries} was not taken: {Problem}")]
    private static partial void LogFailed(ILogger logger, Guid webhook, int tries, string problem);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "Webhooks that are due could not be looked at: {Problem}")]
    private static partial void LogTrouble(ILogger logger, string problem);
}
