namespace HtiTune.Journal;

/// <summary>
/// A network whose trained networks can be kept in files: a resumed study then answers any contexts, not only those it has stored answers to.
/// </summary>
public interface IPersistentNetwork : INetwork
{
    /// <summary>Writes a trained network to a file.</summary>
    /// <param name="network">What <see cref="INetwork.Train"/> returned.</param>
    /// <param name="path">The file, in the study's folder; it does not exist yet, and is renamed once it is written.</param>
    void Save(ITrainedNetwork network, string path);

    /// <summary>Reads a trained network from its file.</summary>
    /// <param name="path">The file that <see cref="Save"/> wrote.</param>
    /// <param name="lambda">The λ at which it was trained, in its own units.</param>
    /// <returns>The network; its answers must be those it gave before it was saved. The tuner disposes it.</returns>
    ITrainedNetwork Load(string path, double lambda);
}
