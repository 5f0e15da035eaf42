namespace HtiTune.Hosting;

/// <summary>
/// A study in memory: its tuner, brought to where the journal is by the same calls in the same order. A cache and nothing more: whatever it knows, the
/// journal tells again. One caller at a time.
/// </summary>
internal sealed partial class LoadedStudy : IDisposable
{
    private readonly TimeProvider _time;
    private Tuner? _tuner;

    /// <param name="id">The study.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="registry">What the host knows.</param>
    /// <param name="blobs">Bytes of the store by their hash; null where it has none.</param>
    /// <param name="time">The tuner's clock.</param>
    public LoadedStudy(Guid id, StudyDefinition definition, NetworkRegistry registry, Func<string, byte[]?> blobs, TimeProvider time)
    {
        (Id, Problem, _time) = (id, new StudyProblem(definition, registry), time);
        Log = new StoredLog(id, Problem, blobs, time);
        Journal = StudyJournal.Read(Log);
    }

    public Guid Id { get; }

    public StudyProblem Problem { get; }

    public StudyDefinition Definition => Problem.Definition;

    /// <summary>The study's log, as far as it was read, and what a step appends.</summary>
    public StoredLog Log { get; }

    /// <summary>What the log tells.</summary>
    public StudyJournal Journal { get; }

    /// <summary>Ends what is computed by <see cref="OperationCanceledException"/>; then the study is dropped.</summary>
    public CancellationToken Cancellation
    {
        get;
        set
        {
            field = value;
            Run?.Cancellation = value;
        }
    }

    /// <summary>Taken while something works with it.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Whether it has given way: whoever waited for the gate takes the study anew.</summary>
    public bool IsDropped { get; set; }

    /// <summary>The study's version that it stands at; −1 before it was loaded.</summary>
    public long Version { get; set; } = -1;

    /// <summary>The run that goes on; null between runs.</summary>
    public TuningRun? Run { get; private set; }

    /// <summary>What the last run said.</summary>
    public RunBegan? Began => Journal.Runs is [.., var last] ? last.Began : null;

    /// <summary>The last run's study, where this process ended it.</summary>
    public TuningResult? Ended { get; private set; }

    /// <summary>Trainings that ended, of all runs; those are left out that were made before the study.</summary>
    public int TrainingsUsed => Journal.Trainings.Count - (Journal.Runs is [var first, ..] ? first.Began.Warm!.Count : 0);

    /// <summary>Trainings that the run has asked for and was not told of, whichever process asked; none between runs.</summary>
    public IReadOnlyList<TrainingRequest> Pending => Run?.Outstanding ?? [];

    /// <summary>Whether the run waits to be told of a training.</summary>
    public bool IsPending(int number) => Pending.Any(one => one.Number == number);

    /// <summary>Trials with a result that later runs can take, in the order in which the tuner took them.</summary>
    public IReadOnlyList<TrainingEnded> Completed => [.. Journal.Completed.Where(Journal.IsLikeFirst)];

    /// <summary>Anchors of the surrogate that was last kept.</summary>
    public int SavedAnchors { get; set; }

    /// <summary>The objective's values by the study's own trial numbers.</summary>
    public IReadOnlyDictionary<int, double?> Values { get; private set; } = new Dictionary<int, double?>();

    /// <summary>Where the best trained value of the run stands by its model; null before the first.</summary>
    public Configuration? BestConfiguration =>
        Run?.Best is { } best && Measure().FirstOrDefault(pair => pair.Value == best.Value) is { Key: > 0 } found && Journal.Completed.FirstOrDefault(trial => trial.Number == found.Key) is { } trained ? trained.Configuration : null;

    /// <summary>Appends to the log what the tuner has done, or is to do.</summary>
    public void Append(params ReadOnlySpan<JournalEvent> events)
    {
        Log.Append(events);
        Journal.ReadOn();
    }

    /// <summary>Begins the run that the journal tells of last.</summary>
    public void Begin()
    {
        Release();
        var (began, trained) = (Began!, Journal.Completed.ToDictionary(training => training.Number));
        _tuner = Problem.Tuner(
            Problem.Options(began.Settings.Goal, _time) with { MaxTrainings = began.Budget }, [.. began.Warm!.Select(number => trained[number]).DistinctBy(training => training.Configuration)],
            Journal.LoadOutputs, began.LastNumber!.Value);
        Run = _tuner.Begin(Problem.Aim(began.Objective!, began.Settings.Goal, _tuner), began.Budget, cancellation: Cancellation);
        Ended = null;
    }

    /// <summary>Measures the objective at what has been trained, by the study's own numbers.</summary>
    public IReadOnlyDictionary<int, double?> Measure() =>
        Values = new Dictionary<int, double?>(Run!.Values);

    /// <summary>The trainings as trials of a run that measures more than its objective, with all that it measures; else none.</summary>
    public IEnumerable<Trial> Measured => Run is { } run && Problem.HasAim(Began!.Objective!) ? run.Trials.Where(trial => trial.Features is not null) : [];

    /// <summary>Asks the tuner; null where it wants no training now.</summary>
    public (TrainingRequest Proposal, TrainingProposed Forecast)? Ask() => Run!.AskAnother() is { } proposal ? (proposal, Run.ForecastOf(proposal)) : null;

    /// <summary>Tells the tuner how a training ended that it has asked for.</summary>
    public Trial Tell(TrainingEnded ended)
    {
        var proposal = Pending.First(one => one.Number == ended.Number);
        return ended.State == TrialState.Completed ? Run!.Tell(proposal, Journal.LoadOutputs(ended)) : Run!.TellFailed(proposal, ended.Error!);
    }

    /// <summary>Has configurations of the user's choice trained next; returns those that the tuner added to its queue.</summary>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations) => Run!.Enqueue(configurations);

    /// <summary>Takes out what waits to be trained next, and returns it.</summary>
    public IReadOnlyList<Configuration> Clear() => _tuner!.ClearWaiting();

    /// <summary>Ends the run; null where no training has given a value.</summary>
    public (TuningResult? Study, string? Error) Finish()
    {
        Measure();
        try
        {
            Ended = Run!.Finish();
            return (Ended, null);
        }
        catch (NoValueException problem)
        {
            return (null, problem.Message);
        }
        finally
        {
            (Run, _replay) = (null, null);
        }
    }

    /// <summary>Lets go of a run that cannot be repeated.</summary>
    public void GiveUp() => Release();

    /// <summary>Lets go of the tuner. Whoever waits at the gate still passes it, and sees that the study has given way.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        Run?.Dispose();
        _tuner?.Dispose();
        _belief?.Answer?.Tuner.Dispose();
        (Run, _tuner, _belief, _replay, Unrepeatable) = (null, null, null, null, null);
    }
}
