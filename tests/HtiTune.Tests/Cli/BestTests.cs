using System.Text.Json;
using HtiTune.Cli;

namespace HtiTune.Tests.Cli;

/// <summary><c>best</c> answers at any time and says what it is; <c>trials</c> marks its line and says what state each training is in.</summary>
[Collection("console")]
public class BestTests
{
    [Theory]
    [InlineData("minimize", 2, "1")]
    [InlineData("maximize", 1, "0")]
    public async Task Before_any_run_has_ended_it_is_the_best_that_was_told(string goal, int number, string lambda)
    {
        using var study = Study(goal);
        var (code, _, errors) = await InProcess.In(study.Folder, "best");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("has no trainings yet", errors, StringComparison.Ordinal);
        await Tell(study, 1, 0.5);
        Assert.Equal("0\n", (await InProcess.In(study.Folder, "best")).Output);
        await Tell(study, 2, 0.25);
        (code, var output, errors) = await InProcess.In(study.Folder, "best");
        Assert.Equal((ExitCode.Done, lambda + "\n"), (code, output));
        Assert.StartsWith("the best of 2 trained so far, column:cost = 0.", errors, StringComparison.Ordinal);
        await Marked(study, number, "best-trained");
    }

    [Fact]
    public async Task What_a_run_recommends_stands_until_something_more_is_trained()
    {
        using var study = Study("minimize");
        await Tell(study, 1, 0.5);
        await Tell(study, 2, 0.25);
        await InProcess.In(study.Folder, "ask");
        Replace(study, "\"trainings\": 3", "\"trainings\": 2");
        await InProcess.In(study.Folder, "ask");
        var (code, output, errors) = await InProcess.In(study.Folder, "best");
        Assert.Equal((ExitCode.Done, "1\n"), (code, output));
        Assert.StartsWith("recommended after 2 trainings, column:cost = 0.25; not certified: ", errors, StringComparison.Ordinal);
        await Marked(study, 2, "recommended");

        // Of another objective nothing is recommended, and its best is known all the same.
        (_, output, errors) = await InProcess.In(study.Folder, "best", "--objective", "0 - mean(cost)");
        Assert.Equal("0\n", output);
        Assert.StartsWith("the best of 2 trained so far", errors, StringComparison.Ordinal);

        Replace(study, "\"trainings\": 2", "\"trainings\": 4");
        await Tell(study, 3, 0.75);
        (_, output, errors) = await InProcess.In(study.Folder, "best");
        Assert.Equal("1\n", output);
        Assert.StartsWith("the best of 3 trained so far, column:cost = 0.25; no run has ended since", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_imported_counts_at_once()
    {
        using var study = Study("minimize");
        await File.WriteAllTextAsync(study["runs.csv"], "rate,cost\n0.1,0.04\n0.6,0.01\n0.9,0.3\n");
        await InProcess.In(study.Folder, "import", "runs.csv", "--value-column", "cost");
        Assert.Equal("0.6\n", (await InProcess.In(study.Folder, "best")).Output);
        await Marked(study, 2, "best-trained");
    }

    [Fact]
    public async Task What_a_killed_htitune_began_is_interrupted_and_what_was_asked_for_is_asked()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var study = new ShellStudy("if [ \"$1\" = 1 ]; then touch hung; sleep 600; fi");
        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Has("hung"));
            Assert.Equal(["completed", "running"], await States(study));
            Assert.Equal("0\n", (await InProcess.In(study.Folder, "best")).Output);
            process.Signal("KILL");
            await process.End();
        }

        Assert.Equal(["completed", "interrupted"], await States(study));

        using var asked = Study("minimize");
        await InProcess.In(asked.Folder, "ask");
        Assert.Equal(["asked"], await States(asked));
    }

    private static ShellStudy Study(string goal)
    {
        var study = new ShellStudy(keys: $"\"contexts\": {{ \"draws\": 1 }}, \"goal\": \"{goal}\",");
        return study;
    }

    private static async Task Tell(ShellStudy study, int number, double value)
    {
        await File.WriteAllTextAsync(study["y.csv"], FormattableString.Invariant($"cost\n{value}\n"));
        Assert.StartsWith($"{number} ", (await InProcess.In(study.Folder, "ask")).Output, StringComparison.Ordinal);
        var (code, _, errors) = await InProcess.In(study.Folder, "tell", $"{number}", "y.csv");
        Assert.True(code == ExitCode.Done, errors);
    }

    private static async Task Marked(ShellStudy study, int number, string kind)
    {
        var (_, lines, errors) = await InProcess.In(study.Folder, "trials");
        Assert.Equal(number, int.Parse(Assert.Single(lines.Split('\n'), line => line.Contains('*')).Split('*')[0]));
        Assert.Contains(kind == "recommended" ? "* is recommended" : "* is the best of them", errors, StringComparison.Ordinal);
        using var trials = JsonDocument.Parse((await InProcess.In(study.Folder, "trials", "--json")).Output);
        Assert.Equal(number, Assert.Single(trials.RootElement.GetProperty("trials").EnumerateArray(), row => row.GetProperty("isBest").GetBoolean()).GetProperty("number").GetInt32());
        using var best = JsonDocument.Parse((await InProcess.In(study.Folder, "best", "--json")).Output);
        Assert.Equal((kind, number), (best.RootElement.GetProperty("kind").GetString(), best.RootElement.GetProperty("number").GetInt32()));
    }

    private static async Task<string[]> States(ShellStudy study)
    {
        using var trials = JsonDocument.Parse((await InProcess.In(study.Folder, "trials", "--json")).Output);
        return [.. trials.RootElement.GetProperty("trials").EnumerateArray().Select(row => row.GetProperty("state").GetString()!)];
    }

    private static void Replace(ShellStudy study, string from, string to) =>
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace(from, to, StringComparison.Ordinal));
}
