namespace HtiTune.Journal;

/// <summary>
/// Goes through a run again by what its journal tells, with the recorded trainings in the place of real ones: the same code on the same answers comes to the
/// same state, and so to the same proposals. The journal is a study's folder, or is kept elsewhere by who asks and tells: then the run's events are given one by one,
/// in order, and those that others have written later too.
/// </summary>
public sealed class RunReplay
{
    private readonly TuningRun _run;
    private readonly Dictionary<int, DateTimeOffset> _handedOut = [];

    /// <summary>A replay of a run.</summary>
    /// <param name="run">The run, made from what was trained before it: at its beginning, or where the events that come next go on.</param>
    public RunReplay(TuningRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _run = run;
    }

    /// <summary>How far a replay came.</summary>
    internal enum Result
    {
        /// <summary>The run stands where the journal ends, or has ended as it did.</summary>
        Same,

        /// <summary>It is another objective: its values differ.</summary>
        OtherObjective,

        /// <summary>The values are the same, but not the proposals: the library or the surrogate has changed.</summary>
        OtherProposals,
    }

    /// <summary>Takes the next event of the run.</summary>
    /// <param name="entry">The event; of what says nothing of a run's course nothing is taken.</param>
    /// <param name="outputs">Of a training that completed: what the training answered to the study's contexts, shape [n, D]. What cannot be taken counts as failed, as where it was told.</param>
    /// <returns>Whether the run does, or has, what the event tells; otherwise the library, the objective or the surrogate has changed, and the run is of no further use.</returns>
    /// <exception cref="ArgumentException">The outputs of a training that completed are not given.</exception>
    public bool Repeats(JournalEvent entry, Matrix? outputs = null)
    {
        _run.StopClock();
        switch (entry)
        {
            case TrainingProposed { IsStarted: true } started:
                _handedOut[started.Number] = started.Time;
                return Asks(started.Number, started.Configuration);
            case TrainingsEnqueued enqueued:
                _run.ReplayQueue(enqueued.Configurations);
                return true;
            case QueueCleared:
                _run.ReplayQueue(null);
                return true;
            case TrainingEnded { State: not TrialState.Cancelled } ended:
                var network = ended.State == TrialState.Failed ? null
                    : new TrainedOutputs(outputs ?? throw new ArgumentException($"Training {ended.Number} completed, and its outputs are not given; expected them.", nameof(outputs)));
                return Ends(ended with { Network = network });
            case ValueMeasured measured:
                return _run.Values.GetValueOrDefault(measured.Number) == measured.Value;
            case RunEnded:
                // A run that ended has nothing more to ask.
                return _run.Ask() is null;
            default:
                return true;
        }
    }

    /// <summary>When a training was handed out by the events so far; null where they do not say.</summary>
    /// <param name="number">Its number.</param>
    public DateTimeOffset? HandedOut(int number) => _handedOut.TryGetValue(number, out var time) ? time : null;

    /// <summary>The journal ends here, as far as it is known: the run goes on, and what is outstanding is in others' hands since it was handed out.</summary>
    /// <param name="elapsed">Time that the run has taken before, of <see cref="TunerOptions.MaxTime"/>.</param>
    public void GoOn(TimeSpan elapsed = default) => GoOn(elapsed, isEnded: false);

    internal void GoOn(TimeSpan elapsed, bool isEnded) => _run.GoOn(elapsed, _handedOut, isEnded);

    /// <summary>Repeats a run of a study's folder.</summary>
    /// <param name="recorded">What the journal tells of it.</param>
    /// <param name="trainings">Its trainings with what they answered, in order.</param>
    internal Result Repeat(RecordedRun recorded, IEnumerable<TrainingEnded> trainings)
    {
        _run.StopClock();
        if (!_run.MeasuresAs(recorded.Values))
        {
            return Result.OtherObjective;
        }

        var ended = trainings.Where(t => t.State != TrialState.Cancelled).ToDictionary(t => t.Number);
        var lastEnd = recorded.Steps.FindLastIndex(step => step is TrainingEnded end && ended.ContainsKey(end.Number));
        foreach (var (i, step) in recorded.Steps.Index())
        {
            if (!Repeats(step, ended))
            {
                // What was begun and never ended need not be the same: it is begun anew.
                if (step is TrainingProposed && i > lastEnd)
                {
                    break;
                }

                return Result.OtherProposals;
            }

            if (step is TrainingEnded && !_run.MeasuresAs(recorded.Values))
            {
                return Result.OtherObjective;
            }
        }

        return recorded.IsEnded && !Repeats(recorded.End!) ? Result.OtherProposals : Result.Same;
    }

    /// <summary>The proposals of a recorded run, computed afresh.</summary>
    internal static List<TrainingRequest> Proposals(StudyJournal journal, RecordedRun recorded, Func<IConditionalModel, double> objective, TunerOptions? options)
    {
        var settings = recorded.Began.Settings;
        StudyIdentity.RequireFunctions(journal.Folder, settings, options, isAsRecorded: true);
        var trainings = journal.LoadTrainings(int.MaxValue, null, recorded);
        IReadOnlyList<TrainingEnded> before = recorded.Began.Warm is { } warm
            ? [.. warm.Select(number => trainings.Find(training => training.Number == number)!).DistinctBy(training => training.Configuration)]
            : trainings[..recorded.TrainingsBefore];
        using var tuner = new Tuner(
            new NoNetwork(),
            journal.Space,
            journal.LoadContexts(),
            settings.WithFunctionsOf(options) with { WarmStart = null, MaxTime = null },
            before,
            recorded.Began.LastNumber ?? journal.LastNumberTaken(recorded));
        tuner.History.Bring(journal);
        tuner.History.Queue.Set(recorded.EnqueuedBefore);
        using var run = tuner.Begin(objective, recorded.Began.Budget);
        var replay = new RunReplay(run);
        run.StopClock();
        var ended = trainings.DistinctBy(t => t.Number).ToDictionary(t => t.Number);
        var proposals = new List<TrainingRequest>();
        foreach (var step in recorded.Steps)
        {
            var proposal = step is TrainingProposed ? run.Ask() : null;
            if (step is TrainingProposed ? proposal is null : !replay.Repeats(step, ended))
            {
                break;
            }

            if (proposal is not null)
            {
                proposals.Add(proposal);
            }
        }

        return proposals;
    }

    // Of a folder a training that ended is known with its network.
    private bool Repeats(JournalEvent step, Dictionary<int, TrainingEnded> ended) =>
        step is TrainingEnded end ? ended.TryGetValue(end.Number, out var training) && Ends(training) : Repeats(step);

    private bool Asks(int number, Configuration at) => _run.AskAnother() is { } proposal && proposal.Number == number && proposal.Configuration.Equals(at);

    private bool Ends(TrainingEnded training)
    {
        if (!training.Configuration.Equals(_run.PendingAt(training.Number)))
        {
            return false;
        }

        _run.Replay(training);
        return true;
    }

    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("A replay does not train.");
    }
}
