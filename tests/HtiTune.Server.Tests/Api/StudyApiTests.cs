using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Api;

public sealed class StudyApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const double Best = 0.3;

    private static readonly StudyDefinition s_study = new() { Name = "Parabola", Minimum = 0, Maximum = 1, MaxTrainings = 8 };

    [Fact]
    public async Task A_study_of_ask_and_tell_is_driven_to_its_end_by_the_client()
    {
        var client = await server.ClientAsync("driven");
        var study = await client.CreateAsync(s_study, "once");
        Assert.Equal(study.Id, (await client.CreateAsync(s_study, "once")).Id);
        var lambdas = new List<double>();
        await client.WorkAsync(
            "w",
            (task, _, _) =>
            {
                lambdas.Add(task.Lambda);
                return Task.FromResult(new WorkResult { Value = Math.Pow(task.Lambda - Best, 2) });
            },
            study.Id, TimeSpan.FromMilliseconds(20));
        var ended = await client.GetAsync(study.Id);
        Assert.Equal(StudyState.Finished, ended.State);
        Assert.Equal(Best, ended.Result!.Lambda, 0.1);
        var trials = await client.TrialsAsync(study.Id);
        Assert.Equal(lambdas, trials.Select(trial => trial.Lambda));
        Assert.All(trials, trial => Assert.Equal(Math.Pow(trial.Lambda - Best, 2), trial.Value!.Value, 12));

        var events = new List<StudyEvent>();
        await foreach (var happened in client.EventsAsync(study.Id, follow: false))
        {
            events.Add(happened);
        }

        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(happened => happened.Sequence));
        Assert.Equal("study.created", events[0].Kind);
        Assert.Equal(lambdas.Count, events.Count(happened => happened.Kind == "trial.told"));
        var behind = new List<StudyEvent>();
        await foreach (var happened in client.EventsAsync(study.Id, events.Count - 2, follow: false))
        {
            behind.Add(happened);
        }

        Assert.Equal(events.TakeLast(2), behind);
        await client.DeleteAsync(study.Id);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HtiTuneException>(() => client.GetAsync(study.Id))).Status);
    }

    [Fact]
    public async Task A_study_is_paused_resumed_cancelled_and_then_deleted()
    {
        var client = await server.ClientAsync("states");
        var study = await client.CreateAsync(s_study);
        Assert.Equal(StudyState.Paused, (await client.ChangeAsync(study.Id, "pause")).State);
        Assert.Equal(StudyState.Active, (await client.ChangeAsync(study.Id, "resume")).State);
        Assert.Equal(HttpStatusCode.Conflict, (await Assert.ThrowsAsync<HtiTuneException>(() => client.DeleteAsync(study.Id))).Status);
        Assert.Equal(StudyState.Cancelled, (await client.ChangeAsync(study.Id, "cancel")).State);
        await client.DeleteAsync(study.Id);
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_failed_attempt_is_queued_again_and_who_holds_one_gets_it_again()
    {
        var client = await server.ClientAsync("again");
        var study = await client.CreateAsync(s_study);
        var task = (await client.ClaimAsync("w", study: study.Id))!;
        var same = (await client.ClaimAsync("w", study: study.Id))!;
        Assert.Equal((task.Attempt, task.Lease), (same.Attempt, same.Lease));
        Assert.Null(await client.ClaimAsync("other", study: study.Id));
        Assert.True((await client.RenewAsync(task, 0.5, "half")).Holds);
        Assert.Equal(AttemptState.Failed, (await client.TellAsync(task, new WorkResult { State = AttemptState.Failed, Reason = "tried: in vain" })).State);
        Assert.False((await client.RenewAsync(task)).Holds);
        var attempt = (await client.AttemptsAsync(study.Id)).Single(one => one.Id == task.Attempt);
        Assert.Equal((AttemptState.Failed, "tried: in vain"), (attempt.State, attempt.Reason));
        Assert.Equal("half", await client.LogAsync(study.Id, task.Attempt));
        Assert.Contains(await client.AttemptsAsync(study.Id), one => one is { Number: 2, State: AttemptState.Queued });
    }

    [Fact]
    public async Task A_worker_that_held_a_training_of_a_cancelled_study_gets_one_of_the_next()
    {
        var client = await server.ClientAsync("next");
        var first = await client.CreateAsync(s_study);
        var held = (await client.ClaimAsync("w", study: first.Id))!;
        await client.ChangeAsync(first.Id, "cancel");
        var second = await client.CreateAsync(s_study);
        var task = (await client.ClaimAsync("w", study: second.Id))!;
        Assert.Equal(second.Id, task.Study);
        Assert.True((await client.RenewAsync(held)).Stop);
        Assert.Equal(AttemptState.Done, (await client.TellAsync(task, new WorkResult { Value = 1 })).State);
    }

    [Fact]
    public async Task The_sample_study_is_trained_by_the_server_and_its_surrogate_sampled_live()
    {
        using var http = server.Http(await server.KeyAsync("sampled"));
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, await server.KeyAsync("sampled"));
        var study = await client.CreateAsync(new StudyDefinition
        {
            Name = "Sampled", Network = "sample-forecaster", Minimum = 0.05, Maximum = 0.95, Rows = 60, MaxTrainings = 4, Columns = ["order", "demand"],
            Objective = "4 * mean(max(demand - order, 0)) + mean(max(order - demand, 0))",
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await foreach (var happened in client.EventsAsync(study.Id, cancellation: patience.Token))
        {
            if (happened.Kind == "run.ended")
            {
                break;
            }
        }

        var ended = await client.GetAsync(study.Id);
        Assert.NotNull(ended.SurrogateId);
        var rows = await client.DrawAsync(ended.SurrogateId.Value, 0.5, 7);
        Assert.Equal((7, 2), (rows.Length, rows[0].Length));

        // The same rows in NumPy's format, to the last bit.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"surrogates/{ended.SurrogateId}/sample") { Content = JsonContent.Create(new { lambda = 0.5, rows = 7 }) };
        request.Headers.Accept.ParseAdd("application/octet-stream");
        using var answer = await http.SendAsync(request);
        var matrix = NpyFile.FromBytes(await answer.Content.ReadAsByteArrayAsync(), "answer");
        Assert.Equal(rows.SelectMany(row => row), matrix.Values.ToArray());

        var outputs = NpyFile.FromBytes(await http.GetByteArrayAsync($"studies/{study.Id}/trials/1/outputs.npy"), "outputs");
        Assert.Equal((60, 2), (outputs.Rows, outputs.Columns));
        Assert.NotEmpty(await http.GetByteArrayAsync($"surrogates/{ended.SurrogateId}.hti"));
        var curve = await http.GetFromJsonAsync<JsonElement>($"studies/{study.Id}/curve");
        Assert.True(curve.GetProperty("posterior").GetArrayLength() > 10);
        var shown = await http.GetFromJsonAsync<JsonElement>($"studies/{study.Id}/distribution?lambda=0.4");
        Assert.Equal(60, shown.GetProperty("outputs").GetArrayLength());
        var preferred = await client.PreferAsync(study.Id, "mean(max(demand - order, 0)) + 4 * mean(max(order - demand, 0))");
        Assert.Equal(2, preferred.Version);
        Assert.NotNull(preferred.Result);
    }

    [Fact]
    public async Task Trainings_made_before_are_uploaded_as_NumPy_files_and_the_study_goes_on_from_them()
    {
        using var http = server.Http(await server.KeyAsync("uploads"));
        const string Definition = """{"name":"up","minimum":0,"maximum":1,"rows":4,"objective":"mean(y)","columns":["y"],"maxTrainings":3}""";
        static byte[] Outputs(float value) => NpyFile.ToBytes(new Matrix(4, 1, [value, value, value, value]));
        using var good = Form(("definition", null, Encode(Definition)), ("anchors", "0.25.npy", Outputs(0.5f)), ("anchors", "0.75.npy", Outputs(0.125f)));
        using var made = await http.PostAsync("studies", good);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await Wait.UntilAsync(async () => (await http.GetFromJsonAsync<JsonElement>($"studies/{id}/trials")).GetArrayLength() >= 3);

        var trials = (await http.GetFromJsonAsync<JsonElement>($"studies/{id}/trials")).EnumerateArray().ToList();
        Assert.Equal([(0.25, 0.5), (0.75, 0.125)], trials.Take(2).Select(trial => (trial.GetProperty("lambda").GetDouble(), trial.GetProperty("value").GetDouble())));
        Assert.All(trials.Take(2), trial => Assert.True(trial.GetProperty("isImported").GetBoolean()));
        foreach (var (form, told) in (ValueTuple<MultipartFormDataContent, string>[])
        [
            (Form(("anchors", "0.25.npy", Outputs(1))), "definition once"),
            (Form(("definition", null, Encode(Definition)), ("other", null, Encode("1"))), "definition once"),
            (Form(("definition", null, Encode("{")), ("anchors", "0.25.npy", Outputs(1))), "not the JSON"),
            (Form(("definition", null, Encode(Definition)), ("anchors", "../../etc/passwd", Outputs(1))), "named by λ"),
            (Form(("definition", null, Encode(Definition)), ("anchors", "NaN.npy", Outputs(1))), "named by λ"),
            (Form(("definition", null, Encode(Definition)), ("anchors", "0.25.npy", Encode("no array"))), "0.25.npy"),
            (Form(("definition", null, Encode(Definition)), ("anchors", "0.25.npy", Outputs(float.NaN))), "finite"),
            (Form(("definition", null, Encode(Definition)), ("anchors", "7.npy", Outputs(1))), "7"),
            (Form(("definition", null, Encode(Definition)), ("anchors", "0.25.npy", NpyFile.ToBytes(new Matrix(3, 1, [1, 2, 3])))), "4"),
        ])
        {
            using (form)
            {
                using var refused = await http.PostAsync("studies", form);
                var body = await refused.Content.ReadAsStringAsync();
                Assert.True(refused.StatusCode == HttpStatusCode.BadRequest && body.Contains(told, StringComparison.Ordinal), $"{refused.StatusCode} {body}; expected {told}");
            }
        }

        using var plain = await http.PostAsync("studies", new StringContent("x", null, "text/plain"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, plain.StatusCode);
        Assert.Equal(1, (await http.GetFromJsonAsync<JsonElement>("studies")).GetArrayLength());

        static byte[] Encode(string text) => System.Text.Encoding.UTF8.GetBytes(text);

        static MultipartFormDataContent Form(params (string Name, string? File, byte[] Bytes)[] parts)
        {
            var form = new MultipartFormDataContent();
            foreach (var (name, file, bytes) in parts)
            {
                if (file is null)
                {
                    form.Add(new ByteArrayContent(bytes), name);
                }
                else
                {
                    form.Add(new ByteArrayContent(bytes), name, file);
                }
            }

            return form;
        }
    }

    [Fact]
    public async Task Figures_are_drawn_of_what_there_is_and_refused_with_the_reason_where_there_is_nothing()
    {
        var client = await server.ClientAsync("figures");
        using var http = server.Http(await server.KeyAsync("figures"));
        var study = await client.CreateAsync(s_study);
        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var response = await http.GetAsync(path);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync($"studies/{study.Id}/figures/objective.png"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync($"studies/{study.Id}/figures/history.svg"));
        await client.WorkAsync("w", (task, _, _) => Task.FromResult(new WorkResult { Value = Math.Pow(task.Lambda - Best, 2) }), study.Id, TimeSpan.FromMilliseconds(20));
        Assert.Equal("\u0089PNG", System.Text.Encoding.Latin1.GetString(await client.FigureAsync(study.Id, "objective.png", "a title"))[..4]);
        Assert.Contains("</svg>", await http.GetStringAsync($"studies/{study.Id}/figures/history.svg?width=400&height=300"));

        // One number has no distribution.
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync($"studies/{study.Id}/figures/distribution.png"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"studies/{study.Id}/figures/objective.png?width=100000"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"studies/{study.Id}/figures/objective.exe"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"studies/{study.Id}/figures/..%2F..%2Fpasswd.png"));
        var other = await server.ClientAsync("no-figures");
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HtiTuneException>(() => other.FigureAsync(study.Id, "objective.png"))).Status);
    }

    [Fact]
    public async Task Keys_are_made_shown_once_and_revoked_by_administrators_alone()
    {
        using var admin = server.Http(await server.KeyAsync("keys", "read write admin"));
        using var writer = server.Http(await server.KeyAsync("keys"));
        Assert.Equal(HttpStatusCode.Forbidden, (await writer.PostAsJsonAsync("keys", new { name = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsJsonAsync("keys", new { name = "x", tenant = "other" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsJsonAsync("keys", new { name = "x", scopes = "root" })).StatusCode);
        var made = await (await admin.PostAsJsonAsync("keys", new { name = "x", scopes = "read" })).Content.ReadFromJsonAsync<JsonElement>();
        var key = made.GetProperty("key").GetString()!;
        using var reader = server.Http(key);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("studies")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync("studies", new { definition = new { name = "n", minimum = 0, maximum = 1 } })).StatusCode);
        Assert.DoesNotContain(key.Split('_')[2], await admin.GetStringAsync("keys"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"keys/{made.GetProperty("id").GetString()}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await reader.GetAsync("studies")).StatusCode);
    }

    [Fact]
    public async Task The_document_lists_every_address_and_pages_carry_their_headers()
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        var document = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var paths = document.GetProperty("paths").EnumerateObject().ToDictionary(path => path.Name, path => path.Value);
        Assert.Contains("/api/v1/attempts/claim", paths.Keys);
        Assert.True(paths.Count > 20);
        foreach (var operation in paths.Where(path => path.Key.StartsWith("/api/", StringComparison.Ordinal)).SelectMany(path => path.Value.EnumerateObject()))
        {
            Assert.NotEqual("", operation.Value.GetProperty("summary").GetString());
        }

        using var health = await http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("default-src 'none'", health.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", health.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(health.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("http://0.0.0.0:1")]
    [InlineData("http://*:1")]
    [InlineData("http://192.0.2.1:1")]
    public void Other_addresses_than_loopback_need_tls(string address) =>
        Assert.Contains(address, Assert.Throws<StartException>(() => ServeVerb.Build(["--urls", address])).Message, StringComparison.Ordinal);
}
