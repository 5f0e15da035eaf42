using HtiTune.Data.Notebooks;

namespace HtiTune;

/// <summary>What a tuning run found, and what it cost. Immutable; all values in the objective's own sign and units.</summary>
[TypeFormatterSource(typeof(Notebooks.TuningResultSource))]
public sealed class TuningResult
{
    private const int ImportanceDraws = 1024;

    private readonly Lock _frontLock = new();
    private IReadOnlyList<ParetoPoint>? _front;
    private readonly AnchorStore _store;
    private readonly int? _anchor;
    private readonly Lazy<IReadOnlyList<PosteriorPoint>> _posterior;
    private readonly Lazy<(double Low, double High)> _possible;
    private readonly Lazy<IReadOnlyList<BestProbability>> _best;
    private readonly Lazy<IReadOnlyList<Importance>> _importances;

    internal TuningResult(
        AnchorStore store, int? anchor, Func<IReadOnlyList<PosteriorPoint>> posterior, Func<(double Low, double High)> possible, Func<IReadOnlyList<BestProbability>> best)
    {
        _possible = new Lazy<(double Low, double High)>(possible);
        _best = new Lazy<IReadOnlyList<BestProbability>>(best);
        _importances = new Lazy<IReadOnlyList<Importance>>(() =>
            Importance.Of(store.Space, configuration => Believed(configuration).Mean, Drawn, new RandomStreams(0).Stream("importance"), ImportanceDraws));
        _store = store;
        _anchor = anchor;
        _posterior = new Lazy<IReadOnlyList<PosteriorPoint>>(posterior);
    }

    /// <summary>The recommended values of the hyperparameters, in their own units.</summary>
    public required Configuration Configuration { get; init; }

    /// <summary>The recommended λ, in its own units.</summary>
    public double Lambda => Configuration.Lambda;

    /// <summary>
    /// The least λ at which the best may still lie: with <see cref="LambdaHigh"/> the hull of all grid points that are possible, see
    /// <see cref="PosteriorPoint.IsPossible"/>, and of <see cref="Lambda"/>.
    /// </summary>
    public double LambdaLow => _possible.Value.Low;

    /// <summary>The largest λ at which the best may still lie.</summary>
    public double LambdaHigh => _possible.Value.High;

    /// <summary>Whether the network was really trained at <see cref="Lambda"/>.</summary>
    public bool IsTrained => _anchor is not null;

    /// <summary>Posterior mean of the objective at <see cref="Lambda"/>.</summary>
    public required double PredictedValue { get; init; }

    /// <summary>Posterior standard deviation of the objective at <see cref="Lambda"/>.</summary>
    public required double PredictedDeviation { get; init; }

    /// <summary>
    /// The objective of the real network at <see cref="Lambda"/>, of replicates that of the first; null when it was not trained there.
    /// </summary>
    public required double? RealValue { get; init; }

    /// <summary>
    /// The real network at <see cref="Lambda"/>. It belongs to the tuner, and is valid until the tuner is disposed. Of a study loaded from disk
    /// it answers the study's contexts alone, unless it is kept by an <see cref="IPersistentNetwork"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The recommended λ was not trained; the message says what to do.</exception>
    /// <exception cref="ObjectDisposedException">The tuner was disposed.</exception>
    public ITrainedNetwork Network
    {
        get
        {
            ObjectDisposedException.ThrowIf(_store.IsDisposed, typeof(Tuner));
            return _anchor is { } anchor
                ? _store.Anchors[anchor].Network is RestoredNetwork restored ? restored.Network ?? restored : _store.Anchors[anchor].Network!
                : throw new InvalidOperationException(
                    $"No network was trained at the recommended {Configuration}. "
                    + "Call Optimize again with maxTrainings of at least 1, or keep TunerOptions.ConfirmByTraining, to have it trained.");
        }
    }

    /// <summary>Every training that the study knows, in order: first those of earlier runs, re-evaluated by this objective.</summary>
    public required IReadOnlyList<Trial> Trials { get; init; }

    /// <summary>Trainings that this run used, failed ones included.</summary>
    public required int TrainingsUsed { get; init; }

    /// <summary>
    /// Trust in the surrogate, 0 to 1, learned from its one-step-ahead errors on this objective; ½ before its first test, 0 without one and
    /// after an alarm.
    /// </summary>
    public required double Trust { get; init; }

    /// <summary>Whether the intervals have held so far, and whether the alarm over them has gone off: what a certificate rests on.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>What the user should know of the objective's values: that they do not change with λ, or that some are extreme. Usually empty.</summary>
    public IReadOnlyList<Remark> Remarks { get; init; } = [];

    /// <summary>Why the run ended.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>What can be said about the recommendation.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Whether one more training is expected to gain more than a thousandth of ε: whether a run with a larger budget would make one. Computed when first read.</summary>
    public bool IsGainLeft => GainLeft.Value;

    internal Lazy<bool> GainLeft { get; init; } = new(false);

    /// <summary>Whether every configuration of the space has been tried, so that no training is left.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>The trial of the best value, as measured: what is known for sure, beside a recommendation that was not trained. Null where none has a value.</summary>
    /// <remarks>Under constraints of those that meet them; of a front that of the first feature.</remarks>
    public Trial? BestTrial => Goal == Goal.Maximize
        ? Trials.Where(trial => trial.Value is not null && trial.IsFeasible != false).MaxBy(trial => trial.Value)
        : Trials.Where(trial => trial.Value is not null && trial.IsFeasible != false).MinBy(trial => trial.Value);

    /// <summary>Whether the constraints of the run's aim are met, or how likely they can be; null without constraints.</summary>
    public Feasibility? Feasibility { get; init; }

    /// <summary>
    /// The trained configurations that no other one beats in every feature, with their measured values, ascending in the first feature; empty unless the run's aim was a
    /// front. Their probabilities are shares of joint draws in which nothing dominates them, trained or not. Computed when first read.
    /// </summary>
    public IReadOnlyList<ParetoPoint> Front => ComputeFront(CancellationToken.None);

    /// <summary><see cref="Front"/>, where computing it may be broken off.</summary>
    /// <param name="cancellation">Ends the work; asked again, it begins anew.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<ParetoPoint> ComputeFront(CancellationToken cancellation)
    {
        lock (_frontLock)
        {
            return _front ??= FrontBy(cancellation);
        }
    }

    internal Func<CancellationToken, IReadOnlyList<ParetoPoint>> FrontBy { get; init; } = _ => [];

    /// <summary>The regret that does not matter, ε.</summary>
    public required double Epsilon { get; init; }

    /// <summary>Time that the run took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// Standard deviation of the values around the smooth curve that the model believes in: noise of the trainings, or an objective that is rougher
    /// than they can resolve. In units of the objective.
    /// </summary>
    public required double NoiseDeviation { get; init; }

    /// <summary>Whether lower or higher values are better.</summary>
    public required Goal Goal { get; init; }

    /// <summary>The anchors: trained λ with their answers to the tuner's contexts, ascending in λ.</summary>
    public required AnchorSet Anchors { get; init; }

    /// <summary>The surrogate of all anchors; null without one.</summary>
    public required ISurrogate? Surrogate { get; init; }

    /// <summary>What is believed about the objective over λ, on the grid and at the anchors, ascending in λ. Computed when first read.</summary>
    public IReadOnlyList<PosteriorPoint> Posterior => _posterior.Value;

    /// <summary>What is believed of the objective at any configuration, in its own sign and units.</summary>
    /// <param name="configuration">A configuration of the search space, whether it keeps the space's constraints or not.</param>
    /// <returns>Mean and 90 % interval; where it was trained and trainings repeat, the value itself.</returns>
    /// <exception cref="ArgumentException">It is no configuration of the search space; the message names every fault.</exception>
    public Prediction Predict(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _store.Space.RequireRanges(configuration);
        return Believed(configuration);
    }

    internal Func<Configuration, Prediction> Believed { get; init; } = _ => throw new InvalidOperationException("The result has no belief.");

    // Joint draws of the belief at some configurations; null where it is of one hyperparameter.
    internal Func<Configuration[], Func<Func<int, double>>>? Drawn { get; init; }

    /// <summary>
    /// How much of the objective's variation hangs on each hyperparameter, in the order of the search space: Sobol indices of the posterior mean over the whole space,
    /// estimated from 1024 draws when first read. A rank, where beliefs are still wide.
    /// </summary>
    public IReadOnlyList<Importance> Importances => _importances.Value;

    /// <summary>
    /// How likely each trained λ, and <see cref="Lambda"/> if it was not trained, is the best of them under the model, ascending in λ; the probabilities sum to 1.
    /// Estimated from 4096 joint draws without the noise of trainings when first read. Whether the best of all λ is near is another question,
    /// which <see cref="Outcome"/> answers.
    /// </summary>
    public IReadOnlyList<BestProbability> ProbabilityOfBest => _best.Value;

    /// <summary>What further trainings are expected to gain over the best trained value, by what is believed now; no training is made.</summary>
    /// <param name="trainings">Trainings to look ahead, 1 to 100.</param>
    /// <returns>
    /// Expected gains in units of the objective, from joint draws without the noise of trainings: 1024 over one hyperparameter, 256 at the 256 likeliest places over several, whose
    /// limit is that of these places. Null with constraints, and where a front is looked for.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="trainings"/> is out of its range.</exception>
    public BudgetOutlook? Outlook(int trainings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trainings, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trainings, 100);
        return Ahead?.Invoke(trainings);
    }

    internal Func<int, BudgetOutlook?>? Ahead { get; init; }

    /// <summary>What was found in one sentence: λ, its value, the trainings, and what is certain.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Configuration.ToText(6)}: {RealValue ?? PredictedValue:G6}{(RealValue is null ? " predicted" : "")} after {Trainings}; {Outcome.Describe(_store.Space.Label)}");

    private string Trainings => Trials.Count == 1 ? "1 training" : $"{Trials.Count} trainings";

    /// <summary>The entry of <see cref="Lambda"/> in <see cref="ProbabilityOfBest"/>.</summary>
    public double ProbabilityRecommendedIsBest => ProbabilityOfBest.First(p => p.Lambda == Lambda).Probability;
}
