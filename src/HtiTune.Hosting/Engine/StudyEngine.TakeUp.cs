namespace HtiTune.Hosting;

// How a study is brought to where its journal is, and what its tuner then does.
internal sealed partial class StudyEngine
{
    // What the study's tuner does with what the store has, and with nothing else.
    private void Step(LoadedStudy loaded, StudyStep step, (StudySnapshot Snapshot, bool Diverged) taken, StudyWish? wish)
    {
        if (taken.Diverged)
        {
            StartOver(loaded, step, taken);
        }
        else if (loaded.Began is null)
        {
            WarmTrial[] imported = [.. taken.Snapshot.Results.Where(trial => trial.IsImported).Select(trial => new WarmTrial(trial.Number, trial.Lambda, trial.Samples, trial.Reported))];
            step.Begin(loaded.Definition.Objective, loaded.Definition.Goal, loaded.Definition.MaxTrainings, imported, "the study begins");
        }

        foreach (var trial in taken.Snapshot.Results.Where(trial => !trial.IsImported))
        {
            step.Take(trial);
        }

        var added = wish?.Lambdas is { } wanted && loaded.Run is not null ? step.Enqueue(wanted) : null;
        if (wish is { Lambdas: null } && loaded.Run is not null)
        {
            wish.Cleared = step.Clear();
        }

        if (taken.Snapshot.Study.State == StudyState.Active)
        {
            step.Ask();
        }

        if (added is not null)
        {
            wish!.Enqueued = new EnqueuedLambdas(added, loaded.Run?.Enqueued ?? []);
        }
    }

    // Brings the study to where the journal is.
    private async Task<(StudySnapshot Snapshot, bool Diverged)?> TakeUpAsync(LoadedStudy loaded, CancellationToken cancellation)
    {
        if (await store.LoadAsync(loaded.Id, loaded.Sequence, cancellation).ConfigureAwait(false) is not { } snapshot)
        {
            return null;
        }

        foreach (var row in snapshot.Events)
        {
            if (!Repeats(loaded, row))
            {
                LogDiverged(logger, loaded.Id, row.Sequence, row.Kind);
                return (snapshot, true);
            }
        }

        if (loaded.IsLeftBehind)
        {
            LogOtherAlgorithm(logger, loaded.Id, loaded.Began!.Algorithm, Tuner.Algorithm);
            return (snapshot, true);
        }

        loaded.Version = snapshot.Study.Version;
        return (snapshot, false);
    }

    // Another version of the library proposes otherwise: what was trained is kept, and a new run goes on with what is left of the budget.
    private void StartOver(LoadedStudy loaded, StudyStep step, (StudySnapshot Snapshot, bool Diverged) taken)
    {
        var trials = store.TrialsAsync(loaded.Id, CancellationToken.None).GetAwaiter().GetResult();
        WarmTrial[] warm = [.. FittingResults.OfAsync(store, trials, CancellationToken.None).GetAwaiter().GetResult().Select(result => result.Trial).Select(trial => new WarmTrial(trial.Number, trial.Lambda, trial.Samples, trial.Reported))];
        var steps = taken.Snapshot.Events.Select(row => StudyJson.Read<SteppedData>(row.Data)).ToList();
        loaded.SkipTo(
            Math.Max(loaded.Step, steps.Count == 0 ? 0 : steps.Max(data => data.Step)),
            taken.Snapshot.Study.LastSequence,
            steps.Count == 0 ? 0 : steps.Max(data => data.Run),
            trials.Count == 0 ? 0 : trials.Max(trial => trial.Number));
        var used = trials.Count(trial => !trial.IsImported && trial.Status is TrialStatus.Completed or TrialStatus.Failed);
        var began = loaded.Began;
        step.Begin(
            began?.Objective ?? loaded.Definition.Objective, began?.Goal ?? loaded.Definition.Goal, Math.Max(0, loaded.Definition.MaxTrainings - used), warm,
            began is { Algorithm: not Tuner.Algorithm } other
                ? $"version {Tuner.Algorithm} of the algorithm follows version {other.Algorithm}: what was trained is kept"
                : "the library has changed: its proposals differ from those in the journal");
        var asked = trials.Select(trial => trial.Lambda).ToHashSet();
        var journal = store.EventsAsync(loaded.Id, 0, int.MaxValue, CancellationToken.None).GetAwaiter().GetResult();
        double[] waiting = [.. journal.Skip(1 + journal.ToList().FindLastIndex(row => row.Kind == StudyEventKind.Cleared)).Where(row => row.Kind == StudyEventKind.Enqueued)
            .SelectMany(row => StudyJson.Read<EnqueuedData>(row.Data).Lambdas).Where(lambda => !asked.Contains(lambda)).Distinct()];
        if (waiting.Length > 0)
        {
            step.Enqueue(waiting);
        }

        loaded.Version = taken.Snapshot.Study.Version;
    }

    private bool Repeats(LoadedStudy loaded, EventRow row)
    {
        try
        {
            return loaded.Replay(row, Samples);
        }
        catch (Exception problem) when (StudyFault.IsOwn(problem))
        {
            LogUnrepeatable(logger, loaded.Id, row.Sequence, problem);
            return false;
        }
    }
}
