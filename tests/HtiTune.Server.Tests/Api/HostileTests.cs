using System.Text;
using System.Text.Json;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Api;

public sealed class HostileTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int Requests = 1000;
    private const string Secret = "not-for-other-eyes";

    [Fact]
    public async Task A_thousand_hostile_requests_change_nothing_leak_nothing_and_get_the_right_status()
    {
        // A victim with a study half done, and a caller of another tenant, with work of its own, who means ill.
        var victim = await server.ClientAsync("victim");
        var study = await victim.CreateAsync(new StudyDefinition { Name = Secret, Minimum = 0, Maximum = 1 });
        var done = (await victim.ClaimAsync("w", study: study.Id))!;
        var held = (await victim.TellAsync(done, new WorkResult { Value = 0.5, LogTail = Secret }, "w", study: study.Id)).Next!;
        var caller = await server.ClientAsync("caller");
        var own = await caller.CreateAsync(new StudyDefinition { Name = "own", Minimum = 0, Maximum = 1 });
        var mine = (await caller.ClaimAsync("c", study: own.Id))!;
        var keys = new Keys(await server.KeyAsync("caller"), await server.KeyAsync("caller", "read"), await server.KeyAsync("caller", "read write admin"), await server.KeyAsync("victim"));
        await QuietAsync();
        var before = server.Dump();

        var kinds = Hostile(study.Id, done, held, mine, keys).ToList();
        var chance = new RandomStreams(7).Stream("hostile");
        using var http = new HttpClient { BaseAddress = server.Address };
        var faults = new List<string>();
        for (var i = 0; i < Requests; i++)
        {
            // Each kind at least once, then as chance has it.
            var one = kinds[i < kinds.Count ? i : (int)(chance.NextDouble() * kinds.Count)];
            using var request = one.Make();
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            if (!one.Expected.Contains((int)response.StatusCode))
            {
                faults.Add($"{one.Name}: {(int)response.StatusCode}, expected {string.Join(" or ", one.Expected)}: {body}");
            }

            if ((string[])[Secret, "   at ", "Exception", "System.", "HtiTune.Hosting", "SQLite", keys.Victim] is var words && words.FirstOrDefault(word => body.Contains(word, StringComparison.Ordinal)) is { } leak)
            {
                faults.Add($"{one.Name} leaks '{leak}': {body}");
            }

            if ((int)response.StatusCode >= 400 && (response.Content.Headers.ContentType?.MediaType != "application/problem+json" || JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32() != (int)response.StatusCode))
            {
                faults.Add($"{one.Name} is no problem document: {response.Content.Headers.ContentType} {body}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct().Take(40)));
        await QuietAsync();
        Assert.Equal(before.Split('\n'), server.Dump().Split('\n'));
    }

    private async Task QuietAsync()
    {
        for (var i = 0; i < 100 && server.Dump().Contains("outbox: ", StringComparison.Ordinal); i++)
        {
            await Task.Delay(100);
        }
    }

    private static IEnumerable<(string Name, int[] Expected, Func<HttpRequestMessage> Make)> Hostile(Guid study, ClaimedAttempt done, ClaimedAttempt held, ClaimedAttempt mine, Keys keys)
    {
        string[] bad = ["", "hti_", "hti_000000000000_" + new string('0', 64), keys.Write[..^1] + (keys.Write[^1] == '0' ? '1' : '0'), "' OR 1=1 --", new string('x', 5000)];
        foreach (var (key, i) in bad.Select((key, i) => (key, i)))
        {
            yield return ($"wrong key {i}", [401], () => Request("GET", $"/api/v1/studies/{study}", key));
        }

        yield return ("no key", [401], () => Request("GET", "/api/v1/studies", null));
        yield return ("no key, writes", [401], () => Json("/api/v1/studies", null, Definition("\"name\":\"x\"")));
        yield return ("reader writes", [403], () => Json("/api/v1/studies", keys.Read, Definition("\"name\":\"x\"")));
        yield return ("writer administers", [403], () => Request("GET", "/api/v1/keys", keys.Write));
        yield return ("tenant reinstates", [404], () => Request("POST", "/api/v1/workers/w/reinstate", keys.Admin));
        yield return ("key of another tenant", [404], () => Request("DELETE", $"/api/v1/keys/{keys.Victim.Split('_')[1]}", keys.Admin));
        yield return ("key by injection", [404], () => Request("DELETE", "/api/v1/keys/x'%20OR%20'1'='1", keys.Admin));
        yield return ("key for another tenant", [400], () => Json("/api/v1/keys", keys.Admin, """{"name":"x","tenant":"victim"}"""));
        yield return ("key for operators", [400], () => Json("/api/v1/keys", keys.Admin, """{"name":"x","tenant":"*"}"""));
        foreach (var what in (string[])["", "/trials", "/attempts", "/curve", "/distribution?lambda=0.5", "/preferences", "/events?follow=false", "/trials/1/outputs.npy", $"/attempts/{done.Attempt}/log"])
        {
            yield return ("another's study" + what, [404], () => Request("GET", $"/api/v1/studies/{study}{what}", keys.Write));
        }

        foreach (var what in (string[])["pause", "resume", "trials/1/retry", $"attempts/{held.Attempt}/kill"])
        {
            yield return ("another's study: " + what, [404], () => Request("POST", $"/api/v1/studies/{study}/{what}", keys.Write));
        }

        yield return ("another's study is cancelled", [404], () => Json($"/api/v1/studies/{study}/cancel", keys.Write, "{}"));
        yield return ("another's study is deleted", [404], () => Request("DELETE", $"/api/v1/studies/{study}", keys.Write));
        yield return ("another's study is preferred", [404], () => Json($"/api/v1/studies/{study}/preferences", keys.Write, """{"objective":"value"}"""));
        yield return ("another's work", [404], () => Json("/api/v1/attempts/claim", keys.Write, $$"""{"worker":"w","study":"{{study}}"}"""));
        yield return ("another's lease renewed", [404], () => Json($"/api/v1/attempts/{held.Attempt}/renew", keys.Write, $$"""{"lease":"{{held.Lease}}"}"""));
        yield return ("another's lease told", [404], () => Json($"/api/v1/attempts/{held.Attempt}/tell", keys.Write, $$"""{"lease":"{{held.Lease}}","value":1}"""));
        yield return ("another's surrogate", [404], () => Json($"/api/v1/surrogates/{study}/sample", keys.Write, """{"lambda":0.5,"rows":1}"""));
        yield return ("another's model", [404], () => Request("GET", $"/api/v1/surrogates/{study}.hti", keys.Write));
        yield return ("a lease that is over, told the same again", [200], () => Json($"/api/v1/attempts/{done.Attempt}/tell", keys.Victim, $$"""{"lease":"{{done.Lease}}","value":0.5}"""));
        yield return ("a lease that is over, told something else", [409], () => Json($"/api/v1/attempts/{done.Attempt}/tell", keys.Victim, $$"""{"lease":"{{done.Lease}}","value":0.9}"""));
        yield return ("a lease that is over, renewed", [200], () => Json($"/api/v1/attempts/{done.Attempt}/renew", keys.Victim, $$"""{"lease":"{{done.Lease}}","progress":0.1}"""));
        yield return ("a lease that never was", [404, 409], () => Json($"/api/v1/attempts/{mine.Attempt}/tell", keys.Write, $$"""{"lease":"{{Guid.Empty}}","state":"failed"}"""));
        foreach (var value in (string[])["NaN", "1e999", "\"Infinity\"", "\"NaN\"", "null", "[]", "-1e999"])
        {
            yield return ("told " + value, [400], () => Json($"/api/v1/attempts/{mine.Attempt}/tell", keys.Write, $$"""{"lease":"{{mine.Lease}}","value":{{value}}}"""));
            yield return ("minimum " + value, [400], () => Json("/api/v1/studies", keys.Write, $$$"""{"definition":{"name":"x","minimum":{{{value}}},"maximum":1}}"""));
        }

        foreach (var member in (string[])
            [
                "\"name\":\"a\\u0000b\"", "\"name\":\"\"", $"\"name\":\"{new string('n', 300)}\"", "\"name\":\"x\",\"queue\":\"../../etc\"", "\"name\":\"x\",\"queue\":\"q'; DROP TABLE studies; --\"",
                "\"name\":\"x\",\"network\":\"../../bin/sh\"", "\"name\":\"x\",\"objective\":\"command:rm -rf /\"", "\"name\":\"x\",\"objective\":\"objective:none\"", "\"name\":\"x\",\"maxTrainings\":1000000000",
                "\"name\":\"x\",\"unknown\":1", "\"name\":\"x\",\"name\":\"y\"", "\"name\":\"x\",\"command\":[\"sh\"]", "\"name\":\"x\",\"parallelism\":-1", "\"name\":\"x\",\"goal\":7", "\"name\":\"x\",\"rows\":2147483647",
            ])
        {
            yield return ("study " + member[..Math.Min(60, member.Length)], [400], () => Json("/api/v1/studies", keys.Write, Definition(member)));
        }

        yield return ("deep JSON", [400], () => Json("/api/v1/studies", keys.Write, new string('[', 10_000)));
        yield return ("deep JSON in a member", [400], () => Json("/api/v1/studies", keys.Write, Definition("\"name\":\"x\",\"contexts\":" + new string('[', 500) + new string(']', 500))));
        yield return ("broken JSON", [400], () => Json("/api/v1/studies", keys.Write, "{\"definition\":{"));
        yield return ("no JSON", [415], () => Json("/api/v1/studies", keys.Write, "x", "text/plain"));
        yield return ("empty body", [400, 415], () => Request("POST", "/api/v1/studies", keys.Write));
        yield return ("huge claim", [413], () => Json("/api/v1/attempts/claim", keys.Write, $$"""{"worker":"{{new string('w', 400_000)}}"}"""));
        yield return ("huge renewal", [413], () => Json($"/api/v1/attempts/{mine.Attempt}/renew", keys.Write, $$"""{"lease":"{{mine.Lease}}","logTail":"{{new string('w', 400_000)}}"}"""));
        yield return ("huge preference", [413], () => Json($"/api/v1/studies/{mine.Study}/preferences", keys.Write, $$"""{"objective":"{{new string('1', 2_000_000)}}"}"""));
        yield return ("worker's name", [400], () => Json("/api/v1/attempts/claim", keys.Write, """{"worker":"a\u0001b"}"""));
        yield return ("slot", [400], () => Json("/api/v1/attempts/claim", keys.Write, """{"worker":"a","slot":-5}"""));
        yield return ("progress", [400], () => Json($"/api/v1/attempts/{mine.Attempt}/renew", keys.Write, $$"""{"lease":"{{mine.Lease}}","progress":7}"""));
        yield return ("path traversal", [404], () => Request("GET", "/api/v1/studies/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd", keys.Write));
        yield return ("path traversal to a model", [404], () => Request("GET", "/api/v1/surrogates/..%2f..%2fstudies.hti", keys.Write));
        yield return ("path traversal without a key", [404], () => Request("GET", "/api/%2e%2e%2fappsettings.json", null));
        yield return ("unknown address", [404], () => Request("GET", "/api/v1/nothing", keys.Write));
        yield return ("unknown method", [404, 405], () => Request("PUT", "/api/v1/studies", keys.Write));
        yield return ("search by injection", [200], () => Request("GET", "/api/v1/studies?search=" + Uri.EscapeDataString("' OR 1=1 --"), keys.Write));
        yield return ("search by wildcard", [200], () => Request("GET", "/api/v1/studies?search=%25", keys.Write));
        yield return ("page size", [400], () => Request("GET", "/api/v1/studies?size=100000", keys.Write));
        yield return ("page size, no number", [400], () => Request("GET", "/api/v1/studies?size=x", keys.Write));
        yield return ("λ that is none", [400], () => Request("GET", $"/api/v1/studies/{mine.Study}/distribution?lambda=NaN", keys.Write));
    }

    private static string Definition(string members) => $$$"""{"definition":{{{{members}}},"minimum":0,"maximum":1}}""";

    private static HttpRequestMessage Json(string path, string? key, string body, string type = "application/json")
    {
        var request = Request("POST", path, key);
        request.Content = new StringContent(body, Encoding.UTF8, type);

        // The server may refuse a body before it is sent.
        request.Headers.ExpectContinue = body.Length > 100_000;
        return request;
    }

    private static HttpRequestMessage Request(string method, string path, string? key)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }

        return request;
    }

    private sealed record Keys(string Write, string Read, string Admin, string Victim);
}
