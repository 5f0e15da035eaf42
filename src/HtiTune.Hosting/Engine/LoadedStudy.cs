using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Hosting;

/// <summary>
/// A study in memory: its tuner, brought to where the journal is by the same calls in the same order. A cache and nothing more: whatever it knows, the
/// journal tells again. One caller at a time.
/// </summary>
internal sealed partial class LoadedStudy(Guid id, StudyDefinition definition, NetworkRegistry registry, TimeProvider time) : IDisposable
{
    private readonly ReplayClock _clock = new(time);
    private readonly Dictionary<int, Proposal> _pending = [];
    private readonly List<WarmTrial> _completed = [];
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
    public RunBeganData? Began { get; private set; }

    /// <summary>The last run's study, where this process ended it.</summary>
    public TuningResult? Ended { get; private set; }

    /// <summary>Trainings used by runs before this one.</summary>
    public int UsedBefore { get; private set; }

    public int TrainingsUsed => UsedBefore + (Run?.TrainingsUsed ?? 0);

    public IReadOnlyDictionary<int, Proposal> Pending => _pending;

    /// <summary>Trials with a result, in the order in which the tuner took them.</summary>
    public IReadOnlyList<WarmTrial> Completed => _completed;

    /// <summary>Anchors of the surrogate that was last kept.</summary>
    public int SavedAnchors { get; set; }

    /// <summary>The objective's values by the study's own trial numbers.</summary>
    public IReadOnlyDictionary<int, double?> Values { get; private set; } = new Dictionary<int, double?>();

    /// <summary>Where the best trained value of the run stands by its model; null before the first.</summary>
    public Configuration? BestConfiguration =>
        Run?.Best is { } best && Measure().FirstOrDefault(pair => pair.Value == best.Value) is { Key: > 0 } found && _completed.Find(trial => trial.Number == found.Key) is { } trained ? Problem.At(trained) : null;

    /// <summary>The largest number of a trial.</summary>
    public int LastNumber => _lastNumber;

    /// <summary>Begins a run; the tuner's events of it follow.</summary>
    public RunBeganData Begin(RunBeganData began, Func<string, Matrix> samples)
    {
        Release();
        _isOfOtherAlgorithm = false;
        var warm = began.Warm.DistinctBy(Problem.At).ToList();
        foreach (var trial in began.Warm)
        {
            Completes(trial, Outputs(trial.Samples, trial.Reported, samples));
        }

        _tuner = TunerOf(Problem.Options(began.Goal, _clock) with { MaxTrainings = began.Budget }, warm, samples, began.Offset + warm.Count);
        Run = _tuner.Begin(Objective(began.Objective, _tuner), began.Budget);
        Run.Cancellation = Cancellation;
        (Began, Ended) = (began, null);
        _pending.Clear();
        Step = began.Step;
        return began;
    }

    /// <summary>Measures the objective at what has been trained, by the study's own numbers.</summary>
    public IReadOnlyDictionary<int, double?> Measure() =>
        Values = new Dictionary<int, double?>(Run!.Values);

    /// <summary>Stands behind events that cannot be repeated; all that was trained is told by the run that begins next.</summary>
    public void SkipTo(long step, long sequence, int run, int lastNumber)
    {
        Release();
        _isOfOtherAlgorithm = false;
        _pending.Clear();
        (Step, Sequence, _lastNumber) = (step, sequence, Math.Max(_lastNumber, lastNumber));
        Began = Began is { } began ? began with { Run = Math.Max(began.Run, run) } : null;
    }

    /// <summary>Asks the tuner; null where it wants no training now.</summary>
    public (int Number, Proposal Proposal, TrainingProposed Forecast)? Ask()
    {
        if (Run!.Ask() is not { } proposal || _pending.ContainsValue(proposal))
        {
            return null;
        }

        var number = proposal.Number;
        _pending.Add(number, proposal);
        _lastNumber = Math.Max(_lastNumber, number);
        Step++;
        return (number, proposal, Run.ForecastOf(proposal));
    }

    /// <summary>Tells the tuner a training's result.</summary>
    public Trial Tell(int number, string? hash, double? reported, Func<string, Matrix> samples)
    {
        var proposal = _pending[number];
        _pending.Remove(number);
        Step++;
        var outputs = Outputs(hash, reported, samples);
        var trial = Problem.IsValue && reported is { } value ? Run!.Tell(proposal, value) : Run!.Tell(proposal, new StoredNetwork(outputs));
        Completes(WarmTrial.Of(number, proposal.Configuration, hash, reported), outputs);
        return trial;
    }

    /// <summary>Tells the tuner that a training failed.</summary>
    public Trial TellFailed(int number, string error)
    {
        var proposal = _pending[number];
        _pending.Remove(number);
        Step++;
        return Run!.TellFailed(proposal, error);
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
            Run = null;
            _pending.Clear();
        }
    }

    /// <summary>Takes an event of the journal. False where the tuner would now do something else: another version of the library, or of the surrogate.</summary>
    public bool Replay(EventRow row, Func<string, Matrix> samples)
    {
        if (row.Kind == StudyEventKind.RunBegan)
        {
            var began = StudyJson.Read<RunBeganData>(row.Data);
            _isOfOtherAlgorithm = began.Step > Step ? began.Algorithm != Problem.Algorithm : _isOfOtherAlgorithm;
        }

        if (_isOfOtherAlgorithm)
        {
            Take(row, samples);
            Sequence = row.Sequence;
            return true;
        }

        _clock.Show(row.Time);
        try
        {
            return row.Kind switch
            {
                StudyEventKind.RunBegan => Is(StudyJson.Read<RunBeganData>(row.Data), data => data.Step, data => Begin(data, samples) is not null),
                StudyEventKind.Asked => Is(StudyJson.Read<AskedData>(row.Data), data => data.Step, data =>
                    Ask() is { } asked && asked.Number == data.Number && asked.Proposal.Configuration.Equals(Problem.At(data.Lambda, data.Configuration))),
                StudyEventKind.Enqueued => Is(StudyJson.Read<EnqueuedData>(row.Data), data => data.Step, data => Run is not null && data.At(Problem) is var wanted && Enqueue(wanted).SequenceEqual(wanted)),
                StudyEventKind.Cleared => Is(StudyJson.Read<SteppedData>(row.Data), data => data.Step, data => Run is not null && Clear().Count > 0),
                StudyEventKind.Told => Is(StudyJson.Read<ToldData>(row.Data), data => data.Step, data => data.IsOrphan
                    ? Keep(data.ToWarm(), samples)
                    : _pending.ContainsKey(data.Number) && Tell(data.Number, data.Samples, data.Reported, samples).Value == data.Value),
                StudyEventKind.ToldFailed => Is(StudyJson.Read<ToldData>(row.Data), data => data.Step, data => data.IsOrphan
                    || _pending.ContainsKey(data.Number) && TellFailed(data.Number, data.Error!) is not null),
                StudyEventKind.RunEnded => Is(StudyJson.Read<RunEndedData>(row.Data), data => data.Step, data =>
                {
                    // The tuner is asked as it was before it ended, so that it ends alike.
                    Run!.Ask();
                    return Equals(Finish().Study?.Configuration, data.Result is { } result ? Problem.At(result.Lambda, result.Configuration) : null);
                }),
                _ => true,
            };
        }
        finally
        {
            _clock.Run();
            Sequence = row.Sequence;
        }

        bool Is<T>(T data, Func<T, long> step, Func<T, bool> take) => step(data) <= Step || take(data);
    }

    /// <summary>Keeps a result that the run did not ask for.</summary>
    public bool Keep(WarmTrial trial, Func<string, Matrix> samples)
    {
        Completes(trial, Outputs(trial.Samples, trial.Reported, samples));
        Step++;
        return true;
    }

    // A tuner that has the trials behind it, by their own numbers.
    private Tuner TunerOf(TunerOptions options, IReadOnlyList<WarmTrial> trials, Func<string, Matrix> samples, int lastNumber)
    {
        var tuner = new Tuner(new NoNetwork(), Problem.Space, Problem.Contexts, options);
        try
        {
            tuner.Import(
                [.. trials.Select(trial => new EarlierTraining(Problem.At(trial), Outputs(trial.Samples, trial.Reported, samples)) { Number = trial.Number })], "the store", lastNumber);
            return tuner;
        }
        catch
        {
            tuner.Dispose();
            throw;
        }
    }

    private Func<IConditionalModel, double> Objective(string text, Tuner tuner)
    {
        if (Problem.IsValue)
        {
            return model => model.Sample(tuner.Contexts!).Outputs.Exact(0, 0);
        }

        var judge = Problem.Judge(text);

        // Nothing is judged before a training has succeeded, and then the tuner knows its contexts.
        return model => judge(model.Sample(tuner.Contexts!), model.Lambda);
    }

    // Of several that were under way at once the first one says what outputs look like; what does not fit is of no use to a later run either.
    private void Completes(WarmTrial trial, Matrix outputs)
    {
        _shape ??= (outputs.Rows, outputs.Columns);
        if (_shape == (outputs.Rows, outputs.Columns) && _completed.TrueForAll(known => known.Number != trial.Number))
        {
            _completed.Add(trial);
        }

        _lastNumber = Math.Max(_lastNumber, trial.Number);
    }

    private static Matrix Outputs(string? hash, double? reported, Func<string, Matrix> samples) => hash is null ? Matrix.FromDoubles(1, 1, [reported ?? 0]) : samples(hash);

    /// <summary>Lets go of the tuner. Whoever waits at the gate still passes it, and sees that the study has given way.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        Run?.Dispose();
        _tuner?.Dispose();
        _belief?.Answer?.Dispose();
        (Run, _tuner, _belief) = (null, null, null);
    }
}

/// <summary>Stands where a tuner of the service would train.</summary>
internal sealed class NoNetwork : INetwork
{
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
        throw new InvalidOperationException("The service's workers train, not the tuner.");
}
