using System.Net;
using System.Text.RegularExpressions;

namespace HtiTune.Server.Tests.Api;

/// <summary>A browser's log-in without a browser: its cookies, and the forms' tokens.</summary>
internal sealed partial class DashboardLogin : IDisposable
{
    private readonly HttpClient _http;

    private DashboardLogin(CookieContainer cookies) => (Cookies, _http) = (cookies, new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }));

    public CookieContainer Cookies { get; }

    /// <summary>Logs in with a key; the cookies are good for every server on this host.</summary>
    public static async Task<DashboardLogin> BeginAsync(ApiServer server, string key)
    {
        var login = new DashboardLogin(new CookieContainer());
        using var answer = await login.PostAsync(server, "login", ("key", key));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        return login;
    }

    /// <summary>Posts one of the dashboard's forms with its token.</summary>
    public async Task<HttpResponseMessage> PostAsync(ApiServer server, string form, params (string Name, string Value)[] fields)
    {
        var page = await _http.GetStringAsync(new Uri(server.Address, "login"));
        var token = Token().Match(page).Groups;
        using var content = new FormUrlEncodedContent([new(token[1].Value, token[2].Value), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]);
        return await _http.PostAsync(new Uri(server.Address, form), content);
    }

    /// <summary>What a page answers: 200 where the session holds, a redirection to the log-in where it does not.</summary>
    public async Task<HttpStatusCode> LookAsync(ApiServer server)
    {
        using var answer = await _http.GetAsync(new Uri(server.Address, "workers"));
        return answer.StatusCode;
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
