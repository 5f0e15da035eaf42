namespace HtiTune;

/// <summary>Tells whoever watches that trainings are being weighed, where that takes more than a second; and ends it when the run is cancelled.</summary>
internal sealed class WeighingReporter(IProgress<TunerProgress>? progress, TimeProvider time, CancellationToken cancellation)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long _last;
    private int _count;

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
            progress.Report(new TunerProgress(TunerStage.Weighing, $"Weighing {count} trainings: {done} done.", null, 0, 0, 0, null, null));
        }
    }
}
