namespace HtiTune.Hosting;

// What has been trained answers other objectives, and tells what is believed anywhere, by a tuner that stands only for the answer.
internal sealed partial class LoadedStudy
{
    private (long Step, (Tuner Tuner, TuningResult Study)? Answer)? _belief;

    /// <summary>Judges what has been trained by another objective, with no training; null where nothing can answer. The tuner stands only for the answer, and is the caller's to dispose.</summary>
    public (Tuner Tuner, TuningResult Study)? Prefer(string objective, Goal goal)
    {
        if (_completed.Count == 0)
        {
            return null;
        }

        var trials = _completed.DistinctBy(trial => trial.Configuration).ToList();
        var tuner = Problem.Tuner(Problem.Options(goal, time), trials, samples, 0);
        try
        {
            using var run = tuner.Begin(Problem.Aim(objective, goal, tuner), 0);
            run.Cancellation = Cancellation;
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
        if (_belief is null || _belief.Value.Step != Step)
        {
            _belief?.Answer?.Tuner.Dispose();
            _belief = (Step, Prefer(Began?.Objective ?? definition.Objective, Began?.Settings.Goal ?? definition.Goal));
        }

        return _belief.Value.Answer?.Study;
    }
}
