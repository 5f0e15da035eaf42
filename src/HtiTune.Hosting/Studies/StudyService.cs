using System.Runtime.CompilerServices;
using static HtiTune.Hosting.ServiceAnswers;

namespace HtiTune.Hosting;

/// <summary>The service's front: what comes from outside is checked behind it, and what belongs to another tenant is not there.</summary>
internal sealed class StudyService(
    StudyStore store, TenantFinder finder, StudyBeginnings beginnings, EnqueueRequests enqueues, StudyBeliefs beliefs, PreferenceRequests preferences, TrainingWork work, NetworkRegistry registry,
    UnservedStudies unserved, StudyEvents events, IWakeUps wakeUps, IOptions<HtiTuneOptions> options, TimeProvider time) : IStudyService
{
    private const int EventPage = 500;

    private static readonly StudyState[] s_open = [StudyState.Active, StudyState.Paused];

    public IReadOnlyList<string> Networks => registry.Names;

    public async Task<IReadOnlyList<StudyView>> ListAsync(string? tenant, StudyQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        StudyServiceException.ThrowIf(query.Size is < 1 or > 200, StudyServiceError.Invalid, $"size is {query.Size}; expected 1 to 200.");

        var rows = await store.ListAsync(tenant, query, cancellation).ConfigureAwait(false);
        return [.. rows.Select(row => View(row, StudyProblem.Of(row, registry)))];
    }

    public async Task<StudyList> PageAsync(string? tenant, StudyPageQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        StudyServiceException.ThrowIf(query.Size is < 1 or > 200 || query.Skip < 0 || !Enum.IsDefined(query.Order),
            StudyServiceError.Invalid, $"size is {query.Size}, skip {query.Skip}, order {query.Order}; expected 1 to 200, 0 or more, and one of {string.Join(", ", Enum.GetNames<StudyOrder>())}.");

        var (rows, total, tenants) = await store.PageAsync(tenant, query, cancellation).ConfigureAwait(false);
        return new StudyList([.. rows.Select(row => View(row, StudyProblem.Of(row, registry)))], total, tenants);
    }

    public async Task<StudyView> GetAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        return View(row, StudyProblem.Of(row, registry)) with { WaitsFor = await unserved.WordsAsync(row, cancellation).ConfigureAwait(false) };
    }

    public Task<int> CountAsync(string? tenant, StudyQuery query, CancellationToken cancellation) => store.CountLikeAsync(tenant, query, cancellation);

    public async Task<StudyView> DescribeAsync(string? tenant, Guid study, IReadOnlyList<string>? tags, string? notes, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        row.Tags = tags is null ? row.Tags : WordColumn.Of(StudyLabels.Checked(tags));
        row.Notes = notes is null ? row.Notes : StudyLabels.Checked(notes);
        StudyServiceException.ThrowIf(!await store.DescribeAsync(study, row.Tags, row.Notes, cancellation).ConfigureAwait(false),
            StudyServiceError.NotFound, "There is no such study.");

        events.Happened(study);
        return View(row, StudyProblem.Of(row, registry));
    }

    public Task PauseAsync(string? tenant, Guid study, CancellationToken cancellation) =>
        ChangeAsync(tenant, study, [StudyState.Active], StudyState.Paused, null, cancellation);

    public Task ResumeAsync(string? tenant, Guid study, CancellationToken cancellation) =>
        ChangeAsync(tenant, study, [StudyState.Paused], StudyState.Active, null, cancellation);

    public Task CancelAsync(string? tenant, Guid study, string? reason, CancellationToken cancellation) =>
        ChangeAsync(tenant, study, s_open, StudyState.Cancelled, reason, cancellation);

    public async Task DeleteAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        StudyServiceException.ThrowIf(s_open.Contains(row.State) || !await store.DeleteAsync(study, cancellation).ConfigureAwait(false),
            StudyServiceError.Conflict, $"The study is {StudyJson.Word(row.State)} or still has a training under way; cancel it first, and wait for its trainings to end.");

        events.Happened(study);
    }

    public async Task<IReadOnlyList<TrialView>> TrialsAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        var problem = StudyProblem.Of(await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false), registry);
        var trials = await store.TrialsAsync(study, cancellation).ConfigureAwait(false);
        var attempts = (await store.AttemptsAsync(study, null, cancellation).ConfigureAwait(false)).ToLookup(attempt => attempt.TrialId);
        return [.. trials.OrderBy(trial => trial.Number).Select(trial => View(trial, trial.At(problem), attempts[trial.Id].Count()))];
    }

    public async Task<IReadOnlyList<AttemptView>> AttemptsAsync(string? tenant, Guid study, int? trial, CancellationToken cancellation)
    {
        var problem = StudyProblem.Of(await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false), registry);
        // Attempts first: those of a trial that begins in between are not among them.
        var attempts = await store.AttemptsAsync(study, null, cancellation).ConfigureAwait(false);
        var trials = (await store.TrialsAsync(study, cancellation).ConfigureAwait(false)).ToDictionary(one => one.Id);
        return [.. attempts.Where(attempt => trial is null || trials[attempt.TrialId].Number == trial).Select(attempt => View(attempt, trials[attempt.TrialId].Number, trials[attempt.TrialId].At(problem)))];
    }

    public async Task<string> LogAsync(string? tenant, Guid study, Guid attempt, CancellationToken cancellation) =>
        (await finder.FindAsync(tenant, study, attempt, cancellation).ConfigureAwait(false)).LogTail ?? "";

    public async Task<IReadOnlyList<IntermediateValue>> ValuesAsync(string? tenant, Guid study, Guid attempt, CancellationToken cancellation) =>
        await store.ValuesAsync((await finder.FindAsync(tenant, study, attempt, cancellation).ConfigureAwait(false)).Id, cancellation).ConfigureAwait(false);

    public async Task<StudyJournal> JournalAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        return await StoredLog.ReadAsync(store, study, StudyProblem.Of(row, registry), time, cancellation).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<StudyEvent> EventsAsync(string? tenant, Guid study, long after, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        while (true)
        {
            // Taken before the look: what happens in between completes it.
            var next = events.Next(study);
            var rows = await store.EventsAsync(study, after, EventPage, cancellation).ConfigureAwait(false);
            foreach (var row in rows)
            {
                after = row.Sequence;
                yield return row;
            }

            if (rows.Count == EventPage)
            {
                continue;
            }

            if (!follow || await store.FindAsync(study, cancellation).ConfigureAwait(false) is null)
            {
                yield break;
            }

            // Other processes are not heard: look again after a while.
            await Task.WhenAny(next, Task.Delay(options.Value.PollEvery, time, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public async Task<byte[]> OutputsAsync(string? tenant, Guid study, int trial, CancellationToken cancellation)
    {
        await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var row = (await store.TrialsAsync(study, cancellation).ConfigureAwait(false)).FirstOrDefault(one => one.Number == trial);
        return row?.Samples is { } hash && await store.BytesAsync(hash, cancellation).ConfigureAwait(false) is { } bytes
            ? bytes
            : throw new StudyServiceException(StudyServiceError.NotFound, $"There are no outputs of a trial {trial}.");
    }

    public async Task<IReadOnlyList<WorkerView>> WorkersAsync(CancellationToken cancellation) =>
        [.. (await store.WorkersAsync(cancellation).ConfigureAwait(false)).Select(View)];

    public async Task ReinstateAsync(string? tenant, string worker, CancellationToken cancellation)
    {
        StudyServiceException.ThrowIf(
            !await store.ReinstateAsync(tenant is null ? worker : $"{tenant}{TenantMark}{worker}", cancellation).ConfigureAwait(false),
            StudyServiceError.NotFound, "There is no such worker that is set aside.");
    }

    public async Task<IReadOnlyList<QueueView>> QueuesAsync(string? tenant, CancellationToken cancellation)
    {
        var now = await store.NowAsync(cancellation).ConfigureAwait(false);
        var rows = await store.QueuesAsync(tenant, cancellation).ConfigureAwait(false);
        return [.. rows.Select(row => new QueueView(
            row.Queue, row.Queued, row.Running, row.OldestQueuedAt is { } oldest ? TimeSpan.FromMilliseconds(Math.Max(0, now - oldest)) : null))];
    }

    public Task<StudyView> CreateAsync(string tenant, StudyDefinition definition, CancellationToken cancellation) => beginnings.BeginAsync(tenant, definition, [], null, cancellation);

    public Task<StudyView> CreateAsync(string tenant, StudyDefinition definition, IReadOnlyList<EarlierTraining> anchors, CancellationToken cancellation) =>
        beginnings.BeginAsync(tenant, definition, anchors, null, cancellation);

    public Task<StudyView> CreateOnceAsync(
        string tenant, StudyDefinition definition, IReadOnlyList<EarlierTraining> anchors, string idempotencyKey, CancellationToken cancellation) =>
        beginnings.BeginAsync(tenant, definition, anchors, idempotencyKey, cancellation);

    public Task<EnqueuedLambdas> EnqueueAsync(string? tenant, Guid study, IReadOnlyList<double> lambdas, CancellationToken cancellation) =>
        enqueues.EnqueueAsync(tenant, study, lambdas, cancellation);

    public Task<EnqueuedLambdas> EnqueueAsync(string? tenant, Guid study, IReadOnlyList<Configuration> configurations, CancellationToken cancellation) =>
        enqueues.EnqueueAsync(tenant, study, configurations, cancellation);

    public async Task<IReadOnlyList<double>> ClearEnqueuedAsync(string? tenant, Guid study, CancellationToken cancellation) =>
        EnqueuedLambdas.LambdasOf(await enqueues.ClearAsync(tenant, study, cancellation).ConfigureAwait(false));

    public Task<IReadOnlyList<Configuration>> ClearWaitingAsync(string? tenant, Guid study, CancellationToken cancellation) => enqueues.ClearAsync(tenant, study, cancellation);

    public Task<StudyBelief?> PredictAsync(string? tenant, Guid study, IReadOnlyList<Configuration> configurations, bool importances, CancellationToken cancellation) =>
        beliefs.PredictAsync(tenant, study, configurations, importances, cancellation);

    public Task<HtiTune.Diagnostics.BudgetOutlook?> OutlookAsync(string? tenant, Guid study, int trainings, CancellationToken cancellation) =>
        beliefs.OutlookAsync(tenant, study, trainings, cancellation);

    public Task<StudyCurve?> CurveAsync(string? tenant, Guid study, CancellationToken cancellation) => beliefs.CurveAsync(tenant, study, cancellation);

    public Task<Distribution?> DistributionAsync(string? tenant, Guid study, double lambda, CancellationToken cancellation) => beliefs.DistributionAsync(tenant, study, lambda, cancellation);

    public ValueTask<Matrix> SampleAsync(string? tenant, Guid surrogate, double lambda, Matrix conditions, CancellationToken cancellation) =>
        beliefs.SampleAsync(tenant, surrogate, lambda, conditions, cancellation);

    public Task<byte[]> SurrogateFileAsync(string? tenant, Guid surrogate, bool onnx, CancellationToken cancellation) => beliefs.SurrogateFileAsync(tenant, surrogate, onnx, cancellation);

    public Task<PreferenceResult> PreferAsync(string? tenant, Guid study, string objective, Goal goal, int mayTrain, CancellationToken cancellation) =>
        preferences.PreferAsync(tenant, study, objective, goal, mayTrain, cancellation);

    public Task<IReadOnlyList<PreferenceResult>> PreferencesAsync(string? tenant, Guid study, CancellationToken cancellation) => preferences.PreferencesAsync(tenant, study, cancellation);

    public Task<ClaimedAttempt?> ClaimAsync(string? tenant, WorkRequest request, CancellationToken cancellation) => work.ClaimAsync(tenant, request, cancellation);

    public Task<LeaseStatus> RenewAsync(string? tenant, Guid attempt, AttemptReport report, CancellationToken cancellation) => work.RenewAsync(tenant, attempt, report, cancellation);

    public Task<TellOutcome> TellAsync(string? tenant, Guid attempt, WorkResult result, CancellationToken cancellation) =>
        work.TellAsync(tenant, attempt, result, cancellation);

    public Task EndAttemptAsync(string? tenant, Guid study, Guid attempt, bool kill, CancellationToken cancellation) => work.EndAttemptAsync(tenant, study, attempt, kill, cancellation);

    public Task RetryAsync(string? tenant, Guid study, int trial, CancellationToken cancellation) => work.RetryAsync(tenant, study, trial, cancellation);

    private async Task ChangeAsync(string? tenant, Guid study, StudyState[] from, StudyState to, string? reason, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        if (row.State == to)
        {
            return;
        }

        StudyServiceException.ThrowIf(!await store.ChangeStateAsync(study, from, to, reason, cancellation).ConfigureAwait(false),
            StudyServiceError.Conflict, $"The study is {StudyJson.Word(row.State)}; expected {string.Join(" or ", from.Select(StudyJson.Word))}.");

        events.Happened(study);
        wakeUps.Outbox();
    }
}
