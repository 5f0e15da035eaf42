namespace HtiTune.Server.Dashboard;

/// <summary>What a study's page shows, all of one preference: what is kept of another is not shown beside it.</summary>
/// <param name="Asked">The preference that is looked at.</param>
/// <param name="IsNewest">Whether it is the newest, of which the belief is kept.</param>
/// <param name="Result">Its answer; null while a run goes on.</param>
/// <param name="Trials">The trials with its values; without values where none of its are kept.</param>
/// <param name="BestValue">The best of its values.</param>
/// <param name="Lambda">λ that it recommends.</param>
internal sealed record AskedVersion(PreferenceResult? Asked, bool IsNewest, StudyResult? Result, IReadOnlyList<TrialView> Trials, double? BestValue, double? Lambda)
{
    /// <summary>Takes from a study what is of one preference.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trials">Its trials, with the values of its last run.</param>
    /// <param name="curve">The belief of its newest preference.</param>
    /// <param name="versions">Its preferences, in order; none where it has a single one.</param>
    /// <param name="wanted">The version that is looked at; null: the newest.</param>
    internal static AskedVersion Of(StudyView study, IReadOnlyList<TrialView> trials, StudyCurve? curve, IReadOnlyList<PreferenceResult> versions, int? wanted)
    {
        if (versions.Count <= 1)
        {
            return new(versions is [var only] ? only : null, true, study.Result, trials, study.BestValue ?? Best(trials, study.Definition.Goal), study.Lambda);
        }

        var asked = versions.FirstOrDefault(version => version.Version == wanted) ?? versions[^1];
        var isNewest = asked == versions[^1];
        var isRunning = study.State is StudyState.Active or StudyState.Paused;
        if (isNewest && (isRunning || study.EndedAt >= asked.CreatedAt))
        {
            // The last run is this preference's; before it ends it has no answer yet.
            return new(asked, true, isRunning ? null : study.Result, Valued(trials, curve, asked), study.BestValue, study.Lambda);
        }

        // Where no run came after the first, the trials' values are those of the study's own objective.
        var isFirst = asked.Version == 1 && !isRunning && study.EndedAt < versions[1].CreatedAt;
        var own = isFirst ? trials : Valued(trials, isNewest ? curve : null, asked);
        return new(asked, isNewest, asked.Result, own, isFirst ? study.BestValue : Best(own, asked.Goal), asked.Result?.Lambda);
    }

    private static double? Best(IEnumerable<TrialView> trials, Goal goal)
    {
        var values = trials.Where(trial => trial.Value is not null && trial.IsFeasible != false).Select(trial => trial.Value!.Value).ToList();
        return values.Count == 0 ? null : goal == Goal.Minimize ? values.Min() : values.Max();
    }

    /// <summary>The same, with what it needs read from the service.</summary>
    internal static async Task<AskedVersion> ReadAsync(IStudyService service, string? tenant, StudyView study, IReadOnlyList<TrialView> trials, int? wanted, CancellationToken cancellation)
    {
        var versions = study.Definition.Objective == "value" ? [] : await service.PreferencesAsync(tenant, study.Id, cancellation).ConfigureAwait(false);
        var curve = versions.Count > 1 && study.Definition.HasCurve ? await service.CurveAsync(tenant, study.Id, cancellation).ConfigureAwait(false) : null;
        return Of(study, trials, curve, versions, wanted);
    }

    // Forecasts were made of the objective that was asked when the training was.
    private static IReadOnlyList<TrialView> Valued(IReadOnlyList<TrialView> trials, StudyCurve? curve, PreferenceResult asked)
    {
        var values = (curve?.Anchors ?? []).ToLookup(anchor => anchor.Number, anchor => anchor.Value);
        return [.. trials.Select(trial => trial.QueuedAt < asked.CreatedAt
            ? trial with { Value = ValueOf(trial), Predicted = null, PredictedLow = null, PredictedHigh = null, ExpectedGain = null }
            : trial.Value is null ? trial : trial with { Value = ValueOf(trial) })];

        double? ValueOf(TrialView trial) => values[trial.Number].FirstOrDefault();
    }
}
