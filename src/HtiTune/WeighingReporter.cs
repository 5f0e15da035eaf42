namespace HtiTune;

/// <summary>Tells whoever watches that trainings are being weighed, where that takes more than a second; and ends it when the run is cancelled.</summary>
/// <param name="progress">Who watches; null for nobody.</param>
/// <param name="time">The clock.</param>
/// <param name="budget">Trainings that the run may use.</param>
/// <param name="cancellation">Ends the weighing.</param>
internal sealed class WeighingReporter(IProgress<TunerProgress>? progress, TimeProvider time, int budget, CancellationToken cancellation)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long _last;
    private int _count;

    /// <summary>The run, once it is made: what it stands on may be weighed before.</summary>
    public TuningRun? Run { get; set; }

    /// <summary>Whether it tells anything.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Takes how many of how many trainings were gone through.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Report(int done, int count)
    {
        if (!IsEnabled)
        {
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        if (count != _count)
        {
            // The time counts from where this weighing began: trainings before it took theirs.
            (_count, _last) = (count, time.GetTimestamp());
        }

        if (progress is not null && time.GetElapsedTime(_last) >= Patience)
        {
            _last = time.GetTimestamp();
            progress.Report(new TunerProgress(
                TunerStage.Weighing, $"Weighing {count} trainings: {done} done.", null, Math.Clamp((double)done / count, 0, 1), Run?.TrainingsUsed ?? 0, Run?.Budget ?? budget, null, null));
        }
    }
}
