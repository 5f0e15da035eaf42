using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune;

public sealed partial class Tuner
{
    /// <summary>
    /// Opens the study of a folder: begins it where there is none, and takes it up where there is. A program that is killed at any point and
    /// started again continues bit for bit, and makes no completed training again.
    /// </summary>
    /// <param name="folder">The study's folder; made if need be. One tuner at a time may have it open.</param>
    /// <param name="network">Trains at any configuration. With <see cref="IPersistentNetwork"/> trained networks are kept too, not only their answers.</param>
    /// <param name="space">What is tuned, a hyperparameter or several; must be that of the study.</param>
    /// <param name="contexts">
    /// What every network is asked; must be those of the study. Null: those of the study, where it begins as many draws as the first training brings that
    /// succeeds (<see cref="ITrainedNetwork.Rows"/>).
    /// </param>
    /// <param name="options">How; null for the defaults. The seed must be that of the study. A warm start counts only at the beginning.</param>
    /// <remarks>
    /// The runs of the program are matched with those of the journal: one with the same values, settings and budget is continued where the
    /// journal ends, and one that had ended returns its study again, without a training. The first run that differs is a new one, with all
    /// trainings that there are; so is every run after it.
    /// <para>
    /// With <see cref="TunerOptions.Parallelism"/> above 1 no completed training is lost or made again either; the same proposals follow from the same order
    /// in which trainings were proposed and ended, which the journal keeps. Which of several ends first after a kill is up to them.
    /// </para>
    /// <para>
    /// Every line is on the disk before what it announces matters. Where the disk is full, <see cref="IOException"/> is thrown and nothing is
    /// damaged; the tuner keeps what it has trained, and writes it before it goes on.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">The folder holds another study, or an option is out of range; the message names all differences.</exception>
    /// <exception cref="IOException">The folder cannot be written to; or another tuner has it open, then it is a <see cref="StudyInUseException"/>.</exception>
    /// <exception cref="DataFormatException">The study on disk is damaged, or of a newer version; the message names file and line.</exception>
    public static Tuner Open(string folder, INetwork network, SearchSpace space, Contexts? contexts, TunerOptions? options = null) =>
        Open(folder, network, space, contexts, options, new StudyFiles());

    /// <summary>
    /// Takes up the study of a folder by the folder alone, as <see cref="Open(string, INetwork, SearchSpace, Contexts, TunerOptions?)"/>
    /// does. Its anchors serve any objective, without a training by <c>maxTrainings: 0</c>.
    /// </summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="network">Trains at any λ.</param>
    /// <param name="options">How; null for the settings of the study. The seed must be that of the study.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp, which a file cannot hold; else null.</param>
    /// <exception cref="FileNotFoundException">The folder holds no study, or a file of it is missing.</exception>
    /// <exception cref="ArgumentException">The options do not fit the study, or its surrogate or scale is needed and not given.</exception>
    /// <exception cref="IOException">The folder cannot be written to; or another tuner has it open, then it is a <see cref="StudyInUseException"/>.</exception>
    /// <exception cref="DataFormatException">The study on disk is damaged, or of a newer version; the message names file and line.</exception>
    public static Tuner Resume(string folder, INetwork network, TunerOptions? options = null, Scale? scale = null) =>
        Resume(folder, network, options, scale, new StudyFiles());

    /// <summary>
    /// A tuner with all that the study of a folder holds, which writes nothing there: for figures and what-ifs. Another tuner may have the study
    /// open meanwhile; this one knows what was there when it was made.
    /// </summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="network">Trains at any λ. What it trains here stays with this tuner alone.</param>
    /// <param name="options">How; null for the settings of the study. The seed must be that of the study.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp, which a file cannot hold; else null.</param>
    /// <exception cref="FileNotFoundException">The folder holds no study, or a file of it is missing.</exception>
    /// <exception cref="ArgumentException">The options do not fit the study, or its surrogate or scale is needed and not given.</exception>
    /// <exception cref="DataFormatException">The study on disk is damaged, or of a newer version; the message names file and line.</exception>
    public static Tuner Load(string folder, INetwork network, TunerOptions? options = null, Scale? scale = null)
    {
        StudyJournal.RequireStudy(folder);
        return Of(StudyJournal.Read(folder, scale), network, options, null);
    }

    internal static Tuner Open(
        string folder, INetwork network, SearchSpace space, Contexts? contexts, TunerOptions? options, StudyFiles files)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(space);
        options ??= new TunerOptions();
        options.Validate(space);
        var taken = StudyFolder.Take(folder, files);
        if (StudyJournal.Exists(folder))
        {
            return Resume(taken, network, options, space.IsLine ? space.Line.Scale : null, (space, contexts));
        }

        return Held(taken, () =>
        {
            contexts ??= Journal.WarmStart.ContextsOf(options.WarmStart);
            var warm = Journal.WarmStart.Trainings(options.WarmStart, space, contexts);
            var tuner = new Tuner(network, space, contexts, options, warm);
            return tuner.RecordedBy(StudyRecorder.Create(taken, network, space, contexts, options, warm, tuner._logger));
        });
    }

    internal static Tuner Resume(string folder, INetwork network, TunerOptions? options, Scale? scale, StudyFiles files)
    {
        StudyJournal.RequireStudy(folder);
        return Resume(StudyFolder.Take(folder, files), network, options, scale, null);
    }

    private static Tuner Resume(
        StudyFolder taken, INetwork network, TunerOptions? options, Scale? scale, (SearchSpace Space, Contexts? Contexts)? expected) =>
        Held(taken, () =>
        {
            var journal = StudyJournal.Read(taken.Path, scale);
            var tuner = Of(journal, network, options, expected);
            foreach (var run in journal.Runs.Where(run => !run.IsOutdated))
            {
                tuner._recorded.Enqueue(run);
            }

            tuner._enqueuedBefore = journal.Waiting;
            tuner._queue.Set(journal.Waiting);
            Log.Resumed(tuner._logger, taken.Path, tuner._store.Trainings.Count, journal.Runs.Count);
            tuner.Remarks = StudyIdentity.Remarks(journal, tuner._logger);
            return tuner.RecordedBy(StudyRecorder.Resume(taken, journal, network, tuner.Options, tuner._logger));
        });

    /// <summary>A tuner with all trainings of a journal; it records nothing yet.</summary>
    private static Tuner Of(StudyJournal journal, INetwork network, TunerOptions? options, (SearchSpace Space, Contexts? Contexts)? expected)
    {
        StudyIdentity.RequireSame(journal, options, expected);
        StudyIdentity.RequireFunctions(journal.Folder, journal.Header.Settings, options, isAsRecorded: options is null);

        // A warm start was taken when the study began, and is among its trainings.
        options ??= journal.Header.Settings.ToOptions(null);
        var tuner = new Tuner(
            network, journal.Space, journal.LoadContexts(), options, journal.LoadTrainings(journal.TrainingCount, network as IPersistentNetwork), journal.LastNumberTaken());
        tuner.Bring(journal);
        return tuner;
    }

    private Tuner RecordedBy(StudyRecorder recorder)
    {
        _recorder = recorder;
        _store.OthersAnswered = recorder.Answered;
        return this;
    }

    private static Tuner Held(StudyFolder taken, Func<Tuner> make)
    {
        try
        {
            return make();
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Continues the next recorded run that is this one; null when none is, and then all trainings there are stand in the store.</summary>
    private TuningRun? Continue(Func<IConditionalModel, double> objective, int budget, string? name, Action<int, int>? weighing)
    {
        var trainings = AllTrainings();
        var settings = StudySettings.Of(Options);
        while (_recorded.TryDequeue(out var recorded))
        {
            // A run in the middle that was broken off cannot go on: later ones stand on its trainings.
            var began = recorded.Began;
            var isLast = _recorded.Count == 0;
            if (!recorded.IsEnded && !isLast && !recorded.IsOutOfTime || recorded.IsHopeless || isLast && IsMoreWanted(recorded) || began.Budget != budget || !began.IsOfThisAlgorithm || !began.Settings.ProposeAs(settings)
                || name is not null && began.Objective is not null && name != began.Objective)
            {
                continue;
            }

            var next = _recorded.TryPeek(out var following) ? following.TrainingsBefore : trainings.Count;
            Stand(trainings, recorded.TrainingsBefore);
            _queue.Set(recorded.EnqueuedBefore);
            var recorder = new RunRecorder(_recorder!, recorded);
            var gate = new GatedLogger(_logger);
            var run = new TuningRun(_store, objective, budget, Options, gate, _streams, recorder, _queue, EndRun, weighing);
            run.StopClock();
            var result = RunReplay.Replay(run, recorded, trainings.Skip(recorded.TrainingsBefore).Take(next - recorded.TrainingsBefore));
            if (result == RunReplay.Result.Same)
            {
                gate.IsOpen = true;
                recorder.IsReplaying = false;
                run.GoOn(recorded, isEnded: recorded.IsOutOfTime && !isLast);
                _later = [.. trainings.Skip(next)];
                if (isLast)
                {
                    if (_isCleared)
                    {
                        run.ReplayQueue(null);
                    }

                    run.ReplayQueue(_enqueuedNow);
                }

                run.Measured();
                return run;
            }

            run.Abandon();
            if (result == RunReplay.Result.OtherProposals)
            {
                Log.Diverged(_logger, began.Run);
            }
        }

        Stand(trainings, trainings.Count);
        _queue.Set(WaitingInTheEnd());
        return null;
    }

    /// <summary>Puts the first trainings into the store, and the others aside.</summary>
    private void Stand(List<Training> trainings, int count)
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
}
