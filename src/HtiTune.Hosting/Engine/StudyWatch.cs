namespace HtiTune.Hosting;

/// <summary>Ends what computes for a study that is cancelled or deleted meanwhile, by whichever process.</summary>
internal sealed class StudyWatch(StudyStore store, StudyEvents events, IOptions<HtiTuneOptions> options, TimeProvider time)
{
    /// <summary>Computes for a study as long as it goes on.</summary>
    /// <param name="study">The study.</param>
    /// <param name="work">The work, with a token that fires when the study is cancelled or deleted, or the caller wants an end.</param>
    /// <param name="cancellation">The caller's token.</param>
    /// <returns>Whether the work came to its end; false where the study was cancelled or deleted first.</returns>
    public async Task<bool> WhileItGoesOnAsync(Guid study, Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var over = new CancellationTokenSource();
        var watching = WatchAsync(study, ending, over.Token);
        try
        {
            await work(ending.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    private async Task WatchAsync(Guid study, CancellationTokenSource ending, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                // Other processes are not heard: look again after a while.
                await Task.WhenAny(events.Next(study), Task.Delay(options.Value.PollEvery, time, over)).ConfigureAwait(false);
                if (!over.IsCancellationRequested && await store.FindAsync(study, over).ConfigureAwait(false) is null or { State: StudyState.Cancelled })
                {
                    await ending.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
            catch (Exception problem) when (problem is not OutOfMemoryException)
            {
                // The store is away, or all is over; the work itself meets the same.
            }
        }
    }
}
