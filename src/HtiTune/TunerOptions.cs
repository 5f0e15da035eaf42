using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static System.FormattableString;

namespace HtiTune;

/// <summary>How a <see cref="Tuner"/> works. Immutable; checked when the tuner is made, all violations in one error.</summary>
public sealed record TunerOptions
{
    // Functions of λ are tried at so many places and one.
    private const int ProbeCount = 64;

    /// <summary>Trainings allowed in a run that gives no number of its own.</summary>
    /// <value>8; at least 0.</value>
    public int MaxTrainings { get; init; } = 8;

    /// <summary>
    /// Trainings that may be under way at the same time. <see cref="Tuner.Optimize"/> then calls <see cref="INetwork.Train"/> from so many worker
    /// threads at once, which the network must allow, while it asks networks that are trained on its own thread.
    /// </summary>
    /// <value>1; 1 to 64.</value>
    public int Parallelism { get; init; } = 1;

    /// <summary>Seed of all chance: trainings, answers, certificate.</summary>
    /// <value>1.</value>
    public long Seed { get; init; } = 1;

    /// <summary>Which values of the objective are better.</summary>
    /// <value><see cref="Goal.Minimize"/>.</value>
    public Goal Goal { get; init; } = Goal.Minimize;

    /// <summary>The regret ε that does not matter, in units of the objective.</summary>
    /// <value>null: 1 % of the range of the posterior mean over λ, penalties left out. Else above 0.</value>
    public double? Epsilon { get; init; }

    /// <summary>The risk δ that a certificate may take.</summary>
    /// <value>0.05; between 0 and 1.</value>
    public double Delta { get; init; } = 0.05;

    /// <summary>When a study may call its recommendation certified.</summary>
    /// <value><see cref="CertificateRule.TwoPasses"/>.</value>
    public CertificateRule CertificateRule { get; init; } = CertificateRule.TwoPasses;

    /// <summary>
    /// Whether to recommend only λ at which the network was really trained: the last training of a run then goes to the best λ of the
    /// model. Without, the best λ of the model is recommended, trained or not. A run with no training allowed has nothing to confirm with,
    /// and recommends the best λ of the model in either case.
    /// </summary>
    /// <value>true.</value>
    public bool ConfirmByTraining { get; init; } = true;

    /// <summary>Whether the surrogate informs the Gaussian process; without, it is a plain one.</summary>
    /// <value>true.</value>
    public bool UseSurrogate { get; init; } = true;

    /// <summary>The first λ to train, in this order and in the hyperparameter's own units.</summary>
    /// <value>null: both ends and the middle, and from 8 trainings on the quarters. Else distinct λ in the range.</value>
    public IReadOnlyList<double>? InitialLambdas { get; init; }

    /// <summary>
    /// λ that are trained before anything else, in this order and in the hyperparameter's own units: guesses of one's own. Unlike
    /// <see cref="InitialLambdas"/> they do not replace the first places, and one that was tried by an earlier run is left out. See <see cref="Tuner.Enqueue(double[])"/>.
    /// </summary>
    /// <value>null: none. Else λ in the range.</value>
    public IReadOnlyList<double>? StartLambdas { get; init; }

    /// <summary>Variance of the objective over repeated trainings at one λ, in squared units of the objective.</summary>
    /// <value>null: learned. Else at least 0; 0 says that trainings repeat exactly.</value>
    public double? NoiseVariance { get; init; }

    /// <summary>
    /// Resamples of each anchor's rows from which the noise of its value is estimated [Efron1979]: for objectives over draws or contexts that stand for
    /// many more. The objective is called once for each, and with rows it did not ask for: it has to read contexts from the samples.
    /// </summary>
    /// <value>0: none, all λ answer the same contexts by common random numbers, and only these count. Else 16 to 4096, and not with <see cref="NoiseVariance"/>.</value>
    public int Bootstrap { get; init; }

    /// <summary>
    /// Whether a λ may be trained again with another seed, where that is expected to raise the best posterior mean more than any new λ. The objective's
    /// values at one λ are kept apart and tell its noise; the surrogate sees the mean of their answers.
    /// </summary>
    /// <value>null: where <see cref="NoiseVariance"/> is given and above 0. true: also where it is learned. Never where it is 0.</value>
    public bool? Replicate { get; init; }

    /// <summary>By what the next λ is chosen.</summary>
    /// <value><see cref="AcquisitionRule.LogExpectedImprovement"/>.</value>
    public AcquisitionRule Acquisition { get; init; } = AcquisitionRule.LogExpectedImprovement;

    /// <summary>What a training costs over λ.</summary>
    /// <value>null: the same everywhere.</value>
    public TrainingCost? Cost { get; init; }

    /// <summary>Where the best λ is believed to lie.</summary>
    /// <value>null: anywhere.</value>
    public OptimumBelief? Belief { get; init; }

    /// <summary>
    /// Time that a run may take, by <see cref="TimeProvider"/>. A training is not begun where the time expected for it, from the trainings so
    /// far, is more than what is left; one that is under way is not broken off. What a run had taken before its process ended counts.
    /// </summary>
    /// <value>null: any time. Else above 0.</value>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// Whether <see cref="MaxTime"/> is counted in each process anew: a program that is started every night then has its time every night, and what a
    /// run had taken before its process ended does not count.
    /// </summary>
    /// <value>false.</value>
    public bool MaxTimeIsPerProcess { get; init; }

    /// <summary>
    /// Whether a run makes all trainings of its budget: neither a certificate nor the want of an expected gain ends it. For objectives that are
    /// rougher or noisier than the model believes.
    /// </summary>
    /// <value>false.</value>
    public bool UseWholeBudget { get; init; }

    /// <summary>
    /// Number of λ on which the posterior is held, evenly on the hyperparameter's scale; the anchors' λ are added. Where several hyperparameters are tuned there is no grid, and it is not looked at.
    /// </summary>
    /// <value>257; 9 to 2049.</value>
    public int GridSize { get; init; } = 257;

    /// <summary>
    /// Joint draws of the objective behind a certificate. Fewer take less time, and ask for a higher share of draws that hold: the bound on the
    /// probability allows for their number. Where several hyperparameters are tuned a sixteenth of it, and at least 256: each asks the objective at up to hundreds of places.
    /// </summary>
    /// <value>4096; 256 to 65536.</value>
    public int CertificateDraws { get; init; } = Certificate.DefaultDraws;

    /// <summary>Fits the surrogate to a set of two anchors or more; must be deterministic.</summary>
    /// <value>null: <see cref="KrigedSurrogate.Fit"/> without transport maps, with the tuner's seed.</value>
    public Func<AnchorSet, ISurrogate>? SurrogateFactory { get; init; }

    /// <summary>
    /// Anchors of other studies of the same hyperparameter and contexts, see <see cref="StudyJournal.LoadAnchors"/>: they count as trainings
    /// made before the first run, and cost nothing.
    /// </summary>
    /// <value>null. Else sets of the tuner's hyperparameter and contexts, alike in the number of output columns.</value>
    public IReadOnlyList<AnchorSet>? WarmStart { get; init; }

    /// <summary>The clock that times trainings.</summary>
    /// <value><see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Takes the log, if any.</summary>
    /// <value>null.</value>
    public ILogger? Logger { get; init; }

    /// <summary><see cref="Logger"/>, or one that nobody reads.</summary>
    internal ILogger LoggerOrNone => Logger ?? NullLogger.Instance;

    /// <summary>Seed with which trained networks answer the contexts: for those who ask them elsewhere than where the tuner runs.</summary>
    public long AnswerSeed => StreamsOf(Seed).SeedOf("answers");

    /// <summary>A tuner's chance.</summary>
    internal static RandomStreams StreamsOf(long seed) => new RandomStreams(seed).Fork("tuner");

    internal bool MayReplicate => NoiseVariance is { } variance ? variance > 0 && Replicate != false : Replicate == true;

    /// <summary>Throws unless a tuner of a search space takes these options.</summary>
    /// <param name="space">The space.</param>
    /// <exception cref="ArgumentException">It does not; the message names every fault.</exception>
    public void Validate(SearchSpace space)
    {
        var faults = new List<string>();
        if (!space.IsLine)
        {
            RequireNull(InitialLambdas, nameof(InitialLambdas));
            RequireNull(StartLambdas, nameof(StartLambdas));
            RequireNull(Belief, nameof(Belief));
            RequireNull(Cost, nameof(Cost));
            RequireNull(SurrogateFactory, nameof(SurrogateFactory));
            Check(
                Acquisition is not { Kind: AcquisitionKind.Own, Acquisition: not PlaceAcquisition }, nameof(Acquisition), "of a grid over one hyperparameter",
                $"one of a place where several hyperparameters are tuned, {nameof(AcquisitionRule)}.{nameof(AcquisitionRule.Of)}(name, worth)");
            Check(Bootstrap == 0, nameof(Bootstrap), Bootstrap, "0 where several hyperparameters are tuned");
        }

        Check(MaxTrainings >= 0, nameof(MaxTrainings), MaxTrainings, "at least 0");
        Check(Parallelism is >= 1 and <= 64, nameof(Parallelism), Parallelism, "1 to 64");
        Check(Enum.IsDefined(Goal), nameof(Goal), Goal, "Minimize or Maximize");
        Check(Enum.IsDefined(CertificateRule), nameof(CertificateRule), CertificateRule, "TwoPasses or Strict");
        Check(Epsilon is null || Epsilon > 0 && double.IsFinite(Epsilon.Value), nameof(Epsilon), Epsilon, "a finite number above 0, or null");
        Check(Delta > 0 && Delta < 1, nameof(Delta), Delta, "between 0 and 1, ends excluded");
        Check(
            NoiseVariance is null || NoiseVariance >= 0 && double.IsFinite(NoiseVariance.Value),
            nameof(NoiseVariance), NoiseVariance, "a finite number of at least 0, or null");
        Check(Bootstrap is 0 or >= 16 and <= 4096, nameof(Bootstrap), Bootstrap, "0, or 16 to 4096");
        Check(Bootstrap == 0 || NoiseVariance is null, nameof(Bootstrap), Bootstrap, $"0 where {nameof(NoiseVariance)} is given");
        Check(GridSize is >= 9 and <= 2049, nameof(GridSize), GridSize, "9 to 2049");
        Check(CertificateDraws is >= 256 and <= 65536, nameof(CertificateDraws), CertificateDraws, "256 to 65536");
        Check(MaxTime is null || MaxTime > TimeSpan.Zero, nameof(MaxTime), MaxTime, "above 0, or null");
        Check(Acquisition is not null, nameof(Acquisition), "null", "a rule");
        if (Acquisition?.Fault is { } fault)
        {
            faults.Add($"{nameof(Acquisition)} {fault}");
        }

        if (Cost?.OfHour is { } hour)
        {
            Check(hour > 0 && double.IsFinite(hour), $"{nameof(Cost)}.{nameof(TrainingCost.OfHour)}", hour, "a finite number above 0, or null");
        }

        if (space.IsLine && Cost?.OfLambda is { } cost)
        {
            Probe(cost, nameof(Cost), "a finite number above 0", value => value > 0);
        }

        if (Belief is not null)
        {
            Check(Belief.Strength > 0 && double.IsFinite(Belief.Strength), $"{nameof(Belief)}.{nameof(OptimumBelief.Strength)}", Belief.Strength, "a finite number above 0");
            Check(Belief.Density is not null, $"{nameof(Belief)}.{nameof(OptimumBelief.Density)}", null, "a function of λ");
            if (space.IsLine && Belief.Density is { } density)
            {
                Probe(density, nameof(Belief), "a finite number of at least 0", value => value >= 0);
            }
        }

        Check(TimeProvider is not null, nameof(TimeProvider), "null", "a clock");
        if (InitialLambdas is not null)
        {
            Check(InitialLambdas.Count > 0, nameof(InitialLambdas), "empty", "at least one λ, or null");
            Check(InitialLambdas.Distinct().Count() == InitialLambdas.Count, nameof(InitialLambdas), string.Join(", ", InitialLambdas), "distinct λ");
            foreach (var lambda in InitialLambdas.Where(lambda => space.IsLine && !space.Line.Contains(lambda)))
            {
                faults.Add(Invariant($"{nameof(InitialLambdas)} holds {lambda:R}; expected {space.Line.Minimum:R} to {space.Line.Maximum:R}"));
            }
        }

        if (space.IsLine && StartLambdas is not null && TrainingQueue.Fault(StartLambdas, space.Line) is { } start)
        {
            faults.Add($"{nameof(StartLambdas)}: {start}");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"{nameof(TunerOptions)}: {string.Join("; ", faults)}.");
        }

        // The first fault over the range is enough.
        void Probe(Func<double, double> function, string name, string expected, Func<double, bool> isRight)
        {
            for (var i = 0; i <= ProbeCount; i++)
            {
                var lambda = space.Line.FromUnit(i / (double)ProbeCount);
                var value = function(lambda);
                if (!double.IsFinite(value) || !isRight(value))
                {
                    faults.Add(Invariant($"{name} is {value:R} at λ = {lambda:R}; expected {expected}"));
                    return;
                }
            }
        }

        void RequireNull(object? value, string name) => Check(value is null, name, "given", "null where several hyperparameters are tuned");

        void Check(bool holds, string name, object? value, string expected)
        {
            if (!holds)
            {
                faults.Add($"{name} is {value ?? "null"}; expected {expected}");
            }
        }
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

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(TunerOptions), PrintMembers);
}
