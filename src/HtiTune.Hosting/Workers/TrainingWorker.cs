using Hangfire;
using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

/// <summary>Trains in this process: claims, trains on a thread of its own while the lease is renewed, and tells how it ended.</summary>
internal sealed partial class TrainingWorker(
    StudyStore store, NetworkRegistry registry, StudyEvents events, IOptions<HtiTuneOptions> options, IWakeUps wakeUps, ServiceTelemetry telemetry, TimeProvider time,
    ILogger<TrainingWorker> logger) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly SortedSet<int> _slots = [.. Enumerable.Range(0, options.Value.Slots * Math.Max(1, HtiTuneNames.Queues(options.Value).Count))];
    private int _running;

    /// <summary>Trainings under way in this process.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The host stops: what trains is ended gently and given back.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Waits until nothing trains, or the host's patience is over.</summary>
    public async Task IdleAsync(CancellationToken cancellation)
    {
        while (Running > 0 && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(s_patience, time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A job: trains what a queue holds until there is nothing that this process may claim; one that finds nothing is over at once. Never tried again by itself: attempts have rows
    /// of their own. Processes of earlier versions know no job of this name, and leave it.
    /// </summary>
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task ServeQueueAsync(string queue, CancellationToken cancellation)
    {
        if (registry.Names.Count == 0 || _stopping.IsCancellationRequested || TakeSlot() is not { } slot)
        {
            return;
        }

        try
        {
            while (!_stopping.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                var claimed = await store.ClaimAsync(Claim(queue, slot), cancellation).ConfigureAwait(false);
                if (claimed is not ({ Lease: not null } attempt, null))
                {
                    if (claimed.Refusal == "set-aside")
                    {
                        LogSetAside(logger, HtiTuneNames.Worker(options.Value));
                    }

                    return;
                }

                Interlocked.Increment(ref _running);
                try
                {
                    await TrainAsync(attempt, attempt.Trial, attempt.Study, cancellation).ConfigureAwait(false);
                }
                finally
                {
                    Interlocked.Decrement(ref _running);
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _slots.Add(slot);
            }
        }
    }

    public void Dispose() => _stopping.Dispose();

    private int? TakeSlot()
    {
        lock (_lock)
        {
            if (_slots.Count == 0)
            {
                return null;
            }

            var slot = _slots.Min;
            _slots.Remove(slot);
            return slot;
        }
    }

    private WorkRequest Claim(string queue, int slot) => new(HtiTuneNames.Worker(options.Value), slot, Queues: [queue], LeaseFor: options.Value.Lease)
    {
        Networks = registry.Names,
        QueueLimit = options.Value.QueueLimit,
        TenantLimit = options.Value.TenantLimit,
    };

    private async Task TrainAsync(AttemptRow attempt, TrialRow trial, StudyRow study, CancellationToken cancellation)
    {
        var definition = StudyJson.Read<StudyDefinition>(study.Definition);
        var problem = new StudyProblem(definition, registry);
        var at = trial.At(problem);
        using var training = new RunningTraining(
            attempt, trial, study, problem, definition.TimeLimit ?? options.Value.TimeLimit, registry.Find(study.Network!)!, options.Value, time);
        using var trace = telemetry.Trains(study.Id, trial.Number, attempt.Number, at);
        LogBegan(logger, study.Id, trial.Number, attempt.Number, at);
        using var renewing = new CancellationTokenSource();
        var renewals = RenewAsync(training, renewing.Token);
        WorkResult? end = null;
        try
        {
            end = await training.RunAsync(KeepAsync, _stopping.Token, cancellation).ConfigureAwait(false);
        }
        finally
        {
            telemetry.Trained(end?.State, training.Elapsed);
            await renewing.CancelAsync().ConfigureAwait(false);
            await renewals.ConfigureAwait(false);
        }

        end = end with
        {
            Backoff = External.Backoff.After(options.Value.Backoff, attempt.Number),
            IsQuick = end.State == AttemptState.Failed && training.Elapsed < options.Value.QuickFailure,
        };
        await TellAsync(attempt, end).ConfigureAwait(false);
        LogEnded(logger, study.Id, trial.Number, attempt.Number, end.State, end.Reason);
        events.Happened(study.Id);
        wakeUps.Outbox();
    }

    private async Task<string> KeepAsync(Matrix outputs)
    {
        var bytes = NpyFile.ToBytes(outputs);
        return await PatientlyAsync(() => store.KeepAsync(bytes, CancellationToken.None)).ConfigureAwait(false);
    }

    // What was trained is worth the wait for a database that is away.
    private Task TellAsync(AttemptRow attempt, WorkResult end) => PatientlyAsync(() => store.EndAsync(attempt.Id, attempt.Lease!.Value, end, CancellationToken.None));

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> tell)
    {
        for (var wait = options.Value.PollEvery; ; wait = TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, External.Backoff.Longest.Ticks / 20)))
        {
            try
            {
                return await tell().ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is System.Data.Common.DbException or IOException or TimeoutException or InvalidOperationException { InnerException: System.Data.Common.DbException })
            {
                LogUnreachable(logger, problem.Message);
                if (_stopping.IsCancellationRequested)
                {
                    throw;
                }

                await Task.Delay(wait, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task RenewAsync(RunningTraining training, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await RenewOnceAsync(training, cancellation).ConfigureAwait(false);
                await Task.Delay(options.Value.RenewEvery, time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The training has ended; what it measured last is kept too.
            if (training.Values.Any)
            {
                await RenewOnceAsync(training, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task RenewOnceAsync(RunningTraining training, CancellationToken cancellation)
    {
        try
        {
            training.Hear(await training.Values.SendAsync(values => store.RenewAsync(
                training.Attempt.Id, new AttemptReport(training.Attempt.Lease!.Value, training.Progress, training.LogTail(), options.Value.Lease, values),
                cancellation)).ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // The lease lasts for several renewals.
            LogUnreachable(logger, problem.Message);
        }
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "Study {Study}: training {Trial} begins, attempt {Attempt}, {Configuration}")]
    private static partial void LogBegan(ILogger logger, Guid study, int trial, int attempt, Configuration configuration);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information, Message = "Study {Study}: training {Trial} has ended, attempt {Attempt}: {State} {Reason}")]
    private static partial void LogEnded(ILogger logger, Guid study, int trial, int attempt, AttemptState state, string? reason);

    [LoggerMessage(EventId = 122, Level = LogLevel.Error, Message = "Worker {Worker} was set aside after three quick failures in a row; it claims nothing until it is reinstated")]
    private static partial void LogSetAside(ILogger logger, string worker);

    [LoggerMessage(EventId = 123, Level = LogLevel.Warning, Message = "The store could not be reached, and is tried again: {Problem}")]
    private static partial void LogUnreachable(ILogger logger, string problem);
}
