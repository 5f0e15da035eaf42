using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HtiTune.Client;

namespace HtiTune.Server.Tests.Api;

/// <summary>The command line with <c>--server</c>, as processes against the real server.</summary>
public sealed partial class CommandLineTests(ApiServer server) : IClassFixture<ApiServer>, IDisposable
{
    private const string Objective = "mean(max(demand - order, 0)) + mean(max(order - demand, 0))";

    // Orders 3λ against demands around 1.5: the best λ is at one half.
    private const string Script = """
        echo "$1" >> begun.txt
        while [ -e hold ]; do sleep 0.05; done
        awk -v l="$1" 'BEGIN { print "order,demand"; for (i = 0; i < 50; i++) printf "%.6f,%.6f\n", 3 * l + 0.1 * sin(i), 1.5 + 0.5 * sin(i * 7) }' > "$2"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-cli-server").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_study_file_is_tuned_asked_and_sampled_by_a_server_while_its_command_trains_here()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var key = await server.KeyAsync("command-line");
        Write("column:cost");
        var (code, output, errors) = await RunAsync(key, "tune", "--json");
        Assert.True(code == 3 && errors.Contains("no column 'cost'; expected order, demand", StringComparison.Ordinal), errors);
        Assert.False(File.Exists(Path.Combine(_folder, "begun.txt")));

        // It is refused here, before a server is asked.
        Assert.False(File.Exists(Path.Combine(_folder, "study.htitune", "server.json")));
        Write(Objective);
        (code, output, errors) = await RunAsync(key, "tune", "--json");
        Assert.True(code == 0, errors);
        using var result = JsonDocument.Parse(output);
        var lambda = result.RootElement.GetProperty("lambda").GetDouble();
        Assert.Equal(0.5, lambda, 0.05);
        Assert.InRange(lambda, result.RootElement.GetProperty("interval")[0].GetDouble(), result.RootElement.GetProperty("interval")[1].GetDouble());
        var begun = File.ReadAllLines(Path.Combine(_folder, "begun.txt"));

        // Tuned again it is as it was, and nothing is trained.
        Assert.Equal(0, (await RunAsync(key, "tune")).Code);
        Assert.Equal(begun, File.ReadAllLines(Path.Combine(_folder, "begun.txt")));
        Assert.Equal(lambda.ToString("R", CultureInfo.InvariantCulture), (await RunAsync(key, "best")).Output.Trim());
        var trials = JsonDocument.Parse((await RunAsync(key, "trials", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(begun.Select(text => double.Parse(text, CultureInfo.InvariantCulture)), trials.Select(trial => trial.GetProperty("lambda").GetDouble()));
        (code, output, errors) = await RunAsync(key, "prefer", "--objective", "mean(abs(demand - order))", "--json", "lambda,trainings");
        Assert.True(code == 0, errors);
        Assert.Equal(lambda, JsonDocument.Parse(output).RootElement.GetProperty("lambda").GetDouble(), 0.05);
        Assert.Equal(0, (await RunAsync(key, "sample", "--lambda", "0.4", "--rows", "50", "--out", "drawn.npy")).Code);
        var drawn = HtiTune.Data.NpyFile.FromBytes(await File.ReadAllBytesAsync(Path.Combine(_folder, "drawn.npy")), "drawn");
        Assert.Equal((50, 2), (drawn.Rows, drawn.Columns));
        Assert.Equal(1.2, Enumerable.Range(0, 50).Average(i => drawn[i, 0]), 0.1);
        foreach (var (figure, ending, magic) in (ValueTuple<string, string, string>[])[("objective", ".png", "\u0089PNG"), ("history", ".svg", "<?xml"), ("distribution", ".png", "\u0089PNG")])
        {
            (code, _, errors) = await RunAsync(key, "plot", "--figure", figure, "--out", figure + ending);
            Assert.True(code == 0, errors);
            Assert.StartsWith(magic, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(_folder, figure + ending))));
        }
    }

    [Fact]
    public async Task Several_hyperparameters_are_tuned_asked_and_told_by_a_server()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const string Train = "awk -v l=\"$1\" -v n=\"$2\" -v a=\"$3\" 'BEGIN { print \"loss\"; for (i = 0; i < 10; i++) printf \"%.9f\\n\", (log(l) + 3) ^ 2 + (n - 2) ^ 2 + (a == \"gelu\" ? 0 : 1) }' > \"$4\"\n";
        await File.WriteAllTextAsync(Path.Combine(_folder, "train.sh"), Train);
        await File.WriteAllTextAsync(Path.Combine(_folder, "study.json"), JsonSerializer.Serialize(new
        {
            hyperparameters = (string[])["lr=0.001..1:log", "layers=1..4:int", "act=relu,gelu"],
            command = (string[])["sh", "train.sh", "{lr}", "{layers}", "{act}", "{out}"],
            contexts = new { draws = 10 },
            outputs = new { format = ".csv", columns = (string[])["loss"] },
            objective = "mean(loss)",
            budget = new { trainings = 9 },
            training = new { retries = 0 },
        }));
        var key = await server.KeyAsync("command-line-space");

        // The first is asked and told by hand, of one's own choice the next; the rest is tuned.
        var (code, output, errors) = await RunAsync(key, "ask", "--json");
        Assert.True(code == 0, errors);
        var asked = JsonDocument.Parse(output).RootElement;
        var (lr, layers, act) = (asked.GetProperty("configuration").GetProperty("lr").GetDouble(), asked.GetProperty("configuration").GetProperty("layers").GetDouble(), asked.GetProperty("configuration").GetProperty("act").GetString());
        var loss = Math.Pow(Math.Log(lr) + 3, 2) + Math.Pow(layers - 2, 2) + (act == "gelu" ? 0 : 1);
        await File.WriteAllTextAsync(Path.Combine(_folder, "own.csv"), "loss\n" + string.Concat(Enumerable.Repeat(loss.ToString("R", CultureInfo.InvariantCulture) + "\n", 10)));
        (code, output, errors) = await RunAsync(key, "tell", asked.GetProperty("number").GetInt32().ToString(CultureInfo.InvariantCulture), "own.csv");
        Assert.True(code == 0, errors);
        (code, output, errors) = await RunAsync(key, "enqueue", "lr=0.05,layers=2,act=gelu");
        Assert.True(code == 0, errors);
        (code, output, errors) = await RunAsync(key, "enqueue", "lr=0.05,layers=9,act=gelu");
        Assert.True(code == 3 && errors.Contains("layers = 9; expected a whole number, 1 to 4", StringComparison.Ordinal), errors);
        (code, output, errors) = await RunAsync(key, "tune", "--json");
        Assert.True(code is 0 or 5 or 6 && output.Length > 0, $"{code}: {errors}");
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["lr", "layers", "act"], result.GetProperty("configuration").EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("interval").ValueKind);
        var trials = JsonDocument.Parse((await RunAsync(key, "trials", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray().ToList();
        Assert.All(trials, trial => Assert.Equal(
            Math.Pow(Math.Log(trial.GetProperty("configuration").GetProperty("lr").GetDouble()) + 3, 2) + Math.Pow(trial.GetProperty("configuration").GetProperty("layers").GetDouble() - 2, 2)
            + (trial.GetProperty("configuration").GetProperty("act").GetString() == "gelu" ? 0 : 1), trial.GetProperty("value").GetDouble(), 1e-5));
        Assert.Contains(trials, trial => trial.GetProperty("configuration").GetProperty("lr").GetDouble() == 0.05);
        Assert.True(Assert.Single(trials, trial => trial.GetProperty("isBest").GetBoolean()).GetProperty("value").GetDouble() <= trials.Min(trial => trial.GetProperty("value").GetDouble()) + 1e-9);
        Assert.StartsWith("lr=", (await RunAsync(key, "best")).Output, StringComparison.Ordinal);
        Assert.Contains("layers", (await RunAsync(key, "trials")).Output, StringComparison.Ordinal);
        (code, output, errors) = await RunAsync(key, "prefer", "--objective", "median(loss)", "--json", "configuration,trainings");
        Assert.True(output.Contains("\"configuration\"", StringComparison.Ordinal), errors);
        (code, _, errors) = await RunAsync(key, "plot", "--figure", "slices", "--out", "slices.svg");
        Assert.True(code == 0, errors);
    }

    [Fact]
    public async Task A_study_that_the_server_refuses_can_be_mended_and_begun()
    {
        const string Study = """{ "hyperparameter": { "name": "x", "from": 0, "to": 1 }, "command": "true {x} {out}", "objective": "column:loss", "outputs": { } }""";
        var file = Path.Combine(_folder, "study.json");
        await File.WriteAllTextAsync(file, Study);
        var key = await server.KeyAsync("command-line-refused");
        var (code, _, errors) = await RunAsync(key, "ask");
        Assert.Equal(3, code);
        Assert.Contains("there is no column 'loss'", errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, Study.Replace("{ }", "{ \"columns\": [\"loss\"] }", StringComparison.Ordinal));
        (code, var output, errors) = await RunAsync(key, "ask");
        Assert.True(code == 0, errors);
        Assert.StartsWith("1 0 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_and_trials_have_the_same_members_here_and_by_a_server()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var key = await server.KeyAsync("members");
        Write(Objective);
        foreach (var verb in (string[])["tune", "best", "trials"])
        {
            using var served = JsonDocument.Parse((await RunAsync(key, verb, "--json")).Output);
            using var local = JsonDocument.Parse((await RunAsync(key, verb, "--json", "--server", "none")).Output);
            var (there, here) = (served.RootElement, local.RootElement);
            Assert.Equal(2, here.GetProperty("schema").GetInt32());
            Assert.Equal(here.EnumerateObject().Select(member => member.Name), there.EnumerateObject().Select(member => member.Name));
            if (verb == "trials")
            {
                (there, here) = (there.GetProperty("trials")[0], here.GetProperty("trials")[0]);
                Assert.Equal(here.EnumerateObject().Select(member => member.Name), there.EnumerateObject().Select(member => member.Name));
                continue;
            }

            Assert.True(here.GetProperty("isTrained").GetBoolean() && there.GetProperty("isTrained").GetBoolean());
            foreach (var name in (string[])["hyperparameter", "outcome", "stopReason", "trainings", "trainingsUsed"])
            {
                Assert.Equal(here.GetProperty(name).ToString(), there.GetProperty(name).ToString());
            }

            Assert.Equal(here.GetProperty("value").GetDouble(), there.GetProperty("value").GetDouble(), 1e-9);
            Assert.Equal(here.GetProperty("lambda").GetDouble(), there.GetProperty("configuration").GetProperty("level").GetDouble(), 1e-9);
        }
    }

    [Fact]
    public async Task Ask_and_tell_drive_a_study_of_a_server_one_process_a_step()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var key = await server.KeyAsync("steps");
        Write(Objective);
        var lambdas = new List<double>();
        while (true)
        {
            var (code, output, errors) = await RunAsync(key, "ask");
            Assert.True(code is 0 or 6, errors);
            if (output.Contains('=', StringComparison.Ordinal))
            {
                Assert.StartsWith("level = ", output);
                break;
            }

            Assert.Equal(output, (await RunAsync(key, "ask")).Output);
            var words = output.Split(' ');
            lambdas.Add(double.Parse(words[1], CultureInfo.InvariantCulture));
            if (lambdas.Count == 2)
            {
                Assert.Equal(0, (await RunAsync(key, "tell", words[0], "--failed", "no memory")).Code);
                continue;
            }

            var rows = Enumerable.Range(0, 50).Select(i => FormattableString.Invariant($"{3 * lambdas[^1] + 0.1 * Math.Sin(i)},{1.5 + 0.5 * Math.Sin(7 * i)}"));
            await File.WriteAllLinesAsync(Path.Combine(_folder, "out.csv"), ["order,demand", .. rows]);
            (code, _, errors) = await RunAsync(key, "tell", words[0], "out.csv");
            Assert.True(code == 0, errors);

            // The same again is harmless.
            Assert.Equal(0, (await RunAsync(key, "tell", words[0], "out.csv")).Code);
            Assert.Equal(3, (await RunAsync(key, "tell", words[0], "--failed", "no memory")).Code);
        }

        var trials = JsonDocument.Parse((await RunAsync(key, "trials", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(lambdas, trials.Select(trial => trial.GetProperty("lambda").GetDouble()));
        Assert.Equal("failed", trials[1].GetProperty("state").GetString());
        Assert.False(File.Exists(Path.Combine(_folder, "begun.txt")));
    }

    [Fact]
    public async Task What_is_broken_off_goes_on_and_no_training_is_made_twice()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var key = await server.KeyAsync("broken-off");
        Write(Objective);
        await File.WriteAllTextAsync(Path.Combine(_folder, "hold"), "");
        using (var process = Start(key, "tune"))
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Wait.UntilAsync(() => File.Exists(Path.Combine(_folder, "begun.txt")));

            using (var signal = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await signal.WaitForExitAsync();
            }

            await Task.Delay(300);
            File.Delete(Path.Combine(_folder, "hold"));
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(process.ExitCode == 130, await errors + await output);
        }

        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(_folder, "begun.txt")));
        var (code, _, message) = await RunAsync(key, "tune");
        Assert.True(code == 0, message);
        var begun = await File.ReadAllLinesAsync(Path.Combine(_folder, "begun.txt"));
        Assert.Equal(begun.Distinct(), begun);
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_the_right_exit_code()
    {
        Write(Objective);
        var key = await server.KeyAsync("refused");
        var (code, _, errors) = await RunAsync("", "tune");
        Assert.Equal(3, code);
        Assert.Contains("HTITUNE_API_KEY", errors);
        (code, _, errors) = await RunAsync("hti_000000000000_wrong", "tune");
        Assert.Equal(3, code);
        Assert.Contains("error[H051]", errors);
        Assert.DoesNotContain("wrong", errors);
        var other = await (await server.ClientAsync("other")).CreateAsync(new StudyDefinition { Name = "theirs", Minimum = 0, Maximum = 1 });
        (code, _, errors) = await RunAsync(key, "trials", other.Id.ToString());
        Assert.Equal(3, code);
        Assert.DoesNotContain("theirs", errors);
        using var gone = Start(key, "best", other.Id.ToString(), "--server", "http://127.0.0.1:1");
        errors = await gone.StandardError.ReadToEndAsync();
        await gone.WaitForExitAsync();
        Assert.True(gone.ExitCode == 5, errors);
        Assert.Contains("error[H050]", errors);
    }

    private void Write(string objective)
    {
        File.WriteAllText(Path.Combine(_folder, "train.sh"), Script);
        File.WriteAllText(Path.Combine(_folder, "study.json"), JsonSerializer.Serialize(new
        {
            hyperparameter = new { name = "level", from = 0.05, to = 0.95 },
            command = (string[])["sh", "train.sh", "{lambda}", "{out}"],
            contexts = new { draws = 50 },
            outputs = new { format = ".csv", columns = (string[])["order", "demand"] },
            objective,
            budget = new { trainings = 8 },
            training = new { retries = 0 },
        }));
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string key, params string[] arguments)
    {
        using var process = Start(key, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output, await errors);
    }

    private Process Start(string key, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory.Replace("tests/HtiTune.Server.Tests", "src/HtiTune.Cli", StringComparison.Ordinal), "htitune.dll"));
        string[] address = arguments.Contains("--server") ? [] : ["--server", server.Address.ToString()];
        string[] typed = arguments is [.. var here, "--server", "none"] ? here : arguments;
        foreach (var argument in (string[])[program, .. typed, .. address])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HTITUNE_API_KEY"] = key;
        return Process.Start(start)!;
    }
}
