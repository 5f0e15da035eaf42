using HtiTune.Data;

namespace HtiTune.Hosting;

// Runs of another version of the algorithm cannot be repeated. What they brought is taken as it is, so that it answers preferences and stands behind a new run.
internal sealed partial class LoadedStudy
{
    private bool _isOfOtherAlgorithm;

    /// <summary>Whether a run of another version of the algorithm is left that has not ended: a new one must begin in its place.</summary>
    public bool IsLeftBehind => _isOfOtherAlgorithm;

    private void Take(EventRow row, Func<string, Matrix> samples)
    {
        if (StudyJson.Read<SteppedData>(row.Data).Step is var step && step <= Step)
        {
            return;
        }

        switch (row.Kind)
        {
            case StudyEventKind.RunBegan:
                Release();
                _pending.Clear();
                var began = StudyJson.Read<RunBeganData>(row.Data);
                began.Warm.ToList().ForEach(trial => Completes(trial, Outputs(trial.Samples, trial.Reported, samples)));
                (Began, Ended, Values) = (began, null, new Dictionary<int, double?>());
                break;
            case StudyEventKind.Asked:
                _lastNumber = Math.Max(_lastNumber, StudyJson.Read<AskedData>(row.Data).Number);
                break;
            case StudyEventKind.Told:
                var told = StudyJson.Read<ToldData>(row.Data);
                Completes(told.ToWarm(), Outputs(told.Samples, told.Reported, samples));
                Values = new Dictionary<int, double?>(Values) { [told.Number] = told.Value };
                UsedBefore += told.IsOrphan ? 0 : 1;
                break;
            case StudyEventKind.ToldFailed:
                UsedBefore += StudyJson.Read<ToldData>(row.Data).IsOrphan ? 0 : 1;
                break;
            case StudyEventKind.RunEnded:
                _isOfOtherAlgorithm = false;
                break;
        }

        Step = Math.Max(Step, step);
    }
}
