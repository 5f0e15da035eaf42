using HtiTune.Data;

namespace HtiTune.Journal;

/// <summary>A training that was made before the study, elsewhere; see <see cref="Tuner.Import"/>.</summary>
/// <param name="Lambda">λ, in its own units, within the hyperparameter's range.</param>
/// <param name="Outputs">What the network answered to the study's contexts, shape [n, D]; null where the training failed.</param>
public sealed record EarlierTraining(double Lambda, Matrix? Outputs)
{
    /// <summary>A training at a configuration of any search space.</summary>
    /// <param name="configuration">The values of the hyperparameters, in their own units.</param>
    /// <param name="outputs">What the network answered to the study's contexts, shape [n, D]; null where the training failed.</param>
    public EarlierTraining(Configuration configuration, Matrix? outputs)
        : this((configuration ?? throw new ArgumentNullException(nameof(configuration))).Lambda, outputs) => Configuration = configuration;

    /// <summary>The values of the hyperparameters, in their own units.</summary>
    /// <value>null: <see cref="Lambda"/> of one continuous hyperparameter.</value>
    public Configuration? Configuration { get; init; }

    internal Configuration At(SearchSpace space) => Configuration is { } configuration ? space.Ordered(configuration) : new Configuration(space.Label, Lambda);

    /// <summary>The number by which it is known elsewhere, above 0 and another for each.</summary>
    /// <value>Default: the next.</value>
    public int? Number { get; init; }

    /// <summary>Where it stands, for people: a file's name, a line.</summary>
    /// <value>Default: nothing.</value>
    public string Place { get; init; } = "";

    /// <summary>How long it took.</summary>
    /// <value>Default 0: not known. It is never negative.</value>
    public TimeSpan Duration { get; init; }

    /// <summary>What went wrong where it failed.</summary>
    /// <value>Default: nothing is known.</value>
    public string? Error { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(EarlierTraining), PrintMembers);
}
