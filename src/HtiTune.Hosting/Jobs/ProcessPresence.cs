using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

/// <summary>Says in the store, every few seconds, that this process is there, and what it trains: so one sees which networks nobody serves, and whether a store is in use.</summary>
internal sealed partial class ProcessPresence(
    OperationsStore store, NetworkRegistry registry, IOptions<HtiTuneOptions> options, TimeProvider time, ILogger<ProcessPresence> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(10);
    private const int TicksOfForgetting = 360;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>This build's version.</summary>
    internal static string Version { get; } =
        typeof(ProcessPresence).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? typeof(ProcessPresence).Assembly.GetName().Version!.ToString();

    /// <summary>Writes the row once; throws where the store cannot be written.</summary>
    internal Task SeenAsync(CancellationToken cancellation) => store.SeenAsync(
        new ProcessRow
        {
            Name = HtiTuneNames.Worker(options.Value),
            Version = Version,
            Networks = JsonSerializer.Serialize(options.Value.Trains ? registry.Names : []),
            Queues = options.Value.Trains ? string.Join(',', HtiTuneNames.Queues(options.Value)) : "",
            Advances = options.Value.Advances,
        },
        cancellation);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        StorePatience.Limit(s_patience);
        try
        {
            await store.GoneAsync(HtiTuneNames.Worker(options.Value), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // The row is out of date by itself in half a minute.
            LogTrouble(logger, problem.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        StorePatience.Limit(s_patience);
        var ticks = 0;
        using var timer = new PeriodicTimer(s_every, time);
        do
        {
            try
            {
                await SeenAsync(stoppingToken).ConfigureAwait(false);
                if (ticks++ % TicksOfForgetting == 0)
                {
                    await store.ForgetWorkersAsync(stoppingToken).ConfigureAwait(false);
                }
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                LogTrouble(logger, problem.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(EventId = 113, Level = LogLevel.Warning, Message = "This process could not be entered in the store, or taken out: {Problem}")]
    private static partial void LogTrouble(ILogger logger, string problem);
}
