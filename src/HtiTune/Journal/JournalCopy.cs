namespace HtiTune.Journal;

/// <summary>Writes a study, wherever its log is kept, into a folder of its own.</summary>
internal static class JournalCopy
{
    /// <summary>See <see cref="StudyJournal.CopyTo"/>.</summary>
    public static void Write(StudyJournal journal, string folder)
    {
        if (StudyJournal.Exists(folder))
        {
            throw new IOException($"{folder} holds a study; expected a folder without one.");
        }

        using var log = new FolderLog(StudyFolder.Take(folder, new StudyFiles()));
        var completed = journal.Events.OfType<TrainingEnded>().Where(ended => ended.State == TrialState.Completed).Select(ended => ended.Number).ToHashSet();
        log.Append([.. journal.Events.Select(Line).OfType<JournalEvent>()]);

        // A folder has no line on what a service tells of a training that failed: that it has no value.
        JournalEvent? Line(JournalEvent entry) => entry switch
        {
            StudyCreated { ContextsFile: not null } created => created with
            {
                ContextsFile = StudyFolder.ContextsName,
                ContextsSha256 = log.Keep(StudyFolder.ContextsName, StudyFolder.ToMatrix(journal.LoadContexts()!)),
            },
            TrainingEnded { State: TrialState.Completed } ended => ended with
            {
                SamplesFile = StudyFolder.SamplesName(ended.Number),
                SamplesSha256 = log.Keep(StudyFolder.SamplesName(ended.Number), journal.LoadOutputs(ended)),
                Reported = null,
                NetworkFile = null,
                NetworkSha256 = null,
            },
            ValueMeasured value => completed.Contains(value.Number) ? value : null,
            ContextsAnswered => null,
            _ => entry,
        };
    }
}
