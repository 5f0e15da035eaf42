using HtiTune.Data;
using HtiTune.Journal;
using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

/// <summary>Brings a study to where its journal is, and has its tuner take what the store has.</summary>
internal sealed partial class StudyTakeUp(IStudyStore store, ILogger<StudyTakeUp> logger)
{
    /// <summary>What the study's tuner does with what the store has, and with nothing else.</summary>
    public void Step(LoadedStudy loaded, StudyStep step, StudyRow taken, StudyWish? wish)
    {
        if (taken.IsDiverged)
        {
            StartOver(loaded, step, taken);
        }
        else if (loaded.Began is null)
        {
            TrainingEnded[] imported = [.. taken.Results.Where(trial => trial.IsImported).Select(trial => trial.Ended(loaded.Problem))];
            step.Begin(loaded.Definition.Objective, loaded.Definition.Goal, loaded.Definition.MaxTrainings, imported, "the study begins");
        }

        foreach (var trial in taken.Results.Where(trial => !trial.IsImported))
        {
            step.Take(trial);
        }

        var added = wish?.Wanted is { } wanted && loaded.Run is not null ? step.Enqueue(wanted) : null;
        if (wish is { Wanted: null } && loaded.Run is not null)
        {
            wish.Cleared = step.Clear();
        }

        if (taken.State == StudyState.Active)
        {
            step.Ask();
        }

        if (added is not null)
        {
            wish!.Enqueued = EnqueuedLambdas.Of(added, loaded.Run?.Waiting ?? []);
        }
    }

    /// <summary>Brings the study to where the journal is; null where it is gone.</summary>
    public async Task<StudyRow?> TakeUpAsync(LoadedStudy loaded, CancellationToken cancellation)
    {
        if (await LoadAsync(loaded, cancellation).ConfigureAwait(false) is not { } row)
        {
            return null;
        }

        var unrepeatable = await OffPool.RunAsync(!loaded.Problem.IsValue && row.Events.Count > 0, () => Unrepeatable(loaded, row.Events)).ConfigureAwait(false);
        if (unrepeatable is not null)
        {
            LogDiverged(logger, loaded.Id, unrepeatable.Sequence, unrepeatable.Kind);
            row.IsDiverged = true;
            return row;
        }

        if (loaded.IsLeftBehind)
        {
            LogOtherAlgorithm(logger, loaded.Id, loaded.Began!.Algorithm ?? 1, loaded.Problem.Algorithm);
            row.IsDiverged = true;
            return row;
        }

        loaded.Version = row.Version;
        return row;
    }

    // Another version of the library proposes otherwise: what was trained is kept, and a new run goes on with what is left of the budget.
    private void StartOver(LoadedStudy loaded, StudyStep step, StudyRow taken)
    {
        var trials = store.TrialsAsync(loaded.Id, CancellationToken.None).GetAwaiter().GetResult();
        TrainingEnded[] warm = [.. FittingResults.OfAsync(store, trials, CancellationToken.None).GetAwaiter().GetResult().Select(result => result.Trial.Ended(loaded.Problem))];
        var steps = taken.Events.Select(StoredEvents.StepOf).ToList();
        var used = trials.Count(trial => !trial.IsImported && trial.Status is TrialStatus.Completed or TrialStatus.Failed);
        loaded.SkipTo(
            Math.Max(loaded.Step, steps.Count == 0 ? 0 : steps.Max(data => data.Step)),
            taken.LastSequence,
            steps.Count == 0 ? 0 : steps.Max(data => data.Run),
            trials.Count == 0 ? 0 : trials.Max(trial => trial.Number),
            used);
        var began = loaded.Began;
        step.Begin(
            began?.Objective ?? loaded.Definition.Objective, began?.Settings.Goal ?? loaded.Definition.Goal, Math.Max(0, loaded.Definition.MaxTrainings - used), warm,
            began is { } other && other.Algorithm != loaded.Problem.Algorithm
                ? $"version {loaded.Problem.Algorithm} of the algorithm follows version {other.Algorithm}: what was trained is kept"
                : "the library has changed: its proposals differ from those in the journal");
        var asked = trials.Select(trial => trial.At(loaded.Problem)).ToHashSet();
        var journal = store.EventsAsync(loaded.Id, 0, int.MaxValue, CancellationToken.None).GetAwaiter().GetResult();
        Configuration[] waiting = [.. journal.Skip(1 + journal.ToList().FindLastIndex(row => row.Kind == StudyEventKind.Cleared)).Where(row => row.Kind == StudyEventKind.Enqueued)
            .SelectMany(row => StoredEvents.Enqueued(row, loaded.Problem).Configurations).Where(one => !asked.Contains(one)).Distinct()];
        if (waiting.Length > 0)
        {
            step.Enqueue(waiting);
        }

        loaded.Version = taken.Version;
    }

    private async Task<StudyRow?> LoadAsync(LoadedStudy loaded, CancellationToken cancellation)
    {
        try
        {
            return await store.LoadAsync(loaded.Id, loaded.Sequence, cancellation).ConfigureAwait(false);
        }
        catch (DataFormatException damage)
        {
            // Nothing is repeated, and nothing begun anew, by a journal that says something else than was written.
            throw new StudyFault(damage);
        }
    }

    // The first event that the study's tuner does not repeat; null where it has come to where the journal is.
    private StudyEvent? Unrepeatable(LoadedStudy loaded, IReadOnlyList<StudyEvent> rows)
    {
        var last = rows.LastOrDefault(row => row.Kind == StudyEventKind.RunBegan)?.Sequence ?? 0;
        var found = rows.FirstOrDefault(row => !Repeats(loaded, row, isPast: row.Sequence < last));
        if (found is null)
        {
            loaded.GoOn();
        }

        return found;
    }

    private bool Repeats(LoadedStudy loaded, StudyEvent row, bool isPast)
    {
        try
        {
            return loaded.Replay(row, isPast, Samples);
        }
        catch (Exception problem) when (StudyFault.IsOwn(problem))
        {
            LogUnrepeatable(logger, loaded.Id, row.Sequence, problem);
            return false;
        }
    }

    /// <summary>Outputs by their blob. The tuner asks within its step, on a thread of its own.</summary>
    public Matrix Samples(string hash) => FittingResults.OutputsAsync(store, hash, CancellationToken.None).GetAwaiter().GetResult();

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning, Message = "Study {Study}: its run was made by version {Old} of the algorithm, and this is version {Current}; a new run begins with what was trained")]
    private static partial void LogOtherAlgorithm(ILogger logger, Guid study, int old, int current);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Study {Study}: event {Sequence} ({Kind}) cannot be repeated by this version of the library; a new run begins with what was trained")]
    private static partial void LogDiverged(ILogger logger, Guid study, long sequence, string kind);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "Study {Study}: event {Sequence} could not be repeated")]
    private static partial void LogUnrepeatable(ILogger logger, Guid study, long sequence, Exception problem);
}
