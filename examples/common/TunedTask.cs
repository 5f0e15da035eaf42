using HtiTune;
using HtiTune.Data;

/// <summary>A task to be tuned: what <see cref="Fidelity"/>, <see cref="TaskRace"/> and <see cref="PreferenceChanges"/> need to know of it.</summary>
internal sealed record TunedTask
{
    /// <summary>Its name, also that of its figures' folder.</summary>
    public required string Name { get; init; }

    /// <summary>The hyperparameter λ.</summary>
    public required ContinuousHyperparameter Hyperparameter { get; init; }

    /// <summary>What every trained network is asked.</summary>
    public required Contexts Contexts { get; init; }

    /// <summary>The network, its trainings remembered.</summary>
    public required TrainingCache Network { get; init; }

    /// <summary>The preferences: the first is raced for, the others are what it changes to.</summary>
    public required IReadOnlyList<NamedObjective> Preferences { get; init; }

    /// <summary>The tuner's options; seed and first trainings are set by <see cref="OptionsOf"/>.</summary>
    public TunerOptions Options { get; init; } = new() { MaxTrainings = 12 };

    /// <summary>
    /// The options of one tuner. Its three first trainings are both ends and the middle, in whichever way it tunes: from then on the surrogate, or the
    /// plain process, says where to train.
    /// </summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="useSurrogate">Whether it has a surrogate.</param>
    public TunerOptions OptionsOf(long seed, bool useSurrogate = true) => Options with { Seed = seed, UseSurrogate = useSurrogate };

    /// <summary>Values of λ, evenly on the hyperparameter's scale, both ends among them.</summary>
    /// <param name="count">How many, at least 2.</param>
    public double[] Even(int count) => [.. Enumerable.Range(0, count).Select(i => Hyperparameter.FromUnit(i / (count - 1.0)))];

    /// <summary>Values of λ in the middles between <see cref="Even"/> of one more: none of them is an end.</summary>
    /// <param name="count">How many.</param>
    public double[] Between(int count) => [.. Enumerable.Range(0, count).Select(i => Hyperparameter.FromUnit((i + 0.5) / count))];

    /// <summary>The seeds with which a tuner of this task trains and asks: other trainings by them are comparable to the tuner's.</summary>
    /// <param name="seed">The tuner's seed.</param>
    public (long Training, long Answers) SeedsOf(long seed)
    {
        using var tuner = new Tuner(Network, Hyperparameter, Contexts, OptionsOf(seed));
        using var run = tuner.Begin(_ => 0);
        return (run.Ask()!.Seed, new RandomStreams(seed).Fork("tuner").SeedOf("answers"));
    }

    /// <summary>A real network as a conditional model, which objectives judge.</summary>
    /// <param name="lambda">λ.</param>
    /// <param name="seed">The tuner's seed.</param>
    /// <param name="cancellation">Ends the training early.</param>
    public RealNetwork Train(double lambda, long seed, CancellationToken cancellation)
    {
        var (training, answers) = SeedsOf(seed);
        return new RealNetwork(lambda, Network.Train(new TrainingRequest(lambda, training), cancellation), answers);
    }
}

/// <summary>An objective and what it is called.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Value">Judges a conditional model.</param>
internal sealed record NamedObjective(string Name, Func<IConditionalModel, double> Value);

/// <summary>A trained network as a conditional model. Answers to the same contexts object are kept.</summary>
/// <param name="lambda">λ.</param>
/// <param name="network">The network; disposed with this.</param>
/// <param name="seed">Seed of the answers' draws.</param>
internal sealed class RealNetwork(double lambda, ITrainedNetwork network, long seed) : IConditionalModel, IDisposable
{
    private Samples? _last;

    /// <inheritdoc/>
    public double Lambda => lambda;

    /// <inheritdoc/>
    public bool IsTrained => true;

    /// <inheritdoc/>
    public Samples Sample(Contexts contexts) =>
        _last is not null && ReferenceEquals(_last.Contexts, contexts) ? _last : _last = new Samples(network.Answer(contexts, seed), contexts);

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
