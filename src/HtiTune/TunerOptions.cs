using System.Text.Json.Serialization;
using HtiTune.Service;
using Microsoft.Extensions.Logging.Abstractions;

namespace HtiTune;

/// <summary>How a <see cref="Tuner"/> works. Immutable; checked when the tuner is made, all violations in one error.</summary>
public sealed partial record TunerOptions
{
    // Members stand in the order of a journal's lines, which hold all that decides what a study proposes. A new one stands behind them, and is left out where it has its default
    // (JsonIgnoreCondition.WhenWritingDefault): journals stay as they are.

    /// <summary>Seed of all chance: trainings, answers, certificate.</summary>
    /// <value>1.</value>
    [JsonRequired]
    public long Seed { get; init; } = 1;

    /// <summary>Which values of the objective are better.</summary>
    /// <value><see cref="Goal.Minimize"/>.</value>
    [JsonRequired]
    public Goal Goal { get; init; } = Goal.Minimize;

    /// <summary>Trainings allowed in a run that gives no number of its own.</summary>
    /// <value>8; at least 0.</value>
    [JsonRequired]
    public int MaxTrainings { get; init; } = 8;

    /// <summary>The regret ε that does not matter, in units of the objective.</summary>
    /// <value>null: 1 % of the range of the posterior mean over λ, penalties left out. Else above 0.</value>
    [JsonRequired]
    public double? Epsilon { get; init; }

    /// <summary>The risk δ that a certificate may take.</summary>
    /// <value>0.05; between 0 and 1.</value>
    [JsonRequired]
    public double Delta { get; init; } = 0.05;

    /// <summary>
    /// Whether to recommend only λ at which the network was really trained: the last training of a run then goes to the best λ of the
    /// model. Without, the best λ of the model is recommended, trained or not. A run with no training allowed has nothing to confirm with,
    /// and recommends the best λ of the model in either case.
    /// </summary>
    /// <value>true.</value>
    [JsonRequired]
    public bool ConfirmByTraining { get; init; } = true;

    /// <summary>Whether the surrogate informs the Gaussian process; without, it is a plain one.</summary>
    /// <value>true.</value>
    [JsonRequired]
    public bool UseSurrogate { get; init; } = true;

    /// <summary>Whether there is a <see cref="SurrogateFactory"/> and it is used, or was where the options stand in a journal, which cannot hold it.</summary>
    [JsonInclude, JsonRequired]
    internal bool HasOwnSurrogate { get => field || UseSurrogate && SurrogateFactory is not null; init; }

    /// <summary>The first λ to train, in this order and in the hyperparameter's own units.</summary>
    /// <value>null: both ends and the middle. Else distinct λ in the range.</value>
    [JsonRequired]
    public IReadOnlyList<double>? InitialLambdas { get; init; }

    /// <summary>Variance of the objective over repeated trainings at one λ, in squared units of the objective.</summary>
    /// <value>null: learned. Else at least 0; 0 says that trainings repeat exactly.</value>
    [JsonRequired]
    public double? NoiseVariance { get; init; }

    /// <summary>
    /// Number of λ on which the posterior is held, evenly on the hyperparameter's scale; the anchors' λ are added. Where several hyperparameters are tuned there is no grid, and it is not looked at.
    /// </summary>
    /// <value>257; 9 to 2049.</value>
    [JsonRequired]
    public int GridSize { get; init; } = 257;

    /// <summary>By what the next λ is chosen.</summary>
    /// <value><see cref="AcquisitionRule.LogExpectedImprovement"/>.</value>
    [JsonIgnore]
    public AcquisitionRule Acquisition { get; init; } = AcquisitionRule.LogExpectedImprovement;

    // The default stands in a journal as null, as in those that were written before there was a choice.
    [JsonInclude, JsonPropertyName("acquisition")]
    internal AcquisitionRule? KeptAcquisition
    {
        get => Acquisition == AcquisitionRule.LogExpectedImprovement ? null : Acquisition;
        init => Acquisition = value ?? AcquisitionRule.LogExpectedImprovement;
    }

    /// <summary>What a training costs over λ.</summary>
    /// <value>null: the same everywhere.</value>
    public TrainingCost? Cost { get; init; }

    /// <summary>Strength of <see cref="Belief"/>, or what it was where the options stand in a journal, which cannot hold its density; null without one.</summary>
    [JsonInclude]
    internal double? BeliefStrength { get => Belief?.Strength ?? field; init; }

    /// <summary>
    /// Trainings that may be under way at the same time. <see cref="Tuner.Optimize"/> then calls <see cref="INetwork.Train"/> from so many worker
    /// threads at once, which the network must allow, while it asks networks that are trained on its own thread.
    /// </summary>
    /// <value>1; 1 to 64.</value>
    [JsonIgnore]
    public int Parallelism { get; init; } = 1;

    [JsonInclude, JsonPropertyName("parallelism")]
    internal int? KeptParallelism { get => Parallelism; init => Parallelism = value ?? 1; }

    /// <summary>
    /// Whether a λ may be trained again with another seed, where that is expected to raise the best posterior mean more than any new λ. The objective's
    /// values at one λ are kept apart and tell its noise; the surrogate sees the mean of their answers.
    /// </summary>
    /// <value>null: where <see cref="NoiseVariance"/> is given and above 0. true: also where it is learned. Never where it is 0.</value>
    public bool? Replicate { get; init; }

    /// <summary>When a study may call its recommendation certified.</summary>
    /// <value><see cref="CertificateRule.TwoPasses"/>.</value>
    [JsonIgnore]
    public CertificateRule CertificateRule { get; init; } = CertificateRule.TwoPasses;

    [JsonInclude, JsonPropertyName("certificateRule")]
    internal CertificateRule? KeptRule { get => CertificateRule == CertificateRule.TwoPasses ? null : CertificateRule; init => CertificateRule = value ?? CertificateRule.TwoPasses; }

    /// <summary>
    /// Resamples of each anchor's rows from which the noise of its value is estimated [Efron1979]: for objectives over draws or contexts that stand for
    /// many more. The objective is called once for each, and with rows it did not ask for: it has to read contexts from the samples.
    /// </summary>
    /// <value>0: none, all λ answer the same contexts by common random numbers, and only these count. Else 16 to 4096, and not with <see cref="NoiseVariance"/>.</value>
    public int Bootstrap { get; init; }

    /// <summary>
    /// Joint draws of the objective behind a certificate. Fewer take less time, and ask for a higher share of draws that hold: the bound on the
    /// probability allows for their number. Where several hyperparameters are tuned a sixteenth of it, and at least 256: each asks the objective at up to hundreds of places.
    /// </summary>
    /// <value>4096; 256 to 65536.</value>
    [JsonIgnore]
    public int CertificateDraws { get; init; } = Certificate.DefaultDraws;

    [JsonInclude, JsonPropertyName("certificateDraws")]
    internal int? KeptDraws { get => CertificateDraws == Certificate.DefaultDraws ? null : CertificateDraws; init => CertificateDraws = value ?? Certificate.DefaultDraws; }

    /// <summary>
    /// Whether a run makes all trainings of its budget: neither a certificate nor the want of an expected gain ends it. For objectives that are
    /// rougher or noisier than the model believes.
    /// </summary>
    /// <value>false.</value>
    public bool UseWholeBudget { get; init; }

    /// <summary>
    /// λ that are trained before anything else, in this order and in the hyperparameter's own units: guesses of one's own. Unlike
    /// <see cref="InitialLambdas"/> they do not replace the first places, and one that was tried by an earlier run is left out. See <see cref="Tuner.Enqueue(double[])"/>.
    /// </summary>
    /// <value>null: none. Else λ in the range.</value>
    public IReadOnlyList<double>? StartLambdas { get; init; }

    /// <summary>Where the best λ is believed to lie.</summary>
    /// <value>null: anywhere.</value>
    [JsonIgnore]
    public OptimumBelief? Belief { get; init; }

    /// <summary>
    /// Time that a run may take, by <see cref="TimeProvider"/>. A training is not begun where the time expected for it, from the trainings so
    /// far, is more than what is left; one that is under way is not broken off. What a run had taken before its process ended counts.
    /// </summary>
    /// <value>null: any time. Else above 0.</value>
    [JsonIgnore]
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// Whether <see cref="MaxTime"/> is counted in each process anew: a program that is started every night then has its time every night, and what a
    /// run had taken before its process ended does not count.
    /// </summary>
    /// <value>false.</value>
    [JsonIgnore]
    public bool MaxTimeIsPerProcess { get; init; }

    /// <summary>
    /// Whether a configuration may be trained, where several hyperparameters are tuned: a rule that no bound on a sum says (<see cref="SearchSpace.SubjectTo"/>). It is asked of some
    /// thousand configurations a training, and must answer the same each time. One that it forbids is not proposed, recommended, enqueued or taken from elsewhere.
    /// </summary>
    /// <value>null: all that keep the space's constraints.</value>
    [JsonIgnore]
    public Func<Configuration, bool>? IsAllowed { get; init; }

    /// <summary>Whether there is a rule <see cref="IsAllowed"/>, or was where the options stand in a journal, which cannot hold it.</summary>
    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    internal bool HasRule { get => field || IsAllowed is not null; init; }

    /// <summary>Fits the surrogate to a set of two anchors or more; must be deterministic.</summary>
    /// <value>null: <see cref="KrigedSurrogate.Fit"/> without transport maps, with the tuner's seed.</value>
    [JsonIgnore]
    public Func<AnchorSet, ISurrogate>? SurrogateFactory { get; init; }

    /// <summary>
    /// Anchors of other studies of the same hyperparameter and contexts, see <see cref="StudyJournal.LoadAnchors"/>: they count as trainings
    /// made before the first run, and cost nothing.
    /// </summary>
    /// <value>null. Else sets of the tuner's hyperparameter and contexts, alike in the number of output columns.</value>
    [JsonIgnore]
    public IReadOnlyList<AnchorSet>? WarmStart { get; init; }

    /// <summary>The clock that times trainings.</summary>
    /// <value><see cref="TimeProvider.System"/>.</value>
    [JsonIgnore]
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Takes the log, if any.</summary>
    /// <value>null.</value>
    [JsonIgnore]
    public ILogger? Logger { get; init; }

    /// <summary><see cref="Logger"/>, or one that nobody reads.</summary>
    internal ILogger LoggerOrNone => Logger ?? NullLogger.Instance;

    /// <summary>Seed with which trained networks answer the contexts: for those who ask them elsewhere than where the tuner runs.</summary>
    [JsonIgnore]
    public long AnswerSeed => StreamsOf(Seed).SeedOf("answers");

    /// <summary>A tuner's chance.</summary>
    internal static RandomStreams StreamsOf(long seed) => new RandomStreams(seed).Fork("tuner");

    internal bool MayReplicate => NoiseVariance is { } variance ? variance > 0 && Replicate != false : Replicate == true;

    /// <summary>These options with what a study's definition says.</summary>
    /// <param name="definition">What it says.</param>
    /// <exception cref="ArgumentException">The acquisition is not known.</exception>
    public TunerOptions With(StudyDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var options = this with
        {
            MaxTrainings = definition.MaxTrainings,
            Parallelism = definition.Parallelism,
            Epsilon = definition.Epsilon,
            Delta = definition.Delta,
            Seed = definition.Seed,
            Goal = definition.Goal,
            UseSurrogate = definition.UseSurrogate,
        };
        return definition.Tuner is { } settings ? options.With(settings) : options;
    }

    /// <summary>These options with what a file or a request says; what it leaves null stays as it is here.</summary>
    /// <param name="settings">What it says.</param>
    /// <exception cref="ArgumentException">The acquisition is not known.</exception>
    public TunerOptions With(TunerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return this with
        {
            Acquisition = settings.Acquisition is { } rule ? AcquisitionRule.Parse(rule) : Acquisition,
            CertificateRule = settings.StrictCertificate is { } strict ? strict ? CertificateRule.Strict : CertificateRule.TwoPasses : CertificateRule,
            NoiseVariance = settings.NoiseVariance ?? NoiseVariance,
            Replicate = settings.Replicate ?? Replicate,
            Bootstrap = settings.Bootstrap ?? Bootstrap,
            InitialLambdas = settings.InitialLambdas ?? InitialLambdas,
            StartLambdas = settings.StartLambdas ?? StartLambdas,
            ConfirmByTraining = settings.ConfirmByTraining ?? ConfirmByTraining,
            UseWholeBudget = settings.UseWholeBudget ?? UseWholeBudget,
            GridSize = settings.GridSize ?? GridSize,
            CertificateDraws = settings.CertificateDraws ?? CertificateDraws,
            Cost = settings.CostOfHour is not null || settings.MeasuredCost == true ? TrainingCost.Measured(settings.CostOfHour) : Cost,
        };
    }

    /// <summary>Whether a run of the same budget would propose the same: the default budget does not matter.</summary>
    internal bool ProposeAs(TunerOptions other) =>
        WithoutLists() == other.WithoutLists()
        && (InitialLambdas ?? []).SequenceEqual(other.InitialLambdas ?? [])
        && InitialLambdas is null == other.InitialLambdas is null
        && (StartLambdas ?? []).SequenceEqual(other.StartLambdas ?? []);

    /// <summary>The options of a journal with what it cannot hold, which comes from others.</summary>
    internal TunerOptions WithFunctionsOf(TunerOptions? others)
    {
        var source = others ?? new TunerOptions();
        return this with
        {
            HasOwnSurrogate = false,
            SurrogateFactory = source.SurrogateFactory,
            HasRule = false,
            IsAllowed = source.IsAllowed,
            Acquisition = Acquisition.Kind == AcquisitionKind.Own && others is not null ? others.Acquisition : Acquisition,
            Cost = Cost is { IsFunction: true } ? source.Cost : Cost,
            BeliefStrength = null,
            Belief = BeliefStrength is null ? null : source.Belief,
            MaxTime = source.MaxTime,
            MaxTimeIsPerProcess = source.MaxTimeIsPerProcess,
            WarmStart = source.WarmStart,
            TimeProvider = source.TimeProvider,
            Logger = source.Logger,
        };
    }

    // What a journal holds of them, lists and default budget left out.
    private TunerOptions WithoutLists() => WithFunctionsOf(null) with
    {
        HasOwnSurrogate = HasOwnSurrogate,
        HasRule = HasRule,
        BeliefStrength = BeliefStrength,
        Acquisition = Acquisition.Recorded,
        Cost = Cost?.Recorded,
        InitialLambdas = null,
        StartLambdas = null,
        MaxTrainings = 0,
    };

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(TunerOptions), PrintMembers);
}
