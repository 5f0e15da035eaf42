using System.Net.Http.Json;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using HtiTune.Client;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Server.Tests.Api;

/// <summary>The OpenAPI document is enough to make a client from: names, answers, refusals, headers, types, lists of words, examples, the scheme of keys.</summary>
public sealed class ApiDocumentTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task Every_operation_has_a_name_a_typed_answer_its_refusals_and_a_key()
    {
        using var document = await DocumentAsync();
        var root = document.RootElement;
        Assert.Equal("bearer", root.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString());
        Assert.True(root.GetProperty("security")[0].TryGetProperty("key", out _));
        Assert.All(root.GetProperty("tags").EnumerateArray(), tag => Assert.NotEmpty(tag.GetProperty("description").GetString()!));
        var names = new List<string>();
        foreach (var (place, operation) in Operations(root).Where(one => one.Place.Contains("/api/v1", StringComparison.Ordinal)))
        {
            names.Add(operation.GetProperty("operationId").GetString()!);
            var answers = operation.GetProperty("responses").EnumerateObject().ToDictionary(answer => answer.Name, answer => answer.Value);
            var good = answers.Where(answer => answer.Key[0] == '2').ToList();
            Assert.True(good.Count > 0, place);
            Assert.All(good.Where(answer => answer.Key is "200" or "201"), answer => Assert.All(answer.Value.GetProperty("content").EnumerateObject(), one => Assert.NotEmpty(one.Value.GetProperty("schema").EnumerateObject())));
            string[] refusals = ["401", "403", "429", "500", "503", .. place.Contains('{', StringComparison.Ordinal) ? ["404"] : (string[])[], .. operation.TryGetProperty("requestBody", out _) ? (string[])["400", "413", "415"] : []];
            foreach (var status in refusals)
            {
                Assert.True(answers.TryGetValue(status, out var refusal) && refusal.GetProperty("content").GetProperty("application/problem+json").TryGetProperty("schema", out _), $"{place} {status}");
            }

            Assert.True(answers["503"].GetProperty("headers").TryGetProperty("Retry-After", out _) && answers["401"].GetProperty("headers").TryGetProperty("WWW-Authenticate", out _), place);
        }

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.InRange(names.Count, 35, 100);
        var begin = root.GetProperty("paths").GetProperty("/api/v1/studies").GetProperty("post");
        Assert.Contains(begin.GetProperty("parameters").EnumerateArray(), one => one.GetProperty("name").GetString() == "Idempotency-Key");
        Assert.True(begin.GetProperty("responses").GetProperty("201").GetProperty("headers").TryGetProperty("Location", out _));
        Assert.True(begin.GetProperty("requestBody").GetProperty("content").GetProperty("multipart/form-data").GetProperty("schema").GetProperty("properties").TryGetProperty("anchors", out _));
        Assert.Empty(root.GetProperty("paths").GetProperty("/version").GetProperty("get").GetProperty("security").EnumerateArray());
    }

    [Fact]
    public async Task Numbers_and_configurations_have_types_and_words_their_list()
    {
        using var document = await DocumentAsync();
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        foreach (var (schema, member, type) in (ValueTuple<string, string, string>[])
        [
            ("StudyDefinition", "minimum", "number"), ("StudyDefinition", "epsilon", "number"), ("EarlierTraining", "lambda", "number"), ("WorkResult", "value", "number"),
            ("AttemptReport", "progress", "number"), ("ClaimedAttempt", "lambda", "number"), ("ClaimedAttempt", "lambda", "null"),
        ])
        {
            Assert.Contains(type, schemas.GetProperty(schema).GetProperty("properties").GetProperty(member).GetProperty("type").ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("object", schemas.GetProperty("Configuration").GetProperty("type").GetString());
        Assert.EndsWith("/Configuration", schemas.GetProperty("ClaimedAttempt").GetProperty("properties").GetProperty("configuration").GetProperty("$ref").GetString(), StringComparison.Ordinal);

        // No member is without a type, and no list without one of its items.
        var text = schemas.GetRawText();
        Assert.DoesNotMatch("\"type\":\\s*\"array\"\\s*[,}](?!\\s*\"items\"|\\s*\"description\")", text.Replace("\n", "", StringComparison.Ordinal));
        foreach (var (schema, words) in (ValueTuple<string, string[]>[])[("StudyState", ["active", "paused", "finished", "cancelled", "failed"]), ("Goal", ["minimize", "maximize"])])
        {
            Assert.Equal(words, schemas.GetProperty(schema).GetProperty("enum").EnumerateArray().Select(word => word.GetString()));
        }

        var figure = document.RootElement.GetProperty("paths").GetProperty("/api/v1/studies/{id}/figures/{figure}.{format}").GetProperty("get").GetProperty("parameters");
        Assert.Contains(figure.EnumerateArray(), one => one.GetProperty("schema").TryGetProperty("enum", out var words) && words.EnumerateArray().Any(word => word.GetString() == "history"));
    }

    [Fact]
    public async Task Every_example_is_taken()
    {
        var key = await server.KeyAsync("examples", "read write admin");
        using var http = server.Http(key);
        using var document = await DocumentAsync();
        var sent = new HashSet<string>();
        var study = await SendAsync("createStudy", "studies", HttpStatusCode.Created);
        var id = study["id"]!.GetValue<Guid>();
        var claimed = await SendAsync("claim", "attempts/claim", HttpStatusCode.OK, body => body["study"] = id);
        var (attempt, lease) = (claimed["attempt"]!.GetValue<Guid>(), claimed["lease"]!.GetValue<Guid>());
        await SendAsync("renew", $"attempts/{attempt}/renew", HttpStatusCode.OK, body => body["lease"] = lease);
        await SendAsync("tell", $"attempts/{attempt}/tell", HttpStatusCode.OK, body => body["lease"] = lease);
        var enqueued = await SendAsync("enqueueTrainings", $"studies/{id}/enqueue", HttpStatusCode.OK);
        Assert.Equal(2, enqueued["waiting"]!.AsArray().Count);
        await Wait.UntilAsync(async () => (await http.GetFromJsonAsync<JsonNode>($"studies/{id}/trials"))![0]!["value"] is not null);
        await SendAsync("predict", $"studies/{id}/predict", HttpStatusCode.OK);
        await SendAsync("cancelStudy", $"studies/{id}/cancel", HttpStatusCode.OK);
        await SendAsync("describeStudy", $"studies/{id}", HttpStatusCode.OK, method: HttpMethod.Patch);
        await SendAsync("createKey", "keys", HttpStatusCode.Created);

        // Of outputs there are preferences, and draws of a surrogate.
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, key);
        var outputs = await client.CreateAsync(new StudyDefinition { Name = "outputs", Minimum = 0, Maximum = 1, Objective = "mean(outputs[0])", Rows = 5, MaxTrainings = 4 });
        await Wait.UntilAsync(async () =>
        {
            if (await client.ClaimAsync("w", study: outputs.Id) is { } task)
            {
                await client.TellAsync(task, new WorkResult { Outputs = Matrix.FromDoubles(5, 1, [.. Enumerable.Range(0, 5).Select(i => task.Lambda * (1 + i))]) });
            }

            return (await client.GetAsync(outputs.Id)).HasEnded;
        });
        await SendAsync("prefer", $"studies/{outputs.Id}/preferences", HttpStatusCode.OK);
        await SendAsync("addWebhook", "webhooks", HttpStatusCode.Created);
        await SendAsync("sample", $"surrogates/{outputs.Id}/sample", HttpStatusCode.OK);
        Assert.Equal(ApiExamples.Operations.Order(), sent.Order());

        async Task<JsonNode> SendAsync(string operation, string path, HttpStatusCode expected, Action<JsonNode>? change = null, HttpMethod? method = null)
        {
            sent.Add(operation);
            var found = Operations(document.RootElement).Single(one => one.Operation.GetProperty("operationId").GetString() == operation).Operation;
            var body = JsonNode.Parse(found.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText())!;
            change?.Invoke(body);
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = content };
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == expected, $"{operation}: {response.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }
    }

    [Fact]
    public async Task A_claim_waits_for_work_and_no_longer_than_it_says()
    {
        using var http = server.Http(await server.KeyAsync("waits"));
        var client = await server.ClientAsync("waits");
        var study = await client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1, MaxTrainings = 4 });
        var first = (await client.ClaimAsync("one", study: study.Id))!;
        var begun = TimeProvider.System.GetTimestamp();
        using var empty = await ClaimAsync("00:00:01");
        Assert.Equal(HttpStatusCode.NoContent, empty.StatusCode);
        Assert.NotNull(empty.Headers.RetryAfter);
        Assert.True(TimeProvider.System.GetElapsedTime(begun) >= TimeSpan.FromSeconds(0.9));

        // What the first one tells gives the second one its work at once.
        var waiting = ClaimAsync("00:01:00");
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await client.TellAsync(first, new WorkResult { Value = 1 });
        using var claimed = await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        var second = JsonNode.Parse(await claimed.Content.ReadAsStringAsync())!;
        Assert.Equal(2, second["trial"]!.GetValue<int>());

        // A study that ends is waited for no longer, and what is no time is refused.
        var ended = ClaimAsync("00:01:00", "three");
        using var cancelled = await http.PostAsJsonAsync($"studies/{study.Id}/cancel", new { reason = "enough" });
        using var none = await ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        using var refused = await ClaimAsync("01:00:00");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("waitFor is 01:00:00; expected 00:00:00 to 00:01:00", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Lists are asked for in the words of the API.
        using var listed = await http.GetAsync("studies?state=cancelled");
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        using var number = await http.GetAsync("studies?state=0");
        Assert.Equal(HttpStatusCode.BadRequest, number.StatusCode);

        async Task<HttpResponseMessage> ClaimAsync(string wait, string worker = "two")
        {
            using var content = new StringContent($$"""{"worker":"{{worker}}","study":"{{study.Id}}","waitFor":"{{wait}}"}""", Encoding.UTF8, "application/json");
            return await http.PostAsync("attempts/claim", content);
        }
    }

    private async Task<JsonDocument> DocumentAsync()
    {
        using var http = server.Http(null);
        return JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));
    }

    private static IEnumerable<(string Place, JsonElement Operation)> Operations(JsonElement root) =>
        from path in root.GetProperty("paths").EnumerateObject() from operation in path.Value.EnumerateObject() select ($"{operation.Name} {path.Name}", operation.Value);
}
