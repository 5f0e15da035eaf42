using HtiTune.Hosting;

namespace HtiTune.Server.Tests;

/// <summary>What every store must do, whatever the database; one class a provider inherits it.</summary>
public abstract partial class StoreContract(StoreFixture fixture)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);
    private static readonly CancellationToken None = CancellationToken.None;

    private StudyStore Store => fixture.Store;

    /// <summary>A queue of the test's own: tests share the database.</summary>
    private readonly string _queue = "q-" + Guid.CreateVersion7().ToString("N")[20..];

    private async Task<StudyRow> CreateAsync(string tenant = "t", int parallelism = 1, int priority = 0, string? network = "net", string? queue = null)
    {
        var row = new StudyRow
        {
            Id = Guid.CreateVersion7(),
            Tenant = tenant,
            Name = "A study",
            Definition = """{"name":"A study"}""",
            Queue = queue ?? _queue,
            Network = network,
            Priority = priority,
            Parallelism = parallelism,
        };
        await Store.CreateAsync(row, [], None);
        return (await Store.FindAsync(row.Id, None))!;
    }

    private static TrialRow Trial(int number, int maxAttempts = 3) =>
        new() { Number = number, Lambda = number / 10.0, Seed = number, Reason = "test", MaxAttempts = maxAttempts };

    private async Task<StudyRow> AskAsync(Guid study, params TrialRow[] trials)
    {
        var row = (await Store.FindAsync(study, None))!;
        var commit = new StudyCommit(study, row.Version, [.. trials.Select(t => new StudyEvent(0, null, StudyEventKind.Asked, $$"""{"number":{{t.Number}}}"""))]) { Asked = trials };
        var result = await Store.CommitAsync(commit, None);
        Assert.Equal(CommitOutcome.Done, result.Outcome);
        return result.Study!;
    }

    private WorkRequest Request(string worker = "w", int slot = 0, Guid? study = null) => new(worker + _queue, slot, study, [_queue], Lease);

    private Task<(AttemptRow? Attempt, string? Refusal)> ClaimAsync(string worker = "w", int slot = 0) => Store.ClaimAsync(Request(worker, slot), None);

    private async Task<StudyRow> RowAsync(Guid study) => (await Store.FindAsync(study, None))!;

    private async Task<TrialRow> TrialAsync(Guid study, int number) => (await Store.TrialsAsync(study, None)).Single(t => t.Number == number);

    private static WorkResult Done(double value) => new() { Value = value };

    private static WorkResult Failed(bool isQuick = false, bool mayRetry = true, TimeSpan backoff = default) =>
        new() { State = AttemptState.Failed, Reason = "exit-code: 1", ExitCode = 1, IsQuick = isQuick, MayRetry = mayRetry, Backoff = backoff };

    [StoreFact]
    public async Task A_study_begins_with_its_event_and_an_advance()
    {
        var study = await CreateAsync();
        Assert.Equal((StudyState.Active, 0L, 1L), (study.State, study.Version, study.LastSequence));
        var events = await Store.EventsAsync(study.Id, 0, 10, None);
        Assert.Equal([(1L, StudyEventKind.Created, $$"""{"definition":{{study.Definition}}}""")], events.Select(e => (e.Sequence, e.Kind, e.Data)));
        Assert.Single(await Store.OutboxAsync(100_000, None), l => l.StudyId == study.Id && l.Kind == "advance");
        // Doing it again, as after an answer that was lost, changes nothing.
        await Store.CreateAsync(study, [], None);
        Assert.Single(await Store.EventsAsync(study.Id, 0, 10, None));
    }

    [StoreFact]
    public async Task An_event_that_is_not_as_it_was_written_or_is_gone_is_told_where_a_study_is_loaded()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1), Trial(2));
        Assert.Equal(["""{"number":1}""", """{"number":2}"""], (await Store.LoadAsync(study.Id, 1, None))!.Events.Select(e => e.Data));
        await ChangeAsync($"UPDATE events SET data = REPLACE(data, {"\"number\":2"}, {"\"number\":3"}) WHERE study_id = {study.Id} AND sequence = {3}");
        Assert.StartsWith($"study {study.Id}, event 3: the checksum of its row (trial.asked) does not hold; expected ", await ToldAsync(0), StringComparison.Ordinal);
        Assert.StartsWith($"study {study.Id}, event 3: the checksum of its row (trial.asked) does not hold; expected ", await ToldAsync(2), StringComparison.Ordinal);
        Assert.Equal("""{"number":3}""", (await Store.EventsAsync(study.Id, 2, 10, None))[0].Data);
        await ChangeAsync($"DELETE FROM events WHERE study_id = {study.Id} AND sequence = {2}");
        Assert.StartsWith($"study {study.Id}, event 2: it is missing, and event 3 follows; expected ", await ToldAsync(0), StringComparison.Ordinal);
        await ChangeAsync($"DELETE FROM events WHERE study_id = {study.Id} AND sequence = {3}");
        Assert.StartsWith($"study {study.Id}, event 2: it is missing; expected events up to 3", await ToldAsync(0), StringComparison.Ordinal);

        Task ChangeAsync(FormattableString sql) => fixture.Dialect.WriteAsync(session => session.ExecuteAsync(sql), None);

        async Task<string> ToldAsync(long after) => (await Assert.ThrowsAsync<Data.DataFormatException>(() => Store.LoadAsync(study.Id, after, None))).Message;
    }

    [StoreFact]
    public async Task A_tell_advances_and_claims_the_next_in_one_commit()
    {
        var study = await CreateAsync(network: null);
        await AskAsync(study.Id, Trial(1));
        var claimed = await ClaimAsync();
        var row = await RowAsync(study.Id);
        var told = new StudyCommit(study.Id, row.Version, [new(0, null, StudyEventKind.Told, """{"number":1,"value":2.5}"""), new(0, null, StudyEventKind.Asked, """{"number":2}""")])
        {
            Asked = [Trial(2)],
            Values = new Dictionary<int, double?> { [1] = 2.5 },
            TrainingsUsed = 1,
            BestValue = 2.5,
            Ends = (claimed.Attempt!.Id, claimed.Attempt.Lease!.Value, Done(2.5)),
            ClaimFor = Request(),
        };
        var result = await Store.CommitAsync(told, None);
        Assert.Equal(CommitOutcome.Done, result.Outcome);
        Assert.Equal((row.Version + 1, row.LastSequence + 2), (result.Study!.Version, result.Study.LastSequence));
        Assert.Equal(2, result.Claimed!.Trial.Number);
        var first = await TrialAsync(study.Id, 1);
        Assert.Equal((TrialStatus.Completed, 2.5, 2.5, row.LastSequence + 1, 1L), (first.Status, first.Value, first.Reported, first.TakenAt, first.EndOrder));
        // The same again: another version, and nothing changes; who asks again holds the same attempt.
        Assert.Equal(CommitOutcome.OtherVersion, (await Store.CommitAsync(told, None)).Outcome);
        Assert.Equal(result.Claimed.Id, (await ClaimAsync()).Attempt!.Id);
        Assert.Equal(2.5, (await RowAsync(study.Id)).BestValue);
        // A lease that does not hold: nothing is written.
        var stale = told with { ExpectedVersion = result.Study.Version, Asked = [], ClaimFor = null };
        Assert.Equal(CommitOutcome.LeaseOver, (await Store.CommitAsync(stale, None)).Outcome);
        Assert.Equal(result.Study.LastSequence, (await RowAsync(study.Id)).LastSequence);
    }

    [StoreFact]
    public async Task A_claim_is_the_same_for_the_same_slot_and_another_for_another()
    {
        var study = await CreateAsync(parallelism: 2);
        await AskAsync(study.Id, Trial(1), Trial(2));
        var one = await ClaimAsync();
        Assert.Equal(one.Attempt!.Id, (await ClaimAsync()).Attempt!.Id);
        var other = await ClaimAsync(slot: 1);
        Assert.NotEqual(one.Attempt.Id, other.Attempt!.Id);
        Assert.Equal("empty", (await ClaimAsync("v")).Refusal);
        Assert.Equal(2, (await Store.WorkersAsync(None)).Single(w => w.Name == "w" + _queue).Running);
    }

    [StoreFact]
    public async Task Failures_are_tried_again_after_a_wait_until_the_attempts_are_used_up()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1, maxAttempts: 2));
        var one = (await ClaimAsync()).Attempt!;
        Assert.Equal(AttemptState.Failed, (await Store.EndAsync(one.Id, one.Lease!.Value, Failed(backoff: TimeSpan.FromHours(1)), None)).State);
        Assert.Equal("empty", (await ClaimAsync()).Refusal);
        var repeated = await Store.EndAsync(one.Id, one.Lease!.Value, Failed(), None);
        Assert.Equal((AttemptState.Failed, true), Pair(repeated));
        var trial = await TrialAsync(study.Id, 1);
        Assert.Equal((TrialStatus.Queued, 1), (trial.Status, trial.AttemptsUsed));
    }

    [StoreFact]
    public async Task A_poisoned_trial_stops_at_its_limit_and_can_be_retried()
    {
        var study = await CreateAsync();
        await AskAsync(study.Id, Trial(1, maxAttempts: 2));
        for (var i = 0; i < 2; i++)
        {
            var attempt = (await ClaimAsync()).Attempt!;
            await Store.EndAsync(attempt.Id, attempt.Lease!.Value, Failed(), None);
        }
        var trial = await TrialAsync(study.Id, 1);
        Assert.Equal(TrialStatus.Failed, trial.Status);
        Assert.Contains("poison", trial.Error, StringComparison.Ordinal);
        Assert.Equal([1], (await Store.LoadAsync(study.Id, 0, None))!.Results.Select(t => t.Number));
        Assert.Equal("empty", (await ClaimAsync()).Refusal);
        Assert.True(await Store.RetryAsync(trial.Id, None));
        Assert.Empty((await Store.LoadAsync(study.Id, 0, None))!.Results);
        var again = (await ClaimAsync()).Attempt!;
        Assert.Equal(3, again.Number);
        await Store.EndAsync(again.Id, again.Lease!.Value, Done(1), None);
        Assert.Equal(TrialStatus.Completed, (await TrialAsync(study.Id, 1)).Status);
        Assert.False(await Store.RetryAsync(trial.Id, None));
    }
}
