namespace HtiTune.Journal;

/// <summary>Makes the tuner of a study on disk: of a new one, of one that is taken up, or of one that is only read.</summary>
internal static class StudyOpening
{
    /// <summary>See <see cref="Tuner.Open(string, INetwork, SearchSpace, Contexts, TunerOptions?)"/>.</summary>
    public static Tuner Open(string folder, INetwork network, SearchSpace space, Contexts? contexts, TunerOptions? options, StudyFiles files)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(space);
        options ??= new TunerOptions();
        options.Validate(space);
        var log = new FolderLog(StudyFolder.Take(folder, files));
        if (StudyJournal.Exists(folder))
        {
            return Resume(log, network, options, space.IsLine ? space.Line.Scale : null, (space, contexts));
        }

        return Held(log, () =>
        {
            contexts ??= WarmStart.ContextsOf(options.WarmStart);
            var warm = WarmStart.Trainings(options.WarmStart, space, contexts, options.IsAllowed);
            var tuner = new Tuner(network, space, contexts, options, warm);
            tuner.History.RecordBy(StudyRecorder.Create(log, network, space, contexts, options, warm, tuner.Options.LoggerOrNone));
            return tuner;
        });
    }

    /// <summary>See <see cref="Tuner.Resume"/>.</summary>
    public static Tuner Resume(string folder, INetwork network, TunerOptions? options, Scale? scale)
    {
        StudyJournal.RequireStudy(folder);
        return Resume(new FolderLog(StudyFolder.Take(folder, new StudyFiles())), network, options, scale, null);
    }

    /// <summary>See <see cref="Tuner.Load"/>.</summary>
    public static Tuner Load(string folder, INetwork network, TunerOptions? options, Scale? scale)
    {
        StudyJournal.RequireStudy(folder);
        return Of(StudyJournal.Read(folder, scale), network, options, null);
    }

    private static Tuner Resume(
        FolderLog log, INetwork network, TunerOptions? options, Scale? scale, (SearchSpace Space, Contexts? Contexts)? expected) =>
        Held(log, () =>
        {
            var journal = StudyJournal.Read(log, scale);
            var tuner = Of(journal, network, options, expected);
            tuner.History.TakeUp(journal);
            tuner.History.RecordBy(StudyRecorder.Resume(log, journal, network, tuner.Options, tuner.Options.LoggerOrNone));
            return tuner;
        });

    /// <summary>A tuner with all trainings of a journal; it records nothing yet.</summary>
    private static Tuner Of(StudyJournal journal, INetwork network, TunerOptions? options, (SearchSpace Space, Contexts? Contexts)? expected)
    {
        StudyIdentity.RequireSame(journal, options, expected);
        StudyIdentity.RequireFunctions(journal.Folder, journal.Header.Settings, options, isAsRecorded: options is null);

        // A warm start was taken when the study began, and is among its trainings.
        options ??= journal.Header.Settings.WithFunctionsOf(null);
        var tuner = new Tuner(
            network, journal.Space, journal.LoadContexts(), options, journal.LoadTrainings(journal.TrainingCount, network as IPersistentNetwork), journal.LastNumberTaken());
        tuner.History.Bring(journal);
        return tuner;
    }

    private static Tuner Held(FolderLog log, Func<Tuner> make)
    {
        try
        {
            return make();
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }
}
