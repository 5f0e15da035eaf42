using System.Net;
using System.Text.Json;

namespace HtiTune.Server.Tests.Api;

/// <summary>Behind a proxy that the operator has named, callers and the scheme are what it says; from anybody else those headers are words.</summary>
public sealed class ProxyTests
{
    private const string Name = "tuning.example";

    [Fact]
    public async Task Behind_a_named_proxy_addresses_are_https_and_browsers_are_told_to_stay_there()
    {
        await using var host = await HostAsync("--HtiTune:BehindProxy", "true", "--HtiTune:Proxies:0", "127.0.0.1");
        using var page = await host.GetAsync("/", "203.0.113.7", "https");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.StartsWith($"https://{Name}/login", page.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains("max-age=", page.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
        using var document = await host.GetAsync("/openapi/v1.json", "203.0.113.7", "https");
        var server = JsonDocument.Parse(await document.Content.ReadAsStringAsync()).RootElement.GetProperty("servers")[0].GetProperty("url").GetString();
        Assert.Equal($"https://{Name}", server);

        // The session's cookie never goes over a line without TLS.
        using var cookies = await host.LoginAsync("203.0.113.7", "https");
        Assert.Contains(cookies.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("htitune=", StringComparison.Ordinal) && cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase) && cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task One_client_behind_a_proxy_does_not_lock_out_another_and_health_has_no_limit()
    {
        await using var host = await HostAsync("--HtiTune:BehindProxy", "true", "--HtiTune:Proxies:0", "127.0.0.0/8");
        Assert.True(await host.SpendAsync("203.0.113.7"));
        using var other = await host.GetAsync("/login", "203.0.113.8", "https");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        foreach (var path in (string[])["/health", "/health/live", "/health/ready"])
        {
            using var health = await host.GetAsync(path, "203.0.113.7", "https");
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--HtiTune:Proxies:0", "10.0.0.5")]
    public async Task Nobody_else_is_believed(params string[] settings)
    {
        await using var host = await HostAsync(settings);
        using var page = await host.GetAsync("/", "203.0.113.7", "https");
        Assert.StartsWith($"http://{Name}/login", page.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));

        // Who claims to be another at every request is still one caller.
        Assert.True(await host.SpendAsync(null));
    }

    [Fact]
    public async Task The_operator_says_which_names_the_server_answers_to()
    {
        await using var host = await HostAsync("--AllowedHosts", "other.example");
        using var refused = await host.GetAsync("/login", null, "http");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task The_start_link_opens_one_session_and_none_behind_a_proxy()
    {
        await using var host = await HostAsync();
        var link = ((StartLink)host.Server.Services.GetService(typeof(StartLink))!).Address(host.Server.Address.ToString())!;
        using var first = await host.GetAsync(new Uri(link).PathAndQuery, null, "http");
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        using var second = await host.GetAsync(new Uri(link).PathAndQuery, null, "http");
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Contains("no longer valid", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var behind = await HostAsync("--HtiTune:BehindProxy", "true");
        Assert.Null(((StartLink)behind.Server.Services.GetService(typeof(StartLink))!).Address("http://127.0.0.1"));
    }

    private static async Task<Host> HostAsync(params string[] settings)
    {
        var server = new ApiServer(null, null, settings);
        await server.InitializeAsync();
        return new Host(server);
    }

    /// <summary>A server that is asked as by a proxy.</summary>
    private sealed class Host(ApiServer server) : IAsyncDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };

        public ApiServer Server => server;

        public Task<HttpResponseMessage> GetAsync(string path, string? from, string scheme) => SendAsync(HttpMethod.Get, path, from, scheme);

        public async Task<HttpResponseMessage> LoginAsync(string from, string scheme)
        {
            using var page = await GetAsync("/login", from, scheme);
            var html = await page.Content.ReadAsStringAsync();
            var token = System.Text.RegularExpressions.Regex.Match(html, "name=\"([^\"]+)\"[^>]*value=\"([^\"]+)\"");
            using var form = new FormUrlEncodedContent([new(token.Groups[1].Value, token.Groups[2].Value), new("key", await server.KeyAsync("t"))]);
            return await SendAsync(HttpMethod.Post, "/login", from, scheme, form, string.Join("; ", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])));
        }

        /// <summary>Asks until the caller's limit is used up; each time as another, where no name is given.</summary>
        public async Task<bool> SpendAsync(string? from)
        {
            for (var i = 0; i < 2000; i++)
            {
                using var answer = await GetAsync("/login", from ?? $"203.0.113.{i % 250}", "https");
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    return true;
                }
            }

            return false;
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await server.DisposeAsync();
        }

        private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? from, string scheme, HttpContent? body = null, string? cookies = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            request.Headers.Host = Name;
            request.Headers.Add("X-Forwarded-Proto", scheme);
            if (from is not null)
            {
                request.Headers.Add("X-Forwarded-For", from);
            }

            if (cookies is not null)
            {
                request.Headers.Add("Cookie", cookies);
            }

            return await _http.SendAsync(request);
        }
    }
}
