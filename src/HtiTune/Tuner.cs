using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using HtiTune.Surrogates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HtiTune;

/// <summary>
/// Finds the best value of a hyperparameter with few trainings. It trains the network at a few λ, fits a surrogate of its outputs
/// between them, asks a Gaussian process around the surrogate where one more training pays, and stops when the recommendation is good
/// enough. Trained networks and their answers stay with the tuner and serve every later objective.
/// </summary>
/// <remarks>
/// Not thread-safe; one run at a time. Disposing the tuner disposes all networks that it trained, those of its studies included.
/// </remarks>
public sealed partial class Tuner : IDisposable
{
    /// <summary>
    /// Number of the algorithm: raised by each change of the library after which the same trainings lead to other proposals. A journal tells by which its
    /// runs were made; those of another one are not continued, but their trainings are kept.
    /// </summary>
    /// <remarks>1: values as they are. 2: values of order one, in which a penalty counts as bad and no more. 3: contexts asked twice and answered alike are answers, no draws.</remarks>
    public const int Algorithm = 3;

    private readonly INetwork _network;
    private readonly AnchorStore _store;
    private readonly RandomStreams _streams;
    private readonly ILogger _logger;
    private readonly Queue<RecordedRun> _recorded = [];
    private StudyRecorder? _recorder;
    private List<Training> _later = [];
    private TuningRun? _run;
    private int _isRunning;
    private bool _hasBegun;

    /// <summary>A tuner of a network's hyperparameters: one, or several, whole numbers and words among them.</summary>
    /// <param name="network">Trains at any configuration.</param>
    /// <param name="space">What is tuned; a single hyperparameter is a space.</param>
    /// <param name="contexts">
    /// What every network is asked once it is trained; objectives judge the answers. At least one row. Null: those of the options' warm start, or without
    /// one as many draws as the first training brings that succeeds (<see cref="ITrainedNetwork.Rows"/>).
    /// </param>
    /// <param name="options">How; null for the defaults. Those that are of λ alone must be null where there are several hyperparameters.</param>
    /// <exception cref="ArgumentException">There is no context, or an option is out of range; the message names all that are.</exception>
    public Tuner(INetwork network, SearchSpace space, Contexts? contexts, TunerOptions? options = null)
        : this(network, space, contexts, options, null)
    {
    }

    /// <param name="network">Trains at any λ.</param>
    /// <param name="space">What is tuned.</param>
    /// <param name="contexts">What every network is asked; null where the first training tells.</param>
    /// <param name="options">How.</param>
    /// <param name="trainings">Trainings there are; null for those of the options' warm start.</param>
    /// <param name="lastNumber">Numbers up to this one are not given to a training.</param>
    internal Tuner(
        INetwork network, SearchSpace space, Contexts? contexts, TunerOptions? options, IReadOnlyList<Training>? trainings, int lastNumber = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(space);
        if (contexts is { Count: 0 })
        {
            throw new ArgumentException("There is no context to ask the network; expected at least one row.", nameof(contexts));
        }

        Options = options ?? new TunerOptions();
        Options.Validate(space);
        contexts ??= Journal.WarmStart.ContextsOf(Options.WarmStart);
        Space = space;
        _network = network;
        _queue = new TrainingQueue(space) { Added = TakeNote };
        _streams = TunerOptions.StreamsOf(Options.Seed);
        _logger = Options.Logger ?? NullLogger.Instance;
        var fit = SurrogateFitting.Of(Options.SurrogateFactory, _streams);
        _store = new AnchorStore(
            space, contexts, _streams.SeedOf("answers"), Options.UseSurrogate ? fit : null,
            (count, error) => Log.SurrogateFailed(_logger, count, error.Message), lastNumber);
        foreach (var training in trainings ?? Journal.WarmStart.Trainings(Options.WarmStart, space, _store.Contexts))
        {
            _store.Load(training);
        }

        _brought = [.. _store.Trainings.Select(training => training.Number)];
        _store.IsBrought = number => _brought.Contains(number);
    }

    /// <summary>What is tuned.</summary>
    public SearchSpace Space { get; }

    /// <summary>The hyperparameter that is tuned, where it is one continuous one.</summary>
    /// <exception cref="InvalidOperationException">There are several, or it is none with a range.</exception>
    public ContinuousHyperparameter Hyperparameter => Space.Line;

    /// <summary>The options.</summary>
    public TunerOptions Options { get; }

    /// <summary>What every network is asked once it is trained; null while the first training that succeeds has yet to tell how many draws there are.</summary>
    public Contexts? Contexts => _store.Contexts;

    /// <summary>The anchors so far, ascending in λ; null before the first training.</summary>
    public AnchorSet? Anchors => _store.Anchors.Count == 0 ? null : _store.Set(_store.Anchors.Count);

    /// <summary>What the user should know of how the study on disk was taken up. Usually empty.</summary>
    public IReadOnlyList<Remark> Remarks { get; private set; } = [];

    /// <summary>What a run with <see cref="TunerOptions.MaxTrainings"/> is expected to cost, from the anchors and times so far.</summary>
    public Forecast Forecast => Forecast.Of(_store, Options.MaxTrainings, 0, Options.Parallelism);

    /// <summary>Searches the best λ for an objective.</summary>
    /// <param name="objective">
    /// Judges a conditional model: the surrogate at any λ, or a real network. Must give the same value for the same model. An exception or a
    /// value that is not finite counts as no answer there.
    /// </param>
    /// <param name="maxTrainings">
    /// New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>; 0 answers from the anchors there are.
    /// </param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="name">The objective's name, for the journal of a study on disk.</param>
    /// <param name="cancellation">Ends the run as soon as all trainings under way react; the study so far is returned.</param>
    /// <returns>The study; <see cref="Study.StopReason"/> says how it ended.</returns>
    /// <exception cref="NoValueException">No training has given a value; <see cref="StopReason.AllTrainingsFailed"/> after three that failed.</exception>
    /// <exception cref="InvalidOperationException">Another run is going on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given a value.</exception>
    /// <exception cref="IOException">The study's folder could not be written. The tuner keeps what it has trained, and writes it before a further run once there is room.</exception>
    public Study Optimize(
        Func<IConditionalModel, double> objective,
        int? maxTrainings = null,
        IProgress<TunerProgress>? progress = null,
        string? name = null,
        CancellationToken cancellation = default) => Run(objective, Options.Goal, maxTrainings, progress, name, cancellation);

    private Study Run(
        Func<IConditionalModel, double> objective, Goal goal, int? maxTrainings, IProgress<TunerProgress>? progress, string? name, CancellationToken cancellation)
    {
        using var trace = TunerTelemetry.Source.StartActivity("htitune.run")?.AddTag("hyperparameter", Space.Label);
        var weighing = new WeighingReporter(progress, Options.TimeProvider, maxTrainings ?? Options.MaxTrainings, cancellation);
        using var run = BeginWatched(objective, goal, maxTrainings, name, weighing.Report);
        var reporter = new ProgressReporter(run, Space, progress);
        weighing.Run = run;
        try
        {
            new TrainingLoop(_network, run, reporter).Train(Options.Parallelism, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && run.StoppedBy is null)
        {
            // Before a proposal was made: no training is under way.
            run.Cancel();
        }

        // What was trained is told in any case.
        weighing.IsEnabled = false;
        if (cancellation.IsCancellationRequested && run.StoppedBy is null)
        {
            run.Cancel();
        }

        if (run.IsCancelled && !run.HasValue)
        {
            throw new OperationCanceledException("The run was cancelled before any training had given a value.", cancellation);
        }

        var study = run.Finish();
        reporter.Finished(study);
        return study;
    }

    /// <summary><see cref="Optimize"/> on a worker thread.</summary>
    /// <param name="objective">Judges a conditional model; called on the worker thread.</param>
    /// <param name="maxTrainings">New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>.</param>
    /// <param name="progress">Is told what happens, on the worker thread.</param>
    /// <param name="name">The objective's name, for the journal of a study on disk.</param>
    /// <param name="cancellation">Ends the run as soon as the current training reacts; the study so far is returned.</param>
    /// <returns>The study.</returns>
    /// <exception cref="NoValueException">No training has given a value; <see cref="StopReason.AllTrainingsFailed"/> after three that failed.</exception>
    /// <exception cref="InvalidOperationException">Another run is going on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given a value.</exception>
    /// <exception cref="IOException">The study's folder could not be written. The tuner keeps what it has trained, and writes it before a further run once there is room.</exception>
    public async Task<Study> OptimizeAsync(
        Func<IConditionalModel, double> objective,
        int? maxTrainings = null,
        IProgress<TunerProgress>? progress = null,
        string? name = null,
        CancellationToken cancellation = default) =>
        await Task.Factory.StartNew(
            () => Optimize(objective, maxTrainings, progress, name, cancellation),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);

    /// <summary>Begins a run whose trainings the caller makes: ask, train, tell, and finish.</summary>
    /// <param name="objective">Judges a conditional model, as in <see cref="Optimize"/>.</param>
    /// <param name="maxTrainings">New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>.</param>
    /// <param name="name">The objective's name, for the journal of a study on disk.</param>
    /// <exception cref="InvalidOperationException">Another run is going on.</exception>
    /// <exception cref="IOException">The study's folder could not be written.</exception>
    public TuningRun Begin(Func<IConditionalModel, double> objective, int? maxTrainings = null, string? name = null) => BeginWatched(objective, Options.Goal, maxTrainings, name, null);

    private TuningRun BeginWatched(Func<IConditionalModel, double> objective, Goal goal, int? maxTrainings, string? name, Action<int, int>? weighing)
    {
        ArgumentNullException.ThrowIfNull(objective);
        if (goal != Options.Goal && _recorder is not null)
        {
            throw new InvalidOperationException($"The study on disk has the goal {Options.Goal}, and its runs keep to it; this run's is {goal}.");
        }

        var budget = maxTrainings ?? Options.MaxTrainings;
        ArgumentOutOfRangeException.ThrowIfNegative(budget, nameof(maxTrainings));
        ObjectDisposedException.ThrowIf(_store.IsDisposed, this);
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            throw new InvalidOperationException("A run of this tuner is going on; finish or dispose it first.");
        }

        var total = _total;
        _total = null;
        _hasBegun = true;
        try
        {
            if (_recorded.Count > 0 && Continue(objective, budget, name, weighing) is { } continued)
            {
                return _run = continued;
            }

            // The last run could not be continued after all: what it has used is not there to be used again.
            budget = total is { } most ? Math.Min(budget, Math.Max(0, most - TrainingsMade)) : budget;

            var recorder = _recorder is null ? null : new RunRecorder(_recorder, null);
            var run = new TuningRun(_store, objective, budget, goal == Options.Goal ? Options : Options with { Goal = goal }, _logger, _streams, recorder, _queue, EndRun, weighing);
            run.Began(name);
            return _run = run;
        }
        catch
        {
            EndRun();
            throw;
        }
    }

    /// <summary>Disposes all networks that were trained, and lets go of the study's folder.</summary>
    public void Dispose()
    {
        // First what a full disk has held up: the networks may have to be saved.
        _recorder?.Dispose();
        _recorder = null;
        foreach (var training in _later)
        {
            training.Network?.Dispose();
        }

        _store.Dispose();
    }

    private void EndRun()
    {
        _run = null;
        Interlocked.Exchange(ref _isRunning, 0);
    }
}
