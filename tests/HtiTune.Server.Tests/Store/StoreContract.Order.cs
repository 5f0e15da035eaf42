using System.Text;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests;

// Order, limits, workers, and the ends of studies.
public abstract partial class StoreContract
{
    [StoreFact]
    public async Task A_thousand_queued_do_not_starve_an_orphan_nor_a_small_study()
    {
        var big = await CreateAsync(parallelism: 1000);
        await AskAsync(big.Id, Trial(1));
        var orphan = await LoseAsync();
        var trials = Enumerable.Range(2, 1000).Select(n => Trial(n)).ToArray();
        await AskAsync(big.Id, trials);
        var small = await CreateAsync();
        await AskAsync(small.Id, Trial(1));
        // The orphan stands at the front; then the study with the fewest under way, though it came last.
        Assert.Equal(orphan.TrialId, (await ClaimAsync("a")).Attempt!.TrialId);
        Assert.Equal(small.Id, (await ClaimAsync("b")).Attempt!.StudyId);
        Assert.Equal(2, (await ClaimAsync("c")).Attempt!.Trial.Number);
    }

    [StoreFact]
    public async Task Higher_priorities_come_first_and_waits_decide_among_equals()
    {
        var first = await CreateAsync();
        await AskAsync(first.Id, Trial(1));
        await Task.Delay(5);
        var second = await CreateAsync();
        await AskAsync(second.Id, Trial(1));
        var urgent = await CreateAsync(priority: 5);
        await AskAsync(urgent.Id, Trial(1));
        Assert.Equal([urgent.Id, first.Id, second.Id], new[] { await ClaimAsync("a"), await ClaimAsync("b"), await ClaimAsync("c") }.Select(c => c.Attempt!.Study.Id));
    }

    [StoreFact]
    public async Task Limits_of_queue_tenant_and_study_hold_among_many_at_once()
    {
        var study = await CreateAsync(tenant: "limited" + _queue, parallelism: 8);
        await AskAsync(study.Id, [.. Enumerable.Range(1, 12).Select(n => Trial(n))]);
        var limited = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Store.ClaimAsync(Request("w" + i) with { QueueLimit = 3 }, None))));
        Assert.Equal(3, limited.Count(c => c.Attempt is not null));
        Assert.All(limited.Where(c => c.Attempt is null), c => Assert.Equal("limit", c.Refusal));
        var tenant = await Task.WhenAll(Enumerable.Range(10, 8).Select(i => Task.Run(() => Store.ClaimAsync(Request("w" + i) with { TenantLimit = 5 }, None))));
        Assert.Equal(2, tenant.Count(c => c.Attempt is not null));
        var all = await Task.WhenAll(Enumerable.Range(20, 8).Select(i => Task.Run(() => ClaimAsync("w" + i))));
        Assert.Equal(3, all.Count(c => c.Attempt is not null));
    }

    [StoreFact]
    public async Task Who_trains_what_is_asked_by_network_queue_tenant_and_study()
    {
        var own = await CreateAsync(network: "here");
        var outside = await CreateAsync(network: null);
        var foreign = await CreateAsync(network: "elsewhere", tenant: "other");
        foreach (var study in new[] { own, outside, foreign })
        {
            await AskAsync(study.Id, Trial(1));
        }
        Assert.Equal(own.Id, (await Store.ClaimAsync(Request("a") with { Networks = ["here"] }, None)).Attempt!.Study.Id);
        Assert.Equal("empty", (await Store.ClaimAsync(Request("b") with { Queues = ["nobody's"] }, None)).Refusal);
        Assert.Equal(foreign.Id, (await Store.ClaimAsync(Request("c") with { Tenant = "other", OtherThan = ["here"], Queues = [] }, None)).Attempt!.Study.Id);
        Assert.Equal(outside.Id, (await Store.ClaimAsync(Request("d") with { OtherThan = ["here", "elsewhere"] }, None)).Attempt!.Study.Id);
        // A name is another worker in another tenant.
        Assert.Equal("empty", (await Store.ClaimAsync(Request("a") with { Tenant = "other" }, None)).Refusal);
    }

    [StoreFact]
    public async Task Three_quick_failures_in_a_row_set_a_worker_aside_until_it_is_reinstated()
    {
        var study = await CreateAsync(parallelism: 7);
        await AskAsync(study.Id, [.. Enumerable.Range(1, 7).Select(number => Trial(number, maxAttempts: 1))]);
        foreach (var isQuick in new[] { true, true, false, true, true, true })
        {
            var attempt = (await ClaimAsync()).Attempt!;
            await Store.EndAsync(attempt.Id, attempt.Lease!.Value, Failed(isQuick), None);
        }
        Assert.Equal("set-aside", (await ClaimAsync()).Refusal);
        var worker = (await Store.WorkersAsync(None)).Single(w => w.Name == "w" + _queue);
        Assert.NotNull(worker.SetAsideAt);
        Assert.Contains("exit-code", worker.Reason, StringComparison.Ordinal);
        Assert.NotNull((await ClaimAsync("another")).Attempt);
        Assert.True(await Store.ReinstateAsync(worker.Name, None));
        Assert.False(await Store.ReinstateAsync(worker.Name, None));
        Assert.Equal("empty", (await ClaimAsync()).Refusal);
    }

    [StoreFact]
    public async Task One_training_that_always_crashes_sets_no_worker_aside()
    {
        var study = await CreateAsync(parallelism: 2);
        await AskAsync(study.Id, Trial(1, maxAttempts: 4), Trial(2, maxAttempts: 1));
        for (var i = 0; i < 5; i++)
        {
            var attempt = (await ClaimAsync()).Attempt!;
            await Store.EndAsync(attempt.Id, attempt.Lease!.Value, Failed(isQuick: true), None);
        }

        // Two trainings failed, however often; a third one is a worker's fault.
        Assert.Equal("empty", (await ClaimAsync()).Refusal);
        Assert.Equal(2, (await Store.WorkersAsync(None)).Single(w => w.Name == "w" + _queue).QuickFailures);
        await AskAsync(study.Id, Trial(3, maxAttempts: 1));
        var last = (await ClaimAsync()).Attempt!;
        await Store.EndAsync(last.Id, last.Lease!.Value, Failed(isQuick: true), None);
        Assert.Equal("set-aside", (await ClaimAsync()).Refusal);
    }

    [StoreFact]
    public async Task What_trainings_bring_at_their_end_sets_no_worker_aside()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1, maxAttempts: 20));
        for (var i = 0; i < 5; i++)
        {
            var attempt = (await ClaimAsync()).Attempt!;
            await Store.EndAsync(attempt.Id, attempt.Lease!.Value, Failed(isQuick: true) with { Reason = WorkResult.BadOutput + "it holds NaN" }, None);
        }

        Assert.NotNull((await ClaimAsync()).Attempt);
    }

    [StoreFact]
    public async Task A_paused_study_hands_out_nothing_and_takes_what_comes()
    {
        var study = await CreateAsync(parallelism: 2);
        await AskAsync(study.Id, Trial(1), Trial(2));
        var attempt = (await ClaimAsync()).Attempt!;
        Assert.True(await Store.ChangeStateAsync(study.Id, [StudyState.Active], StudyState.Paused, "a pause", None));
        Assert.False(await Store.ChangeStateAsync(study.Id, [StudyState.Active], StudyState.Paused, "again", None));
        Assert.Equal("empty", (await ClaimAsync("v")).Refusal);
        Assert.Equal(AttemptState.Done, (await Store.EndAsync(attempt.Id, attempt.Lease!.Value, Done(1), None)).State);
        Assert.True(await Store.ChangeStateAsync(study.Id, [StudyState.Paused], StudyState.Active, null, None));
        Assert.NotNull((await ClaimAsync("v")).Attempt);
    }

    [StoreFact]
    public async Task Cancelling_ends_what_waits_asks_what_runs_and_refuses_a_stale_commit()
    {
        var study = await CreateAsync(parallelism: 2);
        var asked = await AskAsync(study.Id, Trial(1), Trial(2));
        var attempt = (await ClaimAsync()).Attempt!;
        Assert.True(await Store.ChangeStateAsync(study.Id, [StudyState.Active], StudyState.Cancelled, "enough", None));
        var stale = new StudyCommit(study.Id, asked.Version, [new(0, null, StudyEventKind.Asked, """{"number":3}""")]) { Asked = [Trial(3)] };
        Assert.Equal(CommitOutcome.OtherVersion, (await Store.CommitAsync(stale, None)).Outcome);
        Assert.True((await Store.RenewAsync(attempt.Id, new AttemptReport(attempt.Lease!.Value, null, null, Lease), None)).Stop);
        Assert.False(await Store.DeleteAsync(study.Id, None));
        await Store.EndAsync(attempt.Id, attempt.Lease.Value, new WorkResult { State = AttemptState.Cancelled, Reason = "user" }, None);
        Assert.NotNull((await Store.FindAttemptAsync(attempt.Id, None))?.AcknowledgedAt);
        Assert.All(await Store.TrialsAsync(study.Id, None), t => Assert.Equal(TrialStatus.Cancelled, t.Status));
        Assert.NotNull((await RowAsync(study.Id)).EndedAt);
    }

    [StoreFact]
    public async Task An_attempt_is_stopped_or_killed_and_its_trial_ends_with_it()
    {
        var study = await CreateAsync(parallelism: 2);
        await AskAsync(study.Id, Trial(1), Trial(2));
        var attempt = (await ClaimAsync()).Attempt!;
        Assert.True(await Store.AskToEndAsync(attempt.Id, kill: true, None));
        var told = await Store.RenewAsync(attempt.Id, new AttemptReport(attempt.Lease!.Value, null, null, Lease), None);
        Assert.Equal((true, true, true), (told.Holds, told.Stop, told.Kill));
        await Store.EndAsync(attempt.Id, attempt.Lease.Value, new WorkResult { State = AttemptState.Cancelled, Reason = "user" }, None);
        var waiting = (await Store.AttemptsAsync(study.Id, null, None)).Single(a => a.State == AttemptState.Queued);
        Assert.True(await Store.AskToEndAsync(waiting.Id, kill: false, None));
        Assert.False(await Store.AskToEndAsync(waiting.Id, kill: false, None));
        Assert.Equal([(1, TrialStatus.Cancelled), (2, TrialStatus.Cancelled)], (await Store.LoadAsync(study.Id, 0, None))!.Results.Select(t => (t.Number, t.Status)));
    }

    [StoreFact]
    public async Task Deleting_takes_all_that_only_the_study_holds()
    {
        var shared = await Store.KeepAsync(Encoding.UTF8.GetBytes("shared" + _queue), None);
        var own = await Store.KeepAsync(Encoding.UTF8.GetBytes("own" + _queue), None);
        Assert.Equal(own, await Store.KeepAsync(Encoding.UTF8.GetBytes("own" + _queue), None));
        var study = await CreateAsync();
        var neighbour = await CreateAsync();
        foreach (var (id, hash) in new[] { (study.Id, own), (neighbour.Id, shared) })
        {
            await AskAsync(id, Trial(1));
            var attempt = (await Store.ClaimAsync(Request() with { Study = id }, None)).Attempt!;
            await Store.EndAsync(attempt.Id, attempt.Lease!.Value, new WorkResult { Samples = hash }, None);
        }
        var row = await RowAsync(study.Id);
        var surrogate = new SurrogateRow { Id = Guid.CreateVersion7(), Tenant = "", Blob = shared, Anchors = 3 };
        await Store.CommitAsync(new StudyCommit(study.Id, row.Version, []) { Surrogate = surrogate, State = StudyState.Finished }, None);
        Assert.Equal(surrogate.Id, (await RowAsync(study.Id)).SurrogateId);
        Assert.True(await Store.DeleteAsync(study.Id, None));
        Assert.False(await Store.DeleteAsync(study.Id, None));
        Assert.Null(await Store.FindAsync(study.Id, None));
        Assert.Empty(await Store.EventsAsync(study.Id, 0, 10, None));
        Assert.Empty(await Store.TrialsAsync(study.Id, None));
        Assert.Null(await Store.FindSurrogateAsync(surrogate.Id, None));
        Assert.Null(await Store.BytesAsync(own, None));
        Assert.Equal("shared" + _queue, Encoding.UTF8.GetString((await Store.BytesAsync(shared, None))!));
    }

    [StoreFact]
    public async Task Studies_are_listed_newest_first_by_tenant_state_and_words()
    {
        var tenant = "list" + _queue;
        var rows = new List<StudyRow>();
        for (var i = 0; i < 5; i++)
        {
            rows.Add(await CreateAsync(tenant));
            await Task.Delay(3);
        }
        await Store.ChangeStateAsync(rows[1].Id, [StudyState.Active], StudyState.Paused, null, None);
        rows.Reverse();
        var page = await Store.ListAsync(tenant, new StudyQuery(null, null, null, 2), None);
        var rest = await Store.ListAsync(tenant, new StudyQuery(null, "STUDY", page[^1].Id, 10), None);
        Assert.Equal(rows.Select(r => r.Id), page.Concat(rest).Select(r => r.Id));
        Assert.Empty(await Store.ListAsync(tenant, new StudyQuery(null, "%", null, 10), None));
        Assert.Equal([rows[3].Id], (await Store.ListAsync(tenant, new StudyQuery(StudyState.Paused, null, null, 10), None)).Select(r => r.Id));
        // A page goes on though the study that it ended with is gone.
        await Store.DeleteAsync(rows[2].Id, None);
        Assert.Equal(rows.Skip(3).Select(r => r.Id), (await Store.ListAsync(tenant, new StudyQuery(null, null, rows[2].Id, 10), None)).Select(r => r.Id));
        Assert.Equal((4, 3), (await Store.CountAsync(tenant, null, None), await Store.CountAsync(tenant, StudyState.Active, None)));
        Assert.Empty(await Store.ListAsync("';DROP TABLE studies;--", new StudyQuery(null, "'", null, 10), None));
    }

    [StoreFact]
    public async Task Anchors_are_brought_as_trials_that_the_first_run_takes()
    {
        var hash = await Store.KeepAsync(Encoding.UTF8.GetBytes("anchor"), None);
        var row = new StudyRow { Id = Guid.CreateVersion7(), Tenant = "t", Name = "n", Definition = "{}", Queue = _queue, Parallelism = 1 };
        await Store.CreateAsync(row, [.. ((double[])[0.25, 0.75]).Select((lambda, i) => new TrialRow { Number = i + 1, Lambda = lambda, Reason = "file", Samples = hash })], None);
        var snapshot = (await Store.LoadAsync(row.Id, 0, None))!;
        Assert.Equal([StudyEventKind.Created, StudyEventKind.Imported], snapshot.Events.Select(e => e.Kind));
        Assert.Equal([(1, 0.25, true), (2, 0.75, true)], snapshot.Results.Select(t => (t.Number, t.Lambda, t.IsImported)));
        var began = new StudyCommit(row.Id, snapshot.Version, [new(0, null, StudyEventKind.RunBegan, "{}")]) { Values = new Dictionary<int, double?> { [1] = 3.5, [2] = null } };
        Assert.Equal(CommitOutcome.Done, (await Store.CommitAsync(began, None)).Outcome);
        snapshot = (await Store.LoadAsync(row.Id, 2, None))!;
        Assert.Empty(snapshot.Results);
        Assert.Equal([3.5, null], (await Store.TrialsAsync(row.Id, None)).Select(t => t.Value));
    }

    [StoreFact]
    public async Task A_study_that_nothing_moves_is_revived_and_one_that_trains_is_not()
    {
        var idle = await CreateAsync();
        var busy = await CreateAsync();
        await AskAsync(busy.Id, Trial(1));
        async Task<int> LinesAsync(Guid study) => (await Store.OutboxAsync(100_000, None)).Count(l => l.StudyId == study && l.Kind == "advance");
        await Store.DispatchedAsync([.. (await Store.OutboxAsync(100_000, None)).Where(l => l.StudyId == idle.Id || l.StudyId == busy.Id).Select(l => l.Id)], None);
        Assert.Equal(0, await LinesAsync(idle.Id));
        await Store.ReviveAsync(TimeSpan.Zero, None);
        await Store.ReviveAsync(TimeSpan.Zero, None);
        Assert.Equal((1, 0), (await LinesAsync(idle.Id), await LinesAsync(busy.Id)));
        // A result whose advance got lost.
        var attempt = (await ClaimAsync()).Attempt!;
        await Store.EndAsync(attempt.Id, attempt.Lease!.Value, Done(1), None);
        await Store.DispatchedAsync([.. (await Store.OutboxAsync(100_000, None)).Where(l => l.StudyId == busy.Id).Select(l => l.Id)], None);
        await Store.ReviveAsync(TimeSpan.Zero, None);
        Assert.Equal(1, await LinesAsync(busy.Id));
    }

    [StoreFact]
    public async Task Queued_work_is_in_the_outbox_with_its_attempt_and_counted_by_queue()
    {
        var study = await CreateAsync(parallelism: 3);
        await AskAsync(study.Id, Trial(1), Trial(2));
        var lines = (await Store.OutboxAsync(100_000, None)).Where(l => l.StudyId == study.Id && l.Kind == "train").ToList();
        var attempts = await Store.AttemptsAsync(study.Id, null, None);
        Assert.Equal(attempts.Select(a => (Guid?)a.Id).Order(), lines.Select(l => l.AttemptId).Order());
        await ClaimAsync();
        var queue = (await Store.QueuesAsync(null, None)).Single(q => q.Queue == _queue);
        Assert.Equal((1, 1), (queue.Queued, queue.Running));
        Assert.NotNull(queue.OldestQueuedAt);
        Assert.DoesNotContain(await Store.QueuesAsync("nobody", None), q => q.Queue == _queue);
    }

    [StoreFact]
    public async Task Keys_are_found_until_they_are_revoked_and_hostile_text_is_only_text()
    {
        var key = new ApiKeyRow { Id = "k" + _queue, Hash = "h", Tenant = "a\0b\ud800", Name = "'; DROP TABLE api_keys; --", Scopes = "read write", RequestsPerMinute = 5, MaxStudies = 2 };
        await Store.AddKeyAsync(key, None);
        await Store.AddKeyAsync(key, None);
        var found = (await Store.FindKeyAsync(key.Id, None))!;
        Assert.Equal(("a\ufffdb\ufffd", key.Name, "read write", 5, 2), (found.Tenant, found.Name, found.Scopes, found.RequestsPerMinute, found.MaxStudies));
        Assert.Null((await Store.KeysAsync("a\ufffdb\ufffd", None)).Single(k => k.Id == key.Id).LastUsedAt);
        await Store.KeyUsedAsync(key.Id, None);
        Assert.NotNull((await Store.KeysAsync("a\ufffdb\ufffd", None)).Single(k => k.Id == key.Id).LastUsedAt);
        Assert.True(await Store.RevokeKeyAsync(key.Id, None));
        Assert.False(await Store.RevokeKeyAsync(key.Id, None));
        Assert.NotNull((await Store.FindKeyAsync(key.Id, None))!.RevokedAt);
        Assert.Null(await Store.FindKeyAsync("' OR ''='", None));
    }
}
