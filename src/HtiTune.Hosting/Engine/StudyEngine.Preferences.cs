using HtiTune.Preferences;

namespace HtiTune.Hosting;

internal sealed partial class StudyEngine
{
    /// <summary>Answers another objective from what has been trained, and goes on with it where it may train; null where nothing can answer.</summary>
    public async Task<PreferenceResult?> PreferAsync(StudyRow row, string objective, Goal goal, int mayTrain, CancellationToken cancellation)
    {
        for (var i = 0; i < Tries; i++)
        {
            var later = await store.PreferencesAsync(row.Id, cancellation).ConfigureAwait(false);
            var loaded = studies.Get(row.Id, StudyJson.Read<StudyDefinition>(row.Definition));
            await loaded.Gate.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (loaded.IsDropped)
                {
                    continue;
                }

                if (await TakeUpAsync(loaded, cancellation).ConfigureAwait(false) is not { Diverged: false } taken || loaded.Run is not null)
                {
                    studies.Drop(loaded);
                    return null;
                }

                using var answer = loaded.Prefer(objective, goal, Samples);
                if (answer is null)
                {
                    return null;
                }

                var now = await store.NowAsync(cancellation).ConfigureAwait(false);
                var before = later.Count == 0 ? taken.Snapshot.Study.Result is { } first ? StudyJson.Read<StudyResult>(first).Lambda : (double?)null
                    : StudyJson.Read<PreferenceResult>(later[^1].Result!).Result?.Lambda;
                var result = new PreferenceResult(
                    later.Count + 2, objective, goal, before, StudyStep.ResultOf(answer.Study), before is { } old ? GainOf(answer.Study, old) : null,
                    DateTimeOffset.FromUnixTimeMilliseconds(now));
                var step = new StudyStep(loaded, Samples, time);
                step.Preferred(result);
                if (mayTrain > 0 && answer.Study.Outcome is not Certified)
                {
                    step.Begin(objective, goal, mayTrain, [.. loaded.Completed], $"preference {result.Version}");
                    step.Ask();
                }

                var curve = new StudyCurve(answer.Study.Posterior, answer.Anchors, (answer.Study.Outcome as NeedsTraining)?.At);
                var commit = step.Commit(taken.Snapshot.Study.Version) with
                {
                    Curve = await store.KeepAsync(System.Text.Encoding.UTF8.GetBytes(StudyJson.Write(curve)), cancellation).ConfigureAwait(false),
                    Preference = new PreferenceRow { StudyId = row.Id, Version = result.Version, Objective = objective, Goal = goal, Result = StudyJson.Write(result), CreatedAt = now },
                };
                commit = commit with { State = step.HasBegun && !step.HasEnded ? StudyState.Active : commit.State };
                var committed = await store.CommitAsync(commit, cancellation).ConfigureAwait(false);
                if (committed.Outcome == CommitOutcome.Done)
                {
                    Committed(loaded, step, committed.Study!);
                    return result;
                }

                studies.Drop(loaded);
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

        throw new InvalidOperationException($"Study {row.Id} was changed by others {Tries} times while a preference was being answered.");
    }

    /// <summary>All preferences of a study, the definition's own first.</summary>
    public IReadOnlyList<PreferenceResult> PreferencesOf(StudyRow row, IReadOnlyList<PreferenceRow> later, IReadOnlyList<EventRow> journal)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var definition = StudyJson.Read<StudyDefinition>(row.Definition);
        var ended = journal.FirstOrDefault(entry => entry.Kind == StudyEventKind.RunEnded);
        var first = new PreferenceResult(
            1, definition.Objective, definition.Goal, null, ended is null ? null : StudyJson.Read<RunEndedData>(ended.Data).Result, null, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt));
        return [first, .. later.Where(one => one.Result is not null).Select(one => StudyJson.Read<PreferenceResult>(one.Result!))];
    }

    // What the model says that the way from the old λ to the new one brings.
    private static double? GainOf(Study study, double before)
    {
        if (study.Posterior.Count == 0)
        {
            return null;
        }

        var old = study.Posterior.MinBy(point => Math.Abs(point.Lambda - before)).Mean;
        return study.Goal == Goal.Minimize ? old - study.PredictedValue : study.PredictedValue - old;
    }
}
