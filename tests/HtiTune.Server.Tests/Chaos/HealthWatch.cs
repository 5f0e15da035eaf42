using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using HtiTune.Client;
using Npgsql;

namespace HtiTune.Server.Tests.Chaos;

/// <summary>
/// Asks each server's <c>/health</c> once a second, and the database itself just before and after, by a commit of its own. Where both commits say the same, the servers must say
/// it too. What they say while it changes, or while a server starts, is counted and not judged. One wrong answer may be of a machine that is too busy to answer in time: two in a row
/// of one server are a fault.
/// </summary>
internal sealed class HealthWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(2);

    // A commit that takes longer is no sign of a database that is there.
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly NpgsqlDataSource _database;
    private readonly IReadOnlyList<Uri> _servers;
    private readonly bool[] _wasReady;
    private readonly ConcurrentDictionary<Uri, DateTimeOffset> _away = [];
    private readonly Task _watching;
    private readonly string?[] _wrongBefore;
    private bool? _databaseBefore;

    public HealthWatch(string connection, IReadOnlyList<Uri> servers)
    {
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, Timeout = 2, CommandTimeout = 2 });
        (_servers, _wasReady, _wrongBefore) = (servers, new bool[servers.Count], new string?[servers.Count]);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Answers that were judged, and those that were not.</summary>
    public (int Judged, int NotJudged) Count { get; private set; }

    /// <summary>Answers that were wrong, or late, one alone.</summary>
    public int Single { get; private set; }

    /// <summary>Answers that were wrong, or late, behind another one that was.</summary>
    public ConcurrentQueue<string> Wrong { get; } = [];

    /// <summary>The longest answer of a server that gave one.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Since when the last of a server's answers is missing or not ready; null where all are ready.</summary>
    public bool AllReady => _away.IsEmpty && _wasReady.All(ready => ready);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _http.Dispose();
        await _database.DisposeAsync();
        _over.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            var before = await CommitsAsync();
            var answers = await Task.WhenAll(_servers.Select(AskAsync));
            var after = await CommitsAsync();
            var steady = before == after && before == _databaseBefore ? before : null;
            _databaseBefore = after;
            for (var i = 0; i < answers.Length; i++)
            {
                Judge(i, steady, answers[i]);
            }

            var left = s_every - Stopwatch.GetElapsedTime(begun);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, CancellationToken.None);
        }
    }

    private void Judge(int server, bool? isThere, (HttpStatusCode? Status, TimeSpan Took) answer)
    {
        if (answer.Status is not { } status)
        {
            // The process is away, and whoever asks is told by the connection.
            (_wasReady[server], _wrongBefore[server], _away[_servers[server]]) = (false, null, TimeProvider.System.GetUtcNow());
            Count = (Count.Judged, Count.NotJudged + 1);
            return;
        }

        var isReady = status == HttpStatusCode.OK;
        if (isReady)
        {
            _away.TryRemove(_servers[server], out _);
        }
        else
        {
            _away[_servers[server]] = TimeProvider.System.GetUtcNow();
        }

        // One that has just been started looks at all studies before it is ready.
        var isJudged = isThere is { } there && (!there || _wasReady[server]);
        _wasReady[server] |= isReady;
        Count = (Count.Judged + (isJudged ? 1 : 0), Count.NotJudged + (isJudged ? 0 : 1));
        if (!isJudged)
        {
            return;
        }

        Longest = answer.Took > Longest ? answer.Took : Longest;
        var wrong = isReady != isThere ? $"server {server}: /health is {(int)status} while the database {(isThere == true ? "takes" : "refuses")} commits"
            : answer.Took > s_promised + s_quick ? FormattableString.Invariant($"server {server}: /health took {answer.Took.TotalSeconds:0.0} s")
            : null;
        if (wrong is not null && _wrongBefore[server] is not null)
        {
            Wrong.Enqueue(wrong);
        }

        Single += wrong is not null && _wrongBefore[server] is null ? 1 : 0;
        _wrongBefore[server] = wrong;
    }

    private async Task<(HttpStatusCode? Status, TimeSpan Took)> AskAsync(Uri server)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await _http.GetAsync(new Uri(server, "/health"));
            return (answer.StatusCode, Stopwatch.GetElapsedTime(begun));
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            return (null, Stopwatch.GetElapsedTime(begun));
        }
    }

    // Whether the database takes a commit; null where that cannot be told for sure.
    private async Task<bool?> CommitsAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await using var connection = await _database.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS chaos_probe (n int); DELETE FROM chaos_probe; INSERT INTO chaos_probe VALUES (1)", connection);
            await command.ExecuteNonQueryAsync();
            return Stopwatch.GetElapsedTime(begun) < s_quick ? true : null;
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
        {
            return problem is PostgresException { SqlState: not ("53100" or "57P03") } ? null : false;
        }
    }
}
