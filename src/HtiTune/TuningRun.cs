namespace HtiTune;

/// <summary>
/// One run of a <see cref="Tuner"/> for one objective, in the caller's hands: <see cref="Ask"/> where to train, train, <see cref="Tell(TrainingRequest, ITrainedNetwork)"/>.
/// <see cref="Tuner.Optimize"/> is a loop over it.
/// </summary>
/// <remarks>
/// Not thread-safe. A tuner has one run at a time; it ends by <see cref="Finish"/> or <see cref="Dispose"/>. With
/// <see cref="TunerOptions.Parallelism"/> above 1 that many proposals may be pending, told in any order. What is proposed depends on nothing but the
/// order in which trainings were proposed and told, and on what they brought.
/// </remarks>
public sealed partial class TuningRun : IDisposable
{
    private readonly AnchorStore _store;
    private readonly RunBegan _began;
    private readonly TunerOptions _options;
    private readonly ILogger _logger;
    private readonly ObjectiveView _view;
    private readonly RunPolicy _policy;
    private readonly RunRecorder? _recorder;
    private readonly TrainingQueue _queue;
    private readonly PendingTrainings _pending;
    private readonly FirstPlaces _first;
    private readonly RunTrials _trials;
    private readonly RunTime _time;
    private readonly RunCourse _course;
    private readonly Action _ended;
    private readonly long _started;
    private bool _isEnded;

    /// <param name="store">The tuner's trainings.</param>
    /// <param name="began">What the run is for.</param>
    /// <param name="logger">Is told what happens.</param>
    /// <param name="streams">The tuner's chance.</param>
    /// <param name="recorder">Tells a journal; null for a study that is not on disk.</param>
    /// <param name="queue">What the user has enqueued.</param>
    /// <param name="ended">Is called once, when the run ends.</param>
    internal TuningRun(
        AnchorStore store, RunBegan began, ILogger logger, RandomStreams streams, RunRecorder? recorder, TrainingQueue queue, Action ended)
    {
        var (options, budget) = (began.Settings, began.Budget);
        (_store, _began, _options, _logger, _recorder, _queue, _ended) = (store, began, options, logger, recorder, queue, ended);
        store.Begin();
        var warned = false;
        _view = new ObjectiveView(store, began.Judge!, options, (lambda, error) =>
        {
            if (!warned)
            {
                warned = true;
                Log.ObjectiveFailed(logger, lambda, error);
            }
        })
        {
            HasProcess = store.Space.IsLine && began.Aim is null,
        };
        _view.Weighing = began.Weighing;
        _policy = _view.HasProcess ? new LinePolicy(store, _view, options, streams, logger, budget) : new SpaceRunPolicy(store, _view, began, streams);
        _pending = new PendingTrainings(store, options, streams, logger, recorder);
        _first = new FirstPlaces(queue, store, _pending, _policy, options);
        _started = options.TimeProvider.GetTimestamp();
        _time = new RunTime(store, options, () => _view.Judging);
        _trials = new RunTrials(store, _view, _policy, _time, options, logger, recorder);
        _course = new RunCourse(store, _view, _policy, _trials, _pending, _first, _time, options, logger, recorder, budget);
        Log.Starting(logger, store.Space.Label, Forecast.ToString(), store.Anchors.Count);
    }

    /// <summary>Trainings that the run may use.</summary>
    public int Budget => _course.Budget;

    /// <summary>Trainings used so far, failed ones included.</summary>
    public int TrainingsUsed => _course.Used;

    /// <summary>Time left by <see cref="TunerOptions.MaxTime"/>; null without one.</summary>
    public TimeSpan? TimeLeft => _time.Left;

    /// <summary>What the run is expected to cost from here, judging what is trained included; nothing where it should end.</summary>
    public Forecast Forecast => Forecast.Of(_store, StoppedBy is null ? Budget : TrainingsUsed, TrainingsUsed, _options.Parallelism, _time.Judging);

    /// <summary>
    /// Ends what the run computes – fits, judgements, proposals – by <see cref="OperationCanceledException"/>, whichever member computes it. A run that was ended so is of no further
    /// use, and is to be disposed of; what was trained stays with the tuner.
    /// </summary>
    /// <value>None unless set; may be set again between calls.</value>
    public CancellationToken Cancellation { get => _store.Cancellation; set => _store.Cancellation = value; }

    /// <summary>Proposals that were handed out and not told yet, in order.</summary>
    public IReadOnlyList<TrainingRequest> Pending => _pending.Out;

    /// <summary>
    /// Where to train next. When as many are pending as <see cref="TunerOptions.Parallelism"/> allows, the oldest of them again: with 1, the same
    /// proposal until it is told how it went.
    /// </summary>
    /// <returns>
    /// The proposal; or null, when the run should end (<see cref="TuningResult.StopReason"/> says why) or, while others are pending, when there is
    /// nothing to train before one of them is told. The last training of the budget waits for all others.
    /// </returns>
    /// <exception cref="IOException">The study's folder could not be written; the run is as it was, and may be asked again.</exception>
    public TrainingRequest? Ask()
    {
        ThrowIfEnded();
        if (StoppedBy is not null || _pending.Count >= _options.Parallelism || _pending.NotOut is not null)
        {
            _recorder?.Flush();
            return StoppedBy is not null ? null : _pending.HandOut(_pending.NotOut ?? _pending.Oldest);
        }

        return _course.Next();
    }

    /// <summary>Hands over the network that was trained as proposed. The tuner owns it from here on, and asks it the contexts at once.</summary>
    /// <param name="proposal">A pending proposal.</param>
    /// <param name="network">The trained network.</param>
    /// <returns>The trial; failed when the answers or the objective's value are not numbers, or could not be had.</returns>
    /// <exception cref="IOException">The study's folder could not be written. The network is with the tuner all the same, and is written before the run goes on.</exception>
    public Trial Tell(TrainingRequest proposal, ITrainedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Take(Ended(proposal, TrialState.Completed, null) with { Network = network });
    }

    /// <summary>Tells the outputs that the training proposed has brought, where nothing else is asked of its network.</summary>
    /// <param name="proposal">A pending proposal.</param>
    /// <param name="outputs">What it answered to the study's contexts, shape [n, D].</param>
    /// <returns>The trial; failed when the outputs or the objective's value are not numbers, or there are not as many rows as contexts.</returns>
    /// <exception cref="IOException">The study's folder could not be written; the outputs are with the tuner all the same.</exception>
    public Trial Tell(TrainingRequest proposal, Matrix outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return Tell(proposal, new TrainedOutputs(outputs));
    }

    /// <summary>Tells the one number that the training proposed has brought, which an objective finds as its only output (<see cref="Matrix.Exact"/>).</summary>
    /// <param name="proposal">A pending proposal.</param>
    /// <param name="value">The number, in double precision; one that is not finite is no value, and the trial fails.</param>
    /// <returns>The trial.</returns>
    /// <exception cref="IOException">The study's folder could not be written; the number is with the tuner all the same.</exception>
    public Trial Tell(TrainingRequest proposal, double value) => Tell(proposal, Matrix.FromDoubles(1, 1, [value]));

    /// <summary>Reports that the proposed training failed. The model never sees it, and the run goes on elsewhere.</summary>
    /// <param name="proposal">A pending proposal.</param>
    /// <param name="error">What went wrong.</param>
    /// <returns>The failed trial.</returns>
    public Trial TellFailed(TrainingRequest proposal, string error)
    {
        ArgumentException.ThrowIfNullOrEmpty(error);
        return Take(Ended(proposal, TrialState.Failed, error));
    }

    /// <summary>Reports that the proposed training was cancelled, and ends the run as cancelled.</summary>
    /// <param name="proposal">A pending proposal, or null when none was being trained. Others that are pending may still be told.</param>
    /// <returns>The cancelled trial, or null.</returns>
    public Trial? Cancel(TrainingRequest? proposal = null)
    {
        ThrowIfEnded();
        if (proposal is not null)
        {
            _pending.Require(proposal);
        }

        _course.StoppedBy = StopReason.Cancelled;
        if (proposal is null)
        {
            return null;
        }

        var training = Ended(proposal, TrialState.Cancelled, "The training was cancelled.");
        if (proposal.Reason == TrainingQueue.Reason)
        {
            _queue.PutBack(proposal.Configuration);
        }

        _store.AddFailed(training);
        return _course.Record(training, isUsed: false);
    }

    /// <summary>Ends the run.</summary>
    /// <returns>The study: recommendation, trials, and what can be said about them.</returns>
    /// <exception cref="NoValueException">No training has given a value; the message holds the first error.</exception>
    public TuningResult Finish()
    {
        ThrowIfEnded();
        if (!_course.Analyse())
        {
            var errors = _trials.All.Select(trial => trial.Error).OfType<string>().ToList();
            Dispose();
            throw new NoValueException(
                errors.Count == 0
                    ? "There is no trained network to judge: allow at least one training."
                    : $"No training has given a value ({errors.Count} failed). The first error: {errors[0]}",
                StoppedBy ?? StopReason.TrainingBudget);
        }

        var study = _policy.Finish(StoppedBy, TrainingsUsed, _trials.All, _started);
        Log.Finished(_logger, study.StopReason, _store.Space.Label, Log.Shown(study.Configuration), TrainingsUsed);
        Dispose();
        _recorder?.Finished(study);
        return study;
    }

    /// <summary>Ends the run without a study, if it has not ended; what was trained stays with the tuner.</summary>
    public void Dispose()
    {
        if (!_isEnded)
        {
            _isEnded = true;
            _ended();
        }
    }

    /// <summary>Why the run should end; null while it may go on.</summary>
    public StopReason? StoppedBy => _course.StoppedBy;

    /// <summary>Whether it was cancelled.</summary>
    internal bool IsCancelled => StoppedBy == StopReason.Cancelled;

    /// <summary>Whether any training, of this run or before, has given a value.</summary>
    internal bool HasValue => _course.HasValue;

    /// <summary>Whether a proposal waits to be told.</summary>
    internal bool IsPending(TrainingRequest proposal) => _pending.Has(proposal);

    /// <summary>Takes a training that ended; one whose network does not answer as it should has failed.</summary>
    private Trial Take(TrainingEnded training)
    {
        try
        {
            training = _store.Load(training);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            training.Network?.Dispose();
            training = _store.Load(training with { Network = null, State = TrialState.Failed, Error = error.Message });
        }

        return _course.Record(training, isUsed: true);
    }

    private TrainingEnded Ended(TrainingRequest proposal, TrialState state, string? error)
    {
        ThrowIfEnded();
        var training = _pending.End(proposal, state, error);
        _time.Ended();
        return training;
    }

    private void ThrowIfEnded()
    {
        ObjectDisposedException.ThrowIf(_store.IsDisposed, typeof(Tuner));
        if (_isEnded)
        {
            throw new InvalidOperationException("The run has ended.");
        }
    }
}
