using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Api;

/// <summary><c>ask</c> and <c>tell</c> by many hands with a server, and studies whose first training tells how many outputs there are.</summary>
public sealed class HandsTests(ApiServer server) : IClassFixture<ApiServer>, IDisposable
{
    private const int InHands = 7;

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-hands").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_asker_has_a_training_of_its_own_for_the_time_of_its_lease()
    {
        var key = await server.KeyAsync("hands");
        Write(parallel: 2);
        var first = await AskAsync(key, "--worker", "a", "--lease", "5h");
        var second = await AskAsync(key, "--worker", "b");
        Assert.NotEqual(first[0], second[0]);
        Assert.Equal(first, await AskAsync(key, "--worker", "a"));
        var (code, output, errors) = await RunAsync(key, "ask", "--worker", "c");
        Assert.Equal((InHands, ""), (code, output));
        Assert.Contains($"all 2 trainings that may be under way are in hands: {first[0]} of a until ", errors);

        // The server's own lease is an hour here; what was asked for is five.
        var kept = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "study.htitune", "server.json"))).RootElement;
        var until = kept.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("until").GetDateTimeOffset()).ToList();
        Assert.InRange((until[0] - TimeProvider.System.GetUtcNow()).TotalHours, 4.9, 5);
        (code, _, errors) = await RunAsync(key, "ask", "--renew", second[0], "--lease", "2d");
        Assert.True(code == 0, errors);
        Assert.Contains($"training {second[0]} of b until ", errors);
        Assert.Equal(3, (await RunAsync(key, "ask", "--renew", first[0], "--worker", "b")).Code);
        (code, _, errors) = await RunAsync(key, "ask", "--worker", "d", "--lease", "30d");
        Assert.True(code == InHands, errors);

        // Told twice: the same is harmless, and anything else is refused.
        Assert.Equal(0, (await TellAsync(key, first, "0.5")).Code);
        (code, _, errors) = await TellAsync(key, first, "0.5");
        Assert.True(code == 0, errors);
        Assert.Contains($"training {first[0]} was told before, with the same outputs; nothing is changed", errors);
        (code, _, errors) = await TellAsync(key, first, "0.6");
        Assert.Equal(3, code);
        Assert.Contains($"error[H016]: training {first[0]} was told before", errors);
        (code, _, errors) = await TellAsync(key, second, "nan");
        Assert.Equal(3, code);
        Assert.Contains($"htitune tell {second[0]} --failed", errors);
        Assert.Equal(0, (await RunAsync(key, "tell", second[0], "--failed", "not a number")).Code);
        Assert.NotEqual(first[0], (await AskAsync(key, "--worker", "c"))[0]);

        // A value of one's own comes after what the server has made ready already.
        (code, _, errors) = await RunAsync(key, "enqueue", "2", "0.37");
        Assert.Equal(3, code);
        Assert.Contains("2 is not in the range; expected 0 to 1", errors);
        (code, _, errors) = await RunAsync(key, "enqueue", "0.37");
        Assert.True(code == 0, errors);
        Assert.Contains("to be trained next: 0.37", errors);
    }

    [Fact]
    public async Task Two_at_once_never_have_the_same()
    {
        var key = await server.KeyAsync("at-once");
        Write(parallel: 3);
        var asked = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AskAsync(key)));
        Assert.Equal(3, asked.Select(words => words[0]).Distinct().Count());
    }

    [Theory]
    [InlineData("exit 3")]
    [InlineData("printf 'cost\\nnan\\n' > \"$2\"; exit 0")]
    public async Task Without_contexts_the_first_that_succeeds_tells_how_many_outputs_there_are(string failing)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var key = await server.KeyAsync("open");
        Write(parallel: 1, contexts: false);
        await File.WriteAllTextAsync(Path.Combine(_folder, "train.sh"), $$"""
            if [ "$1" = 0 ]; then {{failing}}; fi
            if [ "$1" = 1 ]; then printf 'cost\n1\n' > "$2"; exit 0; fi
            awk -v l="$1" 'BEGIN { print "cost"; for (i = 0; i < 3; i++) printf "%.9g\n", (l - 0.3) ^ 2 + 0.001 * i }' > "$2"
            """);
        var (code, output, errors) = await RunAsync(key, "tune");
        Assert.True(code is 0 or 1 or 6, errors);
        Assert.StartsWith("level = ", output);
        var trials = JsonDocument.Parse((await RunAsync(key, "trials", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray().ToList();

        // The first failed, the second brought one row and so said that there is one; those with three are other than it.
        Assert.Equal(["failed", "completed", "failed"], trials.Take(3).Select(trial => trial.GetProperty("state").GetString()));
        Assert.All(trials.Skip(2), trial => Assert.Equal("failed", trial.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_study_without_rows_is_asked_told_sampled_and_preferred_by_the_client()
    {
        var client = await server.ClientAsync("open-client");
        var study = await client.CreateAsync(new StudyDefinition { Name = "draws", Minimum = 0, Maximum = 1, Objective = "mean(cost)", Columns = ["cost"], Rows = 0, MaxTrainings = 6, MaxAttempts = 1 });
        var count = 0;
        await client.WorkAsync(
            "w",
            (task, _, _) =>
            {
                Assert.Equal(0, task.Rows);
                return Task.FromResult(++count == 1
                    ? new WorkResult { State = AttemptState.Failed, Reason = "no memory" }
                    : new WorkResult { Outputs = Matrix.FromDoubles(4, 1, [.. Enumerable.Range(0, 4).Select(i => Math.Pow(task.Lambda - 0.3, 2) + 0.01 * i)]) });
            },
            study.Id, TimeSpan.FromMilliseconds(20));
        var ended = await client.GetAsync(study.Id);
        Assert.Equal(StudyState.Finished, ended.State);
        Assert.Equal(0.3, ended.Result!.Lambda, 0.15);
        Assert.Equal(TrialStatus.Failed, (await client.TrialsAsync(study.Id))[0].Status);
        Assert.NotEmpty(await client.FigureAsync(study.Id, "distribution.svg"));
        Assert.NotNull((await client.PreferAsync(study.Id, "max(cost)")).Result);
    }

    [Theory]
    [InlineData("00:00:00.1")]
    [InlineData("8.00:00:00")]
    [InlineData("-01:00:00")]
    public async Task A_lease_out_of_bounds_is_refused_in_words(string time)
    {
        using var http = server.Http(await server.KeyAsync("bounds"));
        using var answer = await http.PostAsync("attempts/claim", new StringContent($$"""{ "worker": "w", "leaseFor": "{{time}}" }""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("expected 00:00:01 to 7.00:00:00", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_study_whose_print_an_earlier_version_wrote_is_taken_up_and_one_whose_file_has_changed_is_not()
    {
        var key = await server.KeyAsync("prints");
        Write(parallel: 1);
        var asked = await AskAsync(key);
        var file = Path.Combine(_folder, "study.htitune", "server.json");
        var text = await File.ReadAllTextAsync(file);
        var print = JsonDocument.Parse(text).RootElement.GetProperty("print").GetString()!;
        Assert.StartsWith("2:", print, StringComparison.Ordinal);
        var earlier = JsonNode.Parse(text.Replace(print, "0123456789ABCDEF", StringComparison.Ordinal))!;
        var task = earlier["tasks"]![0]!.AsObject();
        Assert.True(task.Remove("number") && task.Remove("until"));
        await File.WriteAllTextAsync(file, earlier.ToJsonString());
        Assert.Equal(asked, await AskAsync(key));
        await File.WriteAllTextAsync(file, text.Replace(print, "2:0123456789ABCDEF", StringComparison.Ordinal));
        var (code, _, errors) = await RunAsync(key, "ask");
        Assert.Contains("has changed since its study was begun", errors);
        Assert.NotEqual(0, code);
    }

    private async Task<string[]> AskAsync(string key, params string[] options)
    {
        var (code, output, errors) = await RunAsync(key, ["ask", .. options]);
        Assert.True(code == 0, errors);
        return output.Trim().Split(' ');
    }

    private async Task<(int Code, string Output, string Errors)> TellAsync(string key, string[] asked, string value)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "told.csv"), $"cost\n{value}\n");
        return await RunAsync(key, "tell", asked[0], "told.csv");
    }

    private void Write(int parallel, bool contexts = true) => File.WriteAllText(Path.Combine(_folder, "study.json"), $$"""
        {
          "hyperparameter": { "name": "level", "from": 0, "to": 1 },
          "command": ["sh", "train.sh", "{lambda}", "{out}"],
          {{(contexts ? "\"contexts\": { \"draws\": 1 }," : "")}}
          "outputs": { "format": ".csv", "columns": ["cost"] }, "objective": "mean(cost)", "surrogate": false,
          "budget": { "trainings": 6, "parallel": {{parallel}} }, "training": { "retries": 0 },
        }
        """);

    private async Task<(int Code, string Output, string Errors)> RunAsync(string key, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory.Replace("tests/HtiTune.Server.Tests", "src/HtiTune.Cli", StringComparison.Ordinal), "htitune.dll"));
        foreach (var argument in (string[])[program, .. arguments, "--server", server.Address.ToString()])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HTITUNE_API_KEY"] = key;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output, await errors);
    }
}
