using System.Diagnostics;
using System.Net;
using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Api;

/// <summary>Two servers of one store: what one ends has ended on both.</summary>
public abstract class SessionContract : IAsyncLifetime
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(10);
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-sessions").FullName;
    private ApiServer _one = null!;
    private ApiServer _two = null!;

    protected virtual string? PostgreSql => null;

    public async Task InitializeAsync()
    {
        _one = new ApiServer(_folder, PostgreSql, "--HtiTune:Worker", "one");
        await _one.InitializeAsync();
        _two = new ApiServer(_folder, PostgreSql, "--HtiTune:Worker", "two");
        await _two.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [StoreFact]
    public async Task A_session_holds_on_all_servers_and_ends_on_all_with_the_log_out()
    {
        using var login = await DashboardLogin.BeginAsync(_one, await _one.KeyAsync("t"));
        Assert.Equal(HttpStatusCode.OK, await login.LookAsync(_one));
        Assert.Equal(HttpStatusCode.OK, await login.LookAsync(_two));
        var cookies = login.Cookies.GetCookies(_one.Address).ToList();
        using (await login.PostAsync(_one, "logout"))
        {
            // The browser forgets its cookie; a thief would not.
            foreach (var cookie in cookies)
            {
                login.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", cookie.Domain));
            }
        }

        Assert.Equal(HttpStatusCode.Redirect, await login.LookAsync(_one));
        await EndsAsync(() => login.LookAsync(_two), HttpStatusCode.Redirect);
    }

    [StoreFact]
    public async Task A_revoked_key_ends_sessions_requests_and_streams_of_all_servers_within_ten_seconds()
    {
        var key = await _one.KeyAsync("t");
        using var login = await DashboardLogin.BeginAsync(_two, key);
        using var http = _two.Http(key);
        var study = await _one.Services.GetRequiredService<IStudyService>().CreateAsync("t", new StudyDefinition { Name = "s", Minimum = 0, Maximum = 1 });
        await using var stream = await http.GetStreamAsync($"studies/{study.Id}/events");
        var reading = ReadAsync(stream);
        Assert.Equal(HttpStatusCode.OK, await login.LookAsync(_two));
        Assert.False(reading.IsCompleted);

        Assert.True(await _one.Services.GetRequiredService<StudyStore>().RevokeKeyAsync(key.Split('_')[1], CancellationToken.None));
        var watch = Stopwatch.StartNew();
        await EndsAsync(() => login.LookAsync(_two), HttpStatusCode.Redirect);
        await EndsAsync(async () =>
        {
            using var answer = await http.GetAsync("studies");
            return answer.StatusCode;
        }, HttpStatusCode.Unauthorized);
        await reading.WaitAsync(TimeSpan.FromSeconds(11) - watch.Elapsed);
    }

    [StoreFact]
    public async Task An_open_stream_of_events_does_not_hold_a_server_that_stops()
    {
        using var http = _two.Http(await _one.KeyAsync("t"));
        var study = await _one.Services.GetRequiredService<IStudyService>().CreateAsync("t", new StudyDefinition { Name = "s", Minimum = 0, Maximum = 1 });
        await using var stream = await http.GetStreamAsync($"studies/{study.Id}/events");
        var reading = ReadAsync(stream);
        await _two.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await reading.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [StoreFact]
    public async Task The_keys_of_cookies_stand_in_the_store()
    {
        using var login = await DashboardLogin.BeginAsync(_one, await _one.KeyAsync("t"));
        Assert.Contains("<key id=", Assert.Single(await _two.Services.GetRequiredService<OperationsStore>().ProtectionKeysAsync(CancellationToken.None)), StringComparison.Ordinal);
    }

    private static async Task EndsAsync(Func<Task<HttpStatusCode>> look, HttpStatusCode expected)
    {
        var watch = Stopwatch.StartNew();
        HttpStatusCode last;
        while ((last = await look()) != expected)
        {
            Assert.True(watch.Elapsed < s_promised, $"still {last} after {watch.Elapsed}");
            await Task.Delay(200);
        }
    }

    // Whether it ends or is cut off.
    private static async Task ReadAsync(Stream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            // Cut off.
        }
    }
}

public sealed class SqliteSessionTests : SessionContract;

[NeedsPostgreSql]
public sealed class PostgreSqlSessionTests(PostgreSqlFixture fixture) : SessionContract, IClassFixture<PostgreSqlFixture>
{
    protected override string? PostgreSql => fixture.Cluster.ConnectionString;
}
