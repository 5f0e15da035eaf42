namespace HtiTune;

/// <summary>The tuner's log messages; the event ids are stable.</summary>
internal static partial class Log
{
    /// <summary>λ as a number where one hyperparameter is tuned, else names and values.</summary>
    public static object Shown(Configuration configuration) => double.IsFinite(configuration.Lambda) ? configuration.Lambda : configuration.ToString();

    public static void Ended(ILogger logger, Trial trial)
    {
        switch (trial.State)
        {
            case TrialState.Completed:
                Completed(logger, trial.Number, Shown(trial.Configuration), trial.Value, trial.Duration.TotalSeconds, trial.Predicted);
                break;
            case TrialState.Failed:
                Failed(logger, trial.Number, Shown(trial.Configuration), trial.Error);
                break;
            default:
                Cancelled(logger, trial.Number, Shown(trial.Configuration));
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Tuning {Hyperparameter}: {Forecast}; {Anchors} anchors there are.")]
    public static partial void Starting(ILogger logger, string hyperparameter, string forecast, int anchors);

    [LoggerMessage(2, LogLevel.Information, "Training {Number} at {Lambda} ({Reason}).")]
    public static partial void Training(ILogger logger, int number, object lambda, string reason);

    [LoggerMessage(3, LogLevel.Information, "Training {Number} at {Lambda} gave {Value} after {Seconds:F1} s (predicted {Predicted}).")]
    public static partial void Completed(ILogger logger, int number, object lambda, double? value, double seconds, double? predicted);

    [LoggerMessage(4, LogLevel.Warning, "Training {Number} at {Lambda} failed: {Error}")]
    public static partial void Failed(ILogger logger, int number, object lambda, string? error);

    [LoggerMessage(5, LogLevel.Information, "Training {Number} at {Lambda} was cancelled.")]
    public static partial void Cancelled(ILogger logger, int number, object lambda);

    [LoggerMessage(6, LogLevel.Warning, "The surrogate could not be fitted to {Anchors} anchors; the Gaussian process goes on without it: {Error}")]
    public static partial void SurrogateFailed(ILogger logger, int anchors, string error);

    [LoggerMessage(7, LogLevel.Information, "P(regret ≤ {Epsilon}) = {Probability:F4} at {Lambda}, trust {Trust:F2}.")]
    public static partial void Judged(ILogger logger, double epsilon, double probability, double lambda, double trust);

    [LoggerMessage(9, LogLevel.Warning, "The objective gives no answer for the surrogate at {Lambda} (plain kriging takes its place): {Error}")]
    public static partial void ObjectiveFailed(ILogger logger, double lambda, string error);

    [LoggerMessage(8, LogLevel.Information, "Finished ({StopReason}) with {Hyperparameter} = {Lambda} after {Trainings} trainings.")]
    public static partial void Finished(ILogger logger, StopReason stopReason, string hyperparameter, object lambda, int trainings);

    [LoggerMessage(10, LogLevel.Information, "The study in {Folder} is taken up: {Trainings} trainings of {Runs} runs.")]
    public static partial void Resumed(ILogger logger, string folder, int trainings, int runs);

    [LoggerMessage(11, LogLevel.Warning, "The last line of {Journal}, line {Line}, was not whole; its {Bytes} bytes were cut off.")]
    public static partial void TornLine(ILogger logger, string journal, int line, long bytes);

    [LoggerMessage(12, LogLevel.Error, "{Count} entries of the journal could not be written: {Error}")]
    public static partial void JournalBehind(ILogger logger, int count, string error);

    [LoggerMessage(13, LogLevel.Warning, "The network of training {Number} could not be saved; its answers are kept: {Error}")]
    public static partial void NetworkNotKept(ILogger logger, int number, string error);

    [LoggerMessage(14, LogLevel.Warning, "Run {Run} of the journal cannot be continued: the same values lead to other proposals now. A new run begins from its trainings.")]
    public static partial void Diverged(ILogger logger, int run);

    [LoggerMessage(16, LogLevel.Warning, "Run {Run} of the journal was made by version {Old} of the algorithm, and this is version {Current}: its trainings are kept, and what comes is a new run.")]
    public static partial void OtherAlgorithm(ILogger logger, int run, int old, int current);

    [LoggerMessage(15, LogLevel.Warning, "Calibration alarm: {Misses} of {Tests} values missed their 90 % intervals. Certificates are withdrawn, the surrogate no longer informs the process, and its scale is widened.")]
    public static partial void AlarmRaised(ILogger logger, int misses, int tests);
}
