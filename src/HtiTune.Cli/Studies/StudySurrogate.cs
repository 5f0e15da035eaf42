namespace HtiTune.Cli;

/// <summary>What a study's trainings say of the outputs anywhere, as its tuner sees it: for the verbs that judge it, draw it, or write it for others.</summary>
internal static class StudySurrogate
{
    /// <summary>The trained configurations with their outputs.</summary>
    /// <param name="study">The study.</param>
    /// <param name="fewest">How many there must be.</param>
    /// <exception cref="CliException">There are fewer.</exception>
    internal static AnchorSet Anchors(StudySpecification study, int fewest = 1)
    {
        var journal = StudyJournal.Exists(study.Folder) ? StudyJournal.Read(study.Folder) : null;
        var anchors = journal?.Trainings.Any(training => training.State == TrialState.Completed) == true ? journal.LoadAnchors() : null;
        return anchors is null ? throw new CliException("H002", $"{study.File} has no trainings yet.", Advice.Tune.For(study)) : AtLeast(fewest, anchors, study);
    }

    /// <summary>Anchors, of which there must be enough.</summary>
    /// <exception cref="CliException">There are fewer.</exception>
    internal static AnchorSet AtLeast(int fewest, AnchorSet anchors, StudySpecification study) => anchors.Count >= fewest
        ? anchors
        : throw new CliException("H002", $"{study.File} has {anchors.Count} of the trainings that this takes; expected at least {fewest}.", Advice.Tune.For(study));

    /// <summary>The surrogate of one continuous hyperparameter, by kriging: what the tuner fits, and every form of file can hold.</summary>
    /// <param name="study">The study.</param>
    /// <param name="anchors">At least two anchors.</param>
    /// <param name="trainMaps">Whether rows that are not the study's own can be moved, which takes most of the time.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static KrigedSurrogate OnLine(StudySpecification study, AnchorSet anchors, bool trainMaps, CancellationToken cancellation) =>
        KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = new TrajectoryOptions { Seed = study.Seed, TrainMaps = trainMaps } }, null, cancellation);

    /// <summary>The surrogate of several hyperparameters, or of one that is a whole number or a word.</summary>
    /// <param name="study">The study.</param>
    /// <param name="anchors">At least two anchors.</param>
    /// <param name="trainMaps">Whether rows of new contexts can be asked for.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static SpaceSurrogate OverSpace(StudySpecification study, AnchorSet anchors, bool trainMaps, CancellationToken cancellation) =>
        SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { Seed = study.Seed, TrainMaps = trainMaps }, null, cancellation);
}
