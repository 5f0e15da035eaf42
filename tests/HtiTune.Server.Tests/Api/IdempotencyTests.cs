using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Api;

/// <summary>What a key began once is not begun again: after a restart, by another server of the same store, or by requests at the same time.</summary>
public abstract class IdempotencyContract : IDisposable
{
    private const int AtOnce = 24;

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-once").FullName;

    /// <summary>The store's connection string; null: SQLite in the folder.</summary>
    protected virtual string? PostgreSql => null;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    [StoreFact]
    public async Task The_same_key_and_body_give_the_same_study_after_a_restart_and_from_another_server()
    {
        string key;
        Guid first;
        await using (var server = await StartAsync())
        {
            key = await server.Server.KeyAsync("once");
            (_, first) = await CreateAsync(server, key, "k", Body());
            Assert.Equal((HttpStatusCode.Created, first), await CreateAsync(server, key, "k", Body()));
        }

        await using var again = await StartAsync();
        await using var other = await StartAsync();
        foreach (var server in (Running[])[again, other])
        {
            Assert.Equal((HttpStatusCode.Created, first), await CreateAsync(server, key, "k", Body()));

            // Said with its defaults, and in another order, it is the same.
            Assert.Equal(
                (HttpStatusCode.Created, first),
                await CreateAsync(server, key, "k", """{"definition":{"maxTrainings":8,"goal":"minimize","scale":"linear","maximum":1.0,"minimum":0,"name":"n"}}"""));
        }

        using var http = again.Server.Http(key);
        Assert.Equal(1, (await http.GetFromJsonAsync<JsonElement>("studies")).GetArrayLength());
    }

    [StoreFact]
    public async Task Requests_at_the_same_time_to_two_servers_begin_one_study()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var key = await one.Server.KeyAsync("race");
        var made = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => Task.Run(() => CreateAsync(i % 2 == 0 ? one : two, key, "k", Body()))));
        Assert.Single(made.Distinct());
        Assert.Equal(HttpStatusCode.Created, made[0].Status);
        Assert.Equal(1, await one.Server.Services.GetRequiredService<StudyStore>().CountAsync("race", null, CancellationToken.None));
    }

    [StoreFact]
    public async Task Another_body_is_refused_and_told_what_differs()
    {
        await using var server = await StartAsync();
        var key = await server.Server.KeyAsync("bodies");
        var (_, first) = await CreateAsync(server, key, "k", Body());
        foreach (var (body, words) in (ValueTuple<string, string[]>[])
        [
            (Body(trainings: 9), ["maxTrainings"]),
            (Body(name: "m", trainings: 9), ["maxTrainings", "name"]),
            ("""{"definition":{"name":"n","minimum":0,"maximum":1,"maxTrainings":8,"columns":["a"]}}""", ["columns"]),
        ])
        {
            var (status, detail) = await AskAsync(server, key, "k", body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
            Assert.All(words.Concat(["'k'", first.ToString(), "expected the same request, or another key"]), word => Assert.Contains(word, detail, StringComparison.Ordinal));
        }

        // Trainings that were made before are a part of the body.
        const string With = """{"definition":{"name":"a","minimum":0,"maximum":1,"objective":"mean(outputs[0])"},"anchors":[{"lambda":0.5,"outputs":[[VALUE]]}]}""";
        var (_, anchored) = await CreateAsync(server, key, "anchors", With.Replace("VALUE", "1", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.Created, anchored), await CreateAsync(server, key, "anchors", With.Replace("VALUE", "1", StringComparison.Ordinal)));
        var (refused, why) = await AskAsync(server, key, "anchors", With.Replace("VALUE", "2", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused);
        Assert.Contains("anchors", why, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task Keys_are_a_tenants_own_and_a_key_that_is_none_is_refused()
    {
        await using var server = await StartAsync();
        var (mine, theirs, colleague) = (await server.Server.KeyAsync("mine"), await server.Server.KeyAsync("theirs"), await server.Server.KeyAsync("mine"));
        var (_, first) = await CreateAsync(server, mine, "k", Body());
        var (status, other) = await CreateAsync(server, theirs, "k", Body(trainings: 3));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.NotEqual(first, other);
        Assert.Equal((HttpStatusCode.Created, first), await CreateAsync(server, colleague, "k", Body()));
        var (refused, why) = await AskAsync(server, mine, new string('k', 201), Body());
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("201", why, StringComparison.Ordinal);

        // What could not be begun may be tried again.
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(server, mine, "second", Body(trainings: 0))).Status);
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(server, mine, "second", Body())).Status);
    }

    [StoreFact]
    public async Task A_study_that_is_there_is_given_though_the_tenant_may_begin_no_more()
    {
        await using var server = await StartAsync("--HtiTune:MaxStudies", "1");
        var key = await server.Server.KeyAsync("full");
        var (_, first) = await CreateAsync(server, key, "k", Body());
        Assert.Equal((HttpStatusCode.Created, first), await CreateAsync(server, key, "k", Body()));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(server, key, "l", Body())).Status);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(_folder, recursive: true);

    private static string Body(string name = "n", int trainings = 8) => $$$"""{"definition":{"name":"{{{name}}}","minimum":0,"maximum":1,"maxTrainings":{{{trainings}}}}}""";

    private static async Task<(HttpStatusCode Status, Guid Id)> CreateAsync(Running server, string key, string idempotencyKey, string body)
    {
        var (status, text) = await AskAsync(server, key, idempotencyKey, body);
        return (status, JsonDocument.Parse(text).RootElement.TryGetProperty("id", out var id) ? id.GetGuid() : throw new InvalidOperationException(text));
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(Running server, string key, string idempotencyKey, string body)
    {
        using var http = server.Server.Http(key);
        using var request = new HttpRequestMessage(HttpMethod.Post, "studies") { Content = new StringContent(body, null, "application/json") };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<Running> StartAsync(params string[] settings)
    {
        var server = new ApiServer(_folder, PostgreSql, settings);
        await server.InitializeAsync();
        return new Running(server);
    }

    private sealed record Running(ApiServer Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(Server.DisposeAsync());
    }
}

public sealed class SqliteIdempotencyTests : IdempotencyContract;

[NeedsPostgreSql]
public sealed class PostgreSqlIdempotencyTests(PostgreSqlFixture fixture) : IdempotencyContract, IClassFixture<PostgreSqlFixture>
{
    protected override string? PostgreSql => fixture.Cluster.ConnectionString;
}
