using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune;

public sealed partial class Tuner
{
    /// <summary>
    /// Takes trainings that were made elsewhere, before the first run: they cost nothing of a budget. In a folder they are one import, which
    /// <see cref="UndoImport"/> takes back.
    /// </summary>
    /// <param name="trainings">The trainings, in the order in which the tuner is to see them.</param>
    /// <param name="source">Where they come from, e.g. the name of a file.</param>
    /// <returns>Their numbers in this study.</returns>
    /// <exception cref="ArgumentException">A training does not fit the study; the message names the first fault of each. Nothing was taken.</exception>
    /// <exception cref="InvalidOperationException">A run has begun.</exception>
    /// <exception cref="IOException">The study's folder could not be written; the tuner has the trainings, and writes them before it goes on.</exception>
    public IReadOnlyList<int> Import(IReadOnlyList<EarlierTraining> trainings, string source)
    {
        ArgumentNullException.ThrowIfNull(trainings);
        ArgumentException.ThrowIfNullOrEmpty(source);
        ObjectDisposedException.ThrowIf(_store.IsDisposed, this);
        if (_hasBegun || _recorded.Count > 0)
        {
            throw new InvalidOperationException("A run of the study has begun; expected an import before the first.");
        }

        var taken = EarlierTrainings.Take(_store, trainings, source);
        _brought.UnionWith(taken.Select(training => training.Number));
        _recorder?.Imported(taken, source);
        return [.. taken.Select(training => training.Number)];
    }

    /// <summary>
    /// Undoes the last import into the study of a folder that stands. The journal keeps it and says that it was taken back; runs that stood on it are
    /// history, trainings made since stay, and the next run begins anew.
    /// </summary>
    /// <param name="folder">The study's folder. No tuner may have it open.</param>
    /// <param name="clock">Tells when; null: the system's.</param>
    /// <returns>What was taken back; null where there is no import.</returns>
    /// <exception cref="FileNotFoundException">The folder holds no study.</exception>
    /// <exception cref="IOException">The folder cannot be written to, or a tuner has it open.</exception>
    /// <exception cref="DataFormatException">The study on disk is damaged, or of a newer version; the message names file and line.</exception>
    public static TrainingsTakenBack? UndoImport(string folder, TimeProvider? clock = null) => EarlierTrainings.Undo(folder, clock);
}
