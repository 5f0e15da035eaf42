using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using HtiTune.Client;

namespace HtiTune.Server.Tests.Api;

/// <summary>What Prometheus scrapes: who may, and whether the numbers are those of what was done.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task An_operator_scrapes_what_was_done_and_nobody_else_does()
    {
        var server = new ApiServer();
        await server.InitializeAsync();
        var key = await server.KeyAsync("t");
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, key);
        var study = await client.CreateAsync(new StudyDefinition { Name = "s", Minimum = 0, Maximum = 1, MaxTrainings = 3, Parallelism = 2 });
        await client.TellAsync((await client.ClaimAsync("w", 0, study.Id))!, new WorkResult { Value = 1 });
        await client.TellAsync((await client.ClaimAsync("w", 0, study.Id))!, new WorkResult { State = AttemptState.Failed, Reason = "no memory" });
        var held = (await client.ClaimAsync("w", 0, study.Id))!;
        using var http = server.Http(key);
        using var stream = await http.GetAsync($"studies/{study.Id}/events", HttpCompletionOption.ResponseHeadersRead);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"studies/{Guid.NewGuid()}")).StatusCode);
        }

        using var anonymous = new HttpClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(new Uri(server.Address, "/metrics"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(server.Address, "/metrics"))).StatusCode);

        using var operators = server.Http(await server.KeyAsync(ApiKeys.Operators, "read"));
        using var answer = await operators.GetAsync(new Uri(server.Address, "/metrics"));
        Assert.Equal((HttpStatusCode.OK, "text/plain; version=0.0.4; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        var text = await answer.Content.ReadAsStringAsync();
        var values = Values(text);
        Assert.Equal(1, values["""htitune_attempts_ended_total{htitune_attempt_state="Done"}"""]);
        Assert.Equal(1, values["""htitune_attempts_ended_total{htitune_attempt_state="Failed"}"""]);
        Assert.Equal(1, values["""htitune_queue_running{queue="default"}"""]);
        Assert.Equal((1, 0), (values["htitune_streams_open"], values["htitune_claims_open"]));
        Assert.Equal((1, 1, 1), (values["htitune_store_ready"], values["htitune_healthy"], values[$$"""htitune_build_info{version="{{HtiTune.Hosting.ProcessPresence.Version}}"}"""]));
        Assert.InRange(values["htitune_store_commit_seconds"], 1e-6, 10);
        Assert.True(values["htitune_study_advance_duration_seconds_count"] >= 1);

        // Requests by what they are for, not by their addresses; and a histogram that adds up.
        const string Missed = """http_request_method="GET",http_route="/api/v1/studies/{id:guid}",http_response_status_code="404" """;
        Assert.Equal(3, values[$"http_server_request_duration_seconds_count{{{Missed.TrimEnd()}}}"]);
        var buckets = values.Where(pair => pair.Key.StartsWith($"http_server_request_duration_seconds_bucket{{{Missed.TrimEnd()}", StringComparison.Ordinal)).Select(pair => pair.Value).ToList();
        Assert.Equal((16, 3), (buckets.Count, buckets[^1]));
        Assert.Equal(buckets.Order(), buckets);
        Assert.DoesNotContain(study.Id.ToString(), text, StringComparison.Ordinal);

        await client.TellAsync(held, new WorkResult { Value = 2 });
        stream.Dispose();
        await Wait.UntilAsync(async () => Values(await operators.GetStringAsync(new Uri(server.Address, "/metrics")))["htitune_streams_open"] == 0);
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("Anyone", HttpStatusCode.OK)]
    [InlineData("Nobody", HttpStatusCode.NotFound)]
    public async Task An_operators_setting_says_who_scrapes(string access, HttpStatusCode expected)
    {
        var server = new ApiServer(null, null, "--HtiTune:Metrics", access);
        await server.InitializeAsync();
        using var http = new HttpClient();
        Assert.Equal(expected, (await http.GetAsync(new Uri(server.Address, "/metrics"))).StatusCode);
        await server.DisposeAsync();
    }

    [Fact]
    public void Names_labels_and_numbers_are_of_the_format()
    {
        var text = new PrometheusText();
        text.Begin(PrometheusText.NameOf("a.b", "s"), "histogram", "what\nit \\ is");
        text.Histogram(PrometheusText.With("", "x.y", "a\"b\\c\nd"), [0.5, 1], [2, 1], 4, 7.25);
        Assert.Equal(
            "# HELP a_b_seconds what\\nit \\\\ is\n# TYPE a_b_seconds histogram\n"
            + "a_b_seconds_bucket{x_y=\"a\\\"b\\\\c\\nd\",le=\"0.5\"} 2\na_b_seconds_bucket{x_y=\"a\\\"b\\\\c\\nd\",le=\"1\"} 3\na_b_seconds_bucket{x_y=\"a\\\"b\\\\c\\nd\",le=\"+Inf\"} 4\n"
            + "a_b_seconds_sum{x_y=\"a\\\"b\\\\c\\nd\"} 7.25\na_b_seconds_count{x_y=\"a\\\"b\\\\c\\nd\"} 4\n",
            text.ToString());
    }

    // As a scraper reads it: every line is a comment or a sample of a metric that was typed before, none twice.
    private static Dictionary<string, double> Values(string text)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        var typed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.True(typed.Add(line.Split(' ')[2]), line);
            }
            else if (line[0] != '#')
            {
                var match = Sample().Match(line);
                Assert.True(match.Success, line);
                Assert.True(typed.Contains(match.Groups[1].Value) || typed.Contains(Suffix().Replace(match.Groups[1].Value, "")), line);
                values.Add(match.Groups[1].Value + match.Groups[2].Value, double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture));
            }
        }

        return values;
    }

    [GeneratedRegex("^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\n\"])*\",?)+\\})? ([-+]?[0-9][-+.eE0-9]*)$")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
