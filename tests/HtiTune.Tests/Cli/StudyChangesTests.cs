using HtiTune.Cli;
using HtiTune.Journal;

namespace HtiTune.Tests.Cli;

/// <summary>What was changed since the trainings were made is noticed, key by key.</summary>
[Collection("console")]
public class StudyChangesTests
{
    private static bool IsUnix => !OperatingSystem.IsWindows();

    private static void Change(ShellStudy study, string from, string to)
    {
        var text = File.ReadAllText(study["study.json"]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(study["study.json"], text.Replace(from, to, StringComparison.Ordinal));
    }

    private static string Way(string errors, string begin) =>
        errors.Split('\n').Select(line => line.Replace("help: ", "", StringComparison.Ordinal)).First(line => line.StartsWith(begin, StringComparison.Ordinal));

    [Theory]
    [InlineData("\"{rate}\", \"{out}\"", "\"{rate}\", \"{out}\", \"more\"", "warning: the command differs from that of training 1: it was sh train.sh '{rate}' '{out}', and is sh train.sh '{rate}' '{out}' more; these trainings are used as if nothing had changed")]
    [InlineData("\"sh\"", "\"bash\"", "it has bash in the place of sh")]
    [InlineData("\"surrogate\"", "\"environment\": { \"MODE\": \"fast\" }, \"surrogate\"", "warning: \"environment\" differs from that of training 1 in MODE")]
    [InlineData("\"format\"", "\"array\": \"y\", \"format\"", "warning: \"array\" is y, and was left out for training 1")]
    [InlineData("\"cost\"]", "\"price\"]", "warning: \"columns\" are price, and were cost for training 1; their outputs are read by the new names")]
    [InlineData("column:0", "max(cost)", "the objective is max(cost), and was column:0: training 1 serve it too, judged anew")]
    [InlineData("\"surrogate\"", "\"goal\": \"maximize\", \"surrogate\"", "the goal is maximize, and was minimize: training 1 serve it too")]
    [InlineData("\".csv\"", "\".npy\"", "the outputs' format is .npy, and was .csv")]
    public async Task What_may_change_says_what_it_means(string from, string to, string expected)
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = Trained();
        var (code, _, errors) = await InProcess.In(study.Folder, "tune");
        Assert.DoesNotContain("differs", errors, StringComparison.Ordinal);
        Change(study, from, to);
        (var again, _, errors) = await InProcess.In(study.Folder, "tune");
        Assert.Equal(code, again);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Single(study.Calls);

        // Nothing was trained so: it is said again. The change undone is none.
        Assert.Contains(expected, (await InProcess.In(study.Folder, "tune")).Errors, StringComparison.Ordinal);
        Change(study, to, from);
        (_, _, errors) = await InProcess.In(study.Folder, "tune");
        Assert.DoesNotContain("warning", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("and was", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_was_edited_is_noticed_until_trainings_are_made_with_it()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = Trained();
        await InProcess.In(study.Folder, "tune");
        await File.AppendAllTextAsync(study["train.sh"], "\n# another formula\n");
        Assert.Contains("train.sh has changed since training 1;", (await InProcess.In(study.Folder, "ask")).Errors, StringComparison.Ordinal);
        var (_, _, errors) = await InProcess.In(study.Folder, "tune", "--trainings", "2");
        Assert.Contains("train.sh has changed since training 1;", errors, StringComparison.Ordinal);
        Assert.Equal(2, study.Calls.Length);
        (_, _, errors) = await InProcess.In(study.Folder, "tune", "--trainings", "2");
        Assert.DoesNotContain("has changed", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"to\": 1", "\"to\": 2", "the range is 0 to 2, and was 0 to 1; 1 of its trainings lie in the range")]
    [InlineData("\"from\": 0,", "\"from\": 0.2,", "the range is 0.2 to 1, and was 0 to 1")]
    [InlineData("\"to\": 1", "\"to\": 1, \"scale\": \"logit\"", "the scale is logit, and was linear")]
    [InlineData("\"name\": \"rate\"", "\"name\": \"share\"", "the hyperparameter is 'share', and was 'rate'")]
    [InlineData("\"surrogate\"", "\"seed\": 2, \"surrogate\"", "the seed is 2, and was 1")]
    public async Task What_makes_another_study_is_refused_and_may_be_forced_or_put_apart(string from, string to, string expected)
    {
        if (!IsUnix)
        {
            return;
        }

        using ShellStudy study = Trained(), other = Trained();
        foreach (var one in (ShellStudy[])[study, other])
        {
            Change(one, "{rate}", "{lambda}");
            await InProcess.In(one.Folder, "tune");
            Change(one, from, to);
            if (to.Contains("logit", StringComparison.Ordinal))
            {
                Change(one, "\"from\": 0,", "\"from\": 0.1,");
                Change(one, "\"to\": 1", "\"to\": 0.9");
            }
        }

        var before = study.Journal;
        foreach (var verb in (string[])["tune", "ask", "prefer"])
        {
            var (refused, output, errors) = await InProcess.In(study.Folder, verb == "prefer" ? [verb, "--objective", "max(cost)"] : [verb]);
            Assert.Equal((ExitCode.BadInput, ""), (refused, output));
            Assert.Contains("error[H013]", errors, StringComparison.Ordinal);
            Assert.Contains(expected, errors, StringComparison.Ordinal);
            Assert.Equal(before, study.Journal);
        }

        var said = (await InProcess.In(study.Folder, "tune")).Errors;
        var (code, _, told) = await InProcess.In(study.Folder, [.. Advice.Typed(Way(said, "htitune tune --force"))]);
        Assert.True(code is ExitCode.Done or ExitCode.BudgetSpent or ExitCode.GoalNotReached, told);
        Assert.Contains("1 training of what is kept in study.htitune.before-1 begins the study anew", told, StringComparison.Ordinal);
        Assert.Contains(0.5, StudyJournal.Read(study["study.htitune"]).LoadAnchors().Lambdas);
        Assert.Equal(before, File.ReadAllText(study["study.htitune.before-1/journal.jsonl"]).Split('\n'));
        Assert.Equal(2, study.Calls.Length);

        (code, _, told) = await InProcess.In(other.Folder, [.. Advice.Typed(Way(said, "htitune tune -o study-2.json"))]);
        Assert.True(code is ExitCode.Done or ExitCode.BudgetSpent or ExitCode.GoalNotReached, told);
        Assert.Single(StudyJournal.Read(other["study-2.htitune"]).LoadAnchors().Lambdas);
        Assert.Contains("study-2.json", told, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, (await InProcess.In(other.Folder, "tune", "-o", "study-2.json")).Code);
    }

    [Theory]
    [InlineData("\"draws\": 3", "\"draws\": 4", "\"contexts\" are 4; expected the 3 of the study's trainings")]
    [InlineData("\"draws\": 3", "\"rows\": 3", "\"contexts\" differ from those of the study's trainings: as many, 3, and others")]
    [InlineData("\"cost\"]", "\"cost\", \"time\"]", "\"columns\" names 2 columns of the outputs; expected the 1 of the study's trainings")]
    [InlineData("\"from\": 0, \"to\": 1", "\"from\": 3, \"to\": 5", "the range is 3 to 5, and was 0 to 1; none of its trainings lies in the range")]
    public async Task What_the_trainings_cannot_serve_is_refused_even_by_force(string from, string to, string expected)
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = Trained();
        await InProcess.In(study.Folder, "tune");
        Change(study, from, to);
        var (code, _, errors) = await InProcess.In(study.Folder, "tune", "--force");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("help: htitune tune --force", errors, StringComparison.Ordinal);
        Assert.Contains("help: htitune tune -o study-2.json", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_changed_keeps_its_study_until_it_is_forced()
    {
        if (!IsUnix)
        {
            return;
        }

        using var study = new ShellStudy();
        File.Delete(study["study.json"]);
        string[] Line(string range, string extra) => ["run", "-P", $"rate={range}", "--trainings", "1", "--format", ".csv", "--", "sh", "train.sh", "{rate}", "{out}", extra];
        await InProcess.In(study.Folder, Line("0..1", "a"));
        var (_, _, errors) = await InProcess.In(study.Folder, Line("0..1", "b"));
        Assert.Contains("the command differs from that of training 1: it has b in the place of a", errors, StringComparison.Ordinal);
        (var code, _, errors) = await InProcess.In(study.Folder, Line("0..2", "a"));
        Assert.Equal(ExitCode.BadInput, code);
        var file = File.ReadAllText(study["htitune-run/study.json"]);
        Assert.Contains("\"to\": 1", file, StringComparison.Ordinal);
        var apart = Advice.Typed(Way(errors, "htitune run -o htitune-run-2"));
        Assert.Equal(["run", "-o", "htitune-run-2", .. Line("0..2", "a")[1..]], apart);
        await InProcess.In(study.Folder, [.. apart]);
        Assert.True(Directory.Exists(study["htitune-run-2/study.htitune"]));
        await InProcess.In(study.Folder, [.. Advice.Typed(Way(errors, "htitune run --force"))]);
        Assert.Equal(2, StudyJournal.Read(study["htitune-run/study.htitune"]).LoadAnchors().Count);
    }

    // One training, at the middle, is enough to be changed under.
    private static ShellStudy Trained()
    {
        var study = new ShellStudy(trainings: 1);
        Change(study, "\"format\": \".csv\"", "\"format\": \".csv\", \"columns\": [\"cost\"]");
        Change(study, "column:cost", "column:0");
        return study;
    }
}
