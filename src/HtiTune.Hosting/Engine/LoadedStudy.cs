namespace HtiTune.Hosting;

/// <summary>
/// A study in memory: its tuner, brought to where the journal is by the same calls in the same order. A cache and nothing more: whatever it knows, the
/// journal tells again. One caller at a time.
/// </summary>
internal sealed partial class LoadedStudy(Guid id, StudyDefinition definition, NetworkRegistry registry, Func<string, Matrix> samples, TimeProvider time) : IDisposable
{
    private readonly List<TrainingEnded> _completed = [];
    private Tuner? _tuner;
    private int _lastNumber;
    private (int Rows, int Columns)? _shape;

    public Guid Id => id;

    public StudyDefinition Definition => definition;

    public StudyProblem Problem { get; } = new(definition, registry);

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

    /// <summary>Sequence number of the last event it has seen.</summary>
    public long Sequence { get; set; }

    /// <summary>Number of the last of the tuner's events.</summary>
    public long Step { get; private set; }

    /// <summary>The run that goes on; null between runs.</summary>
    public TuningRun? Run { get; private set; }

    /// <summary>What the last run said.</summary>
    public RunBegan? Began { get; private set; }

    /// <summary>The last run's study, where this process ended it.</summary>
    public TuningResult? Ended { get; private set; }

    /// <summary>Trainings used by runs before this one.</summary>
    public int UsedBefore { get; private set; }

    public int TrainingsUsed => UsedBefore + (Run?.TrainingsUsed ?? 0);

    /// <summary>Trainings that the run has asked for and was not told of, whichever process asked; none between runs.</summary>
    public IReadOnlyList<TrainingRequest> Pending => Run?.Outstanding ?? [];

    /// <summary>Whether the run waits to be told of a training.</summary>
    public bool IsPending(int number) => Pending.Any(one => one.Number == number);

    /// <summary>Trials with a result, in the order in which the tuner took them.</summary>
    public IReadOnlyList<TrainingEnded> Completed => _completed;

    /// <summary>Anchors of the surrogate that was last kept.</summary>
    public int SavedAnchors { get; set; }

    /// <summary>The objective's values by the study's own trial numbers.</summary>
    public IReadOnlyDictionary<int, double?> Values { get; private set; } = new Dictionary<int, double?>();

    /// <summary>Where the best trained value of the run stands by its model; null before the first.</summary>
    public Configuration? BestConfiguration =>
        Run?.Best is { } best && Measure().FirstOrDefault(pair => pair.Value == best.Value) is { Key: > 0 } found && _completed.Find(trial => trial.Number == found.Key) is { } trained ? trained.Configuration : null;

    /// <summary>The largest number of a trial.</summary>
    public int LastNumber => _lastNumber;

    /// <summary>Begins a run; the tuner's events of it follow.</summary>
    /// <param name="step">The step of the event that tells of it.</param>
    /// <param name="began">How it begins.</param>
    /// <param name="warm">Trainings that it begins with, in order.</param>
    /// <param name="last">The largest number that was given before it.</param>
    public void Begin(long step, RunBegan began, IReadOnlyList<TrainingEnded> warm, int last)
    {
        Release();
        _isOfOtherAlgorithm = false;
        foreach (var trial in warm)
        {
            Completes(trial, OutputsOf(trial));
        }

        var goal = began.Settings.Goal;
        _tuner = Problem.Tuner(Problem.Options(goal, time) with { MaxTrainings = began.Budget }, [.. warm.DistinctBy(trial => trial.Configuration)], samples, last);
        Run = _tuner.Begin(Problem.Aim(began.Objective!, goal, _tuner), began.Budget);
        Run.Cancellation = Cancellation;
        (Began, Ended, Step) = (began, null, step);
    }

    /// <summary>Measures the objective at what has been trained, by the study's own numbers.</summary>
    public IReadOnlyDictionary<int, double?> Measure() =>
        Values = new Dictionary<int, double?>(Run!.Values);

    /// <summary>The trainings as trials of a run that measures more than its objective, with all that it measures; else none.</summary>
    public IEnumerable<Trial> Measured => Run is { } run && Problem.HasAim(Began!.Objective!) ? run.Trials.Where(trial => trial.Features is not null) : [];

    /// <summary>Stands behind events that cannot be repeated; all that was trained is told by the run that begins next.</summary>
    public void SkipTo(long step, long sequence, int run, int lastNumber, int used)
    {
        Release();
        _isOfOtherAlgorithm = false;
        (Step, Sequence, UsedBefore, _lastNumber) = (step, sequence, used, Math.Max(_lastNumber, lastNumber));
        Began = Began is { } began ? began with { Run = Math.Max(began.Run, run) } : null;
    }

    /// <summary>Asks the tuner; null where it wants no training now.</summary>
    public (int Number, TrainingRequest Proposal, TrainingProposed Forecast)? Ask()
    {
        if (Run!.AskAnother() is not { } proposal)
        {
            return null;
        }

        var number = proposal.Number;
        _lastNumber = Math.Max(_lastNumber, number);
        Step++;
        return (number, proposal, Run.ForecastOf(proposal));
    }

    /// <summary>Tells the tuner a training's result.</summary>
    public Trial Tell(TrainingEnded ended)
    {
        Step++;
        var outputs = OutputsOf(ended);
        var trial = Run!.Tell(PendingOf(ended.Number), outputs);
        Completes(ended, outputs);
        return trial;
    }

    /// <summary>Tells the tuner that a training failed.</summary>
    public Trial TellFailed(int number, string error)
    {
        Step++;
        return Run!.TellFailed(PendingOf(number), error);
    }

    /// <summary>Ends the run; null where no training has given a value.</summary>
    public (TuningResult? Study, string? Error) Finish()
    {
        Step++;
        UsedBefore += Run!.TrainingsUsed;
        Measure();
        try
        {
            Ended = Run.Finish();
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

    /// <summary>Keeps a result that the run did not ask for.</summary>
    public void Keep(TrainingEnded trial)
    {
        Completes(trial, OutputsOf(trial));
        Step++;
    }

    // Of several that were under way at once the first one says what outputs look like; what does not fit is of no use to a later run either.
    private void Completes(TrainingEnded trial, Matrix outputs)
    {
        _shape ??= (outputs.Rows, outputs.Columns);
        if (_shape == (outputs.Rows, outputs.Columns) && _completed.TrueForAll(known => known.Number != trial.Number))
        {
            _completed.Add(trial);
        }

        _lastNumber = Math.Max(_lastNumber, trial.Number);
    }

    private Matrix OutputsOf(TrainingEnded ended) => Problem.Outputs(ended, samples);

    private TrainingRequest PendingOf(int number) => Pending.First(one => one.Number == number);

    /// <summary>Lets go of the tuner. Whoever waits at the gate still passes it, and sees that the study has given way.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        Run?.Dispose();
        _tuner?.Dispose();
        _belief?.Answer?.Tuner.Dispose();
        (Run, _tuner, _belief, _replay) = (null, null, null, null);
    }
}
