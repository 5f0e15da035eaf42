using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

// What becomes of a study whose step has met a fault, and what is logged.
internal sealed partial class StudyEngine
{
    private static readonly StudyState[] s_active = [StudyState.Active];

    /// <summary>
    /// Studies that a fault has paused are taken up again, once: this process may be of another version. Those that still cannot go on are paused again.
    /// </summary>
    public async Task ResumeFaultedAsync(CancellationToken cancellation)
    {
        foreach (var row in await store.FaultedAsync(cancellation).ConfigureAwait(false))
        {
            LogResumed(logger, row.Id);
            await store.ChangeStateAsync(row.Id, [StudyState.Paused], StudyState.Active, null, cancellation).ConfigureAwait(false);
        }
    }

    // A study that cannot go on says so and waits, with all that was trained; nothing asks it for the same step again and again.
    private async Task PauseAsync(Guid study, StudyFault fault, CancellationToken cancellation)
    {
        LogFault(logger, study, fault.InnerException!);
        telemetry.Faulted();

        // One that is paused already stays as it is: a user's pause is not ended by the next start.
        if (await store.ChangeStateAsync(study, s_active, StudyState.Paused, fault.Reason, cancellation).ConfigureAwait(false))
        {
            events.Happened(study);
        }
    }

    [LoggerMessage(EventId = 100, Level = LogLevel.Debug, Message = "Study {Study}: another process has changed version {Version}; taken up anew")]
    private static partial void LogRefused(ILogger logger, Guid study, long version);

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning, Message = "Study {Study}: its run was made by version {Old} of the algorithm, and this is version {Current}; a new run begins with what was trained")]
    private static partial void LogOtherAlgorithm(ILogger logger, Guid study, int old, int current);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Study {Study}: event {Sequence} ({Kind}) cannot be repeated by this version of the library; a new run begins with what was trained")]
    private static partial void LogDiverged(ILogger logger, Guid study, long sequence, string kind);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "Study {Study} has ended: {Reason} {Error} at λ = {Lambda} after {Trainings} trainings")]
    private static partial void LogEnded(ILogger logger, Guid study, StopReason? reason, string? error, double? lambda, int trainings);

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "Study {Study}: the tuner has met a fault; the study is paused, and what was trained is kept")]
    private static partial void LogFault(ILogger logger, Guid study, Exception fault);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "Study {Study}: event {Sequence} could not be repeated")]
    private static partial void LogUnrepeatable(ILogger logger, Guid study, long sequence, Exception problem);

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "Study {Study} was paused by a fault, and is taken up again")]
    private static partial void LogResumed(ILogger logger, Guid study);
}
