using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Hosting;

/// <summary>Makes the tuner of a study from what the store has, and the objective that it asks.</summary>
internal static class StudyTuner
{
    /// <summary>A tuner that has trials behind it, by their own numbers.</summary>
    public static Tuner Of(StudyProblem problem, TunerOptions options, IReadOnlyList<TrainingEnded> trials, Func<string, Matrix> samples, int lastNumber)
    {
        var tuner = new Tuner(new NoNetwork(), problem.Space, problem.Contexts, options);
        try
        {
            tuner.Import(
                [.. trials.Select(trial => new EarlierTraining(trial.Configuration, problem.Outputs(trial, samples)) { Number = trial.Number })], "the store", lastNumber);
            return tuner;
        }
        catch
        {
            tuner.Dispose();
            throw;
        }
    }

    /// <summary>An objective by its text.</summary>
    public static Func<IConditionalModel, double> Objective(StudyProblem problem, string text, Tuner tuner)
    {
        if (problem.IsValue)
        {
            return model => model.Sample(tuner.Contexts!).Outputs.Exact(0, 0);
        }

        var judge = problem.Judge(text);

        // Nothing is judged before a training has succeeded, and then the tuner knows its contexts.
        return model => judge(model.Sample(tuner.Contexts!), model.Lambda);
    }

    /// <summary>Stands where a tuner of the service would train.</summary>
    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("The service's workers train, not the tuner.");
    }
}
