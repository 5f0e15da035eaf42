using System.Net.Http.Headers;
using HtiTune.Client;
using HtiTune.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Api;

/// <summary>The real server on a free port, with a store in a folder of its own.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    private readonly string _folder;
    private readonly string? _postgreSql;
    private readonly string[] _settings;
    private readonly bool _ownsFolder;
    private WebApplication? _app;

    /// <summary>Changes the application before it is built.</summary>
    internal Action<WebApplicationBuilder>? Configure { get; init; }

    public ApiServer()
        : this(null)
    {
    }

    /// <summary>A server on a store that others may share, or that stood before.</summary>
    /// <param name="folder">The folder of the store's file, which stays; null: one of its own.</param>
    /// <param name="postgreSql">A connection string; null: SQLite.</param>
    /// <param name="settings">Further settings, as on the command line.</param>
    internal ApiServer(string? folder, string? postgreSql = null, params string[] settings)
    {
        (_ownsFolder, _postgreSql, _settings) = (folder is null, postgreSql, settings);
        _folder = folder ?? Directory.CreateTempSubdirectory("htitune-api").FullName;
    }

    internal Uri Address => new(_app!.Urls.First());

    internal string StoreFile => Path.Combine(_folder, "studies.db");

    internal IServiceProvider Services => _app!.Services;

    public async Task InitializeAsync()
    {
        _app = ServeVerb.Build(
        [
            "--urls", "http://127.0.0.1:0", "--HtiTune:Store:Sqlite", Path.Combine(_folder, "studies.db"), "--HtiTune:WorkFolder", Path.Combine(_folder, "work"),
            "--HtiTune:Lease", "01:00:00", "--HtiTune:RenewEvery", "00:10:00", "--Logging:LogLevel:Default", "None", "--HtiTune:Webhooks:Hosts:0", "https://hooks.example.com",
            .. _postgreSql is null ? [] : (string[])["--HtiTune:Store:PostgreSql", _postgreSql], .. _settings,
        ], Configure);
        await _app.StartAsync();
    }

    /// <summary>Stops as a signal would have it: requests that go on are waited for.</summary>
    internal Task StopAsync() => _app!.StopAsync();

    public async Task DisposeAsync()
    {
        // There is none where the server was refused at its start.
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        SqliteConnection.ClearAllPools();
        if (_ownsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    internal async Task<string> KeyAsync(string tenant, string scopes = "read write")
    {
        var (key, row) = ApiKeys.Make($"key of {tenant}", tenant, scopes, Services.GetRequiredService<ServerOptions>());
        await Services.GetRequiredService<StudyStore>().AddKeyAsync(row, CancellationToken.None);
        return key;
    }

    /// <param name="key">A key; null for none.</param>
    /// <param name="isPatient">Whether an answer that is being computed (202) is asked for again until it is there.</param>
    internal HttpClient Http(string? key, bool isPatient = true)
    {
        var http = new HttpClient(isPatient ? new Patient() : new SocketsHttpHandler()) { BaseAddress = new Uri(Address, "/api/v1/") };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return http;
    }

    internal async Task<HtiTuneClient> ClientAsync(string tenant) => HtiTuneClientExtensions.Create(new HttpClient(), Address, await KeyAsync(tenant));

    /// <summary>All that the store holds, as text, but for the server's own worker, which comes and is seen by itself, and when the others and keys were last seen.</summary>
    internal string Dump()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "studies.db")};Mode=ReadOnly");
        connection.Open();
        var lines = new List<string>();
        foreach (var table in (string[])["studies", "trials", "attempts", "events", "blobs", "surrogates", "outbox", "workers", "preferences", "api_keys"])
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}{(table == "workers" ? " WHERE tenant <> ''" : "")} ORDER BY 1, 2";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                lines.Add(table + ": " + string.Join('|', Enumerable.Range(0, reader.FieldCount).Where(i => reader.GetName(i) is not ("last_seen_at" or "last_used_at")).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(i).ToString())));
            }
        }

        return string.Join('\n', lines);
    }

    private sealed class Patient() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            while (true)
            {
                var answer = await base.SendAsync(request, cancellationToken);
                if (answer.StatusCode != System.Net.HttpStatusCode.Accepted || answer.Headers.RetryAfter?.Delta is not { } pause)
                {
                    return answer;
                }

                answer.Dispose();
                await Task.Delay(pause, cancellationToken);
            }
        }
    }
}
