using HtiTune.Data;
using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

/// <summary>
/// Advances studies: takes up what is in the store, lets the tuner take results and ask for trainings, and writes what came of it, all or nothing. Doing it
/// twice, or in two processes at once, does nothing more: a commit stands only on the version that it was made from.
/// </summary>
internal sealed partial class StudyEngine(
    IStudyStore store, NetworkRegistry registry, StudiesInMemory studies, StudyEvents events, IWakeUps wakeUps, ServiceTelemetry telemetry, TimeProvider time,
    ILogger<StudyEngine> logger)
{
    // A commit that is refused so often in a row meets a fault, not a neighbour.
    private const int Tries = 8;

    /// <summary>Advances a study until there is nothing to do but wait for trainings.</summary>
    public Task AdvanceAsync(Guid study, CancellationToken cancellation) => AdvanceAsync(study, null, cancellation);

    /// <summary>Advances a study with what a user wants of it; the wish says what came of it.</summary>
    public async Task AdvanceAsync(Guid study, StudyWish? wish, CancellationToken cancellation)
    {
        using var trace = telemetry.Advances(study);
        var began = time.GetTimestamp();
        for (var i = 0; i < Tries; i++)
        {
            if (await store.FindAsync(study, cancellation).ConfigureAwait(false) is not { } row)
            {
                return;
            }

            // What an attempt wrote that was refused has not happened.
            wish?.Forget();
            var loaded = studies.Get(study, StudyJson.Read<StudyDefinition>(row.Definition));
            await loaded.Gate.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (!loaded.IsDropped && await AdvanceAsync(loaded, wish, cancellation).ConfigureAwait(false))
                {
                    telemetry.Advanced(time.GetElapsedTime(began));
                    return;
                }
            }
            catch (StudyFault fault)
            {
                studies.Drop(loaded);
                wish?.Forget(fault);
                await PauseAsync(study, fault, cancellation).ConfigureAwait(false);
                return;
            }
            catch
            {
                studies.Drop(loaded);
                throw;
            }
            finally
            {
                loaded.Gate.Release();
            }
        }

        throw new InvalidOperationException($"Study {study} was changed by others {Tries} times while it was being advanced.");
    }

    /// <summary>
    /// Ends an attempt with a reported number, advances its study, and writes both at once. Null where the store refused: then nothing has happened, and the
    /// attempt is to be ended by itself (<see cref="IStudyStore.EndAsync"/>).
    /// </summary>
    public async Task<CommitResult?> TellAsync(
        StudyRow row, TrialRow trial, Guid attempt, Guid lease, AttemptEnd end, ClaimRequest? claim, CancellationToken cancellation)
    {
        for (var i = 0; i < 2; i++)
        {
            var loaded = studies.Get(row.Id, StudyJson.Read<StudyDefinition>(row.Definition));
            await loaded.Gate.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (loaded.IsDropped)
                {
                    continue;
                }

                if (loaded.Version < 0 && await TakeUpAsync(loaded, cancellation).ConfigureAwait(false) is not { Diverged: false })
                {
                    return null;
                }

                if (loaded.Run is null || !loaded.Pending.ContainsKey(trial.Number))
                {
                    return null;
                }

                var step = new StudyStep(loaded, _ => throw new InvalidOperationException("A reported number has no outputs."), time);

                // What is believed of numbers alone follows from the journal in milliseconds: it is computed where someone looks.
                var commit = StudyFault.Within(() =>
                {
                    step.Take(new TrialRow
                    {
                        Id = trial.Id, StudyId = row.Id, Number = trial.Number, Lambda = trial.Lambda, Reason = trial.Reason, Status = TrialStatus.Completed, Reported = end.Reported,
                    });
                    if (row.State == StudyState.Active)
                    {
                        step.Ask();
                    }

                    return step.Commit(loaded.Version);
                }) with
                { Ends = (attempt, lease, end), ClaimFor = claim };
                var result = await store.CommitAsync(commit, cancellation).ConfigureAwait(false);
                if (result.Outcome == CommitOutcome.Done)
                {
                    Committed(loaded, step, result.Study!);
                    return result;
                }

                studies.Drop(loaded);
                if (result.Outcome == CommitOutcome.LeaseOver)
                {
                    return null;
                }
            }
            catch (StudyFault fault)
            {
                // The result is kept all the same: the attempt is ended by itself.
                studies.Drop(loaded);
                await PauseAsync(row.Id, fault, cancellation).ConfigureAwait(false);
                return null;
            }
            catch
            {
                studies.Drop(loaded);
                throw;
            }
            finally
            {
                loaded.Gate.Release();
            }
        }

        return null;
    }

    /// <summary>Does something with a study that is brought to where the journal is.</summary>
    public async Task<T?> WithAsync<T>(StudyRow row, Func<LoadedStudy, T?> use, CancellationToken cancellation)
    {
        for (var i = 0; i < Tries; i++)
        {
            var loaded = studies.Get(row.Id, StudyJson.Read<StudyDefinition>(row.Definition));
            await loaded.Gate.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (loaded.IsDropped)
                {
                    continue;
                }

                var taken = await TakeUpAsync(loaded, cancellation).ConfigureAwait(false);
                if (taken is not { Diverged: false })
                {
                    studies.Drop(loaded);
                    return default;
                }

                return use(loaded);
            }
            catch
            {
                studies.Drop(loaded);
                throw;
            }
            finally
            {
                loaded.Gate.Release();
            }
        }

        return default;
    }

    // The tuner asks within its step, on a thread of its own.
    private Matrix Samples(string hash) => FittingResults.OutputsAsync(store, hash, CancellationToken.None).GetAwaiter().GetResult();

    private async Task<bool> AdvanceAsync(LoadedStudy loaded, StudyWish? wish, CancellationToken cancellation)
    {
        if (await TakeUpAsync(loaded, cancellation).ConfigureAwait(false) is not { } taken)
        {
            studies.Drop(loaded);
            return true;
        }

        var row = taken.Snapshot.Study;
        if (row.State is StudyState.Cancelled or StudyState.Failed || (loaded.Run is null && loaded.Began is not null && !taken.Diverged && taken.Snapshot.Results.All(trial => trial.IsImported)))
        {
            return true;
        }

        var step = new StudyStep(loaded, Samples, time);
        StudyFault.Within(() => Step(loaded, step, taken, wish));
        if (step.IsEmpty)
        {
            return true;
        }

        var commit = StudyFault.Within(() => step.Commit(row.Version));
        if (!loaded.Problem.IsValue)
        {
            commit = commit with { Curve = await KeepCurveAsync(loaded, cancellation).ConfigureAwait(false), Surrogate = await KeepSurrogateAsync(loaded, row, cancellation).ConfigureAwait(false) };
        }

        var result = await store.CommitAsync(commit, cancellation).ConfigureAwait(false);
        if (result.Outcome != CommitOutcome.Done)
        {
            LogRefused(logger, loaded.Id, row.Version);
            telemetry.Refused();
            studies.Drop(loaded);
            return false;
        }

        Committed(loaded, step, result.Study!);
        return true;
    }

    private void Committed(LoadedStudy loaded, StudyStep step, StudyRow row)
    {
        (loaded.Version, loaded.Sequence) = (row.Version, row.LastSequence);
        events.Happened(loaded.Id);
        if (step.Asked.Count > 0 && loaded.Definition.Network is not null)
        {
            // Outside workers ask by themselves.
            wakeUps.Queue(loaded.Definition.Queue);
        }

        if (step.HasEnded)
        {
            telemetry.Ended(row.State);
            LogEnded(logger, loaded.Id, step.Result?.StopReason, step.Error, step.Result?.Lambda, loaded.TrainingsUsed);
        }
    }
}
