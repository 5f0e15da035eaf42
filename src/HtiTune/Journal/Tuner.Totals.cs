using HtiTune.Journal;

namespace HtiTune;

// A command that is typed again and again counts trainings over the whole study, and means the last run or a new one: never one in the middle,
// which may by chance have had the same budget.
public sealed partial class Tuner
{
    // Numbers of trainings that a warm start or an import brought.
    private HashSet<int> _brought;

    // The total that the next run was prepared for.
    private int? _total;

    internal void Bring(StudyJournal journal) => _brought = journal.NumbersBrought();

    /// <summary>
    /// Trainings that the runs of this study have made, failed ones included, over all processes; those of a warm start or an import not, nor those of runs that
    /// ended because all had failed.
    /// </summary>
    public int TrainingsMade => Made(AllTrainings());

    /// <summary>
    /// Prepares the next run so that the study has a number of trainings over all its runs. The last run of the journal is continued, or returns its
    /// study again, where it had the same objective, settings and total; otherwise the next run is a new one.
    /// </summary>
    /// <param name="total">Trainings over the whole study, those of a warm start or an import not counted. At least 0.</param>
    /// <param name="name">The objective's name, as it will be given to <see cref="Begin"/>.</param>
    /// <returns>Trainings that the run may use: what to give to <see cref="Optimize"/> or <see cref="Begin"/>.</returns>
    public int PrepareTotal(int total, string? name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        _total = total;
        if (_recorded.LastOrDefault() is { IsHopeless: false } last && !IsMoreWanted(last) && IsLike(last, name))
        {
            var before = Made(AllTrainings().Take(last.TrainingsBefore));
            if (last.Began.Budget + before == total)
            {
                KeepLast();
                return last.Began.Budget;
            }
        }

        KeepNone();
        return Math.Max(0, total - TrainingsMade);
    }

    /// <summary>
    /// Prepares the next run so that it may use a number of trainings of its own. The last run of the journal is continued where it had the same
    /// objective, settings and number and was broken off; otherwise the next run is a new one.
    /// </summary>
    /// <param name="trainings">Trainings that the run may use. At least 0.</param>
    /// <param name="name">The objective's name, as it will be given to <see cref="Begin"/>.</param>
    /// <returns><paramref name="trainings"/>.</returns>
    public int PrepareMore(int trainings, string? name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trainings);
        _total = null;
        if (_recorded.LastOrDefault() is { IsEnded: false, IsHopeless: false } last && IsLike(last, name) && last.Began.Budget == trainings)
        {
            KeepLast();
        }
        else
        {
            KeepNone();
        }

        return trainings;
    }

    private int Made(IEnumerable<Training> trainings)
    {
        List<Training> all = [.. trainings];
        return all.Count(training => training.State != TrialState.Cancelled && !_brought.Contains(training.Number)) - AnchorStore.InVain(all, _brought.Contains);
    }

    private bool IsLike(RecordedRun run, string? name) =>
        run.Began.IsOfThisAlgorithm && run.Began.Settings.ProposeAs(StudySettings.Of(Options)) && (name is null || run.Began.Objective is null || name == run.Began.Objective);

    private List<Training> AllTrainings() => [.. _store.Trainings, .. _later];

    private void KeepLast()
    {
        while (_recorded.Count > 1)
        {
            _recorded.Dequeue();
        }
    }

    private void KeepNone()
    {
        if (_recorded.Count > 0)
        {
            _recorded.Clear();
            _queue.Set(WaitingInTheEnd());
        }

        var trainings = AllTrainings();
        Stand(trainings, trainings.Count);
    }
}
