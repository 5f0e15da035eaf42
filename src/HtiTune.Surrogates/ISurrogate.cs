using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>The distribution of a network's outputs p_λ(y|x) at any λ between its anchors, without training.</summary>
/// <remarks>Implementations are immutable after they are made: reads are thread-safe.</remarks>
public interface ISurrogate
{
    /// <summary>The hyperparameter λ that the outputs depend on.</summary>
    ContinuousHyperparameter Hyperparameter { get; }

    /// <summary>The anchors' λ, ascending, in the hyperparameter's units.</summary>
    IReadOnlyList<double> Anchors { get; }

    /// <summary>One output row for each context at λ, equal to the anchors' own samples at the anchors and continuous in λ.</summary>
    /// <param name="lambda">λ between the first and the last anchor.</param>
    /// <param name="contexts">n contexts.</param>
    /// <returns>Samples of shape [n, D], and what they were made from.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ is outside the anchors' range.</exception>
    SurrogateSamples Sample(double lambda, Contexts contexts);

    /// <summary>
    /// As <see cref="Sample(double, Contexts)"/>, with the anchors' networks at hand for contexts that were not stored. The default
    /// leaves the networks alone.
    /// </summary>
    /// <param name="lambda">λ between the first and the last anchor.</param>
    /// <param name="contexts">n contexts.</param>
    /// <param name="answers">Asks the trained network of an anchor.</param>
    /// <returns>Samples of shape [n, D], and what they were made from.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ is outside the anchors' range.</exception>
    SurrogateSamples Sample(double lambda, Contexts contexts, AnchorAnswers answers) => Sample(lambda, contexts);

    /// <summary>Moves given rows from the anchor <paramref name="from"/> to λ = <paramref name="to"/>, one-sided.</summary>
    /// <param name="rows">Outputs of the network at the anchor <paramref name="from"/>, beside their contexts; n rows.</param>
    /// <param name="from">An anchor's λ.</param>
    /// <param name="to">λ between the first and the last anchor.</param>
    /// <returns>Outputs at <paramref name="to"/>, shape [n, D], in the order of the rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is no anchor, or <paramref name="to"/> is outside the anchors' range.</exception>
    Matrix Transport(Samples rows, double from, double to);
}

/// <summary>Asks the trained network of an anchor.</summary>
/// <param name="lambda">The anchor's λ.</param>
/// <param name="contexts">n contexts.</param>
/// <returns>Outputs, shape [n, D].</returns>
public delegate Matrix AnchorAnswers(double lambda, Contexts contexts);

/// <summary>Outputs of a surrogate, and what they were made from.</summary>
/// <param name="Samples">Outputs [n, D] beside their contexts.</param>
/// <param name="Source">Where the outputs at the neighbouring anchors came from.</param>
public sealed record SurrogateSamples(Samples Samples, SampleSource Source);

/// <summary>Where the outputs at the anchors beside λ come from.</summary>
public enum SampleSource
{
    /// <summary>The outputs stored for these contexts when the anchors were made.</summary>
    StoredOutputs,

    /// <summary>The anchors' trained networks, asked anew.</summary>
    AnchorNetworks,

    /// <summary>Stored outputs of near contexts, drawn by their nearness.</summary>
    ConditionalSampler,
}
