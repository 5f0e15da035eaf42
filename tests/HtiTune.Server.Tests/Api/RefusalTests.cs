using System.Collections.Concurrent;
using System.Net;
using HtiTune.Client;
using HtiTune.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HtiTune.Server.Tests.Api;

/// <summary>What is said of a request that cannot be done: in the API's own words, with its limits, and as one line of the log.</summary>
public sealed class RefusalTests : IAsyncLifetime, IDisposable
{
    private const int Upload = 70_000;

    private readonly Lines _log = new();
    private readonly ApiServer _server;

    public RefusalTests() => _server = new ApiServer(null, null, "--HtiTune:MaxUpload", $"{Upload}", "--Logging:LogLevel:Default", "Debug")
    {
        Configure = builder => builder.Logging.ClearProviders().AddProvider(_log),
    };

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task The_largest_body_is_the_options_and_the_refusal_names_it()
    {
        using var http = _server.Http(await _server.KeyAsync("sizes"));
        var client = HtiTuneClientExtensions.Create(new HttpClient(), _server.Address, await _server.KeyAsync("sizes"));
        var study = await client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1 });
        var task = (await client.ClaimAsync("w", study: study.Id))!;

        // White space can be read only to its end: no server can tell a fault of the JSON before it has met the limit.
        var fill = new string(' ', Upload);
        foreach (var path in (string[])["studies", $"attempts/{task.Attempt}/tell", $"surrogates/{study.Id}/sample"])
        {
            foreach (var isChunked in (bool[])[false, true])
            {
                using var large = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent($$"""{{fill}}{"x":1}""", null, "application/json") };
                (large.Headers.TransferEncodingChunked, large.Headers.ExpectContinue) = (isChunked, true);
                using var refused = await http.SendAsync(large);
                var body = await refused.Content.ReadAsStringAsync();
                Assert.True(refused.StatusCode == HttpStatusCode.RequestEntityTooLarge, $"{path}: {refused.StatusCode} {body}");
                Assert.True(body.Contains($"expected at most {Upload} bytes, as HtiTune:MaxUpload has it", StringComparison.Ordinal), $"{path}, chunked {isChunked}: {body}");
            }

            using var small = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent($$"""{{fill[100..]}}{"x":1}""", null, "application/json") };
            Assert.Equal(HttpStatusCode.BadRequest, (await http.SendAsync(small)).StatusCode);
        }

        // What has a limit of its own says that one.
        using var claim = new HttpRequestMessage(HttpMethod.Post, "attempts/claim") { Content = new StringContent($$"""{"worker":"{{new string('w', 400_000)}}"}""", null, "application/json") };
        claim.Headers.ExpectContinue = true;
        Assert.Contains($"expected at most {256 << 10} bytes.", await (await http.SendAsync(claim)).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Files of a form count with it.
        using var form = new MultipartFormDataContent
        {
            { new StringContent("""{"name":"n","minimum":0,"maximum":1,"rows":20000,"objective":"mean(outputs[0])"}"""), "definition" },
            { new ByteArrayContent(NpyFile.ToBytes(Matrix.Create(20_000, 1, (_, row) => row[0] = 1))), "anchors", "0.5.npy" },
        };
        using var upload = new HttpRequestMessage(HttpMethod.Post, "studies") { Content = form };
        upload.Headers.ExpectContinue = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.SendAsync(upload)).StatusCode);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public async Task A_limit_that_is_none_is_told_at_the_start_with_all_other_faults(string limit)
    {
        var server = new ApiServer(null, null, "--HtiTune:MaxUpload", limit, "--HtiTune:RequestsPerMinute", "0", "--HtiTune:Slots", "0");
        var problem = await Assert.ThrowsAsync<StartException>(server.InitializeAsync);
        Assert.All([$"MaxUpload is {limit}; expected 65536 to 2147483647 bytes", "RequestsPerMinute is 0", "Slots is 0"], word => Assert.Contains(word, problem.Message, StringComparison.Ordinal));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Refusals_name_members_as_requests_spell_them_and_are_one_line_of_the_log()
    {
        using var http = _server.Http(await _server.KeyAsync("words"));
        var client = HtiTuneClientExtensions.Create(new HttpClient(), _server.Address, await _server.KeyAsync("words"));
        var study = await client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1 });
        var task = (await client.ClaimAsync("w", study: study.Id))!;
        var tell = $"attempts/{task.Attempt}/tell";
        string Lease(string rest) => $$"""{"lease":"{{task.Lease}}"{{rest}}}""";
        const string Failure = "\\\"state\\\": \\\"failed\\\" and \\\"reason\\\"";
        foreach (var (path, body, words) in (ValueTuple<string, string?, string[]>[])
        [
            // A training that diverged has no number of JSON, and the refusal says how to tell it.
            (tell, Lease(",\"value\":NaN"), ["$.value", "NaN", Failure]),
            (tell, Lease(",\"value\":Infinity"), ["$.value", Failure]),
            (tell, Lease(",\"value\":1e999"), ["$.value", Failure]),
            (tell, Lease(",\"value\":null"), ["value is missing; expected a finite number", Failure]),
            (tell, Lease(""), ["value is missing", Failure]),
            (tell, Lease(",\"outputs\":[[1]]"), ["outputs are given; expected value"]),
            (tell, Lease(",\"state\":\"queued\""), ["state is queued; expected done, failed, timedOut, preempted or cancelled"]),
            (tell, Lease(",\"state\":\"Broken\""), ["$.state"]),
            (tell, Lease(",\"Valeu\":1"), ["$.Valeu"]),
            ("attempts/claim", """{"slot":1}""", ["worker is missing; expected"]),
            ("attempts/claim", """{"worker":"w","study":"no id"}""", ["$.study"]),
            ("studies", """{"definition":null}""", ["definition is missing;"]),
            ("studies", """{"definition":{"name":"n","minimum":0,"maximum":1,"rows":1,"objective":"mean(outputs[0])"},"anchors":[null]}""", ["anchors[0]"]),
            ("GET studies?state=%0Afail:%20FAKE%20LOG%20LINE", null, ["expected active"]),
            ("studies", "{}", ["definition is missing; expected an object with name, minimum, maximum and objective"]),
            ("studies", """{"definition":{"objective":"value"}}""", ["missing: name"]),
            ("studies", """{"definition":{"name":"n","minimum":0,"maximum":1,"maxTrainings":0,"rows":-1,"goal":"minimize"}}""", ["maxTrainings is 0; expected 1 to 1000", "rows is -1; expected"]),
            ("studies", """{"definition":{"name":"n","minimum":0,"maximum":1,"maxTrainings":"a"}}""", ["$.definition.maxTrainings"]),
            ($"studies/{study.Id}/resume?", null, []),
            ($"studies/{study.Id}/preferences", """{"objective":"mean(outputs[0])"}""", ["one number and no outputs"]),
            ("GET studies?state=7up", null, ["state is '7up'; expected active, paused, finished, cancelled, failed"]),
            ("GET studies?size=many", null, ["size is 'many'; expected a whole number"]),
            ("GET studies?after=x", null, ["after is 'x'; expected an id"]),
            ($"GET studies/{study.Id}/distribution", null, ["lambda is missing; expected a number"]),
            ($"DELETE studies/{study.Id}", null, ["The study is active or still has"]),
        ])
        {
            _log.Clear();
            var (method, address) = path.Split(' ') is [var verb, var rest] ? (verb, rest) : ("POST", path);
            using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = body is null ? null : new StringContent(body, null, "application/json") };
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if (words.Length == 0)
            {
                continue;
            }

            Assert.True((int)response.StatusCode is 400 or 409, $"{path} {body}: {response.StatusCode} {text}");
            Assert.All(words, word => Assert.True(text.Contains(word, StringComparison.Ordinal), $"{path} {body}: {text}; expected {word}"));
            Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Nullable", text, StringComparison.Ordinal);
            var line = Assert.Single(_log.Own());
            Assert.Equal((LogLevel.Information, null), (line.Level, line.Problem));
            Assert.DoesNotContain('\n', line.Text);
            Assert.Contains($"{method} /api/v1/{address.Split('?')[0]}: {(int)response.StatusCode} ", line.Text, StringComparison.Ordinal);
            Assert.Empty(_log.Loud());
        }
    }

    [Fact]
    public async Task A_stream_whose_reader_goes_away_is_no_fault()
    {
        using var http = _server.Http(await _server.KeyAsync("streams"));
        var client = HtiTuneClientExtensions.Create(new HttpClient(), _server.Address, await _server.KeyAsync("streams"));
        var study = await client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1 });
        var telemetry = _server.Services.GetRequiredService<MeterSeries>();
        _log.Clear();
        for (var i = 0; i < 3; i++)
        {
            using var stream = await http.GetAsync($"studies/{study.Id}/events", HttpCompletionOption.ResponseHeadersRead);
            await (await stream.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[3]);
        }

        await Wait.UntilAsync(() =>
        {
            var text = new PrometheusText();
            telemetry.Write(text);
            return text.ToString().Contains("htitune_streams_open 0\n", StringComparison.Ordinal);
        });
        Assert.Empty(_log.Loud());
    }

    [Fact]
    public async Task A_failure_is_told_as_the_refusal_says()
    {
        using var http = _server.Http(await _server.KeyAsync("fails"));
        var client = HtiTuneClientExtensions.Create(new HttpClient(), _server.Address, await _server.KeyAsync("fails"));
        var study = await client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1 });
        var task = (await client.ClaimAsync("w", study: study.Id))!;
        using var told = await http.PostAsync(
            $"attempts/{task.Attempt}/tell", new StringContent($$"""{"lease":"{{task.Lease}}","state":"failed","reason":"the loss became NaN"}""", null, "application/json"));
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        Assert.Equal("the loss became NaN", (await client.AttemptsAsync(study.Id))[0].Reason);
    }

    [Theory]
    [InlineData("distance(outputs, '/etc/hostname')")]
    [InlineData("distance(outputs, 'studies.db')")]
    [InlineData("mean(outputs[0]) + distance(outputs, \"../x.npy\")")]
    [InlineData("if(1, 1, distance(outputs, '/dev/zero'))")]
    public async Task An_objective_that_would_read_a_file_is_refused_when_the_study_is_begun(string objective)
    {
        var client = HtiTuneClientExtensions.Create(new HttpClient(), _server.Address, await _server.KeyAsync("files"));
        var refused = await Assert.ThrowsAsync<HtiTuneException>(() => client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1, Objective = objective, Columns = ["y"] }));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("distance reads a file, and no file may be read here; expected outputs, contexts and numbers alone", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("argument", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What is logged.</summary>
    private sealed class Lines : ILoggerProvider
    {
        private readonly ConcurrentQueue<(string Category, LogLevel Level, string Text, Exception? Problem)> _lines = [];

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Clear() => _lines.Clear();

        public IEnumerable<(string Category, LogLevel Level, string Text, Exception? Problem)> Own() => _lines.Where(line => line.Category == "HtiTune.Server.Problems");

        public IEnumerable<(string Category, LogLevel Level, string Text, Exception? Problem)> Loud() => _lines.Where(line => line.Level >= LogLevel.Warning);

        public void Dispose()
        {
        }

        private sealed class Logger(Lines lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines._lines.Enqueue((category, logLevel, formatter(state, exception), exception));
        }
    }
}
