namespace HtiTune.Journal;

/// <summary>Whether a study on disk is the one that its user means, and can go on with what the user has given.</summary>
internal static class StudyIdentity
{
    /// <summary>Throws unless the options have what a file cannot hold: all that the settings had, or only the surrogate that is to be used.</summary>
    internal static void RequireFunctions(string folder, TunerOptions settings, TunerOptions? options, bool isAsRecorded)
    {
        var missing = FunctionsOf(settings).Where(name => name switch
        {
            nameof(TunerOptions.Cost) => isAsRecorded && options?.Cost?.OfLambda is null,
            nameof(TunerOptions.Acquisition) => isAsRecorded && options?.Acquisition.Kind != AcquisitionKind.Own,
            nameof(TunerOptions.Belief) => isAsRecorded && options?.Belief is null,
            nameof(TunerOptions.IsAllowed) => options?.IsAllowed is null,
            _ => (isAsRecorded || options!.UseSurrogate) && options?.SurrogateFactory is null,
        }).ToList();
        if (missing.Count > 0)
        {
            throw new ArgumentException(
                $"The study in {folder} had a function for {string.Join(" and ", missing)}, which a file cannot hold; expected options with it.", nameof(options));
        }
    }

    // The options that a file cannot hold, and that these have or had.
    private static IEnumerable<string> FunctionsOf(TunerOptions settings)
    {
        (bool Is, string Name)[] functions =
        [
            (settings.HasOwnSurrogate, nameof(TunerOptions.SurrogateFactory)), (settings.Cost is { IsFunction: true }, nameof(TunerOptions.Cost)),
            (settings.Acquisition.Kind == AcquisitionKind.Own, nameof(TunerOptions.Acquisition)), (settings.BeliefStrength is not null, nameof(TunerOptions.Belief)),
            (settings.HasRule, nameof(TunerOptions.IsAllowed)),
        ];
        return functions.Where(function => function.Is).Select(function => function.Name);
    }

    /// <summary>Throws unless a journal is that of the study that is meant; the message names all differences.</summary>
    internal static void RequireSame(StudyJournal journal, TunerOptions? options, (SearchSpace Space, Contexts? Contexts)? expected)
    {
        var faults = new List<string>();
        if (expected is { } given)
        {
            if (!given.Space.Equals(journal.Space))
            {
                faults.Add($"its {(journal.Space.Count == 1 ? "hyperparameter is" : "hyperparameters are")} {journal.Space}, not {given.Space}");
            }

            if (given.Contexts is { } asked && journal.LoadContexts()?.SameAs(asked) != true)
            {
                faults.Add(journal.LoadContexts() is { } known
                    ? $"its {known.Count} contexts are not the {asked.Count} given"
                    : $"its first training that succeeds tells how many contexts there are, not the {asked.Count} given");
            }
        }

        if (options is not null && options.Seed != journal.Header.Settings.Seed)
        {
            faults.Add($"its seed is {journal.Header.Settings.Seed}, not {options.Seed}");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"{journal.Folder} holds another study: {string.Join("; ", faults)}. Expected the study's own, or another folder.");
        }
    }

    /// <summary>What the user should know of how a journal is taken up.</summary>
    internal static IReadOnlyList<Remark> Remarks(StudyJournal journal, ILogger logger)
    {
        // Once a run of this algorithm has begun, that one is continued.
        if (journal.Runs is not [.., { Began: var last }] || last.IsOfThisAlgorithm(journal.Space))
        {
            return [];
        }

        var current = AlgorithmVersion.Of(journal.Space);
        Log.OtherAlgorithm(logger, last.Run, last.Algorithm ?? 1, current);
        return [new Remark(RemarkKind.OtherAlgorithm, string.Create(
            CultureInfo.InvariantCulture,
            $"run {last.Run} of the study was made by version {last.Algorithm ?? 1} of the algorithm, and this is version {current}: "
            + $"its trainings are kept, and what comes is a new run"))];
    }
}
