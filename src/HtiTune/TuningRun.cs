using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using Microsoft.Extensions.Logging;

namespace HtiTune;

/// <summary>
/// One run of a <see cref="Tuner"/> for one objective, in the caller's hands: <see cref="Ask"/> where to train, train, <see cref="Tell"/>.
/// <see cref="Tuner.Optimize"/> is a loop over it.
/// </summary>
/// <remarks>
/// Not thread-safe. A tuner has one run at a time; it ends by <see cref="Finish"/> or <see cref="Dispose"/>. With
/// <see cref="TunerOptions.Parallelism"/> above 1 that many proposals may be pending, told in any order. What is proposed depends on nothing but the
/// order in which trainings were proposed and told, and on what they brought.
/// </remarks>
public sealed partial class TuningRun : IDisposable
{
    /// <summary>After so many trainings without a value, of this objective or any, a run ends.</summary>
    internal const int HopelessTrainings = 3;

    private readonly AnchorStore _store;
    private readonly TunerOptions _options;
    private readonly ILogger _logger;
    private readonly RandomStreams _streams;
    private readonly ObjectiveView _view;
    private readonly RunPolicy _policy;
    private readonly RunRecorder? _recorder;
    private readonly Action _ended;
    private readonly int _lastBefore;
    private readonly Queue<(Configuration Configuration, string Reason)> _initial;
    private readonly Dictionary<Training, Trial> _trials = [];
    private readonly long _started;
    private readonly RunTime _time;
    private readonly List<PendingTraining> _pending = [];
    private long _asked;
    private StopReason? _stop;
    private int _alarms;
    private bool _isEnded;

    internal TuningRun(
        AnchorStore store,
        Func<IConditionalModel, double> objective,
        int budget,
        TunerOptions options,
        ILogger logger,
        RandomStreams streams,
        RunRecorder? recorder,
        TrainingQueue queue,
        Action ended,
        Action<int, int>? weighing = null)
    {
        _store = store;
        _options = options;
        _logger = logger;
        _streams = streams;
        _recorder = recorder;
        _ended = ended;
        Budget = budget;
        _lastBefore = store.LastNumber;
        _queue = queue;
        store.Begin();
        var warned = false;
        _view = new ObjectiveView(store, objective, options, (lambda, error) =>
        {
            if (!warned)
            {
                warned = true;
                Log.ObjectiveFailed(logger, lambda, error);
            }
        });
        _view.Weighing = weighing;
        _policy = store.Space.IsLine ? new LinePolicy(store, _view, options, streams, logger, budget) : new SpaceRunPolicy(store, _view, objective, options, streams, budget);
        _start = StartList();
        _initial = new(_policy.InitialPlaces([.. Waiting.Concat(_start).Distinct()]));
        _started = options.TimeProvider.GetTimestamp();
        _time = new RunTime(store, options, () => _view.Judging);
        Log.Starting(logger, store.Space.Label, Forecast.ToString(), store.Anchors.Count);
    }

    /// <summary>Trainings that the run may use.</summary>
    public int Budget { get; }

    /// <summary>Trainings used so far, failed ones included.</summary>
    public int TrainingsUsed { get; private set; }

    /// <summary>Time left by <see cref="TunerOptions.MaxTime"/>; null without one.</summary>
    public TimeSpan? TimeLeft => _time.Left;

    /// <summary>What the run is expected to cost from here, judging what is trained included; nothing where it should end.</summary>
    public Forecast Forecast => Forecast.Of(_store, _stop is null ? Budget : TrainingsUsed, TrainingsUsed, _options.Parallelism, _time.Judging);

    /// <summary>Proposals that were handed out and not told yet, in order.</summary>
    public IReadOnlyList<Proposal> Pending => [.. _pending.Where(p => p.IsOut).Select(p => p.Proposal)];

    /// <summary>
    /// Where to train next. When as many are pending as <see cref="TunerOptions.Parallelism"/> allows, the oldest of them again: with 1, the same
    /// proposal until it is told how it went.
    /// </summary>
    /// <returns>
    /// The proposal; or null, when the run should end (<see cref="Study.StopReason"/> says why) or, while others are pending, when there is
    /// nothing to train before one of them is told. The last training of the budget waits for all others.
    /// </returns>
    /// <exception cref="IOException">The study's folder could not be written; the run is as it was, and may be asked again.</exception>
    public Proposal? Ask()
    {
        ThrowIfEnded();
        if (_stop is not null || _pending.Count >= _options.Parallelism || _pending.Exists(p => !p.IsOut))
        {
            _recorder?.Flush();
            return _stop is not null ? null : HandOut(_pending.Find(p => !p.IsOut) ?? _pending[0]);
        }

        return Another();
    }

    private Proposal? Another()
    {
        using var trace = _recorder is { IsReplaying: true } ? null : TunerTelemetry.Source.StartActivity("htitune.proposal");
        _asked = _options.TimeProvider.GetTimestamp();
        var used = TrainingsUsed + _pending.Count;
        if (used >= Budget)
        {
            return StopOrWait(StopReason.TrainingBudget);
        }

        if (_time.IsUp)
        {
            return Stop(StopReason.TimeLimit);
        }

        if (TrainingsUsed >= HopelessTrainings && _view.ValueCount(_store.Anchors.Count) == 0)
        {
            return StopOrWait(StopReason.AllTrainingsFailed);
        }

        if (Wanted() is { } wanted)
        {
            return ProposeWanted(wanted);
        }

        if (TryInitial(out var place))
        {
            return Propose(place.Configuration, place.Reason, null, isInitial: true);
        }

        if (!Analyse())
        {
            return _policy.Apart(PendingPlaces()) is { } any ? Propose(any, "widest gap: nothing has succeeded yet", null) : StopOrWait(StopReason.NoImprovementLeft);
        }

        // Nothing is judged before the first places have ended.
        var isJudged = !_pending.Exists(p => p.IsInitial);
        if (isJudged && _policy.Judge(TrainingsUsed) && !_options.UseWholeBudget)
        {
            return StopOrWait(StopReason.Certified);
        }

        if (!_options.UseWholeBudget && _policy.IsNotWorthIt())
        {
            return StopOrWait(StopReason.CostExceedsGain);
        }

        if (_pending.Count > 0 && used == Budget - 1)
        {
            return null;
        }

        if (_policy.Next(isJudged, used, _time.IsLast, PendingPlaces()) is { } next)
        {
            return Propose(next.Configuration, next.Reason, next.Gain);
        }

        // With the whole budget to be used, no place that the model would choose is left: go where least is known.
        return _options.UseWholeBudget && _pending.Count == 0 && _policy.Apart([]) is { } apart
            ? Propose(apart, "widest gap: the whole budget is used", null)
            : StopOrWait(StopReason.NoImprovementLeft);
    }

    /// <summary>Hands over the network that was trained as proposed. The tuner owns it from here on, and asks it the contexts at once.</summary>
    /// <param name="proposal">A pending proposal.</param>
    /// <param name="network">The trained network.</param>
    /// <returns>The trial; failed when the answers or the objective's value are not numbers, or could not be had.</returns>
    /// <exception cref="IOException">
    /// The study's folder could not be written. The network is with the tuner all the same, and is written before the run goes on.
    /// </exception>
    public Trial Tell(Proposal proposal, ITrainedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var training = Ended(proposal, TrialState.Completed, null) with { Network = network };
        try
        {
            _store.Add(training);
            training = _store.Anchors[^1];
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            network.Dispose();
            training = training with { Network = null, State = TrialState.Failed, Error = error.Message };
            _store.AddFailed(training);
        }

        return Record(training, used: true);
    }

    /// <summary>Reports that the proposed training failed. The model never sees it, and the run goes on elsewhere.</summary>
    /// <param name="proposal">A pending proposal.</param>
    /// <param name="error">What went wrong.</param>
    /// <returns>The failed trial.</returns>
    public Trial TellFailed(Proposal proposal, string error)
    {
        ArgumentException.ThrowIfNullOrEmpty(error);
        var training = Ended(proposal, TrialState.Failed, error);
        _store.AddFailed(training);
        return Record(training, used: true);
    }

    /// <summary>Reports that the proposed training was cancelled, and ends the run as cancelled.</summary>
    /// <param name="proposal">A pending proposal, or null when none was being trained. Others that are pending may still be told.</param>
    /// <returns>The cancelled trial, or null.</returns>
    public Trial? Cancel(Proposal? proposal = null)
    {
        ThrowIfEnded();
        if (proposal is not null)
        {
            RequirePending(proposal);
        }

        _stop = StopReason.Cancelled;
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
        return Record(training, used: false);
    }

    /// <summary>Ends the run.</summary>
    /// <returns>The study: recommendation, trials, and what can be said about them.</returns>
    /// <exception cref="NoValueException">No training has given a value; the message holds the first error.</exception>
    public Study Finish()
    {
        ThrowIfEnded();
        if (!Analyse())
        {
            var errors = _store.Trainings.Select(t => TrialOf(t).Error).OfType<string>().ToList();
            Dispose();
            throw new NoValueException(
                errors.Count == 0
                    ? "There is no trained network to judge: allow at least one training."
                    : $"No training has given a value ({errors.Count} failed). The first error: {errors[0]}",
                _stop ?? StopReason.TrainingBudget);
        }

        var study = _policy.Finish(_stop, TrainingsUsed, Trials(), _started);
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
    public StopReason? StoppedBy => _stop;

    /// <summary>Whether it was cancelled.</summary>
    internal bool IsCancelled => _stop == StopReason.Cancelled;

    /// <summary>Whether any training, of this run or before, has given a value.</summary>
    internal bool HasValue => _view.ValueCount(_store.Anchors.Count) > 0;

    /// <summary>Whether a proposal waits to be told.</summary>
    internal bool IsPending(Proposal proposal) => _pending.Exists(p => ReferenceEquals(p.Proposal, proposal));
}
