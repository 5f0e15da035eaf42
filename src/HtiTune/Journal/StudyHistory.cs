namespace HtiTune.Journal;

/// <summary>
/// What a tuner has behind it: its trainings, and of a study on disk the runs of its journal. A run of the program that is one of the journal is continued; the
/// first that differs is a new one, and so is every run after it.
/// </summary>
/// <remarks>
/// A command that is typed again and again counts trainings over the whole study, and means the last run or a new one: never one in the middle, which may by
/// chance have had the same budget.
/// </remarks>
internal sealed class StudyHistory : IDisposable
{
    private readonly AnchorStore _store;
    private readonly TunerOptions _options;
    private readonly ILogger _logger;
    private readonly Queue<RecordedRun> _recorded = [];

    // Numbers of trainings that a warm start or an import brought.
    private HashSet<int> _brought;

    // Trainings of the journal that come after the run that goes on.
    private List<TrainingEnded> _later = [];

    // The total that the next run was prepared for.
    private int? _total;
    private StudyRecorder? _recorder;
    private bool _hasBegun;

    /// <param name="store">The trainings there are; none of them was made by a run of the tuner.</param>
    /// <param name="options">The tuner's.</param>
    public StudyHistory(AnchorStore store, TunerOptions options)
    {
        (_store, _options, _logger) = (store, options, options.LoggerOrNone);
        _brought = [.. store.Trainings.Select(training => training.Number)];
        store.IsBrought = number => _brought.Contains(number);
        Queue = new TrainingQueue(store.Space, options) { Added = added => _recorder?.Write(new TrainingsEnqueued(added)) };
    }

    /// <summary>What waits to be trained next.</summary>
    public TrainingQueue Queue { get; }

    /// <summary>Whether the study is on disk.</summary>
    public bool IsRecorded => _recorder is not null;

    /// <summary>What the user should know of how the study on disk was taken up.</summary>
    public IReadOnlyList<Remark> Remarks { get; private set; } = [];

    /// <summary>What waits and was not trained yet.</summary>
    public IReadOnlyList<Configuration> Waiting => [.. Queue.Waiting.Where(one => !IsTrained(one))];

    /// <summary>Trainings that the runs have made; see <see cref="Tuner.TrainingsMade"/>.</summary>
    public int TrainingsMade => Made(All());

    /// <summary>Takes note of the trainings that a journal's warm start and imports brought.</summary>
    public void Bring(StudyJournal journal) => _brought = journal.NumbersBrought();

    /// <summary>Takes the runs of a journal as those that may be continued, and what waits.</summary>
    public void TakeUp(StudyJournal journal)
    {
        foreach (var run in journal.Runs.Where(run => !run.IsOutdated))
        {
            _recorded.Enqueue(run);
        }

        Queue.TakeUp(journal.Waiting);
        Log.Resumed(_logger, journal.Folder, _store.Trainings.Count, journal.Runs.Count);
        Remarks = StudyIdentity.Remarks(journal, _logger);
    }

    /// <summary>Has all that happens from here on recorded.</summary>
    public void RecordBy(StudyRecorder recorder)
    {
        _recorder = recorder;
        _store.OthersAnswered = recorder.Answered;
    }

    /// <summary>Begins a run, or continues the next recorded run that is this one.</summary>
    /// <param name="request">What the run is for.</param>
    /// <param name="make">Makes a run that tells a journal and a log.</param>
    public TuningRun Begin(RunBegan request, Func<RunBegan, RunRecorder?, ILogger, TuningRun> make)
    {
        var total = _total;
        _total = null;
        _hasBegun = true;
        if (_recorded.Count > 0 && Continue(request, make) is { } continued)
        {
            return continued;
        }

        // The last run could not be continued after all: what it has used is not there to be used again.
        var budget = total is { } most ? Math.Min(request.Budget, Math.Max(0, most - TrainingsMade)) : request.Budget;
        var run = make(request with { Budget = budget }, _recorder is null ? null : new RunRecorder(_recorder, null), _logger);
        run.Began();
        return run;
    }

    /// <summary>Prepares the next run by a total; see <see cref="Tuner.PrepareTotal"/>.</summary>
    public int PrepareTotal(int total, string? name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        _total = total;
        if (_recorded.LastOrDefault() is { IsHopeless: false } last && !IsMoreWanted(last) && IsLike(last, name))
        {
            var before = Made(All().Take(last.TrainingsBefore));
            if (last.Began.Budget + before == total)
            {
                KeepLast();
                return last.Began.Budget;
            }
        }

        KeepNone();
        return Math.Max(0, total - TrainingsMade);
    }

    /// <summary>Prepares the next run by a number of its own; see <see cref="Tuner.PrepareMore"/>.</summary>
    public int PrepareMore(int trainings, string? name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trainings);
        _total = null;
        if (_recorded.LastOrDefault() is { IsEnded: false, IsHopeless: false } last && IsLike(last, name) && last.Began.Budget == trainings)
        {
            KeepLast();
        }
        else
        {
            KeepNone();
        }

        return trainings;
    }

    /// <summary>Takes trainings that were made elsewhere; see <see cref="Tuner.Import"/>.</summary>
    public IReadOnlyList<int> Import(IReadOnlyList<EarlierTraining> trainings, string source, int lastNumber)
    {
        ArgumentNullException.ThrowIfNull(trainings);
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentOutOfRangeException.ThrowIfNegative(lastNumber);
        if (lastNumber > 0 && IsRecorded)
        {
            throw new InvalidOperationException($"Numbers up to {lastNumber} are not to be given in a study on disk, whose journal numbers its trainings; expected 0.");
        }

        if (_hasBegun || _recorded.Count > 0)
        {
            throw new InvalidOperationException("A run of the study has begun; expected an import before the first.");
        }

        _store.Reserve(lastNumber);
        var taken = EarlierTrainings.Take(_store, _options, [.. trainings.Where(training => training?.LeftOut is null)], source);
        _brought.UnionWith(taken.Select(training => training.Number));
        _recorder?.Imported(taken, source);
        return [.. taken.Select(training => training.Number)];
    }

    /// <summary>Has configurations trained next by a run to come.</summary>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations) => Queue.Add(configurations, IsTrained);

    /// <summary>Takes out what waits.</summary>
    public IReadOnlyList<Configuration> ClearWaiting()
    {
        var waiting = Waiting;
        Queue.Clear();
        if (waiting.Count > 0)
        {
            _recorder?.Write(new QueueCleared());
        }

        return waiting;
    }

    /// <summary>Writes what a full disk has held up, lets go of the folder, and disposes the networks of trainings that no run has come to.</summary>
    public void Dispose()
    {
        _recorder?.Dispose();
        _recorder = null;
        foreach (var training in _later)
        {
            training.Network?.Dispose();
        }
    }

    private List<TrainingEnded> All() => [.. _store.Trainings, .. _later];

    private bool IsTrained(Configuration one) => _store.Trainings.Concat(_later).Any(t => t.State == TrialState.Completed && t.Configuration.Equals(one));

    /// <summary>Whether something was enqueued after a run had ended of its own accord: then another run is wanted.</summary>
    private bool IsMoreWanted(RecordedRun run) => run.IsEnded && (run.IsEnqueuedAfter || Queue.AddedNow.Count > 0) && Waiting.Count > 0;

    private bool IsLike(RecordedRun run, string? name) =>
        run.Began.IsOfThisAlgorithm(_store.Space) && run.Began.Settings.ProposeAs(_options) && (name is null || run.Began.Objective is null || name == run.Began.Objective);

    private int Made(IEnumerable<TrainingEnded> trainings)
    {
        List<TrainingEnded> all = [.. trainings];
        return all.Count(training => training.State != TrialState.Cancelled && !_brought.Contains(training.Number)) - AnchorStore.InVain(all, _brought.Contains);
    }

    /// <summary>Continues the next recorded run that is the one wanted; null when none is, and then all trainings there are stand in the store.</summary>
    private TuningRun? Continue(RunBegan request, Func<RunBegan, RunRecorder?, ILogger, TuningRun> make)
    {
        var trainings = All();
        while (_recorded.TryDequeue(out var recorded))
        {
            var isLast = _recorded.Count == 0;
            if (!MayContinue(recorded, isLast, request))
            {
                continue;
            }

            var next = _recorded.TryPeek(out var following) ? following.TrainingsBefore : trainings.Count;
            Stand(trainings, recorded.TrainingsBefore);
            Queue.Set(recorded.EnqueuedBefore);
            var recorder = new RunRecorder(_recorder!, recorded);
            var gate = new GatedLogger(_logger);
            var run = make(request, recorder, gate);
            var replay = new RunReplay(run);
            var result = replay.Repeat(recorded, trainings.Skip(recorded.TrainingsBefore).Take(next - recorded.TrainingsBefore));
            if (result == RunReplay.Result.Same)
            {
                gate.IsOpen = true;
                recorder.IsReplaying = false;
                replay.GoOn(recorded.Elapsed, isEnded: recorded.IsOutOfTime && !isLast);
                _later = [.. trainings.Skip(next)];
                if (isLast)
                {
                    if (Queue.IsCleared)
                    {
                        run.ReplayQueue(null);
                    }

                    run.ReplayQueue(Queue.AddedNow);
                }

                run.Measured();
                return run;
            }

            run.Abandon();
            if (result == RunReplay.Result.OtherProposals)
            {
                Log.Diverged(_logger, recorded.Began.Run);
            }
        }

        Stand(trainings, trainings.Count);
        Queue.StandAtTheEnd();
        return null;
    }

    // A run in the middle that was broken off cannot go on: later ones stand on its trainings.
    private bool MayContinue(RecordedRun recorded, bool isLast, RunBegan request) =>
        (recorded.IsEnded || isLast || recorded.IsOutOfTime) && !recorded.IsHopeless && !(isLast && IsMoreWanted(recorded))
        && recorded.Began.Budget == request.Budget && IsLike(recorded, request.Objective);

    /// <summary>Puts the first trainings into the store, and the others aside.</summary>
    private void Stand(List<TrainingEnded> trainings, int count)
    {
        var there = 0;
        while (there < count && there < _store.Trainings.Count && _store.Trainings[there].Number == trainings[there].Number
            && _store.Trainings[there].State == trainings[there].State)
        {
            there++;
        }

        _store.Rewind(there);
        foreach (var training in trainings.Take(count).Skip(there))
        {
            _store.Load(training);
        }

        _later = [.. trainings.Skip(count)];
    }

    private void KeepLast()
    {
        while (_recorded.Count > 1)
        {
            _recorded.Dequeue();
        }
    }

    private void KeepNone()
    {
        if (_recorded.Count > 0)
        {
            _recorded.Clear();
            Queue.StandAtTheEnd();
        }

        var trainings = All();
        Stand(trainings, trainings.Count);
    }
}
