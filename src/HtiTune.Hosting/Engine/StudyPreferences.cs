namespace HtiTune.Hosting;

/// <summary>Answers other objectives from what a study has trained.</summary>
internal sealed class StudyPreferences(StudyStore store, StudiesInMemory studies, StudyTakeUp takeUp, BeliefKeeper keeper, StudyEngine engine, TimeProvider time)
{
    /// <summary>Answers another objective from what has been trained, and goes on with it where it may train; null where nothing can answer.</summary>
    public async Task<PreferenceResult?> PreferAsync(StudyRow row, string objective, Goal goal, int mayTrain, CancellationToken cancellation)
    {
        using var own = await engine.TurnAsync(row, cancellation).ConfigureAwait(false);
        var turn = await studies.WorkAsync<PreferenceResult>(
            row.Id, StudyJson.Read<StudyDefinition>(row.Definition), StudiesInMemory.Tries, loaded => PreferAsync(loaded, objective, goal, mayTrain, cancellation), cancellation).ConfigureAwait(false);
        return turn.IsDone ? turn.Value : throw new InvalidOperationException($"Study {row.Id} was changed by others {StudiesInMemory.Tries} times while a preference was being answered.");
    }

    private async Task<Turn<PreferenceResult>> PreferAsync(LoadedStudy loaded, string objective, Goal goal, int mayTrain, CancellationToken cancellation)
    {
        if (await takeUp.TakeUpAsync(loaded, cancellation).ConfigureAwait(false) is not { IsDiverged: false } taken)
        {
            return Turn<PreferenceResult>.Outdated;
        }

        // A study that was cancelled has a run that never ended: its trainings answer, and no training is added to it.
        if (loaded.Run is not null && (mayTrain > 0 || taken.State is StudyState.Active or StudyState.Paused))
        {
            return Turn<PreferenceResult>.Outdated;
        }

        if (await OffPool.RunAsync(true, () => loaded.Prefer(objective, goal)).ConfigureAwait(false) is not (var tuner, var study))
        {
            return Turn<PreferenceResult>.Done(null);
        }

        using var answering = tuner;
        var later = LaterOf(loaded.Log.Preferences);
        var now = await store.NowAsync(cancellation).ConfigureAwait(false);
        var last = later.Count == 0 ? taken.Result is { } first ? StudyJson.Read<StudyResult>(first) : null : later[^1].Result;
        var before = last is null ? null : loaded.Problem.At(last.Lambda, last.Configuration);
        var result = new PreferenceResult(
            later.Count + 2, objective, goal, before is null ? null : StudyProblem.LambdaOf(before),
            StudyStep.ResultOf(study, loaded.Problem, objective, cancellation), before is null ? null : GainOf(study, before),
            DateTimeOffset.FromUnixTimeMilliseconds(now))
        { BeforeConfiguration = before };
        var step = new StudyStep(loaded, time);
        step.Preferred(result);
        if (mayTrain > 0 && study.Outcome is not Certified)
        {
            step.Begin(objective, goal, mayTrain, $"preference {result.Version}");
            step.Ask();
        }

        AnchorPoint[] anchors = [.. study.Trials.Select(trial => new AnchorPoint(trial.Number, trial.Lambda, trial.Value))];
        var curve = loaded.Definition.HasCurve ? new StudyCurve(study.Posterior, anchors, (study.Outcome as NeedsTraining)?.At) : null;
        var commit = step.Commit(taken.Version) with
        {
            Curve = curve is null ? null : await keeper.KeepAsync(curve, cancellation).ConfigureAwait(false),
        };
        commit = commit with { State = step.HasBegun && !step.HasEnded ? StudyState.Active : commit.State };
        var committed = await store.CommitAsync(commit, cancellation).ConfigureAwait(false);
        if (committed.Outcome != CommitOutcome.Done)
        {
            return Turn<PreferenceResult>.Again;
        }

        engine.Committed(loaded, step, committed.Study!);
        return Turn<PreferenceResult>.Done(result);
    }

    /// <summary>All preferences of a study, the definition's own first.</summary>
    public static IReadOnlyList<PreferenceResult> PreferencesOf(StudyRow row, IReadOnlyList<StudyEvent> journal)
    {
        var definition = StudyJson.Read<StudyDefinition>(row.Definition);
        var ended = journal.FirstOrDefault(entry => entry.Kind == StudyEventKind.RunEnded);
        var first = new PreferenceResult(
            1, definition.Objective, definition.Goal, null, ended is null ? null : StoredEvents.Result(ended), null, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt));
        return [first, .. LaterOf(journal)];
    }

    // Those after the definition's own, in order: the journal tells each.
    private static List<PreferenceResult> LaterOf(IReadOnlyList<StudyEvent> journal) =>
        [.. journal.Where(entry => entry.Kind == StudyEventKind.Preference).Select(entry => StudyJson.Read<PreferenceResult>(entry.Data))];

    // What the model says that the way from the old configuration to the new one brings.
    private static double? GainOf(TuningResult study, Data.Configuration before)
    {
        var isLine = study.Anchors.Space.IsLine;
        if (isLine && study.Posterior.Count == 0)
        {
            return null;
        }

        var old = isLine ? study.Posterior.MinBy(point => Math.Abs(point.Lambda - before.Lambda)).Mean : study.Predict(before).Mean;
        return study.Goal == Goal.Minimize ? old - study.PredictedValue : study.PredictedValue - old;
    }
}
