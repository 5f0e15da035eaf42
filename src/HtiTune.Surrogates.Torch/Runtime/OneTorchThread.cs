using TorchSharp;

namespace HtiTune.Surrogates;

/// <summary>
/// One libtorch thread while networks this small are trained: more are slower, and a product's sum must not depend on them. Threads that are
/// started while it holds begin with one too.
/// </summary>
internal sealed class OneTorchThread : IDisposable
{
    private readonly int _before;

    private OneTorchThread(int before) => _before = before;

    /// <summary>Holds until it is disposed of.</summary>
    internal static OneTorchThread Enter()
    {
        TorchRuntime.EnsureLoaded();
        var before = torch.get_num_threads();
        torch.set_num_threads(1);
        return new OneTorchThread(before);
    }

    /// <summary>Gives the calling thread its number of threads back.</summary>
    public void Dispose() => torch.set_num_threads(_before);
}
