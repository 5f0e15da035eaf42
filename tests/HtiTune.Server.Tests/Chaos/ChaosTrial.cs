using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Cluster;

namespace HtiTune.Server.Tests.Chaos;

/// <summary>
/// The cluster behind nginx, with people at it: two servers and three workers of the server's own program, of which one after the other is killed, and so is the database; then the
/// database is away for a time, its disk is full, and a key is revoked. Beside what the cluster's trial checks – nothing lost, nothing doubled, all as in one undisturbed process – what
/// people were answered stands in the store, <c>/health</c> was true, and nobody waited.
/// </summary>
internal sealed class ChaosTrial : ClusterTrial
{
    private const string Tenant = "hands";
    private static readonly TimeSpan s_revoked = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    private readonly SmallDisk? _disk;
    private readonly PostgreSqlCluster _database;
    private readonly Uri[] _servers;
    private readonly TimeSpan _away;
    private readonly TimeSpan _full;
    private readonly double _longest;
    private readonly TimeSpan _pause;
    private readonly int _studies;
    private readonly List<string> _said = [];
    private Nginx? _proxy;
    private HealthWatch? _watch;
    private Traffic? _traffic;

    private ChaosTrial(SmallDisk? disk, PostgreSqlCluster database, int studies, TimeSpan pause, TimeSpan away, TimeSpan full, double longest, long seed, Action<string> tell)
        : base(database, seed, isProgram: true, tell)
    {
        (_disk, _database, _studies, _pause, _away, _full, _longest) = (disk, database, studies, pause, away, full, longest);
        _servers = [.. Enumerable.Range(0, 2).Select(_ => new Uri($"http://127.0.0.1:{Nginx.FreePort().ToString(CultureInfo.InvariantCulture)}"))];
    }

    protected override TimeSpan LongestPause => _pause;

    protected override int StudiesAtOnce => _studies;

    // One that hangs is no fault that a proxy could hide: its callers wait for their own time limits.
    protected override bool MayStop => false;

    /// <summary>Runs it; returns some lines of what happened. Throws where anything is not as it should be.</summary>
    /// <param name="kills">Processes that are killed, one after the other.</param>
    /// <param name="studies">Studies that the workers have at a time.</param>
    /// <param name="pause">The longest time from one kill to the next.</param>
    /// <param name="away">How long the database is away.</param>
    /// <param name="full">How long its disk is full; where no disk of its own can be made, it never is, which is said.</param>
    /// <param name="longest">How long a request may take that is no long poll and no stream, in seconds.</param>
    /// <param name="seed">Chance of the kills.</param>
    /// <param name="tell">Is told what the processes say.</param>
    public static async Task<string> RunAsync(int kills, int studies, TimeSpan pause, TimeSpan away, TimeSpan full, double longest, long seed, Action<string> tell)
    {
        using var disk = SmallDisk.Make();
        using var trial = new ChaosTrial(disk, PostgreSqlCluster.Start(disk?.Folder), studies, pause, away, full, longest, seed, tell);
        return $"{await trial.RunAsync(kills)}\n{string.Join('\n', trial._said)}";
    }

    public override void Dispose()
    {
        _watch?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _traffic?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _proxy?.Dispose();
        base.Dispose();
    }

    protected override string AddressOf(int process) => _servers[process].ToString();

    protected override async Task BeganAsync()
    {
        _proxy = Nginx.Start([.. _servers.Select(server => server.Port)]);
        _watch = new HealthWatch(_database.ConnectionString, _servers);
        await ReadyAsync();
        _traffic = new Traffic(_proxy.Address, await KeyAsync());
    }

    protected override async Task TroubleAsync()
    {
        // A server that is begun while the database is away does not listen; those that run must say what is wrong.
        await KeepBusyAsync();
        await ReadyAsync();
        _database.Kill();
        await RestartingAsync(_away);
        _database.Begin();
        _said.Add(FormattableString.Invariant($"database away for {_away.TotalSeconds:0} s; all servers ready {await ReadyAsync():0.0} s after it was back"));
        await KeepBusyAsync();
        if (_disk is null)
        {
            _said.Add("disk never full: no disk of its own could be mounted");
        }
        else
        {
            _disk.Fill();
            await RestartingAsync(_full);
            _disk.Free();
            _said.Add(FormattableString.Invariant($"disk full for {_full.TotalSeconds:0} s; all servers ready {await ReadyAsync():0.0} s after there was room"));
        }

        await RevokeAsync();
        await _traffic!.FinishAsync(s_patience, Restart);
        await CheckAsync();
    }

    // What has ended is started again, as by a service manager; the database too, where its disk was full.
    private async Task RestartingAsync(TimeSpan time)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            Restart();
            await Task.Delay(500);
        }
    }

    private async Task<double> ReadyAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        while (!_watch!.AllReadySince(begun))
        {
            Restart();
            if (!_database.IsRunning)
            {
                _database.Begin();
            }

            Assert.True(Stopwatch.GetElapsedTime(begun) < s_patience, "The servers have not become ready.");
            await Task.Delay(100);
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private async Task RevokeAsync()
    {
        var key = await KeyAsync();
        var clients = _servers.Select(server =>
        {
            var http = new HttpClient { BaseAddress = new Uri(server, "/api/v1/") };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return http;
        }).ToList();
        var study = _traffic!.Begun.Keys.First();
        var streams = await Task.WhenAll(clients.Select(http => http.GetStreamAsync($"studies/{study}/events")));
        await Store.RevokeKeyAsync(key.Split('_')[1], CancellationToken.None);
        var begun = Stopwatch.GetTimestamp();
        var ends = streams.Select(EndAsync).ToList();
        while ((await Task.WhenAll(clients.Select(http => http.GetAsync("studies")))).Any(answer => answer.StatusCode != HttpStatusCode.Unauthorized))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < s_revoked + TimeSpan.FromSeconds(2), "A revoked key still opens the API.");
            await Task.Delay(200);
        }

        var refused = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await Task.WhenAll(ends).WaitAsync(s_revoked + TimeSpan.FromSeconds(5));
        _said.Add(FormattableString.Invariant($"a revoked key was refused by all servers after {refused:0.0} s, and its streams had ended after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s"));
        clients.ForEach(http => http.Dispose());

        static async Task EndAsync(Stream stream)
        {
            try
            {
                await using (stream)
                {
                    await stream.CopyToAsync(Stream.Null);
                }
            }
            catch (Exception problem) when (problem is IOException or HttpRequestException)
            {
                // It was cut.
            }
        }
    }

    // What was answered stands in the store, once.
    private async Task CheckAsync()
    {
        var traffic = _traffic!;
        var rows = new List<StudyRow>();
        while (await Store.ListAsync(Tenant, new StudyQuery(null, null, rows.Count == 0 ? null : rows[^1].Id, 200), CancellationToken.None) is { Count: > 0 } page)
        {
            rows.AddRange(page);
        }

        Assert.Equal(traffic.Begun.Keys.Order(), rows.Select(row => row.Id).Order());
        Assert.Equal(rows.Count, rows.Select(row => row.Name).Distinct().Count());
        var told = 0;
        foreach (var row in rows)
        {
            var trials = await Store.TrialsAsync(row.Id, CancellationToken.None);
            Assert.Equal(Enumerable.Range(1, trials.Count), trials.Select(trial => trial.Number).Order());
            foreach (var trial in trials.Where(trial => trial.Status == TrialStatus.Completed))
            {
                Assert.True(traffic.Told.TryGetValue((row.Id, trial.Number), out var value), $"Trial {trial.Number} of study {row.Id} has a value that nobody told.");
                Assert.Equal(value, trial.Reported);
                told++;
            }
        }

        Assert.Equal(traffic.Told.Count, told);
        _said.Add(traffic.Words);
        _said.Add(_watch!.Words);
        Assert.True(traffic.Faults.IsEmpty, $"{string.Join('\n', traffic.Faults.Take(20))}\n{string.Join('\n', _said)}");
        Assert.True(_watch.Wrong.IsEmpty, $"{string.Join('\n', _watch.Wrong.Take(20))}\n{string.Join('\n', _said)}");
        Assert.True(traffic.Longest.Seconds <= _longest + traffic.Longest.Stalled, string.Join('\n', _said));
    }

    private async Task<string> KeyAsync()
    {
        var (key, row) = ApiKeys.Make("chaos", Tenant, "read write", new ServerOptions());
        await Store.AddKeyAsync(row, CancellationToken.None);
        return key;
    }
}
