using System.Text.Json.Serialization;

namespace HtiTune.Journal;

/// <summary>
/// A training that was made before the study, elsewhere: what <see cref="Tuner.Import"/> takes, what a table or a folder of runs holds, and what a request brings with a study
/// that a service begins, which says where and what the network answered.
/// </summary>
/// <param name="Outputs">What the network answered to the study's contexts, shape [n, D]; null where the training failed.</param>
/// <param name="Lambda">λ, in its own units, of one continuous hyperparameter; null where the configuration tells.</param>
/// <param name="Configuration">The values of the hyperparameters, in their own units; null where λ tells.</param>
[method: JsonConstructor]
public sealed record EarlierTraining(Matrix? Outputs, double? Lambda = null, Configuration? Configuration = null)
{
    /// <summary>A training of one continuous hyperparameter.</summary>
    /// <param name="lambda">λ, in its own units, within the hyperparameter's range.</param>
    /// <param name="outputs">What the network answered to the study's contexts, shape [n, D]; null where the training failed.</param>
    public EarlierTraining(double lambda, Matrix? outputs)
        : this(outputs, lambda, null)
    {
    }

    /// <summary>A training at a configuration of any search space.</summary>
    /// <param name="configuration">The values of the hyperparameters, in their own units.</param>
    /// <param name="outputs">What the network answered to the study's contexts, shape [n, D]; null where the training failed.</param>
    public EarlierTraining(Configuration configuration, Matrix? outputs)
        : this(outputs, null, configuration ?? throw new ArgumentNullException(nameof(configuration)))
    {
    }

    internal Configuration At(SearchSpace space) => Configuration is { } configuration ? space.Ordered(configuration) : new Configuration(space.Label, Lambda ?? double.NaN);

    /// <summary>The number by which it is known elsewhere, above 0 and another for each.</summary>
    /// <value>Default: the next.</value>
    [JsonIgnore]
    public int? Number { get; init; }

    /// <summary>Where it stands, for people: a file's name, a line.</summary>
    /// <value>Default: nothing.</value>
    [JsonIgnore]
    public string Place { get; init; } = "";

    /// <summary>How long it took.</summary>
    /// <value>Default 0: not known. It is never negative.</value>
    [JsonIgnore]
    public TimeSpan Duration { get; init; }

    /// <summary>What went wrong where it failed.</summary>
    /// <value>Default: nothing is known.</value>
    [JsonIgnore]
    public string? Error { get; init; }

    /// <summary>Names of the columns of its outputs, for people.</summary>
    /// <value>Default: they are not known.</value>
    [JsonIgnore]
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Its state in the words of the tool that made it, for people.</summary>
    /// <value>Default: nothing is said.</value>
    [JsonIgnore]
    public string? State { get; init; }

    /// <summary>Why it is not taken into the study, in words that stand behind "left out: 3 runs".</summary>
    /// <value>Default: it is taken.</value>
    [JsonIgnore]
    public string? LeftOut { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(EarlierTraining), PrintMembers);
}
