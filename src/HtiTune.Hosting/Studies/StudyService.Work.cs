using HtiTune.Data;

namespace HtiTune.Hosting;

internal sealed partial class StudyService
{
    private const int WorkerNameLimit = 100;
    private const int LogLimit = 65_536;

    /// <summary>What to say of a training that has no result.</summary>
    internal const string FailureHint = "A training that failed or diverged is told with \"state\": \"failed\" and \"reason\": \"…\".";

    private static readonly TimeSpan s_leastLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestLease = TimeSpan.FromDays(7);

    public async Task<ClaimedAttempt?> ClaimAsync(string? tenant, WorkRequest request, CancellationToken cancellation)
    {
        var claim = Claim(tenant, request);
        StudyRow? row = null;
        if (request.Study is { } study)
        {
            row = await RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        }

        var claimed = await store.ClaimAsync(claim, cancellation).ConfigureAwait(false);
        if (claimed.Attempt is null && row is { State: StudyState.Active, Network: null } && new StudyProblem(StudyJson.Read<StudyDefinition>(row.Definition), registry).IsValue)
        {
            // The study may not have been advanced since it was created; with reported numbers that is a matter of milliseconds.
            await engine.AdvanceAsync(row.Id, cancellation).ConfigureAwait(false);
            claimed = await store.ClaimAsync(claim, cancellation).ConfigureAwait(false);
        }

        return claimed.Refusal switch
        {
            "holds-other" => throw new StudyServiceException(
                StudyServiceError.Conflict,
                $"worker '{request.Worker}', slot {request.Slot}, holds attempt {claimed.Other!.Id} of study {claimed.Other.StudyId}; expected it to be told first, or another worker's name or slot for study {request.Study}."),
            "set-aside" => throw new StudyServiceException(StudyServiceError.Limit, "The worker was set aside after three quick failures in a row; mend it, then have it reinstated."),
            "limit" => throw new StudyServiceException(StudyServiceError.Limit, "As many attempts are under way as the queue or the tenant may have at a time."),
            _ => View(claimed),
        };
    }

    public async Task<EnqueuedLambdas> EnqueueAsync(string? tenant, Guid study, IReadOnlyList<double> lambdas, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(lambdas);
        var row = await RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var range = new StudyProblem(StudyJson.Read<StudyDefinition>(row.Definition), registry).Hyperparameter;
        return (await GrantedAsync(tenant, study, StudyWish.Of(lambdas, range), cancellation).ConfigureAwait(false)).Enqueued!;
    }

    public async Task<IReadOnlyList<double>> ClearEnqueuedAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        await RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        return (await GrantedAsync(tenant, study, new StudyWish(null), cancellation).ConfigureAwait(false)).Cleared!;
    }

    private async Task<StudyWish> GrantedAsync(string? tenant, Guid study, StudyWish wish, CancellationToken cancellation)
    {
        await engine.AdvanceAsync(study, wish, cancellation).ConfigureAwait(false);
        if (wish is { Enqueued: null, Cleared: null })
        {
            if (wish.Fault is { } fault)
            {
                throw new StudyServiceException(StudyServiceError.Conflict, $"Nothing was changed: {fault.Message.ReplaceLineEndings(" ")} Expected a study whose tuner can go on; resume it when the cause is gone.");
            }

            var row = await RowAsync(tenant, study, cancellation).ConfigureAwait(false);
            throw new StudyServiceException(StudyServiceError.Conflict, $"The study is {StudyJson.Word(row.State)}{(row.Reason is { } why ? $" ({why})" : "")}; expected active or paused, so that a training can follow.");
        }

        wakeUps.Outbox();
        return wish;
    }

    public async Task<LeaseStatus> RenewAsync(string? tenant, Guid attempt, Guid lease, double? progress, string? logTail, TimeSpan? leaseFor, CancellationToken cancellation)
    {
        if (progress is { } share && !(share is >= 0 and <= 1))
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"progress is {share}; expected 0 to 1.");
        }

        await FindAsync(tenant, null, attempt, cancellation).ConfigureAwait(false);
        var result = await store.RenewAsync(attempt, lease, new AttemptReport(progress, Tail(logTail), LeaseOf(leaseFor)), cancellation).ConfigureAwait(false);
        return new LeaseStatus(result.Holds, result.Stop, result.Kill, result.Holds ? time.GetUtcNow() + LeaseOf(leaseFor) : null);
    }

    public async Task<TellOutcome> TellAsync(string? tenant, Guid attempt, Guid lease, WorkResult result, WorkRequest? next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(result);
        var found = await FindAsync(tenant, null, attempt, cancellation).ConfigureAwait(false);
        var definition = StudyJson.Read<StudyDefinition>(found.Study.Definition);
        var claim = next is null ? null : Claim(tenant, next);
        var end = await EndOfAsync(found, definition, result, cancellation).ConfigureAwait(false);
        if (end.Reported is not null && found.Attempt.Lease == lease
            && await engine.TellAsync(found.Study, found.Trial, attempt, lease, end, claim, cancellation).ConfigureAwait(false) is { } told)
        {
            return new TellOutcome(AttemptState.Done, told.Study!.State, told.Claimed is { } own ? View(own) : null);
        }

        var ended = await store.EndAsync(attempt, lease, end, cancellation).ConfigureAwait(false);
        if (ended.State is not { } state)
        {
            throw new StudyServiceException(StudyServiceError.Conflict, "The attempt is not this lease's; it was claimed again, or never with it.");
        }

        RequireSame(ended, end);

        events.Happened(found.Study.Id);
        wakeUps.Outbox();
        wakeUps.Queue(found.Attempt.Queue);
        var row = await store.FindAsync(found.Study.Id, cancellation).ConfigureAwait(false);
        var another = claim is null ? null : View(await store.ClaimAsync(claim, cancellation).ConfigureAwait(false));
        return new TellOutcome(state, row?.State ?? found.Study.State, another) { IsRepeated = ended.IsRepeated };
    }

    // The first word stands: the same again is a lost answer, another is a second opinion that comes too late.
    private static void RequireSame(EndResult ended, AttemptEnd end)
    {
        if (!ended.IsRepeated || ended.Before is not { } before)
        {
            return;
        }

        var isDone = before.State is AttemptState.Done or AttemptState.Late;
        if (isDone ? end.State == AttemptState.Done && end.Reported == before.Reported && end.Samples == before.Samples : end.State == before.State)
        {
            return;
        }

        var (first, second) = (Told(isDone ? AttemptState.Done : before.State, before.Reported, before.Reason), Told(end.State, end.Reported, end.Reason));
        throw new StudyServiceException(StudyServiceError.Conflict, $"The attempt was told before as {first}, and is now told as {second}; expected the same again, or nothing: the first stands.");

        static string Told(AttemptState state, double? value, string? reason) => state != AttemptState.Done
            ? $"{StudyJson.Word(state)} ({reason})"
            : value is { } number ? $"value {number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}" : "outputs of its own";
    }

    public async Task EndAttemptAsync(string? tenant, Guid study, Guid attempt, bool kill, CancellationToken cancellation)
    {
        await FindAsync(tenant, study, attempt, cancellation).ConfigureAwait(false);
        if (!await store.AskToEndAsync(attempt, kill, cancellation).ConfigureAwait(false))
        {
            throw new StudyServiceException(StudyServiceError.Conflict, "The attempt has ended.");
        }

        events.Happened(study);
        wakeUps.Outbox();
    }

    public async Task RetryAsync(string? tenant, Guid study, int trial, CancellationToken cancellation)
    {
        var row = await RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var found = (await store.TrialsAsync(study, cancellation).ConfigureAwait(false)).FirstOrDefault(one => one.Number == trial)
            ?? throw new StudyServiceException(StudyServiceError.NotFound, $"There is no trial {trial}.");
        if (!await store.RetryAsync(found.Id, cancellation).ConfigureAwait(false))
        {
            throw new StudyServiceException(StudyServiceError.Conflict, $"The trial is {found.Status} and the study {row.State}; expected a failed or cancelled trial of a study that goes on.");
        }

        events.Happened(study);
        wakeUps.Queue(row.Queue);
    }

    /// <summary>How an attempt ended, from what its worker says.</summary>
    internal async Task<AttemptEnd> EndOfAsync(FoundAttempt found, StudyDefinition definition, WorkResult result, CancellationToken cancellation)
    {
        var log = Tail(result.LogTail);
        if (result.State != AttemptState.Done)
        {
            return result.State is AttemptState.Failed or AttemptState.TimedOut or AttemptState.Preempted or AttemptState.Cancelled
                ? new AttemptEnd(result.State, result.Reason ?? "no reason was given", null, result.ExitCode, log)
                {
                    Backoff = External.Backoff.After(options.Value.Backoff, found.Attempt.Number),
                    IsQuick = result.State == AttemptState.Failed && found.Attempt.ClaimedAt is { } at && time.GetUtcNow() - Time(at) < options.Value.QuickFailure,
                }
                : throw new StudyServiceException(StudyServiceError.Invalid, $"state is {StudyJson.Word(result.State)}; expected done, failed, timedOut, preempted or cancelled.");
        }

        var problem = new StudyProblem(definition, registry);
        if (problem.IsValue)
        {
            return result is { Value: { } value, Outputs: null } && double.IsFinite(value)
                ? new AttemptEnd(AttemptState.Done, null, null, result.ExitCode, log) { Reported = value }
                : throw new StudyServiceException(StudyServiceError.Invalid, result.Outputs is not null
                    ? "outputs are given; expected value, a finite number, for the study's objective is value."
                    : $"value is {result.Value?.ToString("R", System.Globalization.CultureInfo.InvariantCulture) ?? "missing"}; expected a finite number. {FailureHint}");
        }

        if (result.Outputs is not { } outputs || result.Value is not null || problem.RowsExpected(outputs) is not null)
        {
            throw new StudyServiceException(
                StudyServiceError.Invalid,
                $"outputs are {(result.Outputs is { } given ? $"{given.Rows} rows of {given.Columns}" : "missing")}; expected {problem.RowsExpected(null)}, and no value. {FailureHint}");
        }

        if (definition.Columns is { } names && outputs.Columns != names.Count)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"outputs have {outputs.Columns} columns; expected {names.Count}, as the study's columns name them.");
        }

        foreach (var value in outputs.Values)
        {
            if (!float.IsFinite(value))
            {
                throw new StudyServiceException(StudyServiceError.Invalid, $"outputs hold {value}; expected finite numbers. {FailureHint}");
            }
        }

        // Where the first training said how many rows there are, another number is a failed training, as it is without a server.
        if (problem.Contexts is null
            && (await store.TrialsAsync(found.Study.Id, cancellation).ConfigureAwait(false)).Where(trial => trial.Samples is not null).MinBy(trial => trial.EndOrder) is { } first
            && (await FittingResults.OutputsAsync(store, first.Samples!, cancellation).ConfigureAwait(false)).Rows is var rows && rows != outputs.Rows)
        {
            return new AttemptEnd(AttemptState.Failed, $"bad-output: {outputs.Rows} rows; expected {rows}, as training {first.Number} brought", null, result.ExitCode, log) { MayRetry = false };
        }

        return new AttemptEnd(AttemptState.Done, null, await store.KeepAsync(NpyFile.ToBytes(outputs), cancellation).ConfigureAwait(false), result.ExitCode, log);
    }

    private static string? Tail(string? log) => log is { Length: > LogLimit } ? log[^LogLimit..] : log;

    // Who trains by hand, or by a script for each step, has nobody to renew a lease of minutes.
    private TimeSpan LeaseOf(TimeSpan? wanted) => wanted is not { } time ? options.Value.Lease
        : time >= s_leastLease && time <= s_longestLease ? time
        : throw new StudyServiceException(StudyServiceError.Invalid, $"leaseFor is {time}; expected {s_leastLease} to {s_longestLease}.");

    private ClaimRequest Claim(string? tenant, WorkRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (string.IsNullOrWhiteSpace(request.Worker) || request.Worker.Length > WorkerNameLimit || request.Worker.Any(c => char.IsControl(c) || c == TenantMark))
        {
            throw new StudyServiceException(
                StudyServiceError.Invalid,
                $"worker is {(request.Worker is { } name ? $"of {name.Length} characters" : "missing")}; expected a name of 1 to {WorkerNameLimit} characters without '{TenantMark}', not blank.");
        }

        if (request.Slot is < 0 or > 1000)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"slot is {request.Slot}; expected 0 to 1000.");
        }

        return new ClaimRequest($"{tenant}{TenantMark}{request.Worker}", request.Slot, tenant, [.. request.Queues ?? []], request.Study, LeaseOf(request.LeaseFor))
        {
            OtherThan = registry.Names,
            QueueLimit = options.Value.QueueLimit,
            TenantLimit = options.Value.TenantLimit,
        };
    }

    private ClaimedAttempt? View(ClaimResult claimed)
    {
        if (claimed is not { Attempt: { Lease: { } lease, LeaseUntil: { } until } attempt, Trial: { } trial, Study: { } study })
        {
            return null;
        }

        var definition = StudyJson.Read<StudyDefinition>(study.Definition);
        var rows = definition.Objective == StudyProblem.ValueObjective ? 0 : definition.Contexts?.Count ?? definition.Rows;
        return new ClaimedAttempt(
            attempt.Id, lease, Time(until), options.Value.RenewEvery, study.Id, trial.Number, attempt.Number, trial.Lambda, trial.Seed, rows, definition.TimeLimit ?? options.Value.TimeLimit)
        {
            IsHeld = claimed.IsHeld,
        };
    }
}
