namespace HtiTune.Hosting;

// A study is brought to where its journal is by the replay that studies in folders have too. Of several runs the last alone is repeated: what those before it brought
// is taken as it is, and so is what a run of another version of the algorithm brought, so that it answers preferences and stands behind a new run.
internal sealed partial class LoadedStudy
{
    private static readonly HashSet<string> s_repeated =
        [StudyEventKind.RunBegan, StudyEventKind.Asked, StudyEventKind.Told, StudyEventKind.ToldFailed, StudyEventKind.Enqueued, StudyEventKind.Cleared, StudyEventKind.RunEnded];

    private bool _isOfOtherAlgorithm;
    private RunReplay? _replay;

    /// <summary>Whether a run of another version of the algorithm is left that has not ended: a new one must begin in its place.</summary>
    public bool IsLeftBehind => _isOfOtherAlgorithm;

    /// <summary>Takes an event of the journal.</summary>
    /// <param name="row">The event.</param>
    /// <param name="isPast">Whether a later run has begun.</param>
    /// <returns>False where the tuner would now do something else: another version of the library, or of the surrogate.</returns>
    public bool Replay(StudyEvent row, bool isPast)
    {
        Sequence = row.Sequence;
        if (!s_repeated.Contains(row.Kind) || StoredEvents.StepOf(row).Step is var step && step <= Step)
        {
            return true;
        }

        if (row.Kind == StudyEventKind.RunBegan)
        {
            _isOfOtherAlgorithm = !isPast && StoredEvents.Began(row, Problem).Began.Algorithm != Problem.Algorithm;
        }

        var isSame = true;
        if (isPast || _isOfOtherAlgorithm)
        {
            Take(row);
        }
        else
        {
            isSame = Repeats(row);
        }

        Step = Math.Max(Step, step);
        return isSame;
    }

    /// <summary>All events are taken, and the run goes on.</summary>
    public void GoOn() => _replay?.GoOn();

    private void Take(StudyEvent row)
    {
        if (Run is { } left)
        {
            Measure();
            UsedBefore += left.TrainingsUsed;
            Release();
        }

        switch (row.Kind)
        {
            case StudyEventKind.RunBegan:
                Release();
                (Began, var warm, _) = StoredEvents.Began(row, Problem);
                warm.ToList().ForEach(trial => Completes(trial, OutputsOf(trial)));
                (Ended, Values) = (null, new Dictionary<int, double?>());
                break;
            case StudyEventKind.Asked:
                _lastNumber = Math.Max(_lastNumber, StoredEvents.Asked(row, Problem).Number);
                break;
            case StudyEventKind.Told or StudyEventKind.ToldFailed:
                var (ended, measured, _, isOrphan) = StoredEvents.Ended(row, Problem);
                if (ended.State == TrialState.Completed)
                {
                    Completes(ended, OutputsOf(ended));
                    Values = new Dictionary<int, double?>(Values) { [ended.Number] = measured.Value };
                }

                UsedBefore += isOrphan ? 0 : 1;
                break;
            case StudyEventKind.RunEnded:
                _isOfOtherAlgorithm = false;
                break;
        }
    }

    private bool Repeats(StudyEvent row)
    {
        switch (row.Kind)
        {
            case StudyEventKind.RunBegan:
                var (began, warm, last) = StoredEvents.Began(row, Problem);
                Begin(StoredEvents.StepOf(row).Step, began, warm, last);
                return true;
            case StudyEventKind.Told or StudyEventKind.ToldFailed:
                var (ended, measured, took, isOrphan) = StoredEvents.Ended(row, Problem);
                var outputs = ended.State == TrialState.Completed ? OutputsOf(ended) : null;
                if (!isOrphan && !Ends(ended, measured, took, row.Time!.Value, outputs))
                {
                    return false;
                }

                if (outputs is not null)
                {
                    Completes(ended, outputs);
                }

                return true;
            case StudyEventKind.RunEnded:
                // The tuner is asked as it was before it ended, so that it ends alike.
                return Run is { } run && run.Ask() is null
                    && Equals(Finish().Study?.Configuration, StoredEvents.Result(row) is { } result ? Problem.At(result.Lambda, result.Configuration) : null);
            case StudyEventKind.Asked:
                var asked = StoredEvents.Asked(row, Problem);
                _lastNumber = Math.Max(_lastNumber, asked.Number);
                return Repeats(asked);
            case StudyEventKind.Enqueued:
                return Repeats(StoredEvents.Enqueued(row, Problem));
            default:
                return Repeats(new QueueCleared());
        }
    }

    // Rows of earlier versions do not say how long a training took: from when it was asked for, by the store's clock.
    private bool Ends(TrainingEnded ended, ValueMeasured measured, TimeSpan? took, DateTimeOffset time, Matrix? outputs)
    {
        if (Pending.FirstOrDefault(one => one.Number == ended.Number) is not { } proposal)
        {
            return false;
        }

        var duration = took ?? (_replay?.HandedOut(ended.Number) is { } since && time > since ? time - since : TimeSpan.Zero);
        return Repeats(ended with { Reason = proposal.Reason, Duration = duration }, outputs) && (outputs is null || Repeats(measured));
    }

    private bool Repeats(JournalEvent entry, Matrix? outputs = null) => Run is { } run && (_replay ??= new RunReplay(run)).Repeats(entry, outputs);
}
