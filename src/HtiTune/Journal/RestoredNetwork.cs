namespace HtiTune.Journal;

/// <summary>A network of a study loaded from disk, or of another study: its stored answers, and the network itself where it can be loaded.</summary>
/// <param name="source">Where it comes from, for messages.</param>
/// <param name="samples">Its stored answers.</param>
/// <param name="load">Loads the network; null when it was not kept.</param>
/// <param name="others">Its stored answers to other contexts.</param>
internal sealed class RestoredNetwork(string source, Samples samples, Func<ITrainedNetwork>? load = null, IReadOnlyList<Samples>? others = null)
    : ITrainedNetwork
{
    private ITrainedNetwork? _network;

    /// <summary>The stored answers.</summary>
    public Samples Samples => samples;

    /// <summary>The network, loaded when it is first needed; null when it was not kept.</summary>
    public ITrainedNetwork? Network => _network ??= load?.Invoke();

    public Matrix Answer(Contexts contexts, long seed)
    {
        if (Stored(contexts) is { } stored)
        {
            return stored.Outputs;
        }

        return Network?.Answer(contexts, seed) ?? throw new InvalidOperationException(
            $"The network itself was not kept: {source} holds its answers to the study's {samples.Count} contexts, and it is asked others for the first time. "
            + $"Ask the study's own contexts, or train by a network that implements {nameof(IPersistentNetwork)}.");
    }

    public int? Rows => samples.Count;

    /// <summary>The stored answers to some contexts, or null.</summary>
    public Samples? Stored(Contexts contexts) =>
        contexts.SameAs(samples.Contexts) ? samples : others?.FirstOrDefault(other => contexts.SameAs(other.Contexts));

    public void Dispose() => _network?.Dispose();
}
