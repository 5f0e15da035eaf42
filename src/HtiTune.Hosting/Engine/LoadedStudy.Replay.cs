using HtiTune.Data;
using HtiTune.Journal;

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
    /// <param name="samples">Outputs by their blob.</param>
    /// <returns>False where the tuner would now do something else: another version of the library, or of the surrogate.</returns>
    public bool Replay(EventRow row, bool isPast, Func<string, Matrix> samples)
    {
        Sequence = row.Sequence;
        if (!s_repeated.Contains(row.Kind) || StudyJson.Read<SteppedData>(row.Data).Step is var step && step <= Step)
        {
            return true;
        }

        if (row.Kind == StudyEventKind.RunBegan)
        {
            _isOfOtherAlgorithm = !isPast && StudyJson.Read<RunBeganData>(row.Data).Algorithm != Problem.Algorithm;
        }

        var isSame = true;
        if (isPast || _isOfOtherAlgorithm)
        {
            Take(row, samples);
        }
        else
        {
            isSame = Repeats(row, samples);
        }

        Step = Math.Max(Step, step);
        return isSame;
    }

    /// <summary>All events are taken, and the run goes on.</summary>
    public void GoOn() => _replay?.GoOn();

    private void Take(EventRow row, Func<string, Matrix> samples)
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
                var began = StudyJson.Read<RunBeganData>(row.Data);
                began.Warm.ToList().ForEach(trial => Completes(trial, Problem.Outputs(trial.Samples, trial.Reported, samples)));
                (Began, Ended, Values) = (began, null, new Dictionary<int, double?>());
                break;
            case StudyEventKind.Asked:
                _lastNumber = Math.Max(_lastNumber, StudyJson.Read<TrialData>(row.Data).Number);
                break;
            case StudyEventKind.Told:
                var told = StudyJson.Read<TrialData>(row.Data);
                Completes(told.ToResult(), Problem.Outputs(told.Samples, told.Reported, samples));
                Values = new Dictionary<int, double?>(Values) { [told.Number] = told.Value };
                UsedBefore += told.IsOrphan == true ? 0 : 1;
                break;
            case StudyEventKind.ToldFailed:
                UsedBefore += StudyJson.Read<TrialData>(row.Data).IsOrphan == true ? 0 : 1;
                break;
            case StudyEventKind.RunEnded:
                _isOfOtherAlgorithm = false;
                break;
        }
    }

    private bool Repeats(EventRow row, Func<string, Matrix> samples)
    {
        switch (row.Kind)
        {
            case StudyEventKind.RunBegan:
                Begin(StudyJson.Read<RunBeganData>(row.Data), samples);
                return true;
            case StudyEventKind.Told or StudyEventKind.ToldFailed:
                var told = StudyJson.Read<TrialData>(row.Data);
                var outputs = row.Kind == StudyEventKind.Told ? Problem.Outputs(told.Samples, told.Reported, samples) : null;
                if (told.IsOrphan != true && !Ends(told, Time(row), outputs))
                {
                    return false;
                }

                if (outputs is not null)
                {
                    Completes(told.ToResult(), outputs);
                }

                return true;
            case StudyEventKind.RunEnded:
                // The tuner is asked as it was before it ended, so that it ends alike.
                return Run is { } run && run.Ask() is null
                    && Equals(Finish().Study?.Configuration, StudyJson.Read<RunEndedData>(row.Data).Result is { } result ? Problem.At(result.Lambda, result.Configuration) : null);
            case StudyEventKind.Asked:
                var asked = StudyJson.Read<TrialData>(row.Data);
                _lastNumber = Math.Max(_lastNumber, asked.Number);
                return Repeats(new TrainingStarted(asked.Number, Problem.At(asked.Lambda, asked.Configuration), asked.Seed ?? 0, asked.Reason ?? "") { Time = Time(row) });
            case StudyEventKind.Enqueued:
                return Repeats(new TrainingsEnqueued(StudyJson.Read<EnqueuedData>(row.Data).At(Problem)));
            default:
                return Repeats(new QueueCleared());
        }
    }

    // Rows of earlier versions do not say how long a training took: from when it was asked for, by the store's clock.
    private bool Ends(TrialData told, DateTimeOffset time, Matrix? outputs)
    {
        if (Pending.FirstOrDefault(one => one.Number == told.Number) is not { } proposal)
        {
            return false;
        }

        var (at, reason) = (Problem.At(told.Lambda, told.Configuration), proposal.Reason);
        var duration = told.Duration ?? (_replay?.HandedOut(told.Number) is { } since && time > since ? time - since : TimeSpan.Zero);
        var ended = new TrainingEnded(told.Number, at, reason, duration) { State = outputs is null ? TrialState.Failed : TrialState.Completed, Error = outputs is null ? told.Error ?? "" : null };
        return Repeats(ended, outputs) && (outputs is null || Repeats(new ValueMeasured(told.Number, told.Value, told.Error)));
    }

    private bool Repeats(JournalEvent entry, Matrix? outputs = null) => Run is { } run && (_replay ??= new RunReplay(run)).Repeats(entry, outputs);

    private static DateTimeOffset Time(EventRow row) => DateTimeOffset.FromUnixTimeMilliseconds(row.Time);
}
