using System.Text.Json;
using HtiTune.Cli;
using HtiTune.External;

namespace HtiTune.Tests.Cli;

/// <summary><c>htitune tune</c> with real child processes; they are shell scripts, so not on Windows.</summary>
[Collection("console")]
public class TuneTests
{
    private static bool IsUnix => !OperatingSystem.IsWindows();

    [Fact]
    public async Task A_study_is_tuned_listed_and_taken_up_again_without_a_training()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy("echo 'htitune:progress 0.5'; echo hello; sleep 0.1; echo htitune:progress 90%; sleep 0.1", trainings: 4);
        var (code, output, errors) = await study.Run("tune", "--events", "jsonl");
        Assert.True(code is ExitCode.Done or ExitCode.BudgetSpent or ExitCode.GoalNotReached, errors);
        var events = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(events, one => Assert.Equal(2, one.GetProperty("schema").GetInt32()));
        Assert.Contains(events, one => Name(one) == "progress" && one.GetProperty("share").GetDouble() is 0.5 or 0.9);
        var ended = events.Where(one => Name(one) == "training-ended").ToList();
        Assert.Equal([0, 1, 0.5], ended.Take(3).Select(one => one.GetProperty("lambda").GetDouble()));
        Assert.Equal(0.09, ended[0].GetProperty("value").GetDouble(), 1e-6);
        Assert.Equal("run-ended", Name(events[^1]));

        var best = await study.Run("best");
        Assert.Equal((ExitCode.Done, $"{Placeholders.Number(events[^1].GetProperty("lambda").GetDouble())}\n"), (best.Code, best.Output));
        Assert.StartsWith("recommended after 4 trainings, column:cost = ", best.Errors, StringComparison.Ordinal);
        using var trials = JsonDocument.Parse((await study.Run("trials", "--json")).Output);
        Assert.Equal(study.Calls.Length, trials.RootElement.GetProperty("trials").GetArrayLength());
        Assert.Contains("hello", (await study.Run("logs", "1")).Output, StringComparison.Ordinal);

        var calls = study.Calls;
        var (again, result, _) = await study.Run("tune");
        Assert.Equal((code, $"rate = {best.Output}"), (again, result));
        Assert.Equal(calls, study.Calls);
    }

    [Fact]
    public async Task An_objective_without_a_value_for_some_outputs_does_not_end_the_study()
    {
        if (!IsUnix)
        {
            return;
        }

        // log(cost − 0.01) has no value for |λ − 0.3| ≤ 0.1, and λ = 0.25, a quarter of the range, is trained there.
        using var study = new ShellStudy(trainings: 6);
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"])
            .Replace("\"surrogate\": false,", "", StringComparison.Ordinal)
            .Replace("column:cost", "mean(log(cost - 0.01))", StringComparison.Ordinal));
        var (code, output, errors) = await study.Run("tune", "--json");
        Assert.True(code is ExitCode.Done or ExitCode.GoalNotReached or ExitCode.BudgetSpent, errors);
        var found = JsonDocument.Parse(output).RootElement;
        var lambda = found.GetProperty("lambda").GetDouble();
        Assert.True(Math.Abs(lambda - 0.3) > 0.1, $"{lambda}");
        Assert.Equal(6, study.Calls.Length);
        var interval = found.GetProperty("interval").EnumerateArray().Select(end => end.GetDouble()).ToList();
        Assert.Equal(2, interval.Count);
        Assert.InRange(lambda, interval[0], interval[1]);
    }

    [Fact]
    public async Task What_fails_is_told_with_its_lambda_file_and_remedy_and_does_not_end_the_study()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy(
            """
            case "$1" in
              1)    echo cost > "$2"; echo 1 >> "$2"; echo nan >> "$2"; echo 1 >> "$2"; exit 0 ;;
              0.5)  printf 'cost\n1\n2\n' > "$2"; exit 0 ;;
              0.25) echo 'CUDA out of memory' >&2; exit 3 ;;
              0.75) printf 'cost\n1\n2\n3' | head -c 6 > "$2"; printf ',,' >> "$2"; exit 0 ;;
            esac
            """,
            """
            "contexts": { "draws": 3 }, "training": { "retries": 1, "retryDelay": "0s" }, "tuner": { "initialLambdas": [0, 1, 0.5, 0.25, 0.75] },
            """, trainings: 8);
        var (_, output, errors) = await study.Run("tune");
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        foreach (var expected in (string[])
            ["error[H023]: training 2 failed: rate = 1, attempt 1", "'nan'", "rate = 0.5", "has 2 rows; expected 3, one for each context", "error[H021]: training 4 failed: rate = 0.25, attempt 2", "exit code 3",
                "| CUDA out of memory", "rate = 0.75", "outputs.csv, line", "help: htitune logs 2", "tried again in"])
        {
            Assert.Contains(expected, errors, StringComparison.Ordinal);
        }

        Assert.Equal(2, study.Calls.Count(call => call == "0.25"));
        Assert.Contains("failed", (await study.Run("trials")).Output, StringComparison.Ordinal);
        Assert.Equal(0, study.Survivors());
    }

    [Fact]
    public async Task Text_by_the_name_that_arrays_have_is_read_as_the_table_that_it_is()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 3 },");
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace("\".csv\"", "\".npy\", \"columns\": [\"cost\"]", StringComparison.Ordinal));
        var (_, output, errors) = await study.Run("tune");
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("H023", errors, StringComparison.Ordinal);

        // What is neither is told as before.
        File.WriteAllText(study["train.sh"], "printf 'well\\ndone\\n' > \"$2\"\n");
        Assert.Contains("outputs.npy, line 2", (await study.Run("tune", "--go-on", "--trainings", "4")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_hangs_is_ended_with_all_that_it_started_and_what_is_killed_is_tried_again()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy(
            """
            if [ "$1" = 1 ]; then trap '' INT TERM; (trap '' INT TERM; sleep 600) & setsid sleep 600 & sleep 600; fi
            if [ "$1" = 0.5 ] && [ ! -e killed ]; then touch killed; kill -9 $$; fi
            """,
            """
            "contexts": { "draws": 3 }, "training": { "retries": 1, "retryDelay": "0s", "timeLimit": "2s", "grace": "0.4s" },
            """);
        var (_, _, errors) = await study.Run("tune");
        Assert.Contains("error[H022]: training 2 failed: rate = 1, attempt 1: the command was ended at its time limit of 2.0 s", errors, StringComparison.Ordinal);
        Assert.Contains("rate = 0.5, attempt 1: signal 9 ended the command", errors, StringComparison.Ordinal);
        Assert.Equal(["0", "1", "0.5", "0.5"], study.Calls);
        Assert.Equal(0, study.Survivors());
    }

    [Fact]
    public async Task Where_everything_fails_it_says_so_and_begins_anew_once_the_command_is_mended()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy("test -e mended || { echo no such module; exit 1; }", """
            "contexts": { "draws": 3 }, "training": { "retries": 0 },
            """);
        var (code, output, errors) = await study.Run("tune");
        Assert.Equal((ExitCode.TrainingFailed, ""), (code, output));
        Assert.Contains("error[H020]: 3 trainings failed and none succeeded", errors, StringComparison.Ordinal);
        Assert.Contains("| no such module", errors, StringComparison.Ordinal);
        File.WriteAllText(study["mended"], "");
        (code, output, _) = await study.Run("tune", "-q");
        Assert.NotEqual(ExitCode.TrainingFailed, code);
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        Assert.Equal(6, study.Calls.Length);
    }

    [Fact]
    public async Task A_wrong_objective_costs_one_training_and_loses_none()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy();
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace("column:cost", "column:costs", StringComparison.Ordinal));
        var (code, _, errors) = await study.Run("tune");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("no column 'costs'; expected cost; did you mean 'cost'?", errors, StringComparison.Ordinal);
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace("column:costs", "column:cost", StringComparison.Ordinal));
        Assert.StartsWith("rate = ", (await study.Run("tune")).Output, StringComparison.Ordinal);
        Assert.Equal(["0", "1", "0.5"], study.Calls);
    }

    [Fact]
    public async Task Several_trainings_run_at_once_and_a_dry_run_starts_none()
    {
        if (!IsUnix)
        {
            return;
        }

        // Each waits until all three have begun.
        using var study = new ShellStudy("i=0; while [ $(wc -l < calls) -lt 3 ] && [ $i -lt 200 ]; do sleep 0.1; i=$((i + 1)); done; test $i -lt 200");
        var dry = await study.Run("tune", "-n");
        Assert.Equal(3, dry.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.StartsWith("sh train.sh ", StringComparison.Ordinal)));
        Assert.False(study.Has("calls") || Directory.Exists(study["study.htitune"]));
        var (_, output, errors) = await study.Run("tune", "--parallel", "3");
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("failed", errors, StringComparison.Ordinal);
        Assert.Equal(["0", "0.5", "1"], study.Calls.Order());
    }

    [Fact]
    public async Task The_loop_can_be_driven_from_outside()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy();
        var asked = (await study.Run("ask")).Output.Split(' ');
        Assert.Equal(("1", "0"), (asked[0], asked[1]));
        Assert.Equal(asked, (await study.Run("ask")).Output.Split(' '));
        File.WriteAllText(study["y.csv"], "cost\n0.09\n0.09\n0.09\n");
        var (code, _, errors) = await study.Run("tell", "2", "y.csv");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("training 2 was not asked for; expected one of: 1", errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await study.Run("tell", "1", "y.csv")).Code);
        Assert.StartsWith("2 1 ", (await study.Run("ask")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await study.Run("tell", "2", "--failed", "no memory")).Code);

        // The command goes on where the hand has left off.
        await study.Run("tune");
        Assert.Equal(["0.5"], study.Calls);
    }

    [Theory]
    [InlineData("test \"$1\" != 0 || exit 1", "exit code 1")]
    [InlineData("if [ \"$1\" = 0 ]; then exit 0; fi", "left no")]
    [InlineData("if [ \"$1\" = 0 ]; then printf 'cost\\nnan\\n' > \"$2\"; exit 0; fi", "expected a finite number")]
    [InlineData("if [ \"$1\" = 0 ]; then printf 'cost\\n' > \"$2\"; exit 0; fi", "row")]
    [InlineData("if [ \"$1\" = 1 ]; then printf 'cost\\n1\\n' > \"$2\"; exit 0; fi", "has 1 rows; expected 3, as at the λ before")]
    [InlineData("if [ \"$1\" = 1 ]; then printf '[[1,2],[1,2],[1,2]]' > \"$2\"; exit 0; fi", "has 2 columns; expected 1, as at the λ before")]
    [InlineData("if [ \"$1\" = 1 ]; then printf 'price,heat\\n1,2\\n1,2\\n1,2\\n' > \"$2\"; exit 0; fi", "there is no column 'cost'")]
    public async Task Without_contexts_a_training_that_fails_is_one_that_failed_be_it_the_first(string body, string reason)
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy(body, """
            "training": { "retries": 0 },
            """, trainings: 4);
        var (code, output, errors) = await study.Run("tune");
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.GoalNotReached or ExitCode.Done, errors);
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        Assert.Equal(4, study.Calls.Length);
        using var trials = JsonDocument.Parse((await study.Run("trials", "--json")).Output);
        Assert.Equal(1, trials.RootElement.GetProperty("trials").EnumerateArray().Count(one => one.GetProperty("state").GetString() == "failed"));
    }

    [Fact]
    public async Task Without_contexts_a_study_that_is_broken_off_after_a_failure_goes_on_with_it()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy("test \"$1\" != 0 || exit 3; if [ ! -e go ]; then touch second; while :; do sleep 0.05; done; fi", """
            "training": { "retries": 0 },
            """, trainings: 4);
        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Has("second"));
            process.Signal("KILL");
            await process.End();
        }

        File.WriteAllText(study["go"], "");
        await study.Run("tune");
        Assert.Equal(["0", "1", "1", "0.5"], study.Calls[..4]);
        using var trials = JsonDocument.Parse((await study.Run("trials", "--json")).Output);
        Assert.Equal(["failed", "completed", "completed"], trials.RootElement.GetProperty("trials").EnumerateArray().Take(3).Select(one => one.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task The_loop_driven_from_outside_needs_no_contexts_either_and_the_command_goes_on_with_it()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy(keys: "");
        Assert.StartsWith("1 0 ", (await study.Run("ask")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await study.Run("tell", "1", "--failed", "no memory")).Code);
        Assert.StartsWith("2 1 ", (await study.Run("ask")).Output, StringComparison.Ordinal);
        File.WriteAllText(study["y.csv"], "cost\n0.49\n0.49\n0.49\n");
        Assert.Equal(ExitCode.Done, (await study.Run("tell", "2", "y.csv")).Code);
        await study.Run("tune");
        Assert.Equal(["0.5"], study.Calls);
    }

    private static string Name(JsonElement one) => one.GetProperty("event").GetString()!;
}
