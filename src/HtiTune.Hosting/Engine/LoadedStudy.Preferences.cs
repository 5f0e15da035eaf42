namespace HtiTune.Hosting;

// What has been trained answers other objectives, and tells what is believed anywhere, by a tuner that stands only for the answer.
internal sealed partial class LoadedStudy
{
    private (long Step, (Tuner Tuner, TuningResult Study)? Answer)? _belief;

    /// <summary>Judges what has been trained by another objective, with no training; null where nothing can answer. The tuner stands only for the answer, and is the caller's to dispose.</summary>
    public (Tuner Tuner, TuningResult Study)? Prefer(string objective, Goal goal)
    {
        var trials = Completed.DistinctBy(trial => trial.Configuration).ToList();
        if (trials.Count == 0)
        {
            return null;
        }

        var tuner = Problem.Tuner(Problem.Options(goal, _time), trials, Journal.LoadOutputs, 0);
        try
        {
            using var run = tuner.Begin(Problem.Aim(objective, goal, tuner), 0, cancellation: Cancellation);
            run.Ask();
            return (tuner, run.Finish());
        }
        catch (InvalidOperationException)
        {
            tuner.Dispose();
            return null;
        }
        catch
        {
            tuner.Dispose();
            throw;
        }
    }

    /// <summary>The study as its trainings so far would end it, with no further one; null where nothing has a value. Kept until the tuner's next event.</summary>
    public TuningResult? Belief()
    {
        if (_belief is null || _belief.Value.Step != Log.Step)
        {
            _belief?.Answer?.Tuner.Dispose();
            _belief = (Log.Step, Prefer(Began?.Objective ?? Definition.Objective, Began?.Settings.Goal ?? Definition.Goal));
        }

        return _belief.Value.Answer?.Study;
    }
}
