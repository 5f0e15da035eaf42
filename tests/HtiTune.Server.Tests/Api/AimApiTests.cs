using System.Net;
using System.Text.Json;

namespace HtiTune.Server.Tests.Api;

/// <summary>Constraints and fronts over the API: what runs look for, what is told of trials and results, and what is refused.</summary>
public sealed class AimApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Space = """ "hyperparameters": ["x=0..1", "width=1..8:int"], "rows": 1, "columns": ["loss", "milliseconds"], "objective": "mean(loss)" """;

    [Fact]
    public async Task The_best_under_a_constraint_meets_it_and_a_server_that_takes_the_study_up_goes_on_alike()
    {
        var folder = Directory.CreateTempSubdirectory("htitune-aims");
        try
        {
            string study, key;
            await using (var first = new Life(folder.FullName))
            {
                await first.Server.InitializeAsync();
                key = await first.Server.KeyAsync("aims");
                using var http = first.Server.Http(key);
                study = await CreateAsync(http, $$"""{"name": "fast", {{Space}}, "constraints": ["mean(milliseconds) <= 15"], "maxTrainings": 12, "seed": 3}""");
                Assert.Equal(5, await TrainAsync(http, study, 5));
                await Wait.UntilAsync(async () => JsonDocument.Parse(await http.GetStringAsync($"studies/{study}")).RootElement.GetProperty("trainingsUsed").GetInt32() == 5);
            }

            await using var second = new Life(folder.FullName);
            await second.Server.InitializeAsync();
            using var again = second.Server.Http(key);
            await TrainAsync(again, study, 12);
            using var ended = await EndedAsync(again, study);
            var (root, result) = (ended.RootElement, ended.RootElement.GetProperty("result"));
            Assert.Equal("finished", root.GetProperty("state").GetString());
            Assert.True(result.GetProperty("feasibility").GetProperty("isKnown").GetBoolean());
            Assert.Equal(JsonValueKind.Null, result.GetProperty("front").ValueKind);
            var best = result.GetProperty("configuration");
            Assert.InRange(best.GetProperty("width").GetDouble(), 4, 5);
            Assert.InRange(best.GetProperty("x").GetDouble(), 0.6, 0.8);

            // The study's best value is the best of those that meet the constraint, though others are better.
            using var trials = JsonDocument.Parse(await again.GetStringAsync($"studies/{study}/trials"));
            var all = trials.RootElement.EnumerateArray().Where(trial => trial.GetProperty("status").GetString() == "completed").ToList();
            Assert.All(all, trial =>
            {
                var (features, width) = (trial.GetProperty("features"), trial.GetProperty("configuration").GetProperty("width").GetDouble());
                Assert.Equal(3 * width, features.GetProperty("mean(milliseconds)").GetDouble(), 1e-5);
                Assert.Equal(trial.GetProperty("value").GetDouble(), features.GetProperty("mean(loss)").GetDouble());
                Assert.Equal(3 * width <= 15, trial.GetProperty("isFeasible").GetBoolean());
            });
            Assert.Equal(all.Where(trial => trial.GetProperty("isFeasible").GetBoolean()).Min(trial => trial.GetProperty("value").GetDouble()), root.GetProperty("bestValue").GetDouble());

            // Another preference meets the constraint too; what further trainings would gain is told of one objective alone.
            using var preferred = await again.PostAsync($"studies/{study}/preferences", Json("""{"objective": "mean(loss) - 0.1 * mean(milliseconds)"}"""));
            using var answer = JsonDocument.Parse(await preferred.Content.ReadAsStringAsync());
            Assert.InRange(answer.RootElement.GetProperty("result").GetProperty("configuration").GetProperty("width").GetDouble(), 1, 5);
            Assert.True(answer.RootElement.GetProperty("result").GetProperty("feasibility").GetProperty("isKnown").GetBoolean());
            await RequireRefusalAsync(() => again.GetAsync($"studies/{study}/outlook"), HttpStatusCode.Conflict, "constraints or a front");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_front_is_of_trained_configurations_none_of_which_another_beats()
    {
        using var http = server.Http(await server.KeyAsync("front"));
        var study = await CreateAsync(http, $$"""{"name": "front", {{Space}}, "front": ["mean(milliseconds)"], "maxTrainings": 10, "seed": 1}""");
        await TrainAsync(http, study, 10);
        using var ended = await EndedAsync(http, study);
        var points = ended.RootElement.GetProperty("result").GetProperty("front").EnumerateArray()
            .Select(point => (Loss: point.GetProperty("values").GetProperty("mean(loss)").GetDouble(), Time: point.GetProperty("values").GetProperty("mean(milliseconds)").GetDouble(),
                Width: point.GetProperty("configuration").GetProperty("width").GetDouble(), Probability: point.GetProperty("probability").GetDouble())).ToList();
        Assert.True(points.Count >= 3);
        Assert.All(points, point => Assert.Equal((3 * point.Width, true), (Math.Round(point.Time, 4), point.Probability is >= 0 and <= 1)));
        Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.First.Loss < pair.Second.Loss && pair.First.Time > pair.Second.Time));
        using var figure = await http.GetAsync($"studies/{study}/figures/front.svg");
        Assert.StartsWith("<?xml", await figure.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // The page shows the front, and the table of trials a column for what is measured beside the objective.
        using var login = await DashboardLogin.BeginAsync(server, await server.KeyAsync("front", "read"));
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = login.Cookies });
        var page = WebUtility.HtmlDecode(await browser.GetStringAsync(new Uri(server.Address, $"/studies/{study}")));
        Assert.Contains("Of these no other training is better in every objective", page, StringComparison.Ordinal);
        Assert.Contains(">mean(milliseconds)<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("more trainings bring", page, StringComparison.Ordinal);

        // Another objective by itself has a single best.
        using var preferred = await http.PostAsync($"studies/{study}/preferences", Json("""{"objective": "mean(loss) + mean(milliseconds)"}"""));
        using var answer = JsonDocument.Parse(await preferred.Content.ReadAsStringAsync());
        Assert.Equal(JsonValueKind.Null, answer.RootElement.GetProperty("result").GetProperty("front").ValueKind);
    }

    [Fact]
    public async Task One_hyperparameter_has_constraints_too_and_no_curve_then()
    {
        using var http = server.Http(await server.KeyAsync("line"));
        var study = await CreateAsync(
            http,
            """
            {"name": "line", "hyperparameter": "x", "minimum": 0, "maximum": 1, "rows": 1, "columns": ["loss", "milliseconds"], "objective": "mean(loss)",
             "constraints": ["mean(milliseconds) >= 1"], "maxTrainings": 8}
            """);
        await TrainAsync(http, study, 8);
        using var ended = await EndedAsync(http, study);
        var result = ended.RootElement.GetProperty("result");
        Assert.True(result.GetProperty("feasibility").GetProperty("isKnown").GetBoolean());
        Assert.Equal(result.GetProperty("lambda").GetDouble(), ended.RootElement.GetProperty("lambda").GetDouble());
        await RequireRefusalAsync(() => http.GetAsync($"studies/{study}/curve"), HttpStatusCode.Conflict, "a curve tells of one objective alone");
        await RequireRefusalAsync(() => http.GetAsync($"studies/{study}/figures/objective.svg"), HttpStatusCode.Conflict, "a curve tells of one objective alone");
        using var slices = await http.GetAsync($"studies/{study}/figures/slices.svg");
        Assert.True(slices.IsSuccessStatusCode, await slices.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("\"constraints\": [\"fast\"]", "constraints[0] is 'fast'; expected an objective, <= or >=, and a number")]
    [InlineData("\"constraints\": [\"mean(speed) <= 2\"]", "constraints[0] 'mean(speed) <= 2'")]
    [InlineData("\"constraints\": [\"mean(loss) <= 2\", \"mean(loss) <= 3\"]", "Two constraints bound 'mean(loss)' on the same side")]
    [InlineData("\"constraints\": [null]", "constraints[0] is null")]
    [InlineData("\"front\": [\"maximize\"]", "front[0] is 'maximize'; expected an objective")]
    [InlineData("\"front\": [\"mean(loss)\"]", "mean(loss)")]
    [InlineData("\"front\": [\"mean(milliseconds)\"], \"tuner\": {\"acquisition\": \"thompson\"}", "Acquisition cannot serve")]
    public async Task What_cannot_be_is_refused_in_words(string member, string words)
    {
        using var http = server.Http(await server.KeyAsync("refused"));
        await RequireRefusalAsync(() => http.PostAsync("studies", Json($$$"""{"definition": {"name": "no", {{{Space}}}, {{{member}}}}}""")), HttpStatusCode.BadRequest, words);
    }

    [Fact]
    public async Task A_reported_number_alone_has_nothing_that_a_constraint_could_bound()
    {
        using var http = server.Http(await server.KeyAsync("refused"));
        await RequireRefusalAsync(
            () => http.PostAsync("studies", Json("""{"definition": {"name": "no", "minimum": 0, "maximum": 1, "constraints": ["value <= 2"]}}""")), HttpStatusCode.BadRequest,
            "constraints stand beside the objective value; expected an objective over outputs");
    }

    private static StringContent Json(string text) => new(text, null, "application/json");

    private static async Task RequireRefusalAsync(Func<Task<HttpResponseMessage>> ask, HttpStatusCode status, string words)
    {
        using var answer = await ask();
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(words, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<string> CreateAsync(HttpClient http, string definition)
    {
        using var made = await http.PostAsync("studies", Json($$"""{"definition": {{definition}}}"""));
        var text = await made.Content.ReadAsStringAsync();
        Assert.True(made.StatusCode == HttpStatusCode.Created, text);
        using var study = JsonDocument.Parse(text);
        return study.RootElement.GetProperty("id").GetString()!;
    }

    // The loss falls with the width, the time grows with it; returns how many were trained.
    private static async Task<int> TrainAsync(HttpClient http, string study, int most)
    {
        for (var trained = 0; trained < most; trained++)
        {
            using var claimed = await http.PostAsync("attempts/claim", Json($$"""{"worker": "w", "study": "{{study}}", "waitFor": "00:00:20"}"""));
            if (claimed.StatusCode == HttpStatusCode.NoContent)
            {
                return trained;
            }

            using var work = JsonDocument.Parse(await claimed.Content.ReadAsStringAsync());
            var (root, at) = (work.RootElement, work.RootElement.GetProperty("configuration"));
            var (x, width) = (at.GetProperty("x").GetDouble(), at.TryGetProperty("width", out var wide) ? wide.GetDouble() : double.NaN);
            var (loss, time) = double.IsNaN(width) ? (x, 2 * x) : (Math.Pow(x - 0.7, 2) + 0.02 * (8 - width), 3 * width);
            using var told = await http.PostAsync(
                $"attempts/{root.GetProperty("attempt").GetString()}/tell",
                Json(FormattableString.Invariant($$"""{"lease": "{{root.GetProperty("lease").GetString()}}", "outputs": [[{{loss}}, {{time}}]]}""")));
            Assert.True(told.IsSuccessStatusCode, await told.Content.ReadAsStringAsync());
            using var now = JsonDocument.Parse(await http.GetStringAsync($"studies/{study}"));
            if (now.RootElement.GetProperty("state").GetString() != "active")
            {
                return trained + 1;
            }
        }

        return most;
    }

    private static async Task<JsonDocument> EndedAsync(HttpClient http, string study)
    {
        await Wait.UntilAsync(async () =>
        {
            using var now = JsonDocument.Parse(await http.GetStringAsync($"studies/{study}"));
            return now.RootElement.GetProperty("state").GetString() != "active";
        });
        return JsonDocument.Parse(await http.GetStringAsync($"studies/{study}"));
    }

    private sealed class Life(string folder) : IAsyncDisposable
    {
        public ApiServer Server { get; } = new(folder);

        public async ValueTask DisposeAsync()
        {
            await Server.StopAsync();
            await Server.DisposeAsync();
        }
    }
}
