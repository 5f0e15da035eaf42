using static HtiTune.Hosting.ServiceAnswers;

namespace HtiTune.Hosting;

/// <summary>Trainings in the hands of outside workers: claimed, renewed, told, ended and queued anew.</summary>
internal sealed class TrainingWork(
    StudyStore store, TenantFinder finder, StudyEngine engine, TrainingEnds ends, NetworkRegistry registry, StudyEvents events, IWakeUps wakeUps, ServiceTelemetry telemetry,
    IOptions<HtiTuneOptions> options, TimeProvider time)
{
    private const int WorkerNameLimit = 100;

    private static readonly TimeSpan s_leastLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestLease = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(60);

    // Who waits for any study's work does not look more often than this, however much happens.
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(100);

    public async Task<ClaimedAttempt?> ClaimAsync(string? tenant, WorkRequest request, CancellationToken cancellation)
    {
        var claim = Claim(tenant, request);
        var wait = WaitOf(request.WaitFor);
        var begun = time.GetTimestamp();
        if (wait > TimeSpan.Zero && request.Study is { } wanted)
        {
            // Nobody waits for what is not there, or another tenant's.
            await finder.RowAsync(tenant, wanted, cancellation).ConfigureAwait(false);
        }

        while (true)
        {
            // Taken before the look: what happens in between completes it. Each look has its whole time.
            StorePatience.Renew();
            var next = wait == TimeSpan.Zero ? Task.CompletedTask : request.Study is { } study ? events.Next(study) : events.NextOfAny();
            if (await ClaimNowAsync(tenant, claim, request, cancellation).ConfigureAwait(false) is { } claimed)
            {
                return claimed;
            }

            var left = wait - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero || request.Study is { } ended && (await finder.RowAsync(tenant, ended, cancellation).ConfigureAwait(false)).State is not (StudyState.Active or StudyState.Paused))
            {
                return null;
            }

            // Other processes are not heard, and leases run out without a word: look again after a while.
            using var heard = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(next, Task.Delay(left < options.Value.PollEvery ? left : options.Value.PollEvery, time, heard.Token)).ConfigureAwait(false);
            await heard.CancelAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (request.Study is null)
            {
                await Task.Delay(s_between, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<ClaimedAttempt?> ClaimNowAsync(string? tenant, WorkRequest claim, WorkRequest request, CancellationToken cancellation)
    {
        StudyRow? row = null;
        if (request.Study is { } study)
        {
            row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        }

        var claimed = await store.ClaimAsync(claim, cancellation).ConfigureAwait(false);
        if (claimed is { Attempt: null } && row is { State: StudyState.Active, Network: null } && StudyProblem.Of(row, registry).IsValue)
        {
            // The study may not have been advanced since it was created; with reported numbers that is a matter of milliseconds.
            await engine.AdvanceAsync(row.Id, cancellation).ConfigureAwait(false);
            claimed = await store.ClaimAsync(claim, cancellation).ConfigureAwait(false);
        }

        return claimed.Refusal switch
        {
            "holds-other" => throw new StudyServiceException(
                StudyServiceError.Conflict,
                $"worker '{request.Worker}', slot {request.Slot}, holds attempt {claimed.Attempt!.Id} of study {claimed.Attempt.StudyId}; expected it to be told first, or another worker's name or slot for study {request.Study}."),
            "set-aside" => throw new StudyServiceException(StudyServiceError.Conflict, "The worker was set aside after three quick failures in a row; mend it, then have it reinstated."),
            "limit" => throw new StudyServiceException(StudyServiceError.Limit, "As many attempts are under way as the queue or the tenant may have at a time."),
            _ => View(claimed.Attempt),
        };
    }

    public async Task<LeaseStatus> RenewAsync(string? tenant, Guid attempt, AttemptReport report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Progress is { } share && !(share is >= 0 and <= 1))
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"progress is {share}; expected 0 to 1.");
        }

        RequireValues(report.Values ?? []);
        await finder.FindAsync(tenant, null, attempt, cancellation).ConfigureAwait(false);
        var term = LeaseOf(report.LeaseFor);
        var result = await store.RenewAsync(attempt, report with { LeaseFor = term }, cancellation).ConfigureAwait(false);
        return result with { LeaseUntil = result.Holds ? time.GetUtcNow() + term : null };
    }

    private static void RequireValues(IReadOnlyList<IntermediateValue> values)
    {
        StudyServiceException.ThrowIf(values.Count > WaitingValues.Most,
            StudyServiceError.Invalid, $"values has {values.Count} members; expected at most {WaitingValues.Most}.");

        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { Step: >= 0 } value || !double.IsFinite(value.Value))
            {
                throw new StudyServiceException(
                    StudyServiceError.Invalid, $"values[{i}] is {(values[i] is { } wrong ? $"{wrong.Value:R} at step {wrong.Step}" : "null")}; expected a finite value at a step of 0 or more.");
            }
        }
    }

    public async Task<TellOutcome> TellAsync(string? tenant, Guid attempt, WorkResult result, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(result);
        var next = result.Next;
        var wait = WaitOf(next?.WaitFor);
        var told = await TellNowAsync(tenant, attempt, result, cancellation).ConfigureAwait(false);
        if (next is null || wait == TimeSpan.Zero || told.Next is not null)
        {
            return told;
        }

        // What was told stands, whatever becomes of the wait.
        var claimed = await ClaimAsync(tenant, next, cancellation).ConfigureAwait(false);
        return told with { Next = claimed, Study = claimed is null ? (await finder.FindAsync(tenant, null, attempt, cancellation).ConfigureAwait(false)).Study.State : told.Study };
    }

    private async Task<TellOutcome> TellNowAsync(string? tenant, Guid attempt, WorkResult result, CancellationToken cancellation)
    {
        var lease = result.Lease;
        var found = await finder.FindAsync(tenant, null, attempt, cancellation).ConfigureAwait(false);
        var definition = StudyJson.Read<StudyDefinition>(found.Study.Definition);
        var claim = result.Next is { } next ? Claim(tenant, next) : null;
        var end = await ends.OfAsync(found, definition, result, cancellation).ConfigureAwait(false);
        if (end.Value is not null && found.Lease == lease
            && await engine.TellAsync(found.Study, found.Trial, attempt, lease, end, claim, cancellation).ConfigureAwait(false) is { } told)
        {
            telemetry.AttemptsEnded(AttemptState.Done);
            return new TellOutcome(AttemptState.Done, told.Study!.State, View(told.Claimed));
        }

        var ended = await store.EndAsync(attempt, lease, end, cancellation).ConfigureAwait(false);
        if (ended.State is not { } state)
        {
            throw new StudyServiceException(StudyServiceError.Conflict, "The attempt is not this lease's; it was claimed again, or never with it.");
        }

        TrainingEnds.RequireSame(ended.Before, end);
        telemetry.AttemptsEnded(state, ended.Before is null ? 1 : 0);

        events.Happened(found.Study.Id);
        wakeUps.Outbox();
        wakeUps.Queue(found.Queue);
        var row = await store.FindAsync(found.Study.Id, cancellation).ConfigureAwait(false);
        var another = claim is null ? null : await store.ClaimAsync(claim, cancellation).ConfigureAwait(false) is (var claimed, null) ? View(claimed) : null;
        return new TellOutcome(state, row?.State ?? found.Study.State, another) { IsRepeated = ended.Before is not null };
    }

    public async Task EndAttemptAsync(string? tenant, Guid study, Guid attempt, bool kill, CancellationToken cancellation)
    {
        await finder.FindAsync(tenant, study, attempt, cancellation).ConfigureAwait(false);
        StudyServiceException.ThrowIf(!await store.AskToEndAsync(attempt, kill, cancellation).ConfigureAwait(false),
            StudyServiceError.Conflict, "The attempt has ended.");

        events.Happened(study);
        wakeUps.Outbox();
    }

    public async Task RetryAsync(string? tenant, Guid study, int trial, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var found = (await store.TrialsAsync(study, cancellation).ConfigureAwait(false)).FirstOrDefault(one => one.Number == trial)
            ?? throw new StudyServiceException(StudyServiceError.NotFound, $"There is no trial {trial}.");
        StudyServiceException.ThrowIf(!await store.RetryAsync(found.Id, cancellation).ConfigureAwait(false),
            StudyServiceError.Conflict, $"The trial is {found.Status} and the study {row.State}; expected a failed or cancelled trial of a study that goes on.");

        events.Happened(study);
        wakeUps.Queue(row.Queue);
    }

    // Who trains by hand, or by a script for each step, has nobody to renew a lease of minutes.
    private TimeSpan LeaseOf(TimeSpan? wanted) => wanted is not { } time ? options.Value.Lease
        : time >= s_leastLease && time <= s_longestLease ? time
        : throw new StudyServiceException(StudyServiceError.Invalid, $"leaseFor is {time}; expected {s_leastLease} to {s_longestLease}.");

    private static TimeSpan WaitOf(TimeSpan? wanted) => wanted is not { } wait ? TimeSpan.Zero
        : wait >= TimeSpan.Zero && wait <= s_longestWait ? wait
        : throw new StudyServiceException(StudyServiceError.Invalid, $"waitFor is {wait}; expected {TimeSpan.Zero} to {s_longestWait}.");

    private WorkRequest Claim(string? tenant, WorkRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (string.IsNullOrWhiteSpace(request.Worker) || request.Worker.Length > WorkerNameLimit || request.Worker.Contains(TenantMark) || !PlainText.IsPlain(request.Worker))
        {
            throw new StudyServiceException(
                StudyServiceError.Invalid,
                $"worker is {(request.Worker is { } name ? $"of {name.Length} characters" : "missing")}; expected a name of 1 to {WorkerNameLimit} characters without '{TenantMark}', not blank.");
        }

        StudyServiceException.ThrowIf(
            request.Slot is < 0 or > 1000, StudyServiceError.Invalid, $"slot is {request.Slot}; expected 0 to 1000.");

        return request with
        {
            Worker = $"{tenant}{TenantMark}{request.Worker}",
            Tenant = tenant,
            LeaseFor = LeaseOf(request.LeaseFor),
            OtherThan = registry.Names,
            QueueLimit = options.Value.QueueLimit,
            TenantLimit = options.Value.TenantLimit,
        };
    }

    private ClaimedAttempt? View(AttemptRow? claimed)
    {
        if (claimed is not { Lease: { } lease, LeaseUntil: { } until, Trial: var trial, Study: var study } attempt)
        {
            return null;
        }

        var definition = StudyJson.Read<StudyDefinition>(study.Definition);
        var rows = definition.Objective == StudyProblem.ValueObjective ? 0 : definition.Contexts?.Count ?? definition.Rows;
        var at = trial.At(new StudyProblem(definition, registry));
        return new ClaimedAttempt(
            attempt.Id, lease, Time(until), options.Value.RenewEvery, study.Id, trial.Number, attempt.Number, at.Lambda, trial.Seed, rows, definition.TimeLimit ?? options.Value.TimeLimit)
        {
            IsHeld = claimed.IsHeld,
            Configuration = at,
        };
    }
}
