using System.Text.Json;
using System.Net;
using System.Net.Http.Json;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Api;

/// <summary>Several hyperparameters over the API: claims, results, events, what is believed, and the short form beside it.</summary>
public sealed class SpaceApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly StudyDefinition s_study = new() { Name = "Space", Hyperparameters = ["lr=1e-4..1e-1:log", "layers=1..4:int", "act=relu,gelu"], MaxTrainings = 9, Seed = 2 };

    [Fact]
    public async Task A_study_of_three_hyperparameters_is_told_to_its_end_and_asked_what_it_believes()
    {
        var client = await server.ClientAsync("space");
        using var http = server.Http(await server.KeyAsync("space"));
        var study = await client.CreateAsync(s_study);
        Assert.Equal(s_study.Hyperparameters, study.Definition.Hyperparameters);
        ClaimedAttempt? task = null;
        await Wait.UntilAsync(async () => (task = await client.ClaimAsync("w", study: study.Id)) is not null);
        var enqueued = await client.EnqueueAsync(study.Id, (IReadOnlyList<Configuration>)[new Configuration(("lr", 0.004), ("layers", 3), ("act", "gelu"))]);
        Assert.Equal(0.004, Assert.Single(enqueued.AddedConfigurations)["lr"].Number);
        Assert.Empty(enqueued.Added);
        for (var next = task; next is not null;)
        {
            Assert.True(double.IsNaN(next.Lambda));
            Assert.Equal(["lr", "layers", "act"], next.Configuration.Names);
            next = (await client.TellAsync(next, new WorkResult { Value = Loss(next.Configuration) }, "w", study: study.Id)).Next;
        }

        study = await client.GetAsync(study.Id);
        Assert.Equal(StudyState.Finished, study.State);
        Assert.Equal(study.Configuration!["lr"].Number, study.Result!.Configuration!["lr"].Number);
        Assert.True(double.IsNaN(study.Result.Lambda));
        var trials = await client.TrialsAsync(study.Id);
        Assert.Contains(trials, trial => trial.Configuration["lr"].Number == 0.004 && trial.Reason == "enqueued");
        Assert.All(trials, trial => Assert.Equal(Loss(trial.Configuration), trial.Value!.Value, 1e-12));

        var belief = (await client.PredictAsync(study.Id, [.. trials.Select(trial => trial.Configuration)], importances: true))!;
        Assert.All(belief.Predictions.Zip(trials), pair => Assert.Equal(pair.Second.Value!.Value, pair.First.Mean, 1e-2));
        Assert.Equal(["lr", "layers", "act"], belief.Importances!.Select(one => one.Name));
        Assert.True(belief.Importances![0].Total > belief.Importances[2].Total);
        Assert.StartsWith("<?xml", System.Text.Encoding.UTF8.GetString(await client.FigureAsync(study.Id, "slices.svg")), StringComparison.Ordinal);

        // On the wire λ is null, and the configuration an object in the order of the hyperparameters.
        var wire = await http.GetStringAsync($"studies/{study.Id}/trials");
        Assert.Contains("\"lambda\":null", wire, StringComparison.Ordinal);
        Assert.Contains("\"configuration\":{\"lr\":", wire, StringComparison.Ordinal);
        foreach (var (path, status, words) in (ValueTuple<string, HttpStatusCode, string>[])
        [
            ($"studies/{study.Id}/curve", HttpStatusCode.Conflict, "what is asked is told of one continuous hyperparameter alone"),
            ($"studies/{study.Id}/distribution?lambda=0.3", HttpStatusCode.Conflict, "what is asked is told of one continuous hyperparameter alone"),
            ($"studies/{study.Id}/figures/objective.svg", HttpStatusCode.Conflict, "what is asked is told of one continuous hyperparameter alone"),
        ])
        {
            using var response = await http.GetAsync(path);
            Assert.Equal(status, response.StatusCode);
            Assert.Contains(words, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var refused = await http.PostAsJsonAsync($"studies/{study.Id}/predict", new { configurations = new[] { new { lr = 7 } } });
        var text = await refused.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("configurations[0]: lr = 7; expected", text, StringComparison.Ordinal);
        Assert.Contains("configurations[0]: act has no value; expected", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bounds_on_sums_are_kept_by_what_is_handed_out_and_broken_by_nothing_that_is_enqueued()
    {
        var client = await server.ClientAsync("bounds");
        var study = await client.CreateAsync(new StudyDefinition { Name = "Bounds", Hyperparameters = ["x=0..1", "y=0..1", "x + y >= 1.5"], MaxTrainings = 7, Seed = 3 });
        ClaimedAttempt? task = null;
        await Wait.UntilAsync(async () => (task = await client.ClaimAsync("w", study: study.Id)) is not null);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => client.EnqueueAsync(study.Id, (IReadOnlyList<Configuration>)[new Configuration(("x", 0.5), ("y", 0.9))]));
        Assert.Contains("x = 0.5, y = 0.9; expected x + y >= 1.5", refused.Message, StringComparison.Ordinal);
        for (var next = task; next is not null;)
        {
            Assert.True(next.Configuration["x"].Number + next.Configuration["y"].Number >= 1.5 - 1e-11, next.Configuration.ToString());
            next = (await client.TellAsync(next, new WorkResult { Value = next.Configuration["x"].Number + 3 * next.Configuration["y"].Number }, "w", study: study.Id)).Next;
        }

        Assert.NotNull(await client.PredictAsync(study.Id, [new Configuration(("x", 0.1), ("y", 0.1))]));
        foreach (var (texts, words) in ((string[], string)[])
        [
            (["x=0..1", "y=0..1", "x + z >= 1"], "'z' is no hyperparameter"), (["x=0..1", "x >= 0.5"], "expected a narrower range"),
            (["x=0..1", "y=0..1", "x + y >= 1.5", "x + y <= 1"], "No configuration of x, y is allowed"),
        ])
        {
            refused = await Assert.ThrowsAnyAsync<Exception>(() => client.CreateAsync(new StudyDefinition { Name = "Bounds", Hyperparameters = texts }));
            Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Trainings_made_before_come_as_json_or_as_files_named_by_their_values()
    {
        using var http = server.Http(await server.KeyAsync("before"));
        const string Definition = """{"name":"n","hyperparameters":["lr=1e-4..1e-1:log","act=relu,gelu"],"objective":"mean(outputs[0])","rows":2}""";
        using var json = new StringContent($$"""{"definition":{{Definition}},"anchors":[{"configuration":{"lr":0.01,"act":"gelu"},"outputs":[[1],[2]]}]}""", null, "application/json");
        using var form = new MultipartFormDataContent
        {
            { new StringContent(Definition), "definition" }, { new ByteArrayContent(NpyFile.ToBytes(new Matrix(2, 1, [1, 2]))), "anchors", "lr=0.01,act=gelu.npy" },
        };
        foreach (var content in (HttpContent[])[json, form])
        {
            using var created = await http.PostAsync("studies", content);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            var study = await created.Content.ReadFromJsonAsync<JsonElement>();
            var trials = await http.GetFromJsonAsync<JsonElement>($"studies/{study.GetProperty("id")}/trials");
            var first = trials.EnumerateArray().First();
            Assert.Equal(("""{"lr":0.01,"act":"gelu"}""", true), (first.GetProperty("configuration").GetRawText(), first.GetProperty("isImported").GetBoolean()));
        }

        foreach (var (anchor, words) in (ValueTuple<string, string>[])
        [
            ("""{"outputs":[[1],[2]]}""", "anchors[0]: lambda is missing; expected a number, or a configuration"), ("""{"lambda":0.1,"outputs":[[1],[2]]}""", "[0] is at λ = 0.1; expected a configuration of lr, act"),
            ("""{"lambda":0.1,"configuration":{"lr":0.1},"outputs":[[1],[2]]}""", "lambda and configuration are both given"),
            ("""{"configuration":{"lr":0.01,"act":"tanh"},"outputs":[[1],[2]]}""", "[0] act = tanh; expected"),
        ])
        {
            using var content = new StringContent($$"""{"definition":{{Definition}},"anchors":[{{anchor}}]}""", null, "application/json");
            using var refused = await http.PostAsync("studies", content);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(words, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_hyperparameter_carries_both_forms()
    {
        var client = await server.ClientAsync("line");
        var study = await client.CreateAsync(new StudyDefinition { Name = "Line", Hyperparameter = "rate", Minimum = 0, Maximum = 1, MaxTrainings = 4 });
        ClaimedAttempt? task = null;
        await Wait.UntilAsync(async () => (task = await client.ClaimAsync("w", study: study.Id)) is not null);
        for (var next = task; next is not null;)
        {
            Assert.Equal(next.Lambda, next.Configuration["rate"].Number);
            next = (await client.TellAsync(next, new WorkResult { Value = Math.Pow(next.Lambda - 0.3, 2) }, "w", study: study.Id)).Next;
        }

        study = await client.GetAsync(study.Id);
        Assert.Equal(study.Lambda, study.Configuration!["rate"].Number);
        Assert.Equal(study.Result!.Lambda, study.Result.Configuration!["rate"].Number);
        var belief = await client.PredictAsync(study.Id, [new Configuration("rate", study.Result.Lambda)]);
        Assert.Equal(study.Result.Value, belief!.Predictions[0].Mean, 1e-3);
    }

    private static double Loss(Configuration at) => Math.Pow(Math.Log10(at["lr"].Number) + 2.4, 2) + 0.3 * Math.Pow(at["layers"].Number - 3, 2)
        + (at["act"].Word == "gelu" ? 0 : 0.1);
}
