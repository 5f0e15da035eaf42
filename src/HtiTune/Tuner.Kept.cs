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
        StudyOpening.Open(folder, network, space, contexts, options, new StudyFiles());

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
        StudyOpening.Resume(folder, network, options, scale);

    /// <summary>
    /// A tuner with all that the study of a folder holds, which writes nothing there: for figures and what-ifs. Another tuner may have the study
    /// open meanwhile; this one knows what was there when it was made, and what it trains stays with it alone.
    /// </summary>
    /// <inheritdoc cref="Resume"/>
    public static Tuner Load(string folder, INetwork network, TunerOptions? options = null, Scale? scale = null) =>
        StudyOpening.Load(folder, network, options, scale);

    /// <summary>
    /// Takes trainings that were made elsewhere, before the first run: they cost nothing of a budget. In a folder they are one import, which
    /// <see cref="UndoImport"/> takes back.
    /// </summary>
    /// <param name="trainings">The trainings, in the order in which the tuner is to see them.</param>
    /// <param name="source">Where they come from, e.g. the name of a file.</param>
    /// <param name="lastNumber">Numbers up to this one are not given to a training, for they are known elsewhere; 0 in a folder, whose journal numbers its trainings.</param>
    /// <returns>Their numbers in this study.</returns>
    /// <exception cref="ArgumentException">A training does not fit the study; the message names the first fault of each. Nothing was taken.</exception>
    /// <exception cref="InvalidOperationException">A run has begun, or numbers are reserved in a folder.</exception>
    /// <exception cref="IOException">The study's folder could not be written; the tuner has the trainings, and writes them before it goes on.</exception>
    public IReadOnlyList<int> Import(IReadOnlyList<EarlierTraining> trainings, string source, int lastNumber = 0)
    {
        ThrowIfDisposed();
        return History.Import(trainings, source, lastNumber);
    }

    /// <summary>
    /// Undoes the last import into the study of a folder that stands. The journal keeps it and says that it was taken back; runs that stood on it are
    /// history, trainings made since stay, and the next run begins anew.
    /// </summary>
    /// <param name="folder">The study's folder. No tuner may have it open.</param>
    /// <param name="clock">Tells when; null: the system's.</param>
    /// <returns>What was taken back; null where there is no import.</returns>
    /// <exception cref="FileNotFoundException">The folder holds no study.</exception>
    /// <exception cref="IOException">The folder cannot be written to, or a tuner has it open.</exception>
    /// <exception cref="DataFormatException">The study on disk is damaged, or of a newer version; the message names file and line.</exception>
    public static TrainingsTakenBack? UndoImport(string folder, TimeProvider? clock = null) => EarlierTrainings.Undo(folder, clock);

    /// <summary>Configurations that wait to be trained next, in this order.</summary>
    public IReadOnlyList<Configuration> Waiting => History.Waiting;

    /// <summary>The short form of <see cref="Waiting"/> where one continuous hyperparameter is tuned: λ, in its own units.</summary>
    public IReadOnlyList<double> Enqueued => [.. Waiting.Select(one => one.Lambda)];

    /// <summary>
    /// Has λ of one's own choice trained next, by the run that goes on or by the next one, in this order: before the first places and before what the
    /// model would choose. They count against the budget; what the budget leaves waits for the next run. A study on disk keeps them.
    /// </summary>
    /// <param name="lambdas">λ in the range, in the hyperparameter's own units; at least one.</param>
    /// <returns>Those that were added: a λ that is trained already or enqueued is left out, so that a program may say it each time it is started.</returns>
    /// <exception cref="ArgumentException">One is not in the range, or the list is empty; the message names all that are wrong.</exception>
    /// <exception cref="IOException">The study's folder could not be written; the λ wait all the same.</exception>
    public IReadOnlyList<double> Enqueue(params double[] lambdas) => [.. Enqueue(History.Queue.ConfigurationsOf(lambdas)).Select(one => one.Lambda)];

    /// <summary><see cref="Enqueue(double[])"/> of any search space.</summary>
    /// <param name="configurations">Configurations of the space; at least one.</param>
    /// <inheritdoc cref="Enqueue(double[])"/>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations)
    {
        ThrowIfDisposed();
        return _run is { } run ? run.Enqueue(configurations) : History.Enqueue(configurations);
    }

    /// <summary>Takes out what waits to be trained next. A training that was begun already goes on.</summary>
    /// <returns>What was taken out, in its order.</returns>
    /// <exception cref="IOException">The study's folder could not be written; nothing waits all the same.</exception>
    public IReadOnlyList<double> ClearEnqueued() => [.. ClearWaiting().Select(one => one.Lambda)];

    /// <summary><see cref="ClearEnqueued"/> of any search space.</summary>
    /// <inheritdoc cref="ClearEnqueued"/>
    public IReadOnlyList<Configuration> ClearWaiting()
    {
        ThrowIfDisposed();
        return History.ClearWaiting();
    }

    /// <summary>
    /// Trainings that the runs of this study have made, failed ones included, over all processes; those of a warm start or an import not, nor those of runs that
    /// ended because all had failed.
    /// </summary>
    public int TrainingsMade => History.TrainingsMade;

    /// <summary>
    /// Prepares the next run so that the study has a number of trainings over all its runs. The last run of the journal is continued, or returns its
    /// study again, where it had the same objective, settings and total; otherwise the next run is a new one.
    /// </summary>
    /// <param name="total">Trainings over the whole study, those of a warm start or an import not counted. At least 0.</param>
    /// <param name="name">The objective's name, as it will be given to <see cref="Begin"/>.</param>
    /// <returns>Trainings that the run may use: what to give to <see cref="Optimize"/> or <see cref="Begin"/>.</returns>
    public int PrepareTotal(int total, string? name) => History.PrepareTotal(total, name);

    /// <summary>
    /// Prepares the next run so that it may use a number of trainings of its own. The last run of the journal is continued where it had the same
    /// objective, settings and number and was broken off; otherwise the next run is a new one.
    /// </summary>
    /// <param name="trainings">Trainings that the run may use. At least 0.</param>
    /// <param name="name">The objective's name, as it will be given to <see cref="Begin"/>.</param>
    /// <returns><paramref name="trainings"/>.</returns>
    public int PrepareMore(int trainings, string? name) => History.PrepareMore(trainings, name);
}
