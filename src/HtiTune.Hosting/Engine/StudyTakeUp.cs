using Microsoft.Extensions.Logging;

namespace HtiTune.Hosting;

/// <summary>Brings a study to where its journal is.</summary>
internal sealed partial class StudyTakeUp(StudyStore store, ILogger<StudyTakeUp> logger)
{
    /// <summary>Brings the study to where the journal is; null where it is gone.</summary>
    public async Task<StudyRow?> TakeUpAsync(LoadedStudy loaded, CancellationToken cancellation)
    {
        if (await LoadAsync(loaded, cancellation).ConfigureAwait(false) is not { } row)
        {
            return null;
        }

        var unrepeatable = await OffPool.RunAsync(!loaded.Problem.IsValue && row.Events.Count > 0, () => Unrepeatable(loaded, row.Events)).ConfigureAwait(false);
        row.IsDiverged = unrepeatable is not null || loaded.IsLeftBehind;
        if (unrepeatable is not null)
        {
            LogDiverged(logger, loaded.Id, unrepeatable.Sequence, unrepeatable.Kind);
        }
        else if (row.IsDiverged)
        {
            LogOtherAlgorithm(logger, loaded.Id, loaded.Began!.Algorithm ?? 1, loaded.Problem.Algorithm);
        }
        else
        {
            loaded.Version = row.Version;
        }

        return row;
    }

    /// <summary>All that a study has behind it, for a run that begins in place of one that cannot be repeated.</summary>
    public async Task<StudyPast> PastAsync(LoadedStudy loaded, CancellationToken cancellation)
    {
        try
        {
            var trials = await store.TrialsAsync(loaded.Id, cancellation).ConfigureAwait(false);
            var results = await FittingResults.OfAsync(store, trials, cancellation).ConfigureAwait(false);
            return new StudyPast(trials, [.. results.Select(result => result.Trial.Ended(loaded.Problem))], await store.EventsAsync(loaded.Id, 0, int.MaxValue, cancellation).ConfigureAwait(false));
        }
        catch (Exception problem) when (StudyFault.IsOwn(problem))
        {
            throw new StudyFault(problem);
        }
    }

    private async Task<StudyRow?> LoadAsync(LoadedStudy loaded, CancellationToken cancellation)
    {
        try
        {
            return await store.LoadAsync(loaded.Id, loaded.Sequence, cancellation).ConfigureAwait(false);
        }
        catch (DataFormatException damage)
        {
            // Nothing is repeated, and nothing begun anew, by a journal that says something else than was written.
            throw new StudyFault(damage);
        }
    }

    // The first event that the study's tuner does not repeat; null where it has come to where the journal is.
    private StudyEvent? Unrepeatable(LoadedStudy loaded, IReadOnlyList<StudyEvent> rows)
    {
        var last = rows.LastOrDefault(row => row.Kind == StudyEventKind.RunBegan)?.Sequence ?? 0;
        var found = rows.FirstOrDefault(row => !Repeats(loaded, row, isPast: row.Sequence < last));
        if (found is null)
        {
            loaded.GoOn();
        }

        return found;
    }

    private bool Repeats(LoadedStudy loaded, StudyEvent row, bool isPast)
    {
        try
        {
            return loaded.Replay(row, isPast);
        }
        catch (Exception problem) when (StudyFault.IsOwn(problem))
        {
            LogUnrepeatable(logger, loaded.Id, row.Sequence, problem);
            return false;
        }
    }

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning, Message = "Study {Study}: its run was made by version {Old} of the algorithm, and this is version {Current}; a new run begins with what was trained")]
    private static partial void LogOtherAlgorithm(ILogger logger, Guid study, int old, int current);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Study {Study}: event {Sequence} ({Kind}) cannot be repeated by this version of the library; a new run begins with what was trained")]
    private static partial void LogDiverged(ILogger logger, Guid study, long sequence, string kind);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "Study {Study}: event {Sequence} could not be repeated")]
    private static partial void LogUnrepeatable(ILogger logger, Guid study, long sequence, Exception problem);
}

/// <summary>All that a study has behind it.</summary>
/// <param name="Trials">Its trials, in order.</param>
/// <param name="Warm">Those that a tuner can take together.</param>
/// <param name="Journal">Its events.</param>
internal sealed record StudyPast(IReadOnlyList<TrialRow> Trials, IReadOnlyList<TrainingEnded> Warm, IReadOnlyList<StudyEvent> Journal);
