using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using HtiTune.Client;
using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Api;

/// <summary>What a server answers while its database is away, killed or full.</summary>
public sealed class StoreAwayTests : IDisposable
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-away").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [StoreFact]
    public async Task A_locked_file_is_503_within_five_seconds_and_nothing_is_lost()
    {
        var server = new ApiServer(_folder);
        await server.InitializeAsync();
        using var http = server.Http(await server.KeyAsync("t"));
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={server.StoreFile};Pooling=False"))
        {
            // Another process writes, and does not end.
            await other.OpenAsync();
            using var transaction = other.BeginTransaction(deferred: false);
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RequireAwayAsync(() => CreateAsync(http))));
            await RequireUnhealthyAsync(server);
        }

        using var created = await CreateAsync(http);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        await Wait.UntilAsync(async () => await StatusAsync(server, "/health/ready") == HttpStatusCode.OK);
        await server.DisposeAsync();
    }

    [StoreFact]
    public async Task A_full_store_is_503_and_not_a_fault_of_the_server()
    {
        var server = new ApiServer(_folder);
        await server.InitializeAsync();
        using var http = server.Http(await server.KeyAsync("t"));
        var dialect = server.Services.GetRequiredService<StoreDialect>();
        HttpResponseMessage? answer = null;
        for (var i = 0; i < 200 && answer?.StatusCode is not HttpStatusCode.ServiceUnavailable; i++)
        {
            // The limit is of a connection, and one that a job of the service found full is opened anew without it.
            await dialect.WriteAsync(session => session.ExecuteAsync($"PRAGMA max_page_count = 1"), default);
            answer?.Dispose();
            answer = await CreateAsync(http);
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer!.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
        answer.Dispose();
        await server.DisposeAsync();
    }

    [StoreFact]
    public async Task A_study_that_others_work_with_keeps_nobody_waiting_and_a_result_is_taken_without_it()
    {
        var server = new ApiServer(_folder);
        await server.InitializeAsync();
        var key = await server.KeyAsync("t");
        using var http = server.Http(key);
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, key);
        var study = await client.CreateAsync(new StudyDefinition { Name = "s", Minimum = 0, Maximum = 1 });
        var claimed = (await client.ClaimAsync("w", study: study.Id))!;
        var loaded = server.Services.GetRequiredService<StudiesInMemory>().Find(study.Id)!;

        // As a step does whose database went away: it waits for minutes.
        await loaded.Gate.WaitAsync();
        var watch = Stopwatch.StartNew();
        using (var impatient = server.Http(key, isPatient: false))
        using (var early = await EnqueueAsync(impatient))
        {
            Assert.Equal((HttpStatusCode.Accepted, true), (early.StatusCode, early.Headers.RetryAfter is not null));
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_promised);
        }

        watch.Restart();
        var result = new StringContent($$"""{"lease":"{{claimed.Lease}}","value":1.5}""", MediaTypeHeaderValue.Parse("application/json"));
        using (var told = await http.PostAsync($"attempts/{claimed.Attempt}/tell", result))
        {
            Assert.Equal(HttpStatusCode.OK, told.StatusCode);
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_promised);
        }

        loaded.Gate.Release();
        await Wait.UntilAsync(async () => (await client.TrialsAsync(study.Id))[0].Value == 1.5);

        // What was asked for meanwhile is done, and told to who asks again.
        using (var late = await EnqueueAsync(http))
        {
            Assert.Contains("\"added\":[0.5]", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await server.DisposeAsync();

        Task<HttpResponseMessage> EnqueueAsync(HttpClient by) =>
            by.PostAsync($"studies/{study.Id}/enqueue", new StringContent("""{"lambdas":[0.5]}""", MediaTypeHeaderValue.Parse("application/json")));
    }

    internal static async Task RequireAwayAsync(Func<Task<HttpResponseMessage>> ask)
    {
        var watch = Stopwatch.StartNew();
        using var answer = await ask();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_promised);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
        Assert.Equal(503, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetInt32());
    }

    internal static async Task RequireUnhealthyAsync(ApiServer server)
    {
        foreach (var (path, expected) in (ValueTuple<string, HttpStatusCode>[])[("/health/live", HttpStatusCode.OK), ("/health/ready", HttpStatusCode.ServiceUnavailable), ("/health", HttpStatusCode.ServiceUnavailable)])
        {
            var watch = Stopwatch.StartNew();
            Assert.Equal(expected, await StatusAsync(server, path));
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }
    }

    internal static async Task<HttpStatusCode> StatusAsync(ApiServer server, string path)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var answer = await http.GetAsync(path);
        return answer.StatusCode;
    }

    internal static Task<HttpResponseMessage> CreateAsync(HttpClient http) =>
        http.PostAsync("studies", new StringContent("""{"definition":{"name":"n","minimum":0,"maximum":1}}""", MediaTypeHeaderValue.Parse("application/json")));
}

[NeedsPostgreSql]
public sealed class PostgreSqlAwayTests
{
    [StoreFact]
    public async Task A_database_that_was_killed_is_503_within_five_seconds_and_all_goes_on_when_it_is_back()
    {
        using var cluster = PostgreSqlCluster.Start();
        var server = new ApiServer(null, cluster.ConnectionString);
        await server.InitializeAsync();
        var key = await server.KeyAsync("t");
        using var http = server.Http(key);
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, key);
        var study = await client.CreateAsync(new StudyDefinition { Name = "s", Minimum = 0, Maximum = 1 });
        cluster.Kill();
        await StoreAwayTests.RequireUnhealthyAsync(server);
        await StoreAwayTests.RequireAwayAsync(() => http.GetAsync($"studies/{study.Id}"));
        await StoreAwayTests.RequireAwayAsync(() => StoreAwayTests.CreateAsync(http));
        cluster.Begin();
        await Wait.UntilAsync(async () => await StoreAwayTests.StatusAsync(server, "/health/ready") == HttpStatusCode.OK);
        Assert.Equal(study.Id, (await client.GetAsync(study.Id)).Id);
        await server.DisposeAsync();
    }
}
