using HtiTune.Cli;
using HtiTune.Journal;

namespace HtiTune.Tests.Cli;

/// <summary>What is typed after an undo, after an interruption, or by two at once does what was said of it.</summary>
[Collection("console")]
public sealed class TypedAgainTests
{
    [Theory]
    [InlineData("\"contexts\": { \"draws\": 1 },")]
    [InlineData("\"contexts\": { \"draws\": 2 },")]
    public async Task What_was_taken_back_binds_a_study_to_nothing(string contextsAfter)
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },", trainings: 1, body: "write() { echo cost > \"$2\"; echo 0.5 >> \"$2\"; }");
        Replace(study, "\"format\": \".csv\"", "\"format\": \".csv\", \"columns\": [\"cost\"]");
        await File.WriteAllTextAsync(study["a.csv"], "number,value,params_rate,state\n0,0.04,0.1,COMPLETE\n1,0.2,0.5,COMPLETE\n");
        Assert.Equal(ExitCode.Done, (await InProcess.In(study.Folder, "import", "a.csv")).Code);
        Assert.Equal(ExitCode.Done, (await InProcess.In(study.Folder, "import", "--undo")).Code);
        Replace(study, "\"to\": 1", "\"to\": 2");
        Replace(study, "\"contexts\": { \"draws\": 1 },", contextsAfter);
        if (contextsAfter.Contains('2', StringComparison.Ordinal))
        {
            Replace(study, "echo 0.5 >> \"$2\";", "echo 0.5 >> \"$2\"; echo 0.6 >> \"$2\";", "train.sh");
        }

        var (code, _, errors) = await InProcess.In(study.Folder, "tune", "--quiet");
        Assert.True(code == ExitCode.BudgetSpent, errors);
        Assert.Single(study.Calls);
    }

    [Fact]
    public async Task What_was_broken_off_goes_on_with_the_bounds_that_were_typed()
    {
        using var study = new ShellStudy("if [ \"$1\" = 0.5 ] && [ ! -e go ]; then while [ ! -e go ]; do sleep 0.05; done; fi", trainings: 1);
        using var process = study.Start("tune", "--trainings", "4");
        await process.Until(() => study.Calls.Length == 3);
        process.Signal("INT");
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        await File.WriteAllTextAsync(study["go"], "");
        var (_, _, errors) = await process.End();
        var line = errors.Split('\n').First(one => one.StartsWith("next: htitune tune", StringComparison.Ordinal));
        await InProcess.In(study.Folder, [.. Advice.Typed(line[6..])]);
        Assert.Equal(4, study.Calls.Length);
    }

    [Theory]
    [InlineData(null, "tune --trainings 12 --go-on", "tune --trainings 12 --go-on")]
    [InlineData(null, "tune --quiet --time 4s study.json", "tune --time 4s")]
    [InlineData(null, "run -P x=0..1 --trainings 12 --go-on -- train --trainings 3", "tune --go-on")]
    [InlineData("column:0", "prefer --objective column:0 --trainings 2", "prefer --objective column:0 --trainings 2")]
    public void An_interrupted_line_is_advised_with_what_it_bound(string? judge, string typed, string advised)
    {
        using var study = new ShellStudy();
        var specification = StudyLocator.Read(study["study.json"]) with { JudgedBy = judge };
        var words = Advice.Resume.Words(new AdvicePlace { Study = specification, Line = typed.Split(' ') }).Where(word => !word.EndsWith("study.json", StringComparison.Ordinal));
        Assert.Equal(advised, string.Join(' ', words));
    }

    [Fact]
    public async Task A_dry_run_leaves_the_words_of_the_users_own_command_alone()
    {
        using var study = new ShellStudy();
        var (code, _, errors) = await InProcess.In(study.Folder, "run", "-P", "x=0..1", "-n", "--", "sh", "train.sh", "{x}", "{out}", "-n", "5");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Contains("htitune run -P x=0..1 -- sh train.sh '{x}' '{out}' -n 5 ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_who_tell_the_same_at_once_are_both_told_so()
    {
        using var study = new ShellStudy();
        await File.WriteAllTextAsync(study["a.csv"], "cost\n0.5\n0.5\n0.5\n");
        var number = (await InProcess.In(study.Folder, "ask")).Output.Split(' ')[0];
        var hold = StudyJournal.Hold(study["study.htitune"]);
        using var first = study.Start("tell", number, "a.csv");
        using var second = study.Start("tell", number, "a.csv");

        // Long enough for both to find that it was not told, and to wait for the study.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        hold.Dispose();
        var ends = await Task.WhenAll(first.End(), second.End());
        Assert.True(ends.All(end => end.Code == ExitCode.Done), string.Join('\n', ends.Select(end => end.Errors)));
        Assert.Contains(ends, end => end.Errors.Contains("was told before, with the same outputs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_state_is_said_to_mean_finished_as_the_file_writes_it()
    {
        Assert.True(RunStates.IsFinished(RunStates.Bare("TrialState.HALTED"), ["TrialState.HALTED"]));
        Assert.False(RunStates.IsFinished(RunStates.Bare("TrialState.HALTED"), ["done"]));
    }

    private static void Replace(ShellStudy study, string from, string to, string name = "study.json") =>
        File.WriteAllText(study[name], File.ReadAllText(study[name]).Replace(from, to, StringComparison.Ordinal));
}
