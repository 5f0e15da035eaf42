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
    /// <remarks><see cref="AlgorithmVersion"/> says what each of them changed.</remarks>
    public const int Algorithm = 6;

    private readonly INetwork _network;
    private TuningRun? _run;
    private int _isRunning;

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

    /// <param name="network">Trains at any configuration.</param>
    /// <param name="space">What is tuned.</param>
    /// <param name="contexts">What every network is asked; null where the first training tells.</param>
    /// <param name="options">How.</param>
    /// <param name="trainings">Trainings there are; null for those of the options' warm start.</param>
    /// <param name="lastNumber">Numbers up to this one are not given to a training.</param>
    internal Tuner(INetwork network, SearchSpace space, Contexts? contexts, TunerOptions? options, IReadOnlyList<TrainingEnded>? trainings, int lastNumber = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(space);
        if (contexts is { Count: 0 })
        {
            throw new ArgumentException("There is no context to ask the network; expected at least one row.", nameof(contexts));
        }

        Options = options ?? new TunerOptions();
        Options.Validate(space);
        _network = network;
        Streams = TunerOptions.StreamsOf(Options.Seed);
        Store = AnchorStore.Of(space, contexts, Options, Streams, trainings, lastNumber);
        History = new StudyHistory(Store, Options);
    }

    /// <summary>What is tuned.</summary>
    public SearchSpace Space => Store.Space;

    /// <summary>The hyperparameter that is tuned, where it is one continuous one.</summary>
    /// <exception cref="InvalidOperationException">There are several, or it is none with a range.</exception>
    public ContinuousHyperparameter Hyperparameter => Space.Line;

    /// <summary>The options.</summary>
    public TunerOptions Options { get; }

    /// <summary>What every network is asked once it is trained; null while the first training that succeeds has yet to tell how many draws there are.</summary>
    public Contexts? Contexts => Store.Contexts;

    /// <summary>The anchors so far, ascending in λ; null before the first training.</summary>
    public AnchorSet? Anchors => Store.Anchors.Count == 0 ? null : Store.Set(Store.Anchors.Count);

    /// <summary>What the user should know of how the study on disk was taken up. Usually empty.</summary>
    public IReadOnlyList<Remark> Remarks => History.Remarks;

    /// <summary>What a run with <see cref="TunerOptions.MaxTrainings"/> is expected to cost, from the anchors and times so far.</summary>
    public Forecast Forecast => Forecast.Of(Store, Options.MaxTrainings, 0, Options.Parallelism);

    internal StudyHistory History { get; }

    internal AnchorStore Store { get; }

    internal RandomStreams Streams { get; }

    /// <summary>Searches the best λ for an objective.</summary>
    /// <param name="objective">
    /// Judges a conditional model: the surrogate at any λ, or a real network. Must give the same value for the same model. An exception or a
    /// value that is not finite counts as no answer there.
    /// </param>
    /// <param name="maxTrainings">New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>; 0 answers from the anchors there are.</param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="name">The objective's name, for the journal of a study on disk.</param>
    /// <param name="cancellation">Ends the run as soon as all trainings under way react; the result so far is returned.</param>
    /// <returns>The result; <see cref="TuningResult.StopReason"/> says how it ended.</returns>
    /// <exception cref="NoValueException">No training has given a value; <see cref="StopReason.AllTrainingsFailed"/> after three that failed.</exception>
    /// <exception cref="InvalidOperationException">Another run is going on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given a value.</exception>
    /// <exception cref="IOException">The study's folder could not be written. The tuner keeps what it has trained, and writes it before a further run once there is room.</exception>
    public TuningResult Optimize(
        Func<IConditionalModel, double> objective, int? maxTrainings = null, IProgress<TunerProgress>? progress = null, string? name = null,
        CancellationToken cancellation = default) => Run(Request(objective, Options.Goal, maxTrainings, name), progress, cancellation);

    /// <summary><see cref="Optimize"/> on a worker thread, where the objective and whoever watches are called too.</summary>
    /// <inheritdoc cref="Optimize"/>
    public async Task<TuningResult> OptimizeAsync(
        Func<IConditionalModel, double> objective, int? maxTrainings = null, IProgress<TunerProgress>? progress = null, string? name = null,
        CancellationToken cancellation = default) =>
        await Task.Factory.StartNew(() => Optimize(objective, maxTrainings, progress, name, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);

    /// <summary>Begins a run whose trainings the caller makes: ask, train, tell, and finish.</summary>
    /// <param name="objective">Judges a conditional model, as in <see cref="Optimize"/>.</param>
    /// <param name="maxTrainings">New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>.</param>
    /// <param name="name">The objective's name, for the journal of a study on disk.</param>
    /// <param name="cancellation">Ends what the run computes, as <see cref="TuningRun.Cancellation"/>, which it becomes: judging what was trained before, to begin with.</param>
    /// <exception cref="InvalidOperationException">Another run is going on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the run had begun.</exception>
    /// <exception cref="IOException">The study's folder could not be written.</exception>
    public TuningRun Begin(Func<IConditionalModel, double> objective, int? maxTrainings = null, string? name = null, CancellationToken cancellation = default) =>
        BeginRun(Request(objective, Options.Goal, maxTrainings, name), cancellation);

    /// <summary>Disposes all networks that were trained, and lets go of the study's folder.</summary>
    public void Dispose()
    {
        // First what a full disk has held up: the networks may have to be saved.
        History.Dispose();
        Store.Dispose();
    }

    internal RunBegan Request(Func<IConditionalModel, double> objective, Goal goal, int? maxTrainings, string? name)
    {
        ArgumentNullException.ThrowIfNull(objective);
        var budget = maxTrainings ?? Options.MaxTrainings;
        ArgumentOutOfRangeException.ThrowIfNegative(budget, nameof(maxTrainings));
        return new RunBegan(0, name, budget, Options with { Goal = goal }, AlgorithmVersion.Of(Space)) { Judge = objective };
    }

    internal TuningResult Run(RunBegan request, IProgress<TunerProgress>? progress, CancellationToken cancellation) =>
        TrainingLoop.Run(begun => BeginRun(begun, CancellationToken.None), request, _network, Space, progress, cancellation);

    internal TuningRun BeginRun(RunBegan request, CancellationToken cancellation)
    {
        if (request.Settings.Goal != Options.Goal && History.IsRecorded)
        {
            throw new InvalidOperationException($"The study on disk has the goal {Options.Goal}, and its runs keep to it; this run's is {request.Settings.Goal}.");
        }

        Occupy();
        Store.Cancellation = cancellation;
        try
        {
            return _run = History.Begin(request, (wanted, recorder, logger) => new TuningRun(Store, wanted, logger, Streams, recorder, History.Queue, Release));
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Takes the tuner for a run or an answer, alone.</summary>
    internal void Occupy()
    {
        ThrowIfDisposed();
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            throw new InvalidOperationException("A run of this tuner is going on; finish or dispose it first.");
        }
    }

    /// <summary>Lets others take it.</summary>
    internal void Release()
    {
        (_run, Store.Cancellation) = (null, CancellationToken.None);
        Interlocked.Exchange(ref _isRunning, 0);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Store.IsDisposed, this);
}
