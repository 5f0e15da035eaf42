namespace HtiTune.Surrogates;

/// <summary>Tells how far the first part of a fit has come as how far the whole has; that the part is done is left to the whole.</summary>
/// <param name="whole">Takes the stage and the share of the whole.</param>
/// <param name="share">The part's share of the whole, 0 … 1.</param>
internal sealed class ProgressPart(IProgress<FitProgress> whole, double share) : IProgress<FitProgress>
{
    /// <summary>The part of a whole; null where nobody listens.</summary>
    internal static ProgressPart? Of(IProgress<FitProgress>? whole, double share) => whole is null ? null : new ProgressPart(whole, share);

    public void Report(FitProgress value)
    {
        if (value.Share < 1)
        {
            whole.Report(new FitProgress(value.Stage, share * value.Share));
        }
    }
}
