namespace HtiTune.Journal;

/// <summary>
/// A study on disk: everything that happened, typed, and what its trainings answered. Reading changes nothing, and a tuner may be at work in
/// the folder.
/// </summary>
public sealed partial class StudyJournal
{
    /// <summary>The version of the journal's form that this library writes; it reads this one and older ones.</summary>
    /// <remarks>4 is written of several hyperparameters; of one continuous one 3, which older libraries read too.</remarks>
    public const int Schema = 4;

    internal const int LineSchema = 3;

    private readonly List<Epoch> _epochs = [new([], 0)];
    private readonly Dictionary<int, List<ContextsAnswered>> _others = [];
    private List<TrainingEnded> _trainings;
    private readonly List<RecordedRun> _runs = [];
    private readonly IStudyLog _log;
    private readonly KeptOutputs _kept;
    private readonly List<JournalEvent> _events = [];
    private readonly Dictionary<int, double?> _gains = [];
    private readonly RecordedQueue _queue = new();
    private Contexts? _drawn;

    private StudyJournal(IStudyLog log, Scale? scale)
    {
        (_log, _kept) = (log, new KeptOutputs(log));
        _trainings = _epochs[0].Trainings;
        _events.AddRange(log.Read());
        Header = (StudyCreated)_events[0];
        Space = Header.Space is { } texts ? SearchSpace.Parse(texts) : Data.Hyperparameter.Continuous(Header.Hyperparameter, Header.Minimum, Header.Maximum, ScaleOf(scale));
        _events.ForEach(Pass);
    }

    /// <summary>The study's folder; of a study that is kept elsewhere what its log is called.</summary>
    public string Folder => _log.Name;

    /// <summary>What is studied.</summary>
    public StudyCreated Header { get; }

    /// <summary>The hyperparameters.</summary>
    public SearchSpace Space { get; }

    /// <summary>The hyperparameter, where it is one continuous one.</summary>
    /// <exception cref="InvalidOperationException">There are several, or it is none with a range.</exception>
    public ContinuousHyperparameter Hyperparameter => Space.Line;

    /// <summary>All events, in the order in which they were written.</summary>
    public IReadOnlyList<JournalEvent> Events => _events;

    /// <summary>Configurations that wait to be trained next, as a new run would take them.</summary>
    public IReadOnlyList<Configuration> Waiting => _queue.Waiting;

    /// <summary>The short form of <see cref="Waiting"/> where one continuous hyperparameter is tuned: λ, in its own units.</summary>
    public IReadOnlyList<double> Enqueued => [.. Waiting.Select(one => one.Lambda)];

    /// <summary>How the trainings of the study ended, in order. Those that were taken back are not among them.</summary>
    public IReadOnlyList<TrainingEnded> Trainings => [.. _trainings];

    /// <summary>Those of <see cref="Trainings"/> that completed.</summary>
    public IReadOnlyList<TrainingEnded> Completed => [.. _trainings.Where(training => training.State == TrialState.Completed)];

    /// <summary>What went wrong with the last training that failed, taken back or not; null where none has.</summary>
    public string? LastFailure => Events.OfType<TrainingEnded>().LastOrDefault(ended => ended.State == TrialState.Failed)?.Error;

    /// <summary>The last import that stands, as <see cref="Tuner.UndoImport"/> would take it back; null without one.</summary>
    public TrainingsTakenBack? LastImport => EarlierTrainings.LastImport(Events);

    /// <summary>The runs, in order.</summary>
    public IReadOnlyList<RecordedRun> Runs => _runs;

    /// <summary>
    /// A last line that is not whole, as a killed process leaves it; null without. <see cref="Tuner.Resume(string, INetwork, TunerOptions?, Scale?)"/> cuts it off.
    /// </summary>
    public TornLine? Torn => (_log as FolderLog)?.Torn;

    /// <summary>Whether a folder holds a study.</summary>
    /// <param name="folder">The folder, which may not exist.</param>
    public static bool Exists(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return File.Exists(StudyFolder.At(folder, StudyFolder.JournalName));
    }

    /// <summary>Reads the journal of a study.</summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp, which a file cannot hold; else null.</param>
    /// <exception cref="FileNotFoundException">The folder holds no study.</exception>
    /// <exception cref="DataFormatException">
    /// The journal is damaged, other than by a torn last line, or of a newer version; the message names file and line.
    /// </exception>
    /// <exception cref="ArgumentException">The scale is not the study's, or is needed and not given.</exception>
    public static StudyJournal Read(string folder, Scale? scale = null)
    {
        RequireStudy(folder);
        return Read(new FolderLog(folder), scale);
    }

    /// <summary>Reads the journal of a study, wherever it is kept.</summary>
    /// <param name="log">The study's log.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp, which no log holds; else null.</param>
    /// <exception cref="DataFormatException">An event is damaged or missing.</exception>
    /// <exception cref="ArgumentException">The scale is not the study's, or is needed and not given.</exception>
    public static StudyJournal Read(IStudyLog log, Scale? scale = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new StudyJournal(log, scale);
    }

    /// <summary>Takes what was appended to the log since it was read.</summary>
    /// <returns>The events, in order.</returns>
    /// <exception cref="DataFormatException">An event is damaged or missing.</exception>
    public IReadOnlyList<JournalEvent> ReadOn()
    {
        JournalEvent[] entries = [.. _log.Read(_events[^1].Sequence)];
        _events.AddRange(entries);
        Array.ForEach(entries, Pass);
        return entries;
    }

    /// <summary>Throws unless a folder holds a study.</summary>
    internal static void RequireStudy(string folder)
    {
        if (!Exists(folder))
        {
            throw new FileNotFoundException(
                $"{folder} holds no study: there is no {StudyFolder.JournalName} in it; expected a folder that {nameof(Tuner)}.{nameof(Tuner.Open)} made.",
                StudyFolder.At(folder, StudyFolder.JournalName));
        }
    }

    /// <summary>The contexts that every network of the study was asked; null while the first training that succeeds has yet to tell how many draws there are.</summary>
    /// <exception cref="DataFormatException">The file is not the one that the journal speaks of.</exception>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    public Contexts? LoadContexts()
    {
        if (Header.ContextsFile is { } file)
        {
            return _kept.Contexts(file, Header.ContextsSha256!, Header.CategoryCount);
        }

        if (_drawn is null && _trainings.Find(training => training.State == TrialState.Completed) is { } first)
        {
            _drawn = Contexts.None(LoadOutputs(first).Rows);
        }

        return _drawn;
    }

    /// <summary>What a training answered to the study's contexts, shape [n, D]; a number that it reported is its only output.</summary>
    /// <param name="training">One of <see cref="Completed"/>.</param>
    /// <exception cref="DataFormatException">What is kept is not what the journal speaks of.</exception>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    public Matrix LoadOutputs(TrainingEnded training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return _kept.Of(training);
    }

    /// <summary>
    /// Whether a training's outputs have the shape of the first's. Of several that a service had under way at once the first one says what outputs look like; what does not fit is of no
    /// use to a later run either.
    /// </summary>
    /// <param name="training">One of <see cref="Completed"/>.</param>
    public bool IsLikeFirst(TrainingEnded training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return _trainings.Find(other => other.State == TrialState.Completed) is not { } first || _kept.ShapeOf(first) == _kept.ShapeOf(training);
    }

    /// <summary>The anchors of the study: its completed trainings with their stored answers, ascending in λ, replicates as one. For <see cref="TunerOptions.WarmStart"/>.</summary>
    /// <exception cref="InvalidOperationException">No training has completed.</exception>
    /// <exception cref="DataFormatException">A file is not the one that the journal speaks of.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public AnchorSet LoadAnchors()
    {
        Anchor[] anchors = [.. Replicates.Pool(LoadTrainings(_trainings.Count, null).Where(t => t.State == TrialState.Completed)
            .Select(t => (t.Configuration, ((RestoredNetwork)t.Network!).Samples)), Space.IsLine)];
        return anchors.Length > 0
            ? new AnchorSet(Space, anchors)
            : throw new InvalidOperationException($"No training of the study in {Folder} has completed: there is no anchor.");
    }

    /// <summary>
    /// Computes the proposals of a run afresh, from the answers on disk, as a tuner would make them now: bit for bit those of the journal,
    /// as long as library and processor compute alike.
    /// </summary>
    /// <param name="run">The run's place in <see cref="Runs"/>, from 0.</param>
    /// <param name="objective">The run's objective.</param>
    /// <param name="options">Only for the <see cref="TunerOptions.SurrogateFactory"/> of a study that had one.</param>
    /// <returns>As many proposals as the run made, fewer where it would end earlier now.</returns>
    /// <exception cref="ArgumentException">The study had a surrogate of its own, and it is not given.</exception>
    public IReadOnlyList<TrainingRequest> Replay(int run, Func<IConditionalModel, double> objective, TunerOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)run, (uint)_runs.Count, nameof(run));
        return RunReplay.Proposals(this, _runs[run], objective, options);
    }

    /// <summary>The first trainings, with what they answered.</summary>
    /// <param name="count">How many.</param>
    /// <param name="loader">Loads networks; null: their answers alone.</param>
    /// <param name="run">As they were before an import was undone, where this run stood on them; null: as they are.</param>
    internal List<TrainingEnded> LoadTrainings(int count, IPersistentNetwork? loader, RecordedRun? run = null)
    {
        var contexts = LoadContexts();
        return [.. (run is null ? _trainings : _epochs[run.Epoch].Trainings).Take(count).Select(Of)];

        TrainingEnded Of(TrainingEnded end)
        {
            var outputs = end.State == TrialState.Completed ? LoadOutputs(end) : null;
            var isOther = outputs is not null && !IsLikeFirst(end);
            return end with
            {
                U = Space.PlaceOf(end.Configuration),
                State = isOther ? TrialState.Failed : end.State,
                Error = end.State == TrialState.Cancelled ? "The training was cancelled." : isOther ? "The outputs have another shape than those before." : end.Error,
                Network = outputs is null || isOther ? null : _kept.Restore(end, new Samples(outputs, contexts!), _others.GetValueOrDefault(end.Number, []), loader),
            };
        }
    }

    /// <summary>Number of trainings that ended, over all runs.</summary>
    internal int TrainingCount => _trainings.Count;

    /// <summary>The greatest number of a training that was taken back or stood beside one that was: it is not given again.</summary>
    /// <param name="run">As it was for this run; null: as it is.</param>
    internal int LastNumberTaken(RecordedRun? run = null) => _epochs[run?.Epoch ?? ^1].LastNumber;

    /// <summary>Numbers of trainings that no run has made: those of imports, and what was there before the first run.</summary>
    internal HashSet<int> NumbersBrought() =>
    [
        .. Events.TakeWhile(entry => entry is not RunBegan).OfType<TrainingEnded>().Where(ended => ended.State == TrialState.Completed).Select(entry => entry.Number),
        .. Events.OfType<TrainingsImported>().SelectMany(imported => imported.Numbers),
    ];

    private void Pass(JournalEvent entry)
    {
        Current?.Pass(entry);
        _queue.Pass(entry);
        switch (entry)
        {
            case RunBegan began:
                _runs.Add(new RecordedRun(began, _trainings.Count, _queue.Waiting, _epochs.Count - 1));
                break;
            case TrainingsEnqueued enqueued:
                Current?.Add(enqueued);
                break;
            case QueueCleared cleared:
                _runs.LastOrDefault()?.Add(cleared);
                break;
            case TrainingProposed { IsStarted: false } proposed:
                _gains[proposed.Number] = proposed.ExpectedGain;
                break;
            case TrainingProposed started:
                // A run that went on after it was cancelled numbers its trainings as if it had not been.
                _trainings.RemoveAll(t => t.Number >= started.Number && t.State == TrialState.Cancelled);
                _runs[^1].Add(started, _gains.GetValueOrDefault(started.Number));
                break;
            case TrainingEnded ended:
                _trainings.Add(ended);
                if (ended.State != TrialState.Cancelled)
                {
                    Current?.Add(ended);
                }

                break;
            case ContextsAnswered answered when _trainings.Exists(t => t.Number == answered.Number):
                if (!_others.TryAdd(answered.Number, [answered]))
                {
                    _others[answered.Number].Add(answered);
                }

                break;
            case ValueMeasured value:
                _runs[^1].Add(value);
                break;
            case RunEnded end:
                _runs[^1].Add(end);
                break;
            case TrainingsTakenBack back:
                TakeBack(back);
                break;
        }
    }

    /// <summary>The run that is last and stands on the trainings as they are.</summary>
    private RecordedRun? Current => _runs.LastOrDefault() is { IsOutdated: false } run ? run : null;

    private void TakeBack(TrainingsTakenBack back)
    {
        _runs.ForEach(run => run.IsOutdated = true);
        var numbers = _trainings.Select(t => t.Number).Concat(_runs.SelectMany(run => run.Proposals).Select(proposal => proposal.Number));
        var last = Math.Max(_epochs[^1].LastNumber, numbers.DefaultIfEmpty().Max());
        _trainings = [.. _trainings.Where(t => !back.Numbers.Contains(t.Number) && t.State != TrialState.Cancelled)];
        _epochs.Add(new Epoch(_trainings, last));
    }

    /// <summary>Other contexts that objectives asked, in the order of their files.</summary>
    internal IEnumerable<(Contexts Contexts, string File, string Sha256)> LoadOtherContexts() => Events.OfType<ContextsAnswered>()
        .DistinctBy(answered => answered.ContextsFile)
        .Select(answered => (_kept.Contexts(answered.ContextsFile, answered.ContextsSha256, answered.CategoryCount), answered.ContextsFile, answered.ContextsSha256));

    private Scale ScaleOf(Scale? given)
    {
        if (given is not null)
        {
            return given.Name == Header.Scale ? given : throw new ArgumentException(
                $"The scale '{given.Name}' was given for the study in {Folder}; expected '{Header.Scale}'.", nameof(given));
        }

        try
        {
            return Scale.Parse(Header.Scale);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException(
                $"The scale '{Header.Scale}' of the study in {Folder} is a warp given as functions, which a file cannot hold: give the scale.", nameof(given));
        }
    }

    /// <summary>The trainings from one undone import to the next, and the greatest number that was given before.</summary>
    private sealed record Epoch(List<TrainingEnded> Trainings, int LastNumber);
}
