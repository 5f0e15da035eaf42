using static System.FormattableString;

namespace HtiTune;

/// <summary>Puts what a run does into words, for whoever watches.</summary>
internal sealed class ProgressReporter(TuningRun run, SearchSpace space, IProgress<TunerProgress>? progress)
{
    // Shares of the trainings under way, by number.
    private readonly Dictionary<int, double> _parts = [];

    private bool _isStarted;

    /// <summary>Tells that the run starts; the first time only.</summary>
    public void Starting()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Report(TunerStage.Starting, Invariant($"Tuning {space}: {run.Forecast}."));
        }
    }

    public void Training(TrainingRequest proposal) =>
        Report(TunerStage.Training, Invariant($"Training {proposal.Number} at {proposal.Configuration.ToText()} ({proposal.Reason})."), proposal.Configuration);

    public void Trained(Trial trial)
    {
        _parts.Remove(trial.Number);
        var outcome = trial.State switch
        {
            TrialState.Completed => Invariant($"gave {trial.Value:G6}") + (trial.Predicted is { } predicted ? Invariant($" (predicted {predicted:G6})") : ""),
            TrialState.Failed => $"failed: {trial.Error}",
            _ => "was cancelled",
        };
        Report(TunerStage.Trained, Invariant($"Training {trial.Number} at {trial.Configuration.ToText()} {outcome}."), trial.Configuration, trial: trial);
        if (trial.State != TrialState.Cancelled && run.TrainingsUsed < run.Budget)
        {
            Report(TunerStage.Choosing, "Fitting the surrogate and choosing where to train next.");
        }
    }

    public void Finished(TuningResult study) => Report(
        TunerStage.Finished,
        Invariant($"{study.Configuration.ToText()} after {study.TrainingsUsed} trainings ({study.StopReason})")
            + (study.Surrogate is null ? "." : Invariant($", trust in the surrogate {study.Trust:F2}."))
            + (study.Calibration.IsAlarmed ? $" Calibration: {study.Calibration}." : ""),
        study.Configuration, done: true);

    /// <summary>Takes the share of one training that is done.</summary>
    public IProgress<double>? ShareOf(TrainingRequest proposal) => progress is null ? null : new TrainingShare(this, proposal);

    private void Report(TunerStage stage, string message, Configuration? at = null, Trial? trial = null, bool done = false)
    {
        if (progress is null)
        {
            return;
        }

        var share = done || run.Budget == 0 ? 1 : Math.Min(1, (run.TrainingsUsed + _parts.Values.Sum()) / run.Budget);
        var remaining = done ? TimeSpan.Zero : run.TimeLeft is { } left && (run.Forecast.Remaining is not { } expected || left < expected) ? left : run.Forecast.Remaining;
        progress.Report(new TunerProgress(stage, message, at?.Lambda, share, run.TrainingsUsed, run.Budget, remaining, trial) { Configuration = at });
    }

    private sealed class TrainingShare(ProgressReporter reporter, TrainingRequest proposal) : IProgress<double>
    {
        public void Report(double value)
        {
            reporter._parts[proposal.Number] = Math.Clamp(value, 0, 1);
            reporter.Report(TunerStage.Training, Invariant($"Training {proposal.Number} at {proposal.Configuration.ToText()}: {value:P0}."), proposal.Configuration);
        }
    }
}
