using System.Diagnostics;
using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Api;

/// <summary>Claims and tells: whose a training is, and what is said of it twice.</summary>
public sealed class WorkApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly StudyDefinition s_study = new() { Name = "Work", Minimum = 0, Maximum = 1, MaxTrainings = 8 };

    [Fact]
    public async Task A_claim_for_a_study_never_gives_anothers_training()
    {
        var client = await server.ClientAsync("claims");
        var (a, b) = (await client.CreateAsync(s_study), await client.CreateAsync(s_study));
        var held = (await client.ClaimAsync("z", study: a.Id))!;
        var refused = await Assert.ThrowsAsync<HtiTuneException>(() => client.ClaimAsync("z", study: b.Id));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.All(["'z'", "slot 0", held.Attempt.ToString(), a.Id.ToString(), b.Id.ToString(), "expected"], word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));

        // Another slot is free, the held one comes back to who asks for its study or for any, and the lease holds.
        Assert.Equal(b.Id, (await client.ClaimAsync("z", slot: 1, study: b.Id))!.Study);
        Assert.Equal(held.Attempt, (await client.ClaimAsync("z", study: a.Id))!.Attempt);
        Assert.Equal(held.Attempt, (await client.ClaimAsync("z"))!.Attempt);
        Assert.True((await client.RenewAsync(held)).Holds);

        // With the answer to its end, the slot goes to the other study; one that holds another's is told the end all the same, and gets nothing.
        var next = (await client.TellAsync(held, new WorkResult { Value = 1 }, "z", study: a.Id)).Next!;
        var told = await client.TellAsync(next, new WorkResult { Value = 2 }, "z", slot: 1, study: a.Id);
        Assert.Equal((AttemptState.Done, null), (told.State, told.Next));
    }

    [Fact]
    public async Task Who_is_handed_what_its_slot_held_before_is_told_so()
    {
        var client = await server.ClientAsync("shared");
        var study = await client.CreateAsync(s_study);
        var first = (await client.ClaimAsync("host", study: study.Id))!;
        Assert.False(first.IsHeld);
        var second = (await client.ClaimAsync("host", study: study.Id))!;
        Assert.True(second.IsHeld);
        Assert.Equal((first.Attempt, first.Lease), (second.Attempt, second.Lease));
        Assert.False((await client.TellAsync(first, new WorkResult { Value = 1 }, "host", study: study.Id)).Next!.IsHeld);
    }

    [Fact]
    public async Task The_same_told_twice_changes_nothing_and_is_said()
    {
        var client = await server.ClientAsync("twice");
        var study = await client.CreateAsync(s_study);
        var task = (await client.ClaimAsync("w", study: study.Id))!;
        Assert.False((await client.TellAsync(task, new WorkResult { Value = 0.31 })).IsRepeated);
        var again = await client.TellAsync(task, new WorkResult { Value = 0.31 });
        Assert.Equal((AttemptState.Done, true), (again.State, again.IsRepeated));
        foreach (var (other, words) in (ValueTuple<WorkResult, string>[])
        [
            (new WorkResult { Value = 0.32 }, "value 0.32"), (new WorkResult { Value = double.MaxValue }, "value 1.7976931348623157E+308"),
            (new WorkResult { State = AttemptState.Failed, Reason = "after all" }, "failed (after all)"),
        ])
        {
            var refused = await Assert.ThrowsAsync<HtiTuneException>(() => client.TellAsync(task, other));
            Assert.Equal(HttpStatusCode.Conflict, refused.Status);
            Assert.All(["value 0.31", words, "the first stands"], word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        }

        Assert.Equal(0.31, (await client.TrialsAsync(study.Id))[0].Value);

        var failing = (await client.ClaimAsync("w", study: study.Id))!;
        await client.TellAsync(failing, new WorkResult { State = AttemptState.Failed, Reason = "once" });
        Assert.True((await client.TellAsync(failing, new WorkResult { State = AttemptState.Failed, Reason = "twice" })).IsRepeated);
        Assert.Contains("failed (once)", (await Assert.ThrowsAsync<HtiTuneException>(() => client.TellAsync(failing, new WorkResult { Value = 1 }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_told_twice_are_compared_by_what_they_hold()
    {
        var client = await server.ClientAsync("outputs-twice");
        var study = await client.CreateAsync(s_study with { Objective = "mean(y)", Columns = ["y"], Rows = 2 });
        ClaimedAttempt? task = null;
        await Wait.UntilAsync(async () => (task = await client.ClaimAsync("w", study: study.Id)) is not null);
        await client.TellAsync(task!, new WorkResult { Outputs = Matrix.From(new double[,] { { 1 }, { 2 } }) });
        Assert.True((await client.TellAsync(task!, new WorkResult { Outputs = Matrix.From(new double[,] { { 1 }, { 2 } }) })).IsRepeated);
        var others = new WorkResult { Outputs = Matrix.From(new double[,] { { 1 }, { 3 } }) };
        Assert.Equal(HttpStatusCode.Conflict, (await Assert.ThrowsAsync<HtiTuneException>(() => client.TellAsync(task!, others))).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-7)]
    [InlineData(long.MaxValue)]
    public async Task Seeds_of_trainings_fit_31_bits(long seed)
    {
        var client = await server.ClientAsync("seeds");
        using var http = server.Http(await server.KeyAsync("seeds"));
        var study = await client.CreateAsync(s_study with { Seed = seed, Parallelism = 3 });
        foreach (var slot in (int[])[0, 1, 2])
        {
            Assert.InRange((await client.ClaimAsync($"w{seed}", slot, study.Id))!.Seed, 0, int.MaxValue);
        }

        var trials = (await http.GetFromJsonAsync<JsonElement>($"studies/{study.Id}/trials")).EnumerateArray().Select(trial => trial.GetProperty("seed").GetInt64()).ToList();
        Assert.Equal(3, trials.Count);
        Assert.All(trials, one => Assert.InRange(one, 0, int.MaxValue));
    }

    [Fact]
    public async Task A_worker_waits_at_the_server_and_hears_at_once_of_new_work_and_of_the_end()
    {
        var counted = new Requests();
        using var http = new HttpClient(counted);
        var client = HtiTuneClientExtensions.Create(http, server.Address, await server.KeyAsync("waits"));
        var study = await client.CreateAsync(s_study with { Parallelism = 2 });
        var (first, second) = ((await client.ClaimAsync("other", 0, study.Id))!, (await client.ClaimAsync("other", 1, study.Id))!);
        var trained = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = new CancellationTokenSource();
        var working = client.WorkAsync(
            "w",
            async (_, _, cancellation) =>
            {
                trained.TrySetResult(Stopwatch.GetTimestamp());
                await Task.Delay(Timeout.Infinite, cancellation);
                throw new InvalidOperationException("Nobody comes here.");
            },
            study.Id, TimeSpan.FromSeconds(20), cancellation: over.Token);
        await Task.Delay(1500);
        Assert.Equal(1, counted.Claims("w"));

        // A tell without a next makes room for one.
        var begun = Stopwatch.GetTimestamp();
        await client.TellAsync(first, new WorkResult { Value = 1 });
        Assert.True(Stopwatch.GetElapsedTime(begun, await trained.Task.WaitAsync(TimeSpan.FromSeconds(10))) < TimeSpan.FromSeconds(8));
        Assert.Equal(1, counted.Claims("w"));
        await over.CancelAsync();
        await working;

        // And the end of the study ends who waits for its work.
        var waiting = client.WorkAsync("v", (_, _, _) => Task.FromResult(new WorkResult { Value = 2 }), study.Id, TimeSpan.FromSeconds(30));
        await client.ChangeAsync(study.Id, "cancel");
        await waiting.WaitAsync(TimeSpan.FromSeconds(15));
        await client.TellAsync(second, new WorkResult { Value = 3 });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_not_finite_is_a_failed_training_that_is_not_made_again(bool hasOutputs)
    {
        var client = await server.ClientAsync("not-finite");
        var study = await client.CreateAsync(hasOutputs ? s_study with { Objective = "mean(outputs[0])", Rows = 1, MaxTrainings = 5 } : s_study with { MaxTrainings = 5 });
        await client.WorkAsync("w", (task, _, _) =>
        {
            var value = task.Lambda == study.Definition.Minimum ? 1 : double.NaN;
            return Task.FromResult(hasOutputs ? new WorkResult { Outputs = new HtiTune.Data.Matrix(1, 1, [(float)value]) } : new WorkResult { Value = value });
        }, study.Id, TimeSpan.FromSeconds(5));
        var failed = (await client.TrialsAsync(study.Id)).Where(trial => trial.Status == TrialStatus.Failed).ToList();
        Assert.InRange(failed.Count, 3, 4);
        Assert.All(failed, trial => Assert.Equal("bad-output: it holds NaN; expected finite numbers", trial.Error));
    }

    [Fact]
    public async Task A_next_is_waited_for_with_the_result_that_is_told()
    {
        var client = await server.ClientAsync("next");
        using var http = server.Http(await server.KeyAsync("next"));
        var study = await client.CreateAsync(s_study with { Parallelism = 2, MaxTrainings = 2 });
        var (first, second) = ((await client.ClaimAsync("a", 0, study.Id))!, (await client.ClaimAsync("a", 1, study.Id))!);
        var begun = Stopwatch.GetTimestamp();
        using var waited = await http.PostAsJsonAsync(
            $"attempts/{first.Attempt}/tell", new { lease = first.Lease, value = 0.5, next = new { worker = "a", slot = 0, study = study.Id, waitFor = "00:00:01.5" } });

        // Both trainings of the budget are out: there is none for as long as was to be waited, and the result stands.
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 1.4, 10);
        var told = await waited.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("done", JsonValueKind.Null), (told.GetProperty("state").GetString(), told.GetProperty("next").ValueKind));
        Assert.Equal(0.5, (await client.TrialsAsync(study.Id)).Single(trial => trial.Number == first.Trial).Value);

        // Of one that ends meanwhile the answer says so at once.
        using var ended = await http.PostAsJsonAsync(
            $"attempts/{second.Attempt}/tell", new { lease = second.Lease, value = 0.25, next = new { worker = "a", slot = 1, study = study.Id, waitFor = "00:01:00" } });
        Assert.Equal("finished", (await ended.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("study").GetString());
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 20);
    }

    /// <summary>Counts who has asked for work.</summary>
    private sealed class Requests() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _claims = [];

        public int Claims(string worker) => _claims.Count(body => body.Contains($"\"{worker}\"", StringComparison.Ordinal));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/claim", StringComparison.Ordinal))
            {
                _claims.Enqueue(await request.Content!.ReadAsStringAsync(cancellationToken));
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
