using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HtiTune.Client;

namespace HtiTune.Server.Tests.Api;

/// <summary>λ of a user's own choice are trained next.</summary>
public sealed class EnqueueApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly StudyDefinition s_study = new() { Name = "Enqueued", Minimum = 0, Maximum = 1, MaxTrainings = 8 };

    [Fact]
    public async Task Enqueued_lambdas_are_trained_next_in_their_order_and_count_as_trainings_allowed()
    {
        var client = await server.ClientAsync("enqueue");
        var study = await client.CreateAsync(s_study with { MaxTrainings = 4 });
        var first = (await client.ClaimAsync("w", study: study.Id))!;
        var enqueued = await client.EnqueueAsync(study.Id, [0.61, 0.42]);
        Assert.Equal([0.61, 0.42], enqueued.Added);
        Assert.Equal([0.61, 0.42], enqueued.Waiting);

        // What waits, is under way or trained is not added again.
        enqueued = await client.EnqueueAsync(study.Id, [0.42, first.Lambda, 0.7]);
        Assert.Equal([0.7], enqueued.Added);
        Assert.Equal([0.61, 0.42, 0.7], enqueued.Waiting);
        var lambdas = new List<double>();
        for (var task = first; task is not null;)
        {
            lambdas.Add(task.Lambda);
            task = (await client.TellAsync(task, new WorkResult { Value = Math.Pow(task.Lambda - 0.3, 2) }, "w", study: study.Id)).Next;
        }

        Assert.Equal([0.61, 0.42, 0.7], lambdas.Skip(1));
        Assert.All((await client.TrialsAsync(study.Id)).Skip(1), trial => Assert.Contains("enqueued", trial.Reason, StringComparison.Ordinal));
        var refused = await Assert.ThrowsAsync<HtiTuneException>(() => client.EnqueueAsync(study.Id, [0.5]));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("The study is finished; expected active or paused", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_told_at_once_and_another_tenants_study_is_not_there()
    {
        var client = await server.ClientAsync("enqueue-faults");
        using var http = server.Http(await server.KeyAsync("enqueue-faults"));
        var study = await client.CreateAsync(s_study with { Minimum = 0.5, Maximum = 2 });
        foreach (var (body, words) in (ValueTuple<string, string[]>[])
        [
            ("""{"lambdas":[7,1,-1e300,0.49999]}""", ["lambdas[0] is 7; expected 0.5 to 2", "lambdas[2] is -1E+300; expected", "lambdas[3] is 0.49999"]),
            ("""{"lambdas":[]}""", ["lambdas has 0 numbers; expected 1 to 100"]),
            ("{}", ["lambdas has 0 numbers"]),
            ($$"""{"lambdas":[{{string.Join(',', Enumerable.Repeat("9", 101))}}]}""", ["lambdas has 101 numbers; expected 1 to 100", "lambdas[100] is 9"]),
            ("""{"lambdas":[NaN]}""", ["$.lambdas"]),
            ("""{"lambda":1}""", ["$.lambda"]),
        ])
        {
            using var response = await http.PostAsync($"studies/{study.Id}/enqueue", new StringContent(body, null, "application/json"));
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, text);
            Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
            Assert.DoesNotContain("lambdas[1]", text.Replace("lambdas[10", "", StringComparison.Ordinal).Replace("lambdas[1] is 9", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        var other = await server.ClientAsync("enqueue-other");
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HtiTuneException>(() => other.EnqueueAsync(study.Id, [1]))).Status);
        using var reader = server.Http(await server.KeyAsync("enqueue-faults", "read"));
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync($"studies/{study.Id}/enqueue", new { lambdas = new[] { 1.0 } })).StatusCode);
    }

    [Fact]
    public async Task What_waits_is_taken_out_and_stays_out_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("htitune-clear").FullName;
        try
        {
            Guid id;
            var own = new ApiServer(folder);
            await own.InitializeAsync();
            try
            {
                var client = await own.ClientAsync("clear");
                id = (await client.CreateAsync(s_study)).Id;
                Assert.Empty(await client.ClearEnqueuedAsync(id));
                await client.EnqueueAsync(id, [0.61, 0.42]);
                Assert.Equal([0.61, 0.42], await client.ClearEnqueuedAsync(id));
                Assert.Equal([0.77], (await client.EnqueueAsync(id, [0.77])).Waiting);
                using var reader = own.Http(await own.KeyAsync("clear", "read"));
                Assert.Equal(HttpStatusCode.Forbidden, (await reader.DeleteAsync($"studies/{id}/enqueue")).StatusCode);
                Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HtiTuneException>(async () => await (await own.ClientAsync("clear-other")).ClearEnqueuedAsync(id))).Status);
            }
            finally
            {
                await own.DisposeAsync();
            }

            var next = new ApiServer(folder);
            await next.InitializeAsync();
            try
            {
                var client = await next.ClientAsync("clear");
                await client.WorkAsync(
                    "w-" + id, (task, _, _) => Task.FromResult(new WorkResult { Value = Math.Pow(task.Lambda - 0.3, 2) }), id, TimeSpan.FromMilliseconds(20));
                var lambdas = (await client.TrialsAsync(id)).Select(trial => trial.Lambda).ToList();
                Assert.Contains(0.77, lambdas);
                Assert.DoesNotContain(0.61, lambdas);
                Assert.DoesNotContain(0.42, lambdas);
                Assert.Equal(HttpStatusCode.Conflict, (await Assert.ThrowsAsync<HtiTuneException>(() => client.ClearEnqueuedAsync(id))).Status);
            }
            finally
            {
                await next.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // From the parabola's values all but one are extreme, or all are the same: said in the result, in an answer to a preference, and to the client.
    [Theory]
    [InlineData("extremeValues", "dominate the range of the objective", 1e30)]
    [InlineData("constantObjective", "the objective does not change", null)]
    public async Task What_there_is_to_say_of_the_values_is_carried_to_the_client(string kind, string said, double? penalty)
    {
        var client = await server.ClientAsync("remarks");
        using var http = server.Http(await server.KeyAsync("remarks"));
        var study = await client.CreateAsync(s_study);
        await client.WorkAsync(
            "w-" + study.Id,
            (task, _, _) => Task.FromResult(new WorkResult { Value = penalty is null ? 7 : task.Lambda > 0.9 ? penalty : Math.Pow(task.Lambda - 0.3, 2) }), study.Id, TimeSpan.FromMilliseconds(20));
        var remark = Assert.Single((await client.GetAsync(study.Id)).Result!.Remarks);
        Assert.Equal(Enum.Parse<HtiTune.Diagnostics.RemarkKind>(kind, ignoreCase: true), remark.Kind);
        Assert.Contains(said, remark.Text, StringComparison.Ordinal);
        Assert.Contains($"\"remarks\":[{{\"kind\":\"{kind}\"", await http.GetStringAsync($"studies/{study.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_enqueued_while_a_study_is_paused_waits_for_it_and_bounds_are_taken()
    {
        var client = await server.ClientAsync("enqueue-paused");
        using var http = server.Http(await server.KeyAsync("enqueue-paused"));
        var study = await client.CreateAsync(s_study);
        await client.ChangeAsync(study.Id, "pause");

        // The upper bound may be one of the first places, and then under way already.
        Assert.Contains(0.123, (await client.EnqueueAsync(study.Id, [1, 0.123])).Added);
        await client.ChangeAsync(study.Id, "resume");
        await client.WorkAsync(
            "w-" + study.Id, (task, _, _) => Task.FromResult(new WorkResult { Value = Math.Pow(task.Lambda - 0.3, 2) }), study.Id, TimeSpan.FromMilliseconds(20));
        var trials = await client.TrialsAsync(study.Id);
        Assert.All([1, 0.123], lambda => Assert.Single(trials, trial => trial.Lambda == lambda));
        var kinds = (await http.GetStringAsync($"studies/{study.Id}/events?follow=false")).Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal));
        Assert.Contains("event: study.enqueued", kinds);
        var document = await http.GetFromJsonAsync<JsonElement>(new Uri(server.Address, "/openapi/v1.json"));
        Assert.True(document.GetProperty("paths").TryGetProperty("/api/v1/studies/{id}/enqueue", out _));
    }
}
