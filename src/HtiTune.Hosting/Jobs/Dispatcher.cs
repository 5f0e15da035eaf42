using System.Threading.Channels;
using Hangfire;
using Hangfire.States;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

/// <summary>
/// Turns what commits have made necessary into jobs, which hold ids only, are short, and harmless when delivered twice: the outbox's lines at least once each, and wake-ups
/// for queues. Between, it reconciles: leases that are over, studies that nothing moves, queues that nobody was woken for. It is the only thing that the service's progress
/// hangs on, and loses nothing when it is killed.
/// </summary>
internal sealed partial class Dispatcher(
    StudyStore store, JobStorage storage, ServiceTelemetry telemetry, IOptions<HtiTuneOptions> options, TimeProvider time, ILogger<Dispatcher> logger) : BackgroundService, IWakeUps
{
    private const int Page = 200;

    // As many as a worker may have slots: each claims until there is nothing left.
    private const int MostWakeUps = 64;

    // A study that nothing moves for so many periods is advanced again.
    private const int IdlePeriods = 2;

    private readonly Channel<string?> _wakes = Channel.CreateBounded<string?>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly System.Collections.Concurrent.ConcurrentQueue<Guid> _advances = [];
    private readonly BackgroundJobClient _jobs = new(storage);
    private long _reconciledAt;

    /// <summary>When it last looked at everything, by the clock of this process; null before the first time.</summary>
    public DateTimeOffset? ReconciledAt => Interlocked.Read(ref _reconciledAt) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void Outbox() => _wakes.Writer.TryWrite(null);

    public void Advance(Guid study)
    {
        _advances.Enqueue(study);
        Outbox();
    }

    public void Queue(string queue) => _wakes.Writer.TryWrite(queue);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var next = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (time.GetTimestamp() >= next)
                {
                    await ReconcileAsync(stoppingToken).ConfigureAwait(false);
                    next = time.GetTimestamp() + (long)(options.Value.ReconcileEvery.TotalSeconds * time.TimestampFrequency);
                }

                await DispatchAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // The database may be away for a while; what it holds is not lost.
                LogTrouble(logger, problem.Message);
            }

            await WaitAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>Looks at everything once.</summary>
    internal async Task ReconcileAsync(CancellationToken cancellation)
    {
        var swept = await store.SweepAsync(new SweepSettings(options.Value.RenewEvery), cancellation).ConfigureAwait(false);
        if (swept.Lost + swept.Failed > 0)
        {
            LogSwept(logger, swept.Lost, swept.Failed);
            telemetry.AttemptsEnded(AttemptState.Lost, swept.Lost);
        }

        var revived = await store.ReviveAsync(IdlePeriods * options.Value.ReconcileEvery, cancellation).ConfigureAwait(false);
        if (revived > 0)
        {
            LogRevived(logger, revived);
        }

        foreach (var queue in await store.QueuesAsync(null, cancellation).ConfigureAwait(false))
        {
            if (queue.Queued > 0)
            {
                Wake(queue.Queue);
            }
        }

        Interlocked.Exchange(ref _reconciledAt, time.GetUtcNow().Ticks);
    }

    private async Task DispatchAsync(CancellationToken cancellation)
    {
        while (_advances.TryPeek(out var waiting))
        {
            Enqueue(waiting);
            _advances.TryDequeue(out _);
        }

        while (await store.OutboxAsync(Page, cancellation).ConfigureAwait(false) is { Count: > 0 } lines)
        {
            foreach (var study in lines.Select(line => line.StudyId).Distinct())
            {
                Enqueue(study);
            }

            await store.DispatchedAsync([.. lines.Select(line => line.Id)], cancellation).ConfigureAwait(false);
        }
    }

    private void Enqueue(Guid study) => _jobs.Create<StudyEngine>(engine => engine.AdvanceInTurnAsync(study, CancellationToken.None), new EnqueuedState(HtiTuneNames.ControlQueue));

    private async Task WaitAsync(CancellationToken cancellation)
    {
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var heard = _wakes.Reader.WaitToReadAsync(wake.Token).AsTask();
        await Task.WhenAny(heard, Task.Delay(options.Value.PollEvery, time, wake.Token)).ConfigureAwait(false);
        await wake.CancelAsync().ConfigureAwait(false);
        var queues = new HashSet<string>(StringComparer.Ordinal);
        while (_wakes.Reader.TryRead(out var queue))
        {
            if (queue is not null)
            {
                queues.Add(queue);
            }
        }

        foreach (var queue in queues)
        {
            Wake(queue);
        }
    }

    // One wake-up a slot: who finds nothing to claim is done at once. A queue that nobody serves must not grow.
    private void Wake(string queue)
    {
        try
        {
            if (storage.GetMonitoringApi().EnqueuedCount(HtiTuneNames.TrainingQueue(queue)) >= MostWakeUps)
            {
                return;
            }

            for (var i = 0; i < Math.Max(1, options.Value.Slots); i++)
            {
                _jobs.Create<TrainingWorker>(worker => worker.ServeQueueAsync(queue, CancellationToken.None), new EnqueuedState(HtiTuneNames.TrainingQueue(queue)));
            }
        }
        catch (BackgroundJobClientException problem)
        {
            LogTrouble(logger, problem.Message);
        }
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning, Message = "The store or the job queue could not be reached, and is tried again: {Problem}")]
    private static partial void LogTrouble(ILogger logger, string problem);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "{Lost} leases were over and their trainings are queued again; {Failed} trainings have used up their attempts")]
    private static partial void LogSwept(ILogger logger, int lost, int failed);

    [LoggerMessage(EventId = 112, Level = LogLevel.Information, Message = "{Count} studies that nothing moved are advanced")]
    private static partial void LogRevived(ILogger logger, int count);
}
