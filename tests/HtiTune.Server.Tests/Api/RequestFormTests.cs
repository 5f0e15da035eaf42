using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Api;

/// <summary>Forms of a request that clients, proxies and monitors use: HEAD, compressed bodies, many parts; and definitions that nobody would want to have begun.</summary>
public sealed class RequestFormTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/version", HttpStatusCode.OK)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("/login", HttpStatusCode.OK)]
    [InlineData("/favicon.svg", HttpStatusCode.OK)]
    [InlineData("/api/v1/studies", HttpStatusCode.OK)]
    [InlineData("/api/v1/studies/00000000-0000-0000-0000-000000000001", HttpStatusCode.NotFound)]
    public async Task Head_is_answered_as_get_is_without_its_body(string path, HttpStatusCode expected)
    {
        using var http = server.Http(await server.KeyAsync("head"));
        using var got = await http.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await http.SendAsync(request);
        Assert.Equal((expected, expected), (got.StatusCode, head.StatusCode));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal(got.Content.Headers.ContentType?.MediaType, head.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_compressed_body_is_refused_as_what_it_is()
    {
        using var http = server.Http(await server.KeyAsync("gzip"));
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write("""{"definition":{"name":"n","minimum":0,"maximum":1}}"""u8);
        }

        using var content = new ByteArrayContent(bytes.ToArray()) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json"), ContentEncoding = { "gzip" } } };
        using var answer = await http.PostAsync("studies", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("compressed", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_may_have_thousands_of_small_anchors()
    {
        using var http = server.Http(await server.KeyAsync("parts"));
        var outputs = NpyFile.ToBytes(new Matrix(2, 1, [1, 2]));
        using var form = new MultipartFormDataContent { { new StringContent("""{"name":"parts","minimum":0,"maximum":1,"objective":"mean(outputs[0])","rows":2}"""), "definition" } };
        for (var i = 0; i < 1499; i++)
        {
            form.Add(new ByteArrayContent(outputs), "anchors", FormattableString.Invariant($"{i / 1500.0:R}.npy"));
        }

        using var answer = await http.PostAsync("studies", form);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var study = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        using var ended = await http.PostAsync($"studies/{study}/cancel", new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"exe\u202Egpj.model","minimum":0,"maximum":1}""", "turns the direction")]
    [InlineData("""{"name":"a\u2066b","minimum":0,"maximum":1}""", "turns the direction")]
    [InlineData("""{"name":"n","hyperparameter":"l\u202Er","minimum":0,"maximum":1}""", "turns the direction")]
    [InlineData("""{"name":"n","hyperparameters":["l\u202Er=0..1","b=0..1"]}""", "turns the direction")]
    [InlineData("""{"name":"n","minimum":0,"maximum":1,"objective":"mean(a)","columns":["a\u202Eb"]}""", "turns the direction")]
    [InlineData("""{"name":"n","minimum":0,"maximum":1,"objective":"mean(a)","columns":["a","b","a"]}""", "'a' 2 times")]
    [InlineData("""{"name":"n","minimum":0,"maximum":1,"objective":"mean(loss)"}""", "there is no column 'loss'")]
    [InlineData("""{"name":"n","minimum":0,"maximum":1,"objective":"mean(outputs[loss])"}""", "as the outputs have no names")]
    [InlineData("""{"name":"n","minimum":0,"maximum":1,"objective":"1/0"}""", "names no output")]
    [InlineData("""{"name":"n","minimum":0,"maximum":1,"objective":"lambda"}""", "names no output")]
    [InlineData("""{"name":"n","minimum":0,"maximum":1,"objective":"mean(contexts[0])","contexts":[[1],[2]]}""", "names no output")]
    public async Task A_definition_that_says_one_thing_twice_or_nothing_is_refused(string definition, string words)
    {
        using var http = server.Http(await server.KeyAsync("definitions"));
        using var answer = await http.PostAsync("studies", new StringContent($$"""{"definition":{{definition}}}""", Encoding.UTF8, "application/json"));
        var detail = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest && detail!.Contains(words, StringComparison.Ordinal), detail);
    }

    [Fact]
    public async Task Names_of_workers_and_keys_turn_no_direction_either()
    {
        using var http = server.Http(await server.KeyAsync("turned", "read write admin"));
        foreach (var (path, body) in (ValueTuple<string, object>[])[("attempts/claim", new { worker = "gpu\u202E7" }), ("keys", new { name = "c\u202Ei" })])
        {
            using var answer = await http.PostAsJsonAsync(path, body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }
}
