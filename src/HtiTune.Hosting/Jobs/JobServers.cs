using Hangfire;
using Microsoft.Extensions.Hosting;

namespace HtiTune.Hosting;

/// <summary>
/// This process's Hangfire servers: one for short jobs, and one a queue of trainings with as many workers as there are slots. They stand on the host's own
/// storage, not on Hangfire's static one, so that a program's own Hangfire is left alone.
/// </summary>
internal sealed class JobServers(
    JobStorage storage, IOptions<HtiTuneOptions> options, JobActivation activation, TrainingWorker worker, StudyEngine engine) : IHostedService, IDisposable
{
    private const int LeastControlWorkers = 2;
    private const int BusyTenants = 2;
    private readonly List<BackgroundJobServer> _servers = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.Advances)
        {
            await engine.ResumeFaultedAsync(cancellationToken).ConfigureAwait(false);
            // Tenants that compute for minutes leave workers free for what takes a moment.
            Start("control", LeastControlWorkers + BusyTenants * TenantTurns.LimitOf(settings), HtiTuneNames.ControlQueue);
        }

        if (settings.Trains)
        {
            foreach (var queue in HtiTuneNames.Queues(settings))
            {
                Start($"train-{queue}", settings.Slots, HtiTuneNames.TrainingQueue(queue));
            }
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // First the trainings are told: they have their grace while the servers wait.
        worker.Stop();
        foreach (var server in _servers)
        {
            server.SendStop();
        }

        await worker.IdleAsync(cancellationToken).ConfigureAwait(false);
        Dispose();
    }

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Dispose();
        }

        _servers.Clear();
    }

    private void Start(string name, int workers, string queue) => _servers.Add(new BackgroundJobServer(
        new BackgroundJobServerOptions
        {
            ServerName = $"{HtiTuneNames.Worker(options.Value)}:{name}",
            WorkerCount = workers,
            Queues = [queue],
            Activator = activation,
            StopTimeout = TimeSpan.FromMilliseconds(500),
            ShutdownTimeout = options.Value.Grace + TimeSpan.FromSeconds(5),
            ServerTimeout = TimeSpan.FromMinutes(30),
            SchedulePollingInterval = options.Value.PollEvery,
        },
        storage));
}
