using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests;

// What happens at once, late, or twice.
public abstract partial class StoreContract
{
    /// <summary>A lease that is over as soon as it begins: what a silent worker's is after its time.</summary>
    private static readonly TimeSpan Over = TimeSpan.FromMilliseconds(-1);

    private Task<SweepResult> SweepAsync() => Store.SweepAsync(new SweepSettings(TimeSpan.FromMinutes(1)), None);

    private async Task<AttemptRow> LoseAsync(string worker = "w")
    {
        var claimed = await Store.ClaimAsync(Request(worker) with { LeaseFor = Over }, None);
        await Task.Delay(5);
        await SweepAsync();
        return claimed.Attempt!;
    }

    [StoreFact]
    public async Task Many_workers_at_once_claim_each_attempt_once()
    {
        var study = await CreateAsync(parallelism: 12);
        await AskAsync(study.Id, [.. Enumerable.Range(1, 12).Select(n => Trial(n))]);
        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => ClaimAsync("w" + i))));
        var attempts = claims.Where(c => c.Attempt is not null).Select(c => c.Attempt!.Id).ToList();
        Assert.Equal(12, attempts.Count);
        Assert.Equal(12, attempts.Distinct().Count());
        Assert.Equal(4, claims.Count(c => c.Refusal == "empty"));
    }

    [StoreFact]
    public async Task Of_commits_on_one_version_one_is_written()
    {
        var study = await CreateAsync();
        var commits = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Task.Run(() => Store.CommitAsync(
            new StudyCommit(study.Id, study.Version, [new(0, null, StudyEventKind.Asked, $$"""{"number":{{n}}}""")]) { Asked = [Trial(n)] }, None))));
        Assert.Equal(1, commits.Count(c => c.Outcome == CommitOutcome.Done));
        Assert.Equal(7, commits.Count(c => c.Outcome == CommitOutcome.OtherVersion));
        Assert.Single(await Store.TrialsAsync(study.Id, None));
        Assert.Equal([1L, 2], (await Store.EventsAsync(study.Id, 0, 100, None)).Select(e => e.Sequence));
    }

    [StoreFact]
    public async Task Results_handed_in_at_once_are_taken_once_each_in_one_order()
    {
        var study = await CreateAsync(parallelism: 8);
        await AskAsync(study.Id, [.. Enumerable.Range(1, 8).Select(n => Trial(n))]);
        var claims = new List<(AttemptRow? Attempt, string? Refusal)>();
        for (var i = 0; i < 8; i++)
        {
            claims.Add(await ClaimAsync("w" + i));
        }
        // Each told twice, as a worker does whose first answer was lost.
        var ends = await Task.WhenAll(claims.Concat(claims).Select(c => Task.Run(() => Store.EndAsync(c.Attempt!.Id, c.Attempt.Lease!.Value, Done(c.Attempt.Trial.Number), None))));
        Assert.All(ends, e => Assert.Equal(AttemptState.Done, e.State));
        Assert.Equal(8, ends.Count(e => e.Before is not null));
        var results = (await Store.LoadAsync(study.Id, 0, None))!.Results;
        Assert.Equal(Enumerable.Range(1, 8).Select(n => (long?)n), results.Select(r => r.EndOrder));
        Assert.Equal(Enumerable.Range(1, 8), results.Select(r => r.Number).Order());
    }

    [StoreFact]
    public async Task A_lost_attempt_is_queued_at_the_front_and_its_lease_is_over()
    {
        var study = await CreateAsync(parallelism: 3);
        await AskAsync(study.Id, Trial(1), Trial(2));
        var lost = await LoseAsync();
        Assert.False((await Store.RenewAsync(lost.Id, new AttemptReport(lost.Lease!.Value, 0.5, null, Lease), None)).Holds);
        var again = await ClaimAsync("v");
        Assert.Equal((lost.TrialId, 2, true), (again.Attempt!.TrialId, again.Attempt.Number, again.Attempt.IsFront));
        Assert.Equal(1, (await TrialAsync(study.Id, 1)).AttemptsUsed);
        // Neither does a failure of the old holder's count.
        Assert.Equal((AttemptState.Lost, false), Pair(await Store.EndAsync(lost.Id, lost.Lease.Value, Failed(), None)));
        Assert.Equal(TrialStatus.Running, (await TrialAsync(study.Id, 1)).Status);
    }

    [StoreFact]
    public async Task A_late_result_is_the_trials_where_it_has_none()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1));
        var lost = await LoseAsync();
        Assert.Equal((AttemptState.Late, false), Pair(await Store.EndAsync(lost.Id, lost.Lease!.Value, Done(7), None)));
        Assert.Equal((AttemptState.Late, true), Pair(await Store.EndAsync(lost.Id, lost.Lease.Value, Done(7), None)));
        var trial = await TrialAsync(study.Id, 1);
        Assert.Equal((TrialStatus.Completed, 7.0), (trial.Status, trial.Reported));
        Assert.Equal("empty", (await ClaimAsync("v")).Refusal);
        Assert.Equal([AttemptState.Late, AttemptState.Cancelled], (await Store.AttemptsAsync(study.Id, null, None)).Select(a => a.State));
        Assert.Single((await Store.LoadAsync(study.Id, 0, None))!.Results);
    }

    [StoreFact]
    public async Task A_late_result_beside_another_is_a_replicate_that_the_tuner_must_see()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1));
        var lost = await LoseAsync();
        var again = (await ClaimAsync("v")).Attempt!;
        await Store.EndAsync(again.Id, again.Lease!.Value, Done(1), None);
        var before = await RowAsync(study.Id);
        Assert.Equal(AttemptState.Late, (await Store.EndAsync(lost.Id, lost.Lease!.Value, Done(7), None)).State);
        var after = await RowAsync(study.Id);
        Assert.Equal(before.Version + 1, after.Version);
        Assert.Equal(1.0, (await TrialAsync(study.Id, 1)).Reported);
        Assert.Single(await Store.EventsAsync(study.Id, 0, 100, None), e => e.Kind == StudyEventKind.Replicate);
    }

    [StoreFact]
    public async Task A_late_result_of_a_second_holder_stops_the_first_ones_successor()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1));
        var lost = await LoseAsync();
        var again = (await ClaimAsync("v")).Attempt!;
        await Store.EndAsync(lost.Id, lost.Lease!.Value, Done(7), None);
        var told = await Store.RenewAsync(again.Id, new AttemptReport(again.Lease!.Value, 0.5, null, Lease), None);
        Assert.Equal((true, true, false), (told.Holds, told.Stop, told.Kill));
        // Its result all the same is kept.
        Assert.Equal(AttemptState.Late, (await Store.EndAsync(again.Id, again.Lease.Value, Done(8), None)).State);
        Assert.Equal(7.0, (await TrialAsync(study.Id, 1)).Reported);
    }

    [StoreFact]
    public async Task Silence_comes_before_loss_and_ends_with_a_word()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1));
        var attempt = (await ClaimAsync()).Attempt!;
        await Task.Delay(10);
        await Store.SweepAsync(new SweepSettings(TimeSpan.FromMilliseconds(1)), None);
        Assert.Equal(AttemptState.Silent, (await Store.FindAttemptAsync(attempt.Id, None))?.State);
        Assert.True((await Store.RenewAsync(attempt.Id, new AttemptReport(attempt.Lease!.Value, 0.25, "log", Lease), None)).Holds);
        var found = (await Store.FindAttemptAsync(attempt.Id, None))!;
        Assert.Equal((AttemptState.Running, 0.25, "log"), (found.State, found.Progress, found.LogTail));
        Assert.NotNull(found.StartedAt);
    }

    [StoreFact]
    public async Task Values_on_the_way_are_kept_by_step_and_thinned_and_those_of_a_lease_that_is_over_are_not()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1));
        var attempt = (await ClaimAsync()).Attempt!;
        AttemptReport Told(params IntermediateValue[] values) => new(attempt.Lease!.Value, 0.5, null, Lease, values);
        Assert.Empty(await Store.ValuesAsync(attempt.Id, None));
        await Store.RenewAsync(attempt.Id, Told(new(7, 0.25), new(2, 1e-300), new(7, 0.5)), None);
        await Store.RenewAsync(attempt.Id, Told(new IntermediateValue(2, -3.5)), None);
        Assert.False((await Store.RenewAsync(attempt.Id, Told(new IntermediateValue(9, 9)) with { Lease = Guid.NewGuid() }, None)).Holds);
        Assert.Equal([new(2, -3.5), new(7, 0.5)], await Store.ValuesAsync(attempt.Id, None));
        await Store.RenewAsync(attempt.Id, Told([.. Enumerable.Range(10, 999).Select(step => new IntermediateValue(step, step))]), None);
        var kept = await Store.ValuesAsync(attempt.Id, None);
        Assert.InRange(kept.Count, 500, 501);
        Assert.Equal(1008, kept[^1].Step);
        Assert.Equal(kept.OrderBy(value => value.Step), kept);
        await Store.ChangeStateAsync(study.Id, [StudyState.Active], StudyState.Cancelled, null, None);
        await Store.EndAsync(attempt.Id, attempt.Lease!.Value, new WorkResult { State = AttemptState.Cancelled, Reason = "stopped" }, None);
        Assert.True(await Store.DeleteAsync(study.Id, None));
        Assert.Empty(await Store.ValuesAsync(attempt.Id, None));
    }

    [StoreFact]
    public async Task An_attempt_that_kills_its_host_stops_after_its_limit()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1, maxAttempts: 3));
        for (var i = 0; i < 3; i++)
        {
            await LoseAsync("host" + i);
        }
        var trial = await TrialAsync(study.Id, 1);
        Assert.Equal((TrialStatus.Failed, 3), (trial.Status, trial.AttemptsUsed));
        Assert.StartsWith("poison: 3 attempts", trial.Error, StringComparison.Ordinal);
        Assert.Equal("empty", (await ClaimAsync()).Refusal);
    }

    [StoreFact]
    public async Task A_preempted_attempt_comes_again_at_the_front_and_does_not_count()
    {
        var study = await CreateAsync(parallelism: 2);
        await AskAsync(study.Id, Trial(1), Trial(2));
        var attempt = (await ClaimAsync()).Attempt!;
        await Store.EndAsync(attempt.Id, attempt.Lease!.Value, new WorkResult { State = AttemptState.Preempted, Reason = "shutdown" }, None);
        var again = await ClaimAsync("v");
        Assert.Equal((1, 2), (again.Attempt!.Trial.Number, again.Attempt.Number));
        Assert.Equal(0, again.Attempt.Trial.AttemptsUsed);
    }

    private static (AttemptState?, bool) Pair((AttemptState? State, AttemptRow? Before) result) => (result.State, result.Before is not null);
}
