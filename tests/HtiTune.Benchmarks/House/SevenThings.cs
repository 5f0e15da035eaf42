namespace HtiTune.Benchmarks.House;

/// <summary>
/// The seven things that every layer of the product speaks of, and the types that have stood for each of them. What is counted is which of these types there
/// are; a type that is new belongs here, in the line of what it stands for.
/// </summary>
internal static class SevenThings
{
    private static readonly (string Thing, string[] Types)[] s_things =
    [
        ("what is studied",
        [
            "TunerOptions", "TunerSettings", "StudySettings", "CostSettings", "StudyCreated", "RunBegan", "RunRequest", "StudySpecification", "ContextsSource", "TuningRequest",
            "StudyDefinition", "StudyProblem", "RunBeganData", "CreatedData", "CreateStudyRequest", "NewStudy", "StudyRequest",
        ]),
        ("a training: asked, under way, ended",
        [
            "Proposal", "PendingTraining", "TrainingRequest", "Training", "Trial", "RecordedTraining", "EarlierTraining", "SpaceTraining", "TrainingProposed", "TrainingStarted",
            "TrainingCompleted", "TrainingFailed", "TrainingCancelled", "TrainingEnded", "ValueMeasured", "TrialRow", "TrialRecord", "EarlierRun", "TrialView", "AskedData", "ToldData",
            "ToldFailedData", "TrialData", "WarmTrial", "ImportedAnchor", "AnchorPoint", "AnchorUpload", "StudyAnchor", "RemoteTrial", "Anchor", "Observation",
        ]),
        ("work in a worker's hands",
        [
            "AttemptRow", "AttemptView", "FoundAttempt", "ClaimRequest", "ClaimResult", "ClaimedAttempt", "AttemptReport", "RenewResult", "LeaseStatus", "AttemptEnd", "EndResult",
            "WorkRequest", "WorkResult", "TellOutcome", "RenewBody", "TellBody", "RemoteTask", "RemoteLease", "RemoteTold", "RemoteAttempt", "TrainingOutcome",
            "ServedTask", "ServedTold", "Lease",
        ]),
        ("how a run ended",
        ["Study", "TuningResult", "RunEnded", "RecordedRun", "StudyResult", "RunEndedData", "RemoteResult", "ServedResult", "ResultRecord", "RemarkRecord", "RemoteRemark", "Remark"]),
        ("the study as it stands",
        ["StudyJournal", "LoadedStudy", "StudyRow", "StudyView", "StudySnapshot", "StudyCommit", "RemoteStudy", "ServedStudy", "StudyBest"]),
        ("an answered preference",
        ["PreferenceAnswer", "PreferencePoint", "PreferenceAnswerOfStudy", "PreferenceResult", "PreferenceRow", "RemotePreference"]),
        ("an event", ["JournalEvent", "StudyEvent", "EventRow", "NewEvent", "RemoteEvent"]),
    ];

    /// <summary>The types of each thing that there are.</summary>
    /// <param name="types">Full names of all types.</param>
    internal static IReadOnlyList<(string Thing, IReadOnlyList<string> Types)> In(IEnumerable<string> types)
    {
        var byName = types.Where(type => !type.StartsWith("HtiTune.Benchmarks", StringComparison.Ordinal)).ToLookup(type => type[(type.LastIndexOf('.') + 1)..], StringComparer.Ordinal);
        return [.. s_things.Select(thing => (thing.Thing, (IReadOnlyList<string>)[.. thing.Types.SelectMany(name => byName[name])]))];
    }
}
