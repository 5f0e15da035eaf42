using HtiTune.Data;
using HtiTune.Preferences;

namespace HtiTune.Hosting;

// What has been trained answers other objectives, and tells what is believed anywhere, by a tuner that stands only for the answer.
internal sealed partial class LoadedStudy
{
    private (long Step, PreferenceAnswerOfStudy? Answer)? _belief;

    /// <summary>Judges what has been trained by another objective, with no training; null where nothing can answer.</summary>
    public PreferenceAnswerOfStudy? Prefer(string objective, Goal goal, Func<string, Matrix> samples)
    {
        if (_completed.Count == 0)
        {
            return null;
        }

        var trials = _completed.DistinctBy(Problem.At).ToList();
        var tuner = StudyTuner.Of(Problem, Problem.Options(goal, time), trials, samples, 0);
        try
        {
            using var run = tuner.Begin(Problem.Aim(objective, goal, tuner), 0);
            run.Cancellation = Cancellation;
            run.Ask();
            var values = run.Values;
            var study = run.Finish();
            return new PreferenceAnswerOfStudy(tuner, study, [.. trials.Select(trial => new AnchorPoint(trial.Number, trial.Lambda ?? double.NaN, values.GetValueOrDefault(trial.Number)))]);
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
    public TuningResult? Belief(Func<string, Matrix> samples)
    {
        if (_belief is null || _belief.Value.Step != Step)
        {
            _belief?.Answer?.Dispose();
            _belief = (Step, Prefer(Began?.Objective ?? definition.Objective, Began?.Goal ?? definition.Goal, samples));
        }

        return _belief.Value.Answer?.Study;
    }
}

/// <summary>The answer of a tuner that stands only for it.</summary>
internal sealed record PreferenceAnswerOfStudy(Tuner Tuner, TuningResult Study, IReadOnlyList<AnchorPoint> Anchors) : IDisposable
{
    public void Dispose() => Tuner.Dispose();
}
