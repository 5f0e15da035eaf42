using System.Diagnostics;
using System.Text.Json;
using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Services;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Cluster;

/// <summary>
/// Three workers and two servers on PostgreSQL while, at random moments, one of them is killed, one is stopped past its lease and continued, or the database
/// itself is killed and started again. In the end every study is finished, each training is there once, and all is as in one undisturbed process.
/// </summary>
internal class ClusterTrial : IDisposable
{
    private const int Workers = 3;
    private const int Servers = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly PostgreSqlCluster _database;
    private readonly List<(string Role, Process Process)> _processes = [];
    private readonly HashSet<int> _stopped = [];
    private readonly List<(Guid Id, StudyDefinition Definition)> _studies = [];
    private readonly Action<string> _tell;
    private readonly RandomStream _chance;
    private readonly ServiceProvider _services;

    private readonly bool _isProgram;

    protected ClusterTrial(PostgreSqlCluster database, long seed, bool isProgram, Action<string> tell)
    {
        _database = database;
        (_isProgram, _tell, _chance) = (isProgram, tell, new RandomStreams(seed).Stream("faults"));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHtiTune().UsePostgreSql(_database.ConnectionString).AddNetwork("test", _ => new TestNetwork());
        _services = services.BuildServiceProvider();
    }

    protected StudyStore Store => _services.GetRequiredService<StudyStore>();

    /// <summary>Runs it; returns a line of what happened. Throws where anything differs.</summary>
    public static async Task<string> RunAsync(int faults, long seed, bool isProgram, Action<string> tell)
    {
        using var trial = new ClusterTrial(PostgreSqlCluster.Start(), seed, isProgram, tell);
        return await trial.RunAsync(faults);
    }

    public virtual void Dispose()
    {
        foreach (var (_, process) in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
            process.Dispose();
        }
        _services.Dispose();
        _database.Dispose();
    }

    protected async Task<string> RunAsync(int faults)
    {
        await Store.MigrateAsync(CancellationToken.None);
        // Makes the job queue's tables, so that no two processes do it at once.
        _ = _services.GetRequiredService<Hangfire.JobStorage>();
        var roles = Enumerable.Repeat(ClusterHost.Server, Servers).Concat(Enumerable.Repeat(ClusterHost.Worker, Workers));
        foreach (var role in roles)
        {
            _processes.Add((role, Start(role, _processes.Count)));
        }
        await BeganAsync();
        var counts = new Dictionary<string, int>();
        for (var fault = 0; fault < faults; fault++)
        {
            await KeepBusyAsync();
            await Task.Delay((0.2 + 0.8 * _chance.NextDouble()) * LongestPause);
            var kind = await DisturbAsync();
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            Restart();
        }
        await TroubleAsync();
        await FinishAsync();
        var attempts = new List<AttemptRow>();
        foreach (var (id, definition) in _studies)
        {
            attempts.AddRange(await CheckAsync(id, definition));
        }
        var states = string.Join(", ", attempts.GroupBy(a => a.State).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}"));
        return $"{faults} faults ({string.Join(", ", counts.OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key}"))}); {_studies.Count} studies, "
            + $"{attempts.DistinctBy(a => a.TrialId).Count()} trainings, {attempts.Count} attempts: {states}";
    }

    /// <summary>All processes have been started.</summary>
    protected virtual Task BeganAsync() => Task.CompletedTask;

    /// <summary>What else happens behind the faults, before all comes to its end.</summary>
    protected virtual Task TroubleAsync() => Task.CompletedTask;

    /// <summary>Where a server listens.</summary>
    protected virtual string AddressOf(int process) => "http://127.0.0.1:0";

    /// <summary>The longest time from one fault to the next.</summary>
    protected virtual TimeSpan LongestPause => TimeSpan.FromSeconds(2);

    /// <summary>Studies that the workers have at a time.</summary>
    protected virtual int StudiesAtOnce => 6;

    /// <summary>Whether a process may be stopped past its lease: to who asks it, it hangs.</summary>
    protected virtual bool MayStop => true;

    protected async Task KeepBusyAsync()
    {
        var active = await Store.CountAsync(null, StudyState.Active, CancellationToken.None);
        for (var i = active; i < StudiesAtOnce; i++)
        {
            var definition = StudyServiceTests.Definition with { Name = $"study {_studies.Count}", Seed = _studies.Count + 1, MaxTrainings = 6, MaxAttempts = 20, UseSurrogate = false };
            if (_studies.Count % 2 == 1)
            {
                // Every second one tunes two hyperparameters.
                definition = definition with { Minimum = null, Maximum = null, Hyperparameters = ["rate=0.1..2:log", "width=1..8:int"] };
            }

            definition = !_isProgram ? definition : definition with { Network = definition.Hyperparameters is null ? LineNetwork.Name : LineNetwork.OfTwo };
            var row = new StudyRow
            {
                Id = Guid.CreateVersion7(), Tenant = "t", Name = definition.Name, Definition = StudyJson.Write(definition), Queue = definition.Queue, Network = definition.Network, Parallelism = 1,
            };
            await Store.CreateAsync(row, [], CancellationToken.None);
            _studies.Add((row.Id, definition));
        }
    }

    private async Task<string> DisturbAsync()
    {
        var victim = (int)(_chance.NextDouble() * _processes.Count);
        var (role, process) = _processes[victim];
        switch (_chance.NextDouble())
        {
            case < 0.2:
                _database.Kill();
                await Task.Delay(TimeSpan.FromSeconds(_chance.NextDouble()));
                _database.Begin();
                return "database killed";
            case < 0.4 when MayStop:
                Signal("STOP", process);
                await Task.Delay(ClusterHost.Lease + TimeSpan.FromSeconds(1.5));
                Signal("CONT", process);
                return $"{role} stopped past its lease";
            default:
                process.Kill();
                await process.WaitForExitAsync();
                return $"{role} killed";
        }
    }

    /// <summary>Starts again whatever has ended, as a service manager does.</summary>
    protected void Restart()
    {
        for (var i = 0; i < _processes.Count; i++)
        {
            var (role, process) = _processes[i];
            if (process.HasExited)
            {
                process.Dispose();
                _processes[i] = (role, Start(role, i));
            }
        }
    }

    private async Task FinishAsync()
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (await Store.CountAsync(null, StudyState.Active, CancellationToken.None) > 0)
        {
            Restart();
            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                var stuck = (await Store.ListAsync(null, new StudyQuery(StudyState.Active, null, null, 100), CancellationToken.None))[0];
                var attempts = await Store.AttemptsAsync(stuck.Id, null, CancellationToken.None);
                throw new TimeoutException($"Study {stuck.Name} stands at event {stuck.LastSequence}: {string.Join(", ", attempts.Select(a => $"{a.Number} {a.State} {a.Reason}"))}");
            }
            await Task.Delay(200);
        }
    }

    /// <summary>Compares a study with the same in one process; returns its attempts.</summary>
    private async Task<IReadOnlyList<AttemptRow>> CheckAsync(Guid id, StudyDefinition definition)
    {
        var row = (await Store.FindAsync(id, CancellationToken.None))!;
        var expected = StudyServiceTests.Tuned(definition, _isProgram ? new LineNetwork() : null);
        var trials = await Store.TrialsAsync(id, CancellationToken.None);
        var attempts = await Store.AttemptsAsync(id, null, CancellationToken.None);
        var events = await Store.EventsAsync(id, 0, int.MaxValue, CancellationToken.None);
        Assert.Equal(StudyState.Finished, row.State);
        var problem = new StudyProblem(definition, _services.GetRequiredService<NetworkRegistry>());
        Assert.Equal(expected.Trials.Select(t => (t.Configuration, (double?)t.Value)), trials.Select(t => (t.At(problem), t.Value)));
        Assert.Equal(expected.Configuration, StudyJson.Read<StudyResult>(row.Result!).Configuration);
        Assert.All(trials, trial => Assert.Equal(TrialStatus.Completed, trial.Status));
        Assert.Equal(Enumerable.Range(1, (int)row.LastSequence).Select(n => (long)n), events.Select(e => e.Sequence));
        // Each training was taken once, and by one attempt.
        Assert.Equal(trials.Select(t => t.Number), events.Where(e => e.Kind == StudyEventKind.Told).Select(e => JsonDocument.Parse(e.Data).RootElement.GetProperty("number").GetInt32()));
        Assert.All(trials, trial => Assert.InRange(attempts.Count(a => a.TrialId == trial.Id && a.State == AttemptState.Done), 0, 1));
        Assert.All(trials, trial => Assert.Contains(attempts, a => a.TrialId == trial.Id && a.State is AttemptState.Done or AttemptState.Late));
        return attempts;
    }

    private Process Start(string role, int index)
    {
        string[] words = !_isProgram ? [typeof(ClusterTrial).Assembly.Location, "host", role, _database.ConnectionString]
            : role == ClusterHost.Worker ? [typeof(ServerOptions).Assembly.Location, "worker", "--queues", "default"]
            : [typeof(ServerOptions).Assembly.Location, "serve", "--urls", AddressOf(index)];
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Settings(role))
        {
            start.Environment["HtiTune__" + name] = value;
        }

        start.Environment["Logging__LogLevel__Default"] = "Warning";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Tell(process, role, line.Data);
        process.ErrorDataReceived += (_, line) => Tell(process, role, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // The same short times that the test's own host has, in the words of an administrator.
    private IEnumerable<(string, string)> Settings(string role) =>
    [
        ("Store__PostgreSql", _database.ConnectionString), ("Trains", role == ClusterHost.Worker ? "true" : "false"), ("Lease", ClusterHost.Lease.ToString("c")),
        ("RenewEvery", "00:00:00.5"), ("ReconcileEvery", "00:00:01"), ("PollEvery", "00:00:00.2"), ("Grace", "00:00:01"), ("Backoff", "00:00:00.05"), ("QuickFailure", "00:00:00"),
        .. from network in (string[])[LineNetwork.Name, LineNetwork.OfTwo]
           from setting in LineNetwork.Command(network, 1.2).Select((word, i) => ($"Command__{i}", word)).Prepend(("OutputFormat", ".csv"))
           select ($"Networks__{network}__{setting.Item1}", setting.Item2),
    ];

    private void Tell(Process process, string role, string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            _tell($"{role}: {line}");
        }
    }

    private static void Signal(string name, Process process)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
