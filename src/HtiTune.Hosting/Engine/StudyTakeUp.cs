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

        var unrepeatable = await OffPool.RunAsync(!loaded.Problem.IsValue && row.Events.Count > 0, () => Unrepeatable(loaded)).ConfigureAwait(false);
        row.IsDiverged = unrepeatable is not null || loaded.IsLeftBehind;
        if (unrepeatable is not null)
        {
            LogDiverged(logger, loaded.Id, unrepeatable.Sequence, unrepeatable.GetType().Name);
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

    private async Task<StudyRow?> LoadAsync(LoadedStudy loaded, CancellationToken cancellation)
    {
        try
        {
            var row = await store.LoadAsync(loaded.Id, loaded.Log.Sequence, cancellation).ConfigureAwait(false);
            StudyFault.Within(() => loaded.Log.Take(row?.Events ?? []));
            return row;
        }
        catch (DataFormatException damage)
        {
            // Nothing is repeated, and nothing begun anew, by a journal that says something else than was written.
            throw new StudyFault(damage);
        }
    }

    // The first event that the study's tuner does not repeat; null where it has come to where the journal is.
    private JournalEvent? Unrepeatable(LoadedStudy loaded)
    {
        var found = loaded.TakeUp().FirstOrDefault(entry => !Does(loaded, entry, () => loaded.Repeats(entry)));
        loaded.Unrepeatable ??= found ?? (Does(loaded, loaded.Journal.Events[^1], loaded.GoesOn) ? null : loaded.Journal.Events[^1]);
        return loaded.Unrepeatable;
    }

    private bool Does(LoadedStudy loaded, JournalEvent entry, Func<bool> repeats)
    {
        try
        {
            return repeats();
        }
        catch (Exception problem) when (StudyFault.IsOwn(problem))
        {
            LogUnrepeatable(logger, loaded.Id, entry.Sequence, problem);
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
