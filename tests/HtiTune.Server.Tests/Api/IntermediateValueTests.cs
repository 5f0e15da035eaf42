using System.Net;
using System.Net.Http.Json;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Api;

/// <summary>What trainings measure on their way, told by workers and read by clients.</summary>
public sealed class IntermediateValueTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task A_worker_tells_what_it_measures_and_the_last_of_it_is_there_when_the_training_has_ended()
    {
        var client = await server.ClientAsync("way");
        var study = await client.CreateAsync(new StudyDefinition { Name = "way", Minimum = 0, Maximum = 1, MaxTrainings = 3 });
        await client.WorkAsync(
            "w",
            (task, progress, _) =>
            {
                for (var epoch = 0; epoch < 4; epoch++)
                {
                    progress.Report(epoch, task.Lambda + 1.0 / (1 + epoch));
                    progress.Report(epoch, epoch == 3 ? double.NaN : task.Lambda + 1.0 / (1 + epoch));
                }

                return Task.FromResult(new WorkResult { Value = task.Lambda });
            },
            study.Id);
        var trials = await client.TrialsAsync(study.Id);
        Assert.Equal(3, trials.Count);
        foreach (var trial in trials)
        {
            var attempt = (await client.AttemptsAsync(study.Id, trial.Number))[^1];
            Assert.Equal([.. Enumerable.Range(0, 4).Select(epoch => new IntermediateValue(epoch, trial.Lambda + 1.0 / (1 + epoch)))], await client.ValuesAsync(study.Id, attempt.Id));
        }
    }

    [Theory]
    [InlineData("[{\"step\": -1, \"value\": 1}]", "values[0] is 1 at step -1; expected a finite value at a step of 0 or more")]
    [InlineData("[{\"step\": 1, \"value\": 1}, null]", "values[1] is null")]
    [InlineData("[{\"step\": 1.5, \"value\": 1}]", "values[0].step")]
    [InlineData("[{\"step\": 1}]", "value")]
    public async Task Wrong_values_are_refused_and_none_is_kept(string values, string words)
    {
        var key = await server.KeyAsync("wrong");
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, key);
        using var http = server.Http(key);
        var study = await client.CreateAsync(new StudyDefinition { Name = "wrong", Minimum = 0, Maximum = 1, MaxTrainings = 3 });
        var task = (await client.ClaimAsync($"w{values.Length}", study: study.Id))!;
        using var refused = await http.PostAsync($"attempts/{task.Attempt}/renew", new StringContent($"{{\"lease\": \"{task.Lease}\", \"values\": {values}}}", null, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(words, (await refused.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await client.ValuesAsync(study.Id, task.Attempt));
        var stranger = await server.ClientAsync("stranger");
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HtiTuneException>(() => stranger.ValuesAsync(study.Id, task.Attempt))).Status);
        await client.ChangeAsync(study.Id, "cancel");
    }
}
