using Hangfire;
using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

/// <summary>
/// Advances studies: takes up what is in the store, lets the tuner take results and ask for trainings, and writes what came of it, all or nothing. Doing it
/// twice, or in two processes at once, does nothing more: a commit stands only on the version that it was made from.
/// </summary>
internal sealed partial class StudyEngine(
    StudyStore store, StudiesInMemory studies, TenantTurns turns, StudyWatch watch, StudyTakeUp takeUp, BeliefKeeper keeper, StudyEvents events, IWakeUps wakeUps, ServiceTelemetry telemetry, TimeProvider time,
    ILogger<StudyEngine> logger)
{
    // Whoever tells a number waits for the answer; the attempt can be ended without the engine.
    private const int TellTries = 2;

    // Reported numbers are a matter of milliseconds up to so many trainings.
    private const int FewTrainings = 100;

    private static readonly StudyState[] s_active = [StudyState.Active];

    /// <summary>Advances a study until there is nothing to do but wait for trainings.</summary>
    public Task AdvanceAsync(Guid study, CancellationToken cancellation) => AdvanceAsync(study, null, cancellation);

    /// <summary>Advances a study with what a user wants of it, as soon as its tenant has a turn; the wish says what came of it.</summary>
    public async Task AdvanceAsync(Guid study, StudyWish? wish, CancellationToken cancellation)
    {
        if (await store.FindAsync(study, cancellation).ConfigureAwait(false) is { } row)
        {
            var definition = StudyJson.Read<StudyDefinition>(row.Definition);
            using var turn = MayTakeLong(row, definition) ? await turns.TakeAsync(row.Tenant, cancellation).ConfigureAwait(false) : null;
            await AdvanceAsync(row, definition, wish, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A job: advances a study where its tenant has a turn left; otherwise it is asked for again when it has.</summary>
    [AutomaticRetry(Attempts = 5, DelaysInSeconds = [1, 2, 5, 10, 30], OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task AdvanceInTurnAsync(Guid study, CancellationToken cancellation)
    {
        if (await store.FindAsync(study, cancellation).ConfigureAwait(false) is { } row)
        {
            var definition = StudyJson.Read<StudyDefinition>(row.Definition);
            var mayTakeLong = MayTakeLong(row, definition);
            using var turn = mayTakeLong ? turns.TryTake(row.Tenant, study) : null;
            if (turn is not null || !mayTakeLong)
            {
                await AdvanceAsync(row, definition, null, cancellation).ConfigureAwait(false);
            }
        }

        wakeUps.Outbox();
    }

    /// <summary>Waits for a turn of a study's tenant, where the study's computations may take long.</summary>
    public async Task<IDisposable?> TurnAsync(StudyRow row, CancellationToken cancellation) =>
        MayTakeLong(row, StudyJson.Read<StudyDefinition>(row.Definition)) ? await turns.TakeAsync(row.Tenant, cancellation).ConfigureAwait(false) : null;

    /// <summary>
    /// Ends an attempt with a reported number, advances its study, and writes both at once. Null where the store refused: then nothing has happened, and the
    /// attempt is to be ended by itself (<see cref="AttemptEnds.EndAsync"/>).
    /// </summary>
    public async Task<CommitResult?> TellAsync(
        StudyRow row, TrialRow trial, Guid attempt, Guid lease, WorkResult end, WorkRequest? claim, CancellationToken cancellation)
    {
        try
        {
            using var own = row.TrainingsUsed > FewTrainings ? await turns.TakeAsync(row.Tenant, cancellation).ConfigureAwait(false) : null;
            var turn = await studies.WorkAsync<CommitResult>(
                row.Id, StudyJson.Read<StudyDefinition>(row.Definition), TellTries, loaded => TellAsync(loaded, row, trial, (attempt, lease, end), claim, cancellation), cancellation).ConfigureAwait(false);
            return turn.Value;
        }
        catch (StudyBusyException)
        {
            // The attempt is ended by itself, and the study goes on when those who work with it have come to an end.
            return null;
        }
        catch (StudyFault fault)
        {
            // The result is kept all the same: the attempt is ended by itself.
            await PauseAsync(row.Id, fault, cancellation).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>Does something with a study that is brought to where the journal is; null where it cannot be.</summary>
    public async Task<T?> WithAsync<T>(StudyRow row, Func<LoadedStudy, T?> use, CancellationToken cancellation) =>
        (await studies.WorkAsync<T>(
            row.Id, StudyJson.Read<StudyDefinition>(row.Definition), StudiesInMemory.Tries,
            async loaded => await takeUp.TakeUpAsync(loaded, cancellation).ConfigureAwait(false) is { IsDiverged: false }
                ? Turn<T>.Done(await OffPool.RunAsync(!loaded.Problem.IsValue, () => use(loaded)).ConfigureAwait(false)) : Turn<T>.Outdated,
            cancellation).ConfigureAwait(false)).Value;

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

    private async Task AdvanceAsync(StudyRow row, StudyDefinition definition, StudyWish? wish, CancellationToken cancellation)
    {
        using var trace = telemetry.Advances(row.Id);
        var began = time.GetTimestamp();
        try
        {
            if (!MayTakeLong(row, definition))
            {
                await WorkAsync(cancellation).ConfigureAwait(false);
            }
            else if (!await watch.WhileItGoesOnAsync(row.Id, WorkAsync, cancellation).ConfigureAwait(false))
            {
                LogGivenUp(logger, row.Id);
            }

            telemetry.Advanced(time.GetElapsedTime(began));
        }
        catch (StudyFault fault)
        {
            wish?.Forget(fault);
            await PauseAsync(row.Id, fault, cancellation).ConfigureAwait(false);
        }

        async Task WorkAsync(CancellationToken goesOn)
        {
            var turn = await studies.WorkAsync<bool>(
                row.Id, definition, StudiesInMemory.Tries, loaded => AdvanceAsync(loaded, wish, goesOn), goesOn).ConfigureAwait(false);
            if (!turn.IsDone)
            {
                throw new InvalidOperationException($"Study {row.Id} was changed by others {StudiesInMemory.Tries} times while it was being advanced.");
            }
        }
    }

    private static bool MayTakeLong(StudyRow row, StudyDefinition definition) => row.TrainingsUsed > FewTrainings || definition.Objective != StudyProblem.ValueObjective;

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

    private async Task<Turn<CommitResult>> TellAsync(
        LoadedStudy loaded, StudyRow row, TrialRow trial, (Guid Attempt, Guid Lease, WorkResult End) told, WorkRequest? claim, CancellationToken cancellation)
    {
        if (loaded.Version < 0 && await takeUp.TakeUpAsync(loaded, cancellation).ConfigureAwait(false) is not { IsDiverged: false }
            || loaded.Run is null || !loaded.IsPending(trial.Number))
        {
            return Turn<CommitResult>.Done(null);
        }

        var step = new StudyStep(loaded, time);

        // What is believed of numbers alone follows from the journal in milliseconds: it is computed where someone looks.
        var commit = StudyFault.Within(() =>
        {
            step.Take(new TrialRow
            {
                Id = trial.Id, StudyId = row.Id, Number = trial.Number, Lambda = trial.Lambda, Configuration = trial.Configuration, Reason = trial.Reason, Status = TrialStatus.Completed, Reported = told.End.Value,
            });
            if (row.State == StudyState.Active)
            {
                step.Ask();
            }

            return step.Commit(loaded.Version);
        }) with
        { Ends = told, ClaimFor = claim };
        var result = await store.CommitAsync(commit, cancellation).ConfigureAwait(false);
        if (result.Outcome != CommitOutcome.Done)
        {
            return result.Outcome == CommitOutcome.LeaseOver ? Turn<CommitResult>.Outdated : Turn<CommitResult>.Again;
        }

        Committed(loaded, step, result.Study!);
        return Turn<CommitResult>.Done(result);
    }

    private async Task<Turn<bool>> AdvanceAsync(LoadedStudy loaded, StudyWish? wish, CancellationToken cancellation)
    {
        // What a try wrote that was refused has not happened.
        wish?.Forget();
        if (await takeUp.TakeUpAsync(loaded, cancellation).ConfigureAwait(false) is not { } taken)
        {
            return Turn<bool>.Outdated;
        }

        if (taken.State is StudyState.Cancelled or StudyState.Failed || (loaded.Run is null && loaded.Began is not null && !taken.IsDiverged && taken.Results.All(trial => trial.IsImported)))
        {
            return Turn<bool>.Done(true);
        }

        var step = new StudyStep(loaded, time);
        await OffPool.RunAsync(!loaded.Problem.IsValue, () =>
        {
            StudyFault.Within(() => step.Advance(taken, wish));
            return true;
        }).ConfigureAwait(false);
        if (step.IsEmpty)
        {
            return Turn<bool>.Done(true);
        }

        var commit = StudyFault.Within(() => step.Commit(taken.Version));
        if (!loaded.Problem.IsValue)
        {
            commit = commit with { Curve = await keeper.KeepCurveAsync(loaded, cancellation).ConfigureAwait(false), Surrogate = await keeper.KeepSurrogateAsync(loaded, taken, cancellation).ConfigureAwait(false) };
        }

        var result = await store.CommitAsync(commit, cancellation).ConfigureAwait(false);
        if (result.Outcome != CommitOutcome.Done)
        {
            LogRefused(logger, loaded.Id, taken.Version);
            telemetry.Refused();
            return Turn<bool>.Again;
        }

        Committed(loaded, step, result.Study!);
        return Turn<bool>.Done(true);
    }

    /// <summary>What follows a commit: this process knows it, and tells who waits for it.</summary>
    internal void Committed(LoadedStudy loaded, StudyStep step, StudyRow row)
    {
        loaded.Version = row.Version;
        loaded.Log.Committed(row.LastSequence);
        events.Happened(loaded.Id);
        if (step.Asked.Count > 0 && loaded.Definition.Network is not null)
        {
            // Outside workers ask by themselves.
            wakeUps.Queue(loaded.Definition.Queue);
        }

        if (step.HasEnded)
        {
            telemetry.Ended(row.State);
            if (step.Error is { } error)
            {
                LogFailed(logger, loaded.Id, error, loaded.TrainingsUsed);
            }
            else
            {
                LogEnded(logger, loaded.Id, step.Result?.StopReason, step.Result?.Configuration, loaded.TrainingsUsed);
            }
        }
    }

    [LoggerMessage(EventId = 100, Level = LogLevel.Debug, Message = "Study {Study}: another process has changed version {Version}; taken up anew")]
    private static partial void LogRefused(ILogger logger, Guid study, long version);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "Study {Study} has ended: {Reason} at {Configuration} after {Trainings} trainings")]
    private static partial void LogEnded(ILogger logger, Guid study, StopReason? reason, Data.Configuration? configuration, int trainings);

    [LoggerMessage(EventId = 108, Level = LogLevel.Information, Message = "Study {Study} has failed after {Trainings} trainings: {Error}")]
    private static partial void LogFailed(ILogger logger, Guid study, string error, int trainings);

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "Study {Study}: the tuner has met a fault; the study is paused, and what was trained is kept")]
    private static partial void LogFault(ILogger logger, Guid study, Exception fault);

    [LoggerMessage(EventId = 106, Level = LogLevel.Debug, Message = "Study {Study} was cancelled or deleted while it was being advanced; what was being computed is given up")]
    private static partial void LogGivenUp(ILogger logger, Guid study);

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "Study {Study} was paused by a fault, and is taken up again")]
    private static partial void LogResumed(ILogger logger, Guid study);
}
