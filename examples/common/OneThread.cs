using static TorchSharp.torch;

/// <summary>One thread for torch while this lives: small matrices gain nothing from two, and another training may want the other core.</summary>
internal sealed class OneThread : IDisposable
{
    private readonly int _before = get_num_threads();

    /// <summary>Takes effect at once, on this thread.</summary>
    public OneThread() => set_num_threads(1);

    /// <inheritdoc/>
    public void Dispose() => set_num_threads(_before);
}
