using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Npgsql;

namespace HtiTune.Server.Tests.Chaos;

/// <summary>
/// Asks each server's <c>/health</c> once a second, and beside it the database itself, four times a second, by a commit of its own. Where all commits around an answer say the same,
/// the server must say it too; what it says while that changes, or while it starts, is counted by its reason and not judged. One wrong answer may be of a machine that is too busy to
/// answer in time: two in a row of one server are a fault.
/// </summary>
internal sealed class HealthWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_probeEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(2);

    // A look at the store is shared by all who ask within a second, and one who looked just before need not see what came since.
    private static readonly TimeSpan s_holds = TimeSpan.FromSeconds(1.25);

    // A commit that takes longer is no sign of a database that is there: the server's own look has 1.5 s for several.
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly NpgsqlDataSource _database;
    private readonly IReadOnlyList<Uri> _servers;
    private readonly long[] _readyAt;
    private readonly bool[] _wasReady;
    private readonly string?[] _wrongBefore;
    private readonly ConcurrentQueue<Probe> _probes = [];
    private readonly ConcurrentDictionary<string, int> _notJudged = [];
    private readonly Task _watching;
    private int _judged;
    private int _single;
    private long _longest;

    public HealthWatch(string connection, IReadOnlyList<Uri> servers)
    {
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, Timeout = 2, CommandTimeout = 2, CancellationTimeout = 200 });
        (_servers, _readyAt, _wasReady, _wrongBefore) = (servers, new long[servers.Count], new bool[servers.Count], new string?[servers.Count]);
        _watching = Task.WhenAll([Task.Run(ProbeAsync), .. Enumerable.Range(0, servers.Count).Select(server => Task.Run(() => WatchAsync(server)))]);
    }

    /// <summary>Answers that were wrong, or late, behind another one that was.</summary>
    public ConcurrentQueue<string> Wrong { get; } = [];

    /// <summary>Whether each server has said that it is ready, and not otherwise since, when it was asked after a time.</summary>
    /// <param name="since">The time, a time stamp: a process that was killed just before has not been asked since.</param>
    public bool AllReadySince(long since) => _readyAt.All(at => at > since);

    /// <summary>Figures in words.</summary>
    public string Words => FormattableString.Invariant($"/health: {_judged} answers judged, {_notJudged.Values.Sum()} not ({string.Join(", ", _notJudged.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"))}), ")
        + FormattableString.Invariant($"{_single} wrong or late alone, {Wrong.Count} in a row, longest {Stopwatch.GetElapsedTime(0, _longest).TotalSeconds:0.00} s");

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _http.Dispose();
        await _database.DisposeAsync();
        _over.Dispose();
    }

    private async Task ProbeAsync()
    {
        NpgsqlConnection? connection = null;
        while (!_over.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            bool? commits = null;
            try
            {
                if (connection is null)
                {
                    connection = await _database.OpenConnectionAsync();
                    await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS chaos_probe (n int); DELETE FROM chaos_probe; INSERT INTO chaos_probe VALUES (1)");
                }
                else
                {
                    await ExecuteAsync(connection, "UPDATE chaos_probe SET n = n + 1");
                }

                commits = Stopwatch.GetElapsedTime(begun) < s_quick ? true : null;
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
            {
                commits = problem is PostgresException { SqlState: not ("53100" or "57P03") } || problem.InnerException is TimeoutException ? null : false;
                await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
                connection = null;
            }

            _probes.Enqueue(new Probe(begun, Stopwatch.GetTimestamp(), commits));
            while (_probes.TryPeek(out var old) && Stopwatch.GetElapsedTime(old.Ended) > TimeSpan.FromMinutes(1))
            {
                _probes.TryDequeue(out _);
            }

            await RestAsync(begun, s_probeEvery);
        }

        await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task WatchAsync(int server)
    {
        while (!_over.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            var status = await AskAsync(_servers[server]);
            var ended = Stopwatch.GetTimestamp();
            _readyAt[server] = status == HttpStatusCode.OK ? begun : 0;
            while (!_over.IsCancellationRequested && !_probes.Any(probe => probe.Begun >= ended))
            {
                await Task.Delay(50);
            }

            Judge(server, status, begun, ended);
            await RestAsync(begun, s_every);
        }
    }

    private void Judge(int server, HttpStatusCode? answer, long begun, long ended)
    {
        var from = begun - (long)(s_holds.TotalSeconds * Stopwatch.Frequency);
        List<bool?> around = [.. _probes.Where(probe => probe.Ended >= from && probe.Begun <= ended).Select(probe => probe.Commits)];
        var isThere = around.Count > 0 && around.All(one => one == around[0]) ? around[0] : null;
        var why = answer is null ? "a process away"
            : isThere is null ? around.Contains(false) && around.Contains(true) ? "the database went or came" : around.Contains(false) ? "the database away or starting" : "the database slow"

            // One that has just been started looks at all studies before it is ready.
            : isThere.Value && !_wasReady[server] && answer != HttpStatusCode.OK ? "a server starting"
            : null;
        _wasReady[server] = answer is not null && (_wasReady[server] || answer == HttpStatusCode.OK);
        if (why is not null)
        {
            _wrongBefore[server] = answer is null ? null : _wrongBefore[server];
            _notJudged.AddOrUpdate(why, 1, (_, count) => count + 1);
            return;
        }

        Interlocked.Increment(ref _judged);
        var took = Stopwatch.GetElapsedTime(begun, ended);
        for (var longest = _longest; ended - begun > longest && Interlocked.CompareExchange(ref _longest, ended - begun, longest) != longest;)
        {
            longest = _longest;
        }

        var wrong = answer == HttpStatusCode.OK != isThere!.Value ? $"server {server}: /health is {(int)answer!} while the database {(isThere.Value ? "takes" : "refuses")} commits"
            : took > s_promised + s_quick ? FormattableString.Invariant($"server {server}: /health took {took.TotalSeconds:0.0} s")
            : null;
        if (wrong is not null && _wrongBefore[server] is not null)
        {
            Wrong.Enqueue(wrong);
        }
        else if (wrong is not null)
        {
            Interlocked.Increment(ref _single);
        }

        _wrongBefore[server] = wrong;
    }

    private async Task<HttpStatusCode?> AskAsync(Uri server)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(server, "/health"));
            return answer.StatusCode;
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            // The process is away, and whoever asks is told by the connection.
            return null;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RestAsync(long begun, TimeSpan every)
    {
        var left = every - Stopwatch.GetElapsedTime(begun);
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, CancellationToken.None);
    }

    private readonly record struct Probe(long Begun, long Ended, bool? Commits);
}
