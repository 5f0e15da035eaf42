namespace HtiTune;

/// <summary>The real network at an anchor.</summary>
internal sealed class TrainedModel(AnchorStore store, int anchor) : IConditionalModel
{
    public double Lambda => store.Anchors[anchor].Lambda;

    public Configuration Configuration => store.Anchors[anchor].Configuration;

    public bool IsTrained => true;

    public Samples Sample(Contexts contexts)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        return store.Samples(anchor, contexts);
    }
}

/// <summary>The surrogate of the first trainings, at any λ between them.</summary>
internal sealed class SurrogateModel(AnchorStore store, int count, double lambda) : IConditionalModel
{
    public double Lambda => lambda;

    public Configuration Configuration => store.ConfigurationOf(lambda);

    public bool IsTrained => false;

    public Samples Sample(Contexts contexts)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ISurrogate surrogate = store.Surrogate(count, contexts)
            ?? throw new InvalidOperationException($"There is no surrogate of the first {count} trainings.");
        return surrogate.Sample(lambda, contexts).Samples;
    }

    public IConditionalModel? At(double lambda) => Of(store, count, lambda);

    /// <summary>The surrogate of the first anchors at λ; null outside them, and where there is no surrogate.</summary>
    public static SurrogateModel? Of(AnchorStore store, int count, double lambda) =>
        store.Surrogate(count) is { } surrogate && lambda >= surrogate.Anchors[0] && lambda <= surrogate.Anchors[^1] ? new SurrogateModel(store, count, lambda) : null;
}
