namespace HtiTune.Hosting;

/// <summary>
/// Studies that outlive processes: what an API, a dashboard or a program of the host's own does with them. Safe to use from any thread. Wherever a tenant
/// is given, another tenant's study is as if it were not there; null stands for the host itself, which sees all.
/// </summary>
/// <exception cref="StudyServiceException">Any method: the request cannot be done; the error's kind and message say why.</exception>
public interface IStudyService
{
    /// <summary>Begins a study.</summary>
    Task<StudyView> CreateAsync(string tenant, StudyDefinition definition, CancellationToken cancellation = default);

    /// <summary>Begins a study with anchors that were trained before: λ or configuration, and outputs for the definition's contexts.</summary>
    Task<StudyView> CreateAsync(string tenant, StudyDefinition definition, IReadOnlyList<EarlierTraining> anchors, CancellationToken cancellation = default);

    /// <summary>
    /// Begins a study once: the same key of the same tenant with the same definition and anchors gives the study that was begun first, from any process of the same
    /// store and as long as that study is kept. With another definition or other anchors it is refused (<see cref="StudyServiceError.KeyReused"/>).
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="definition">What the study is to find.</param>
    /// <param name="anchors">Trainings that were made before.</param>
    /// <param name="idempotencyKey">The caller's key; 1 to 200 characters.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<StudyView> CreateOnceAsync(
        string tenant, StudyDefinition definition, IReadOnlyList<EarlierTraining> anchors, string idempotencyKey, CancellationToken cancellation = default);

    /// <summary>Studies, newest first.</summary>
    Task<IReadOnlyList<StudyView>> ListAsync(string? tenant, StudyQuery query, CancellationToken cancellation = default);

    /// <summary>A page of studies in any order, with their number: every study is on some page.</summary>
    Task<StudyList> PageAsync(string? tenant, StudyPageQuery query, CancellationToken cancellation = default);

    /// <summary>One study.</summary>
    Task<StudyView> GetAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>What further trainings are expected to gain, by what is believed after those so far; no training is made.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">A study that tunes one continuous hyperparameter.</param>
    /// <param name="trainings">Trainings to look ahead, 1 to 100.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Expected gains in units of the objective; null before the first value.</returns>
    Task<HtiTune.Diagnostics.BudgetOutlook?> OutlookAsync(string? tenant, Guid study, int trainings, CancellationToken cancellation = default);

    /// <summary>How many studies are like a query, before and behind its cursor.</summary>
    Task<int> CountAsync(string? tenant, StudyQuery query, CancellationToken cancellation = default);

    /// <summary>Sets what people write beside a study; the tuner sees neither.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">The study, in whatever state.</param>
    /// <param name="tags">At most 20 words of 1 to 40 letters, digits, '-', '_', '.', ':' and '/', kept in lower case; null: as they are.</param>
    /// <param name="notes">At most 10,000 characters, "" for none; null: as they are.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The study.</returns>
    Task<StudyView> DescribeAsync(string? tenant, Guid study, IReadOnlyList<string>? tags, string? notes, CancellationToken cancellation = default);

    /// <summary>Begins no further training until <see cref="ResumeAsync"/>.</summary>
    Task PauseAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>Goes on with a paused study.</summary>
    Task ResumeAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>Ends a study; what is trained stays.</summary>
    Task CancelAsync(string? tenant, Guid study, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Deletes a study that has ended, and all that only it holds.</summary>
    Task DeleteAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>
    /// Has λ of one's own choice trained next, in this order and before what the tuner would choose; they count as trainings allowed. A λ that is trained, under way
    /// or waiting is left out.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">A study that is active or paused.</param>
    /// <param name="lambdas">1 to 100 λ in the hyperparameter's range, in its own units.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<EnqueuedLambdas> EnqueueAsync(string? tenant, Guid study, IReadOnlyList<double> lambdas, CancellationToken cancellation = default);

    /// <summary><see cref="EnqueueAsync(string?, Guid, IReadOnlyList{double}, CancellationToken)"/> of any search space.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">A study that is active or paused.</param>
    /// <param name="configurations">1 to 100 configurations of the study's hyperparameters.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<EnqueuedLambdas> EnqueueAsync(string? tenant, Guid study, IReadOnlyList<Configuration> configurations, CancellationToken cancellation = default);

    /// <summary><see cref="ClearEnqueuedAsync"/> of any search space.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">A study that is active or paused.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What was taken out, in its order.</returns>
    Task<IReadOnlyList<Configuration>> ClearWaitingAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>What is believed of the objective at some configurations, of one hyperparameter or several: no training is made. Null before the first value.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">The study.</param>
    /// <param name="configurations">At most 1000 configurations of the study's hyperparameters; none where importances alone are wanted.</param>
    /// <param name="importances">Whether to tell how much hangs on each hyperparameter.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<StudyBelief?> PredictAsync(string? tenant, Guid study, IReadOnlyList<Configuration> configurations, bool importances = false, CancellationToken cancellation = default);

    /// <summary>Takes out what waits to be trained next; a training that was asked for already goes on.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">A study that is active or paused.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What was taken out, in its order.</returns>
    Task<IReadOnlyList<double>> ClearEnqueuedAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>Its trials, by number.</summary>
    Task<IReadOnlyList<TrialView>> TrialsAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>Attempts at its trials, or at one of them, in order.</summary>
    Task<IReadOnlyList<AttemptView>> AttemptsAsync(string? tenant, Guid study, int? trial = null, CancellationToken cancellation = default);

    /// <summary>End of an attempt's log; empty where there is none yet.</summary>
    Task<string> LogAsync(string? tenant, Guid study, Guid attempt, CancellationToken cancellation = default);

    /// <summary>What an attempt measured on its way, by step; of more than 1000 values some.</summary>
    Task<IReadOnlyList<IntermediateValue>> ValuesAsync(string? tenant, Guid study, Guid attempt, CancellationToken cancellation = default);

    /// <summary>Events behind a sequence number as they come; ends with the cancellation, or behind the last event of a study that has ended and whose caller does not follow.</summary>
    IAsyncEnumerable<StudyEvent> EventsAsync(string? tenant, Guid study, long after, bool follow, CancellationToken cancellation = default);

    /// <summary>The study's journal as it is now: its runs, and its trainings with what they answered, which is read when it is asked for.</summary>
    /// <exception cref="DataFormatException">An event is damaged or missing.</exception>
    Task<StudyJournal> JournalAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>What is believed about the objective over λ, with the anchors: for plots. Null before the first value.</summary>
    Task<StudyCurve?> CurveAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>The outputs at any λ, by the surrogate or, at a trained λ, by the network itself. Null before there is a surrogate.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="study">The study.</param>
    /// <param name="lambda">λ in the hyperparameter's range.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<Distribution?> DistributionAsync(string? tenant, Guid study, double lambda, CancellationToken cancellation = default);

    /// <summary>Samples a surrogate: one row of outputs for each row of conditions.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="surrogate">The surrogate's id, or its study's (then the newest).</param>
    /// <param name="lambda">λ in the hyperparameter's range.</param>
    /// <param name="conditions">Conditions [n, d]; for surrogates of draws [n, 0].</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<Matrix> SampleAsync(string? tenant, Guid surrogate, double lambda, Matrix conditions, CancellationToken cancellation = default);

    /// <summary>The surrogate's file (.hti), or as ONNX.</summary>
    Task<byte[]> SurrogateFileAsync(string? tenant, Guid surrogate, bool onnx, CancellationToken cancellation = default);

    /// <summary>A training's outputs as .npy.</summary>
    Task<byte[]> OutputsAsync(string? tenant, Guid study, int trial, CancellationToken cancellation = default);

    /// <summary>
    /// Another objective over the same trainings: the best λ at once, with no training; and where one is needed, which. With <paramref name="mayTrain"/> the
    /// study goes on with it, by at most so many further trainings.
    /// </summary>
    Task<PreferenceResult> PreferAsync(string? tenant, Guid study, string objective, Goal goal, int mayTrain = 0, CancellationToken cancellation = default);

    /// <summary>Preferences so far; the first is the definition's.</summary>
    Task<IReadOnlyList<PreferenceResult>> PreferencesAsync(string? tenant, Guid study, CancellationToken cancellation = default);

    /// <summary>Asks for work: an attempt to be trained by an outside worker, with its lease. Null where there is none.</summary>
    Task<ClaimedAttempt?> ClaimAsync(string? tenant, WorkRequest request, CancellationToken cancellation = default);

    /// <summary>Renews a lease.</summary>
    Task<LeaseStatus> RenewAsync(string? tenant, Guid attempt, AttemptReport report, CancellationToken cancellation = default);

    /// <summary>Hands in a result or a failure; may hand out the next attempt in the same breath.</summary>
    Task<TellOutcome> TellAsync(string? tenant, Guid attempt, WorkResult result, CancellationToken cancellation = default);

    /// <summary>Asks an attempt to end: gently, or at once.</summary>
    Task EndAttemptAsync(string? tenant, Guid study, Guid attempt, bool kill, CancellationToken cancellation = default);

    /// <summary>Queues a failed trial anew.</summary>
    Task RetryAsync(string? tenant, Guid study, int trial, CancellationToken cancellation = default);

    /// <summary>Workers, and whether one is set aside.</summary>
    Task<IReadOnlyList<WorkerView>> WorkersAsync(CancellationToken cancellation = default);

    /// <summary>Takes a worker that was set aside back into service.</summary>
    /// <param name="tenant">The tenant whose worker it is, under the name that it claims with; null: the host's own, or any by TENANT/NAME.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task ReinstateAsync(string? tenant, string worker, CancellationToken cancellation = default);

    /// <summary>Queues and what waits in them.</summary>
    Task<IReadOnlyList<QueueView>> QueuesAsync(string? tenant, CancellationToken cancellation = default);

    /// <summary>Networks that this host can train, by name.</summary>
    IReadOnlyList<string> Networks { get; }
}
