using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HtiTune.Client;

namespace HtiTune.Server.Tests.Api;

/// <summary>Tags and notes of studies, lists that are filtered by them and counted, and what a list says of the studies before they have a model.</summary>
public sealed class LabelTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task Tags_and_notes_are_kept_and_lists_are_filtered_by_a_tag()
    {
        var client = await server.ClientAsync("labels");
        var (one, two) = (await CreateAsync(client, "one"), await CreateAsync(client, "two"));
        var labelled = await client.DescribeAsync(one.Id, ["Team/Vision", "base_line", "base_line"], "first line\nsecond");
        Assert.Equal(["base_line", "team/vision"], labelled.Tags);
        Assert.Equal("first line\nsecond", labelled.Notes);
        await client.DescribeAsync(two.Id, ["baseXline"]);
        Assert.Equal([one.Id], (await client.ListTaggedAsync("BASE_LINE")).Select(study => study.Id));
        Assert.Empty(await client.ListTaggedAsync("base"));
        Assert.Empty(await client.ListTaggedAsync("%"));
        Assert.Equal("first line\nsecond", (await client.DescribeAsync(one.Id, [])).Notes);
        Assert.Empty((await client.DescribeAsync(one.Id, notes: "")).Tags);
        Assert.Null((await client.GetAsync(one.Id)).Notes);
        foreach (var (tags, notes) in (ValueTuple<string[]?, string?>[])
        [
            (["a b"], null), ([""], null), (["a,b"], null), ([new string('x', 41)], null), ([.. Enumerable.Range(0, 21).Select(i => $"t{i}")], null),
            (null, new string('x', 10_001)), (null, "a\u202Eb"), (null, "a\u0007"),
        ])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await Assert.ThrowsAsync<HtiTuneException>(() => client.DescribeAsync(one.Id, tags, notes))).Status);
        }

        var other = await server.ClientAsync("others");
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HtiTuneException>(() => other.DescribeAsync(one.Id, ["mine"]))).Status);
    }

    [Fact]
    public async Task A_list_says_how_many_there_are_and_where_the_next_page_is()
    {
        var key = await server.KeyAsync("pages");
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, key);
        for (var i = 0; i < 5; i++)
        {
            await client.DescribeAsync((await CreateAsync(client, $"study {i}")).Id, i < 3 ? ["few"] : []);
        }

        using var http = server.Http(key);
        var seen = new List<string>();
        var next = "studies?size=2&tag=few";
        while (next is not null)
        {
            using var answer = await http.GetAsync(next);
            Assert.Equal("3", Assert.Single(answer.Headers.GetValues("X-Total-Count")));
            seen.AddRange((await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(study => study.GetProperty("definition").GetProperty("name").GetString()!));
            next = answer.Headers.TryGetValues("Link", out var link) ? link.Single().Split('>')[0].TrimStart('<') : null;
        }

        Assert.Equal(["study 2", "study 1", "study 0"], seen);
    }

    [Fact]
    public async Task The_best_value_stands_in_lists_from_the_first_told_value_on()
    {
        var client = await server.ClientAsync("best");
        foreach (var (goal, expected) in (ValueTuple<Goal, double>[])[(Goal.Minimize, 1.5), (Goal.Maximize, 2.5)])
        {
            var study = await client.CreateAsync(new StudyDefinition { Name = goal.ToString(), Minimum = 0, Maximum = 1, Goal = goal });
            var first = (await client.ClaimAsync(goal.ToString(), study: study.Id))!;
            await client.TellAsync(first, new WorkResult { Value = 1.5 });
            await Wait.UntilAsync(async () => (await client.GetAsync(study.Id)).BestValue == 1.5);
            Assert.Equal(first.Lambda, (await client.GetAsync(study.Id)).Lambda);
            await Wait.UntilAsync(async () => await client.ClaimAsync(goal.ToString(), study: study.Id) is { } second && await ToldAsync(second, 2.5));
            await Wait.UntilAsync(async () => (await client.TrialsAsync(study.Id)).Count(trial => trial.Value is not null) == 2);
            Assert.Equal(expected, (await client.ListAsync(goal.ToString())).Single().BestValue);
        }

        async Task<bool> ToldAsync(ClaimedAttempt task, double value)
        {
            await client.TellAsync(task, new WorkResult { Value = value });
            return true;
        }
    }

    [Fact]
    public async Task A_study_whose_network_nobody_trains_says_so_until_a_worker_claims()
    {
        var client = await server.ClientAsync("unserved");
        var study = await client.CreateAsync(new StudyDefinition { Name = "n", Network = "nosuch", Minimum = 0, Maximum = 1 });
        Assert.Contains("No process trains the network 'nosuch' in queue 'default'", (await client.GetAsync(study.Id)).WaitsFor, StringComparison.Ordinal);
        await Wait.UntilAsync(async () => await client.ClaimAsync("own", study: study.Id) is not null);
        Assert.Null((await client.GetAsync(study.Id)).WaitsFor);
        Assert.Null((await client.GetAsync((await CreateAsync(client, "by hand")).Id)).WaitsFor);
    }

    private static Task<StudyView> CreateAsync(HtiTuneClient client, string name) => client.CreateAsync(new StudyDefinition { Name = name, Minimum = 0, Maximum = 1 });
}
