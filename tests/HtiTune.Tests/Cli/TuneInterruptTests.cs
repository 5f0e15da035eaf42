using HtiTune.Cli;
using HtiTune.External;

namespace HtiTune.Tests.Cli;

/// <summary>Ctrl-C in each phase of a study, kills from outside, and taking it up again.</summary>
[Collection(Alone.Name)]
public class TuneInterruptTests
{
    private static bool IsUnix => !OperatingSystem.IsWindows();

    [Fact]
    public async Task Once_finishes_what_is_under_way_and_the_study_goes_on_later()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy("if [ \"$1\" = 1 ] && [ ! -e go ]; then while [ ! -e go ]; do sleep 0.05; done; fi");
        using var process = study.Start("tune");
        await process.Until(() => study.Calls.Length == 2);
        process.Signal("INT");
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        File.WriteAllText(study["go"], "");
        var (code, output, errors) = await process.End();
        Assert.Equal(ExitCode.Interrupted, code);
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        Assert.Contains("finishing the trainings under way; Ctrl-C again ends them", errors, StringComparison.Ordinal);
        Assert.Contains("goes on where it ended", errors, StringComparison.Ordinal);
        Assert.Equal(["0", "1"], study.Calls);
        Assert.NotEqual(ExitCode.Interrupted, (await study.Run("tune")).Code);
        Assert.Equal(["0", "1", "0.5"], study.Calls);
    }

    [Fact]
    public async Task Twice_ends_gently_and_thrice_kills()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy(
            """
            if [ "$1" = 1 ] && [ ! -e gentle ]; then trap 'touch gentle; exit 5' INT; touch first; while :; do sleep 0.05; done; fi
            if [ "$1" = 0.5 ] && [ ! -e second ]; then trap '' INT TERM; touch second; while :; do sleep 0.05; done; fi
            """);
        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Has("first"));
            process.Signal("INT");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            process.Signal("INT");
            Assert.Equal(ExitCode.Interrupted, (await process.End()).Code);
            Assert.True(study.Has("gentle"));
        }

        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Has("second"));
            for (var i = 0; i < 3; i++)
            {
                process.Signal("INT");
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }

            Assert.Equal(ExitCode.Interrupted, (await process.End()).Code);
            Assert.Equal(0, study.Survivors());
        }

        // The one that was ended is made again, those that were completed are not.
        Assert.NotEqual(ExitCode.Interrupted, (await study.Run("tune")).Code);
        Assert.Equal(["0", "1", "1", "0.5", "0.5"], study.Calls);
    }

    [Fact]
    public async Task In_the_first_training_between_attempts_and_in_the_objective()
    {
        if (!IsUnix)
        {
            return;
        }

        // The number of outputs is not known here before the first training.
        using var study = new ShellStudy("if [ ! -e first ]; then touch first; while :; do sleep 0.05; done; fi; test -e second || exit 7",
            """
            "training": { "retries": 3, "retryDelay": "60s" },
            """);
        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Has("first"));
            process.Signal("TERM");
            var (code, output, errors) = await process.End();
            Assert.Equal((ExitCode.Interrupted, ""), (code, output));
            Assert.Contains("interrupted; what was completed is kept", errors, StringComparison.Ordinal);
            Assert.Equal(0, study.Survivors());
        }

        using (var process = study.Start("tune", "--events", "jsonl"))
        {
            await process.Until(() => study.Calls.Length == 2);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            process.Signal("INT");
            Assert.Equal(ExitCode.Interrupted, (await process.End()).Code);
        }

        File.WriteAllText(study["second"], "");
        File.WriteAllText(study["score.sh"], "touch scoring; while [ ! -e scored ]; do sleep 0.05; done; echo 1\n");
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace("column:cost", "command: sh score.sh {outputs}", StringComparison.Ordinal));
        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Has("scoring"));
            process.Signal("INT");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            File.WriteAllText(study["scored"], "");
            Assert.Equal(ExitCode.Interrupted, (await process.End()).Code);
        }

        Assert.Equal(["0", "0", "0"], study.Calls);
        await study.Run("tune");
        Assert.Equal(["0", "0", "0", "1", "0.5"], study.Calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task In_the_fit_of_a_surrogate(int times)
    {
        if (!IsUnix)
        {
            return;
        }

        // So many outputs that a fit takes its time; the two studies differ in nothing but the interruption.
        using ShellStudy study = Slow(), whole = Slow();
        var (_, expected, _) = await whole.Run("tune");
        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Journal.Count(line => line.Contains("\"training-completed\"", StringComparison.Ordinal)) >= 3);
            for (var i = 0; i < times; i++)
            {
                process.Signal("INT");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }

            Assert.Equal(ExitCode.Interrupted, (await process.End()).Code);
        }

        Assert.True(study.Calls.Length < whole.Calls.Length, string.Join(' ', study.Calls));
        Assert.Equal(expected, (await study.Run("tune")).Output);
        Assert.Equal(whole.Calls, study.Calls);

        static ShellStudy Slow()
        {
            var study = new ShellStudy(
                """
                awk -v l="$1" 'BEGIN { print "cost,heat"; for (i = 0; i < 500; i++) printf "%.9g,%.9g\n", (l - 0.3) ^ 2 + (1 + l) * (i % 97) / 97, l * (i % 89) / 89 + i % 7 }' > "$2"; exit 0
                """,
                "\"contexts\": { \"draws\": 500 },", trainings: 8);
            File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace("\"surrogate\": false,", "", StringComparison.Ordinal));
            return study;
        }
    }

    [Fact]
    public async Task A_killed_htitune_takes_its_trainings_with_it_and_loses_nothing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // Elsewhere no process is told that its parent was killed.
        }

        using var study = new ShellStudy("if [ \"$1\" = 1 ] && [ ! -e hung ]; then sleep 600 & touch hung; sleep 600; fi");
        using (var process = study.Start("tune"))
        {
            await process.Until(() => study.Has("hung"));
            process.Signal("KILL");
            await process.End();
        }

        var (_, output, errors) = await study.Run("tune");
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        Assert.Contains("of an earlier, killed htitune were still running and were ended", errors, StringComparison.Ordinal);
        Assert.Equal(0, study.Survivors());
        Assert.Equal(["0", "1", "1", "0.5"], study.Calls);
    }

    [Fact]
    public async Task Two_at_once_are_refused()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy("touch began; while [ ! -e go ]; do sleep 0.05; done");
        using var process = study.Start("tune");
        await process.Until(() => study.Has("began"));
        var (code, _, errors) = await study.Run("tune");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("error[H014]: another htitune works on", errors, StringComparison.Ordinal);
        Assert.Contains("running", (await study.Run("trials")).Output, StringComparison.Ordinal);
        File.WriteAllText(study["go"], "");
        await process.End();
    }
}
