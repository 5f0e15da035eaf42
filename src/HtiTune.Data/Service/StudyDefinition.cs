namespace HtiTune.Service;

/// <summary>What a study is to find, and how: all that a request may say. Kept as it is for the study's life.</summary>
public sealed record StudyDefinition
{
    private const string DefaultName = "lambda";

    /// <summary>The study's name, for people.</summary>
    /// <value>1 to 200 characters, none of them a control character.</value>
    public required string Name { get; init; }

    /// <summary>The network, by the name under which the host knows it (<c>AddNetwork</c>, or the server's configuration).</summary>
    /// <value>null: outside workers train, by ask and tell.</value>
    public string? Network { get; init; }

    /// <summary>The hyperparameter's name.</summary>
    /// <value>"lambda".</value>
    public string Hyperparameter { get; init; } = DefaultName;

    /// <summary>Its least value, in its own units.</summary>
    /// <value>null where <see cref="Hyperparameters"/> are given.</value>
    public double? Minimum { get; init; }

    /// <summary>Its greatest value, in its own units.</summary>
    /// <value>null where <see cref="Hyperparameters"/> are given.</value>
    public double? Maximum { get; init; }

    /// <summary>Its scale, as <see cref="Scale.Parse"/> reads it: one of <see cref="Scale.Names"/>, or <c>symlog=</c> and its threshold.</summary>
    /// <value>"linear".</value>
    public string Scale { get; init; } = "linear";

    /// <summary>
    /// Several hyperparameters, in place of name, minimum, maximum and scale of one: texts as <see cref="Hyperparameter.Parse"/> reads them, such as
    /// <c>lr=1e-5..1e-1:log</c>, <c>layers=1..4:int</c> and <c>act=relu,gelu</c>; or one that takes whole numbers or words.
    /// </summary>
    /// <value>null: one that has a range.</value>
    public IReadOnlyList<string>? Hyperparameters { get; init; }

    /// <summary>
    /// What is optimised: <c>value</c>, a number that each training reports; an expression over the outputs (see the README of the command line);
    /// or <c>objective:NAME</c>, one that the host knows (<c>AddObjective</c>).
    /// </summary>
    /// <value>"value".</value>
    public string Objective { get; init; } = "value";

    /// <summary>Whether the least or the greatest value is best.</summary>
    /// <value><see cref="Goal.Minimize"/>.</value>
    public Goal Goal { get; init; } = Goal.Minimize;

    /// <summary>
    /// What every configuration must hold, whatever the objective: each an objective over the outputs, <c>&lt;=</c> or <c>&gt;=</c>, and a number, such as
    /// <c>mean(latency) &lt;= 20</c>.
    /// </summary>
    /// <value>null: nothing; at most 32, and none beside the objective <c>value</c>.</value>
    public IReadOnlyList<string>? Constraints { get; init; }

    /// <summary>
    /// Objectives beside <see cref="Objective"/>, with which the Pareto front is looked for; <c>maximize </c> stands before one whose larger values are better.
    /// </summary>
    /// <value>null: there is a single best; at most 8, and none beside the objective <c>value</c>.</value>
    public IReadOnlyList<string>? Front { get; init; }

    /// <summary>
    /// Rows of outputs that each training leaves, where no conditions are given: draws of one distribution. 0: as many as the first training brings that
    /// succeeds.
    /// </summary>
    /// <value>1; 0 to 100,000.</value>
    public int Rows { get; init; } = 1;

    /// <summary>The conditions that every network is asked, one a row; null without. All rows of one length.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Contexts { get; init; }

    /// <summary>Names of the outputs' columns, which expressions may use; null without.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Trainings allowed.</summary>
    /// <value>12; 1 to 1000.</value>
    public int MaxTrainings { get; init; } = 12;

    /// <summary>Trainings at the same time.</summary>
    /// <value>1; 1 to 64.</value>
    public int Parallelism { get; init; } = 1;

    /// <summary>The regret that does not matter, in units of the objective; null for 1 % of the range of the posterior mean over λ, penalties left out.</summary>
    public double? Epsilon { get; init; }

    /// <summary>The risk that a certificate may take.</summary>
    /// <value>0.05; between 0 and 1.</value>
    public double Delta { get; init; } = 0.05;

    /// <summary>Seed of all chance.</summary>
    /// <value>1.</value>
    public long Seed { get; init; } = 1;

    /// <summary>Whether a surrogate of the outputs informs the model. Of no use for <c>value</c> objectives.</summary>
    /// <value>true.</value>
    public bool UseSurrogate { get; init; } = true;

    /// <summary>Further settings of the tuner; null for its defaults. Of the objective <c>value</c> no place is trained twice.</summary>
    public TunerSettings? Tuner { get; init; }

    /// <summary>The queue whose workers train.</summary>
    /// <value>"default"; a-z, 0-9, - and _, at most 40 characters.</value>
    public string Queue { get; init; } = "default";

    /// <summary>Studies of a higher priority are served first.</summary>
    /// <value>0; −100 to 100.</value>
    public int Priority { get; init; }

    /// <summary>Attempts that a training may take before it counts as failed.</summary>
    /// <value>3; 1 to 20.</value>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Time limit of an attempt; null: the queue's.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What is tuned.</summary>
    /// <exception cref="ArgumentException">Neither form is given whole, or both are; the message says what is expected.</exception>
    public SearchSpace ToSpace()
    {
        if (Hyperparameters is not { } texts)
        {
            return this is { Minimum: { } minimum, Maximum: { } maximum }
                ? Data.Hyperparameter.Continuous(Hyperparameter, minimum, maximum, Data.Scale.Parse(Scale))
                : throw new ArgumentException("minimum and maximum are not both given; expected two numbers, or hyperparameters");
        }

        return this is { Minimum: null, Maximum: null, Scale: "linear", Hyperparameter: DefaultName }
            ? SearchSpace.Parse(texts)
            : throw new ArgumentException("hyperparameters stand beside hyperparameter, minimum, maximum or scale; expected one of both forms");
    }

    /// <summary>Whether nothing is looked for but the best of one objective: there are no constraints, and no front.</summary>
    [JsonIgnore]
    public bool HasOneObjective => Constraints is null or { Count: 0 } && Front is null or { Count: 0 };

    /// <summary>Whether a run for an objective looks for the front: not where another one is asked for by itself.</summary>
    internal bool IsFrontOf(string objective) => Front is { Count: > 0 } && objective == Objective;

    /// <summary>Whether one curve over λ says what is believed: there is one continuous hyperparameter, and one objective.</summary>
    [JsonIgnore]
    public bool HasCurve => Hyperparameters is null && HasOneObjective;

    /// <summary>The same, with a single continuous hyperparameter in its short form: one study has one definition.</summary>
    internal StudyDefinition InShortForm()
    {
        try
        {
            return Hyperparameters is { Count: 1 } && ToSpace() is { IsLine: true, Line: { Condition: null } line }
                ? this with { Hyperparameters = null, Hyperparameter = line.Name, Minimum = line.Minimum, Maximum = line.Maximum, Scale = line.Scale.Name }
                : this;
        }
        catch (ArgumentException)
        {
            // The check names what is wrong with it.
            return this;
        }
    }
}
