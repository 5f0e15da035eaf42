using HtiTune.Cli;

namespace HtiTune.Tests.Cli;

// Advice to those who train themselves, and to those whose study a server keeps.
public partial class AdviceTests
{
    private static async Task AskTellBest()
    {
        using var study = new ShellStudy(trainings: 2);
        var (_, output, errors) = await Run(study, "ask");
        for (var i = 1; i <= 2; i++)
        {
            await File.WriteAllTextAsync(study[$"outputs-{i}.csv"], $"cost\n{i}\n{i}\n{i}\n");
            (var code, _, errors) = await Typed(study, errors, $"htitune tell {i} outputs-{i}.csv ");
            Assert.Equal(ExitCode.Done, code);
            (_, output, errors) = await Typed(study, errors, "htitune ask ");
        }

        Assert.Equal("", output);
        Assert.Contains("it ended because the 2 trainings that the study may have are made", errors, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Done, "0\n"), (await Typed(study, errors, "htitune best ")) is var (done, best, _) ? (done, best) : default);
    }

    private static async Task AskWaitAnew()
    {
        using var study = new ShellStudy(trainings: 4);
        await Run(study, "ask", "--worker", "a");
        var (code, _, errors) = await Run(study, "ask");
        Assert.Equal(ExitCode.InHands, code);

        // What is waited for comes before the wait begins.
        await File.WriteAllTextAsync(study["wrong.csv"], "cost\nnan\n");
        (_, _, var refused) = await Run(study, "tell", "1", "wrong.csv");
        Assert.Equal(ExitCode.Done, (await Typed(study, refused, "htitune tell 1 --failed ")).Code);
        (_, var output, _) = await Typed(study, errors, "htitune ask --wait ");
        Assert.StartsWith("2 ", output, StringComparison.Ordinal);
        await Run(study, "tell", "2", "--failed", "no module");
        await Run(study, "ask");
        await Run(study, "tell", "3", "--failed", "no module");
        (code, _, errors) = await Run(study, "ask");
        Assert.Equal(ExitCode.TrainingFailed, code);
        Assert.StartsWith("4 0 ", (await Typed(study, errors, "htitune ask --anew ")).Output, StringComparison.Ordinal);
    }

    // No server is there: the line is one that the command takes, and the server is asked.
    private static async Task Served(Advice advice)
    {
        using var study = new ShellStudy();
        await File.WriteAllTextAsync(study["outputs-1.csv"], "cost\n1\n1\n1\n");
        Environment.SetEnvironmentVariable("HTITUNE_API_KEY", "a-key-that-nobody-knows");
        var line = advice.For(new AdvicePlace { Name = "http://127.0.0.1:9", Number = 1, Study = StudyLocator.Read(study["study.json"]) });
        var (code, _, errors) = await Run(study, [.. Advice.Typed(line.Replace(Path.GetRelativePath(Directory.GetCurrentDirectory(), study["study.json"]), "study.json", StringComparison.Ordinal))]);
        Environment.SetEnvironmentVariable("HTITUNE_API_KEY", null);
        Assert.True(code == ExitCode.ServiceUnreachable || advice == Advice.ServedTell && code == ExitCode.BadInput && errors.Contains("was not asked for", StringComparison.Ordinal), $"{code}: {errors}");
    }
}
