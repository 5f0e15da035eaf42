using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HtiTune.Server.Tests.Services;

/// <summary>A host with the tuning service on an SQLite file, quick in all that waits.</summary>
internal sealed class ServiceHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ServiceHost(IHost host) => _host = host;

    public IStudyService Studies => _host.Services.GetRequiredService<IStudyService>();

    public StudyStore Store => _host.Services.GetRequiredService<StudyStore>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<ServiceHost> StartAsync(string file, INetwork? network = null, Action<HtiTuneOptions>? configure = null, TimeProvider? time = null, Action<IHtiTuneBuilder>? use = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        var service = builder.Services.AddHtiTune(options =>
        {
            options.PollEvery = TimeSpan.FromMilliseconds(200);
            options.ReconcileEvery = TimeSpan.FromMilliseconds(500);
            options.RenewEvery = TimeSpan.FromMilliseconds(100);
            options.Lease = TimeSpan.FromSeconds(2);
            options.Grace = TimeSpan.FromSeconds(2);
            options.Backoff = TimeSpan.FromMilliseconds(20);
            options.QuickFailure = TimeSpan.Zero;
            options.WorkFolder = Path.Combine(Path.GetDirectoryName(file)!, "work");
            configure?.Invoke(options);
        });
        if (use is null)
        {
            service.UseSqlite(file);
        }
        else
        {
            use(service);
        }

        if (network is not null)
        {
            service.AddNetwork("test", _ => network);
        }

        var host = builder.Build();
        await host.StartAsync();
        return new ServiceHost(host);
    }

    /// <summary>Changes the rows of a store that no host has open, as another version of the library would have left them.</summary>
    public static async Task ChangeAsync(string file, string text)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        Assert.True(await command.ExecuteNonQueryAsync() > 0);
    }

    /// <summary>Changes the data of a kind of events in a store that no host has open, as another version of the library would have left them: one that wrote no checksums.</summary>
    public static Task ChangeEventsAsync(string file, string kind, string old, string now) => ChangeAsync(
        file, $"UPDATE events SET data = REPLACE(SUBSTR(data, 1, INSTR(data, ',\"checksum\":') - 1) || '}}', '{old}', '{now}') WHERE kind = '{kind}'");

    /// <summary>Waits for a training of a study, and claims it.</summary>
    public async Task<ClaimedAttempt> ClaimAsync(string tenant, Guid study, string worker = "w")
    {
        ClaimedAttempt? claimed = null;
        await Wait.UntilAsync(async () => (claimed = await Studies.ClaimAsync(tenant, new WorkRequest(worker, Study: study))) is not null);
        return claimed!;
    }

    /// <summary>Ends what runs by itself, jobs that run already too; who calls the service is still served.</summary>
    public Task StopAsync() => _host.StopAsync();

    /// <summary>Waits until a study has ended.</summary>
    public async Task<StudyView> EndAsync(Guid study, double seconds = 180)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await foreach (var _ in Studies.EventsAsync(null, study, 0, follow: true, patience.Token))
            {
                var view = await Studies.GetAsync(null, study, patience.Token);
                if (view.State is not (StudyState.Active or StudyState.Paused))
                {
                    return view;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        var now = await Studies.GetAsync(null, study);
        var attempts = await Studies.AttemptsAsync(null, study);
        throw new TimeoutException($"The study is {now.State} after {seconds} s with {now.TrainingsUsed} trainings; attempts: {string.Join(", ", attempts.Select(a => $"{a.Trial}/{a.Number} {a.State} {a.Reason}"))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
