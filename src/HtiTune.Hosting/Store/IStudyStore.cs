using HtiTune.Data;

namespace HtiTune.Hosting;

/// <summary>
/// All that must outlive a process, in one database. Every method is one transaction: it has happened wholly or not at all. Whatever makes further work
/// necessary writes it into the outbox in the same transaction, so that a study's state and its queued work never disagree.
/// </summary>
internal interface IStudyStore
{
    /// <summary>Brings the database to the model of this version (migrations).</summary>
    Task MigrateAsync(CancellationToken cancellation);

    /// <summary>The database's clock, ms since 1970.</summary>
    Task<long> NowAsync(CancellationToken cancellation);

    // Studies

    /// <summary>
    /// Creates a study with its first event and an <c>advance</c> in the outbox. The row's Id, Tenant, Name, IdempotencyKey, Definition, Queue, Priority and
    /// Parallelism are the caller's, and of the trials that were made before it their Number (from 1), place, Reason and Samples.
    /// Returns the study that stands: where the tenant has one of the same idempotency key, that one, and nothing is created.
    /// </summary>
    Task<StudyRow> CreateAsync(StudyRow study, IReadOnlyList<TrialRow> anchors, CancellationToken cancellation);

    Task<StudyRow?> FindAsync(Guid study, CancellationToken cancellation);

    /// <summary>The study that a tenant began under an idempotency key; null where there is none.</summary>
    Task<StudyRow?> FindByKeyAsync(string tenant, string idempotencyKey, CancellationToken cancellation);

    /// <summary>Studies of a tenant (null: all) that are like a query, newest first.</summary>
    Task<IReadOnlyList<StudyRow>> ListAsync(string? tenant, StudyQuery query, CancellationToken cancellation);

    /// <summary>How many studies of a tenant (null: of all) are like a query, before and behind its cursor.</summary>
    Task<int> CountLikeAsync(string? tenant, StudyQuery query, CancellationToken cancellation);

    /// <summary>Sets a study's tags, as its column holds them, and notes; returns whether it is there.</summary>
    Task<bool> DescribeAsync(Guid study, string? tags, string? notes, CancellationToken cancellation);

    /// <summary>A page of a tenant's studies (null: of all), the number of all that are like it, and the tenants of whom any are.</summary>
    Task<(IReadOnlyList<StudyRow> Rows, int Total, IReadOnlyList<string> Tenants)> PageAsync(string? tenant, StudyPageQuery query, CancellationToken cancellation);

    /// <summary>Studies that a fault has paused (<see cref="StudyFault.Mark"/>).</summary>
    Task<IReadOnlyList<StudyRow>> FaultedAsync(CancellationToken cancellation);

    Task<int> CountAsync(string? tenant, StudyState? state, CancellationToken cancellation);

    /// <summary>
    /// Changes the state where it is one of <paramref name="from"/>; writes the event; to Active: an <c>advance</c>; to Cancelled: trials and queued attempts
    /// are cancelled, running ones are asked to stop. Returns whether it was done.
    /// </summary>
    Task<bool> ChangeStateAsync(Guid study, IReadOnlyCollection<StudyState> from, StudyState to, string? reason, CancellationToken cancellation);

    /// <summary>Deletes a study and all that only it holds; it must not be running anything. Returns whether it was there and could be.</summary>
    Task<bool> DeleteAsync(Guid study, CancellationToken cancellation);

    // What the tuner needs and brings

    /// <summary>The study, its events after a sequence number in order, and results that no event has taken yet, in the order they came.</summary>
    Task<StudyRow?> LoadAsync(Guid study, long afterSequence, CancellationToken cancellation);

    /// <summary>Writes what a step of the tuner brought: all of it, or nothing (see <see cref="CommitOutcome"/>).</summary>
    Task<CommitResult> CommitAsync(StudyCommit commit, CancellationToken cancellation);

    Task<IReadOnlyList<StudyEvent>> EventsAsync(Guid study, long afterSequence, int size, CancellationToken cancellation);

    Task<IReadOnlyList<TrialRow>> TrialsAsync(Guid study, CancellationToken cancellation);

    Task<IReadOnlyList<AttemptRow>> AttemptsAsync(Guid study, Guid? trial, CancellationToken cancellation);

    /// <summary>An attempt with its trial and study; null where there is none.</summary>
    Task<AttemptRow?> FindAttemptAsync(Guid attempt, CancellationToken cancellation);

    Task<SurrogateRow?> FindSurrogateAsync(Guid surrogate, CancellationToken cancellation);

    // Bytes

    /// <summary>Keeps bytes; returns their hash. Keeping the same again changes nothing.</summary>
    Task<string> KeepAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    Task<byte[]?> BytesAsync(string hash, CancellationToken cancellation);

    // Attempts: leases and fences

    /// <summary>
    /// Claims a queued attempt in a fair order: higher priority; the front (lost, preempted); the study with the fewest under way; the longest wait.
    /// Idempotent by worker and slot: who holds one gets it again. Counts a worker's presence; one set aside gets nothing.
    /// Limits (<see cref="WorkRequest"/>) hold within the transaction.
    /// </summary>
    /// <returns>
    /// The attempt, with its trial and study; or why nothing was claimed: <c>empty</c>, <c>set-aside</c>, <c>limit</c>, or <c>holds-other</c>, with the attempt of another study that
    /// the worker's slot holds.
    /// </returns>
    Task<(AttemptRow? Attempt, string? Refusal)> ClaimAsync(WorkRequest request, CancellationToken cancellation);

    /// <summary>Renews a lease by the time that the report says, with what is known: progress, log's end. Says whether the lease still holds, and whether a stop or kill was asked for.</summary>
    Task<LeaseStatus> RenewAsync(Guid attempt, AttemptReport report, CancellationToken cancellation);

    /// <summary>What an attempt measured on its way, by step.</summary>
    Task<IReadOnlyList<IntermediateValue>> ValuesAsync(Guid attempt, CancellationToken cancellation);

    /// <summary>
    /// Ends an attempt. With a valid lease: a result completes the trial and puts an <c>advance</c> into the outbox; a failure queues the next attempt (with back-off)
    /// or fails the trial; a preemption queues another at the front. Without: a valid result is kept as late, used where the trial has none and the tuner was not
    /// told that it failed, else as a replicate (event <c>trial.replicate</c>); anything else is ignored. A lease is over when <see cref="SweepAsync"/> says so: who
    /// renews before keeps it. Doing it again with the same lease gives the same state and changes nothing; Before
    /// is then the attempt as it had ended.
    /// State is null where there is none with this id and lease.
    /// </summary>
    Task<(AttemptState? State, AttemptRow? Before)> EndAsync(Guid attempt, Guid lease, WorkResult end, CancellationToken cancellation);

    /// <summary>Asks an attempt to stop (gently) or be killed; a queued one is cancelled at once. Returns whether there was something to ask.</summary>
    Task<bool> AskToEndAsync(Guid attempt, bool kill, CancellationToken cancellation);

    /// <summary>
    /// Queues a failed or cancelled trial of a study that goes on anew, with its attempts counted from zero. Where the tuner was told of the failure, the result
    /// comes as a replicate.
    /// </summary>
    Task<bool> RetryAsync(Guid trial, CancellationToken cancellation);

    /// <summary>Leases that are over: lost, and queued again at the front, or failed when the attempts are used up; three missed renewals: silent.</summary>
    Task<SweepResult> SweepAsync(SweepSettings settings, CancellationToken cancellation);

    /// <summary>Active studies without anything queued, running or in the outbox for so long: an <c>advance</c> each (the reconciler's).</summary>
    Task<int> ReviveAsync(TimeSpan idle, CancellationToken cancellation);

    // Workers

    Task SeenAsync(WorkerRow worker, CancellationToken cancellation);

    Task<IReadOnlyList<WorkerRow>> WorkersAsync(CancellationToken cancellation);

    /// <summary>Takes a worker that was set aside back into service.</summary>
    Task<bool> ReinstateAsync(string worker, CancellationToken cancellation);

    /// <summary>Queued, running and oldest waiting attempt of each queue.</summary>
    Task<IReadOnlyList<QueueRow>> QueuesAsync(string? tenant, CancellationToken cancellation);

    // Outbox

    /// <summary>The oldest lines; they stay until <see cref="DispatchedAsync"/>.</summary>
    Task<IReadOnlyList<OutboxRow>> OutboxAsync(int size, CancellationToken cancellation);

    Task DispatchedAsync(IReadOnlyCollection<long> lines, CancellationToken cancellation);

    // Keys

    Task AddKeyAsync(ApiKeyRow key, CancellationToken cancellation);

    Task<ApiKeyRow?> FindKeyAsync(string id, CancellationToken cancellation);

    /// <summary>Notes that a key was used, to some minutes.</summary>
    Task KeyUsedAsync(string id, CancellationToken cancellation);

    Task<IReadOnlyList<ApiKeyRow>> KeysAsync(string? tenant, CancellationToken cancellation);

    Task<bool> RevokeKeyAsync(string id, CancellationToken cancellation);
}
