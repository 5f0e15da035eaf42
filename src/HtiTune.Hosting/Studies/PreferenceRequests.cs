namespace HtiTune.Hosting;

/// <summary>Checks and answers requests for another objective over the same trainings.</summary>
internal sealed class PreferenceRequests(StudyStore store, TenantFinder finder, StudyPreferences preferences, NetworkRegistry registry, StudyEvents events, IWakeUps wakeUps)
{
    /// <summary>Another objective over the same trainings.</summary>
    public async Task<PreferenceResult> PreferAsync(string? tenant, Guid study, string objective, Goal goal, int mayTrain, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var definition = StudyJson.Read<StudyDefinition>(row.Definition);
        Require(definition, objective, goal, mayTrain);
        StudyServiceException.ThrowIf(row.State is StudyState.Active or StudyState.Paused,
            StudyServiceError.Conflict, $"The study is {StudyJson.Word(row.State)}; expected one that has ended, so that all its trainings can answer.");

        var answered = await preferences.PreferAsync(row, objective, goal, mayTrain, cancellation).ConfigureAwait(false)
            ?? throw new StudyServiceException(StudyServiceError.Conflict, "There is no training that could answer, or none has a value of this objective.");
        events.Happened(study);
        wakeUps.Outbox();
        return answered;
    }

    /// <summary>Preferences so far.</summary>
    public async Task<IReadOnlyList<PreferenceResult>> PreferencesAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        return StudyPreferences.PreferencesOf(row, await store.EventsAsync(study, 0, int.MaxValue, cancellation).ConfigureAwait(false));
    }

    private void Require(StudyDefinition definition, string objective, Goal goal, int mayTrain)
    {
        StudyServiceException.ThrowIf(definition.Objective == StudyProblem.ValueObjective,
            StudyServiceError.Conflict, "The study's trainings report one number and no outputs, of which another preference could be made.");

        StudyServiceException.ThrowIf(!Enum.IsDefined(goal) || mayTrain is < 0 or > 1000,
            StudyServiceError.Invalid, $"goal is {StudyJson.Word(goal)} and mayTrain {mayTrain}; expected minimize or maximize, and 0 to 1000.");

        StudyDefinitionCheck.Require(definition with { Objective = objective ?? "", Goal = goal }, registry);
        StudyServiceException.ThrowIf(objective == StudyProblem.ValueObjective,
            StudyServiceError.Invalid, "objective is value; expected an expression, or objective:NAME.");
    }
}
