using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HtiTune.Client;
using HtiTune.Data;
using HtiTune.Server.Dashboard;
using HtiTune.Server.Dashboard.Charts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;

namespace HtiTune.Server.Tests.Api;

/// <summary>What a definition may say, in the API, its document and the dashboard's form alike; and what the first trainings may be.</summary>
public sealed class DefinitionApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    public static TheoryData<string> Scales => [.. Scale.Names, "symlog=1e-5"];

    [Theory]
    [MemberData(nameof(Scales))]
    public async Task Every_scale_can_be_chosen_and_tuned(string scale)
    {
        var client = await server.ClientAsync("scales");
        var (minimum, maximum) = scale.StartsWith("symlog", StringComparison.Ordinal) ? (0, 10) : (0.01, 0.99);
        var study = await client.CreateAsync(new StudyDefinition { Name = scale, Minimum = minimum, Maximum = maximum, Scale = scale, MaxTrainings = 5 });
        var task = await client.ClaimAsync("w", study: study.Id);
        while (task is not null)
        {
            Assert.InRange(task.Lambda, minimum, maximum);
            task = (await client.TellAsync(task, new WorkResult { Value = Math.Abs(task.Lambda - 0.3) }, "w", study: study.Id)).Next;
        }

        Assert.Equal(StudyState.Finished, (await client.GetAsync(study.Id)).State);

        // The dashboard's axis is that of the study.
        var axis = new Axis(minimum, maximum, scale);
        Assert.Equal((0.0, 1.0, minimum, maximum), (axis.Share(minimum), axis.Share(maximum), axis.Lambda(0), axis.Lambda(1)));
        Assert.Equal(0.3, axis.Lambda(axis.Share(0.3)), 1e-9);
    }

    [Fact]
    public async Task The_form_and_the_document_offer_every_scale_and_a_refusal_lists_them()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(new ServerOptions()).AddSingleton<IJSRuntime, NoScript>().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<StudyForm>(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(StudyForm.Networks)] = Array.Empty<string>(),
        }))).ToHtmlString());
        Assert.All(Scale.Names, scale => Assert.Contains($"<option value=\"{scale}\"", html, StringComparison.Ordinal));

        using var http = server.Http(await server.KeyAsync("scale-list"));
        var document = await http.GetFromJsonAsync<JsonElement>(new Uri(server.Address, "/openapi/v1.json"));
        var text = document.GetProperty("components").GetProperty("schemas").GetProperty("StudyDefinition").GetProperty("properties").GetProperty("scale").GetRawText();
        Assert.All(Scale.Names, scale => Assert.Contains($"\"{scale}\"", text, StringComparison.Ordinal));

        using var refused = await http.PostAsync("studies", new StringContent("""{"definition":{"name":"n","minimum":0,"maximum":1,"scale":"cubic"}}""", null, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var words = await refused.Content.ReadAsStringAsync();
        Assert.All(Scale.Names, scale => Assert.Contains(scale, words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_first_training_that_succeeds_gives_the_number_of_outputs(int failures)
    {
        var client = await server.ClientAsync("first");
        var study = await client.CreateAsync(new StudyDefinition { Name = "first", Minimum = 0, Maximum = 1, Rows = 2, Objective = "mean(outputs[2])", MaxTrainings = 6, MaxAttempts = 1 });
        for (var i = 0; i < failures; i++)
        {
            await client.TellAsync(await ClaimAsync(client, study.Id), new WorkResult { State = AttemptState.Failed, Reason = "the loss became NaN" });
        }

        StudyView now;
        while (!(now = await client.GetAsync(study.Id)).HasEnded)
        {
            if (await client.ClaimAsync("w", study: study.Id) is { } task)
            {
                var value = Math.Pow(task.Lambda - 0.3, 2);
                await client.TellAsync(task, new WorkResult { Outputs = Matrix.From(new[,] { { 0, 0, value }, { 0, 0, value } }) });
            }
        }

        Assert.Equal(StudyState.Finished, now.State);
        var trials = await client.TrialsAsync(study.Id);
        Assert.All(trials.Take(failures), trial => Assert.Equal(TrialStatus.Failed, trial.Status));
        Assert.All(trials.Skip(failures), trial => Assert.Equal(Math.Pow(trial.Lambda - 0.3, 2), trial.Value!.Value, 1e-12));
    }

    [Fact]
    public async Task Three_trainings_without_a_value_end_a_study_and_say_why()
    {
        var client = await server.ClientAsync("three");
        foreach (var objective in (string[])["value", "mean(outputs[0])"])
        {
            var study = await client.CreateAsync(new StudyDefinition { Name = "three", Minimum = 0, Maximum = 1, Rows = 2, Objective = objective, MaxTrainings = 9, MaxAttempts = 1 });
            for (var i = 0; i < 3; i++)
            {
                await client.TellAsync(await ClaimAsync(client, study.Id), new WorkResult { State = AttemptState.Failed, Reason = "the loss became NaN" });
            }

            await Wait.UntilAsync(async () => (await client.GetAsync(study.Id)).HasEnded);
            var ended = await client.GetAsync(study.Id);
            Assert.Equal((StudyState.Failed, 3), (ended.State, ended.TrainingsUsed));
            Assert.Contains("No training has given a value (3 failed)", ended.Reason, StringComparison.Ordinal);
            Assert.Contains("the loss became NaN", ended.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Outputs_with_other_columns_than_were_named_are_refused_when_they_are_told()
    {
        var client = await server.ClientAsync("columns");
        var study = await client.CreateAsync(new StudyDefinition { Name = "columns", Minimum = 0, Maximum = 1, Rows = 1, Columns = ["a", "b"], Objective = "mean(b)" });
        var task = await ClaimAsync(client, study.Id);
        var refused = await Assert.ThrowsAsync<HtiTuneException>(() => client.TellAsync(task, new WorkResult { Outputs = Matrix.From(new double[,] { { 1, 2, 3 } }) }));
        Assert.Contains("outputs have 3 columns; expected 2, as the study's columns name them", refused.Message, StringComparison.Ordinal);
        Assert.Equal(AttemptState.Done, (await client.TellAsync(task, new WorkResult { Outputs = Matrix.From(new double[,] { { 1, 2 } }) })).State);
    }

    [Theory]
    [InlineData(1e9, 1e-3)]
    [InlineData(-1234567.89, 1e-6)]
    [InlineData(1, 1e-12)]
    public async Task Outputs_stay_doubles_on_their_way_into_the_objective(double offset, double size)
    {
        var client = await server.ClientAsync("doubles");
        using var http = server.Http(await server.KeyAsync("doubles"));
        var study = await client.CreateAsync(new StudyDefinition { Name = "doubles", Minimum = 0, Maximum = 1, Rows = 1, Columns = ["a"], Objective = "mean(a)", MaxTrainings = 3 });
        for (var i = 0; i < 3; i++)
        {
            var task = await ClaimAsync(client, study.Id);
            await client.TellAsync(task, new WorkResult { Outputs = Matrix.FromDoubles(1, 1, [offset + size * task.Lambda]) });
            await Wait.UntilAsync(async () => (await client.TrialsAsync(study.Id))[i].Value is not null);
        }

        foreach (var trial in await client.TrialsAsync(study.Id))
        {
            Assert.Equal(offset + size * trial.Lambda, trial.Value);
            Assert.Equal(offset + size * trial.Lambda, NpyFile.FromBytes(await http.GetByteArrayAsync($"studies/{study.Id}/trials/{trial.Number}/outputs.npy"), "outputs").Exact(0, 0));
        }
    }

    private static async Task<ClaimedAttempt> ClaimAsync(HtiTuneClient client, Guid study)
    {
        ClaimedAttempt? task = null;
        await Wait.UntilAsync(async () => (task = await client.ClaimAsync("w-" + study, study: study)) is not null);
        return task!;
    }

    /// <summary>Stands for the browser's script, of which a form that is written out asks nothing.</summary>
    private sealed class NoScript : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw new InvalidOperationException($"No script serves {identifier} here.");

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);
    }
}
