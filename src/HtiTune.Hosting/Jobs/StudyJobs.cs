using Hangfire;

namespace HtiTune.Hosting;

/// <summary>
/// The jobs that are queued: ids only, short, and harmless when delivered twice. Advancing twice does nothing more, and a wake-up that finds nothing to claim is over.
/// </summary>
internal sealed class StudyJobs(StudyEngine engine, TrainingWorker worker, IWakeUps wakeUps)
{
    /// <summary>The queue of short jobs; it comes before all queues of trainings in the alphabet, by which they are served.</summary>
    public const string ControlQueue = "a-control";

    /// <summary>The queue of wake-ups for the trainings of a queue.</summary>
    public static string TrainingQueue(string queue) => $"m-{queue}";

    /// <summary>Advances a study; where its tenant computes as much as it may already, when its turn comes.</summary>
    [AutomaticRetry(Attempts = 5, DelaysInSeconds = [1, 2, 5, 10, 30], OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task AdvanceAsync(Guid study, CancellationToken cancellation)
    {
        await engine.AdvanceInTurnAsync(study, cancellation).ConfigureAwait(false);
        wakeUps.Outbox();
    }

    /// <summary>Trains what a queue holds until it holds nothing that this process may train. Never tried again by itself: attempts have rows of their own.</summary>
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public Task TrainAsync(string queue, CancellationToken cancellation) => worker.ServeAsync(queue, cancellation);
}
