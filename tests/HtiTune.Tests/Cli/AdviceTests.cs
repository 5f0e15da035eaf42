using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Cli;

/// <summary>Each line of the table of advice is brought about, typed as it was printed, and does what it says.</summary>
[Collection(Alone.Name)]
public partial class AdviceTests
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(System.Reflection.MethodInfo, object?), Task> s_told = new();

    private static readonly Dictionary<string, Func<Task>> s_cases = new()
    {
        [nameof(Advice.Resume)] = Resume,
        [nameof(Advice.MoreTrainings)] = MoreTrainings,
        [nameof(Advice.GoOn)] = GoOn,
        [nameof(Advice.Replicate)] = Replicate,
        [nameof(Advice.TimeAgain)] = TimeAgain,
        [nameof(Advice.MoreTime)] = MoreTime,
        [nameof(Advice.Prefer)] = Prefer,
        [nameof(Advice.Figure)] = Figure,
        [nameof(Advice.PreferTraining)] = PreferTraining,
        [nameof(Advice.PreferGoOn)] = PreferGoOn,
        [nameof(Advice.Best)] = AskTellBest,
        [nameof(Advice.Tell)] = AskTellBest,
        [nameof(Advice.Ask)] = AskTellBest,
        [nameof(Advice.AskWait)] = AskWaitAnew,
        [nameof(Advice.AskAnew)] = AskWaitAnew,
        [nameof(Advice.TellFailed)] = AskWaitAnew,
        [nameof(Advice.DryRun)] = CheckDryRunTune,
        [nameof(Advice.LineAgain)] = CheckDryRunTune,
        [nameof(Advice.Tune)] = Tune,
        [nameof(Advice.Check)] = InitCheck,
        [nameof(Advice.Init)] = InitCheck,
        [nameof(Advice.Logs)] = LogsTrials,
        [nameof(Advice.Trials)] = LogsTrials,
        [nameof(Advice.Force)] = ForceApart,
        [nameof(Advice.Apart)] = ForceApart,
        [nameof(Advice.InitOther)] = InitCheck,
        [nameof(Advice.Failed)] = Failed,
        [nameof(Advice.Codes)] = ExplainHelp,
        [nameof(Advice.Sample)] = Sample,
        [nameof(Advice.SampleAt)] = SampleAt,
        [nameof(Advice.Explain)] = ExplainHelp,
        [nameof(Advice.Help)] = ExplainHelp,
        [nameof(Advice.ServedTune)] = () => Served(Advice.ServedTune),
        [nameof(Advice.ServedAsk)] = () => Served(Advice.ServedAsk),
        [nameof(Advice.ServedTell)] = () => Served(Advice.ServedTell),
    };

    public static TheoryData<string> Names => [.. Advice.Table.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_advice_does_what_it_says_when_it_is_typed(string name)
    {
        if (!OperatingSystem.IsWindows())
        {
            // Several lines of advice are brought about by one story, which is told once.
            var story = s_cases[name];
            await s_told.GetOrAdd((story.Method, story.Target), _ => story());
        }
    }

    [Fact]
    public void The_table_holds_all_advice_once() => Assert.Equal(
        typeof(Advice).GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic).Where(field => field.FieldType == typeof(Advice)).Select(field => field.Name).Order(),
        Advice.Table.Select(entry => entry.Name).Order());

    private static async Task Resume()
    {
        using var study = new ShellStudy("if [ \"$1\" = 1 ] && [ ! -e go ]; then while [ ! -e go ]; do sleep 0.05; done; fi");
        using var process = study.Start("tune");
        await process.Until(() => study.Calls.Length == 2);
        process.Signal("INT");
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        await File.WriteAllTextAsync(study["go"], "");
        var (_, _, errors) = await process.End();
        await Typed(study, errors, "htitune tune   #");
        Assert.Equal(["0", "1", "0.5"], study.Calls);
    }

    // Followed again and again, it never stands still before a certificate.
    private static async Task MoreTrainings()
    {
        using var study = new ShellStudy(trainings: 2);
        var (code, _, errors) = await Run(study, "tune");
        for (var made = 2; code == ExitCode.BudgetSpent && made < 14; made = study.Calls.Length)
        {
            Assert.Contains("it ended because the", errors, StringComparison.Ordinal);
            (code, _, errors) = await Typed(study, errors, "htitune tune ");
            Assert.True(code == ExitCode.Done || study.Calls.Length > made, errors);
            Assert.True(study.Calls.Length <= made + Advice.Step, errors);
        }

        Assert.Equal(ExitCode.Done, code);
        Assert.True(study.Calls.Length > 2, errors);
    }

    private static async Task GoOn()
    {
        using var study = Undemanding(4);
        var (code, _, errors) = await Run(study, "tune");
        Assert.Equal((ExitCode.GoalNotReached, 3), (code, study.Calls.Length));
        Assert.Contains("it ended because no further training is expected to gain more than", errors, StringComparison.Ordinal);
        (code, _, errors) = await Typed(study, errors, "htitune tune --go-on --trainings 7 ");
        Assert.Equal((ExitCode.Done, 7), (code, study.Calls.Length));
        Assert.Contains("4 of them by this command", errors, StringComparison.Ordinal);

        // Certified, and all the same.
        (code, _, _) = await Run(study, "tune", "--go-on", "--trainings", "9");
        Assert.Equal((ExitCode.Done, 9), (code, study.Calls.Length));
    }

    private static async Task Replicate()
    {
        using var study = new ShellStudy(
            "awk -v l=\"$1\" 'BEGIN { v = (l - 0.3) ^ 2 + 0.3 * sin(12345 * l + 1); print \"cost\"; for (i = 0; i < 3; i++) printf \"%.9g\\n\", v }' > \"$2\"; exit 0", trainings: 11);
        var (_, _, errors) = await Run(study, "tune", "--go-on");
        Assert.Equal(11, study.Calls.Length);
        Assert.Contains("values scatter by about", errors, StringComparison.Ordinal);
        await Typed(study, errors, "htitune tune --replicate --go-on --trainings 15 ");
        Assert.Equal(15, study.Calls.Length);
        Assert.Contains("\"replicate\":true", string.Join('\n', study.Journal), StringComparison.Ordinal);
    }

    private static async Task TimeAgain()
    {
        using var study = new ShellStudy("sleep 1", trainings: 8);
        var (code, _, errors) = await Run(study, "tune", "--time", "4s");
        Assert.Equal(ExitCode.BudgetSpent, code);
        Assert.Contains("it ended because its time of 4.0 s has no room for another training of about", errors, StringComparison.Ordinal);
        var (made, before) = (study.Calls.Length, study.Journal.Length);
        await Typed(study, errors, "htitune tune --time 4s ");
        Assert.InRange(study.Calls.Length, made + 1, 7);
        Assert.True(study.Journal.Length > before);
    }

    private static async Task MoreTime()
    {
        using var study = new ShellStudy("sleep 1", trainings: 2);
        var (code, _, errors) = await Run(study, "tune", "--time", "0.9s");
        Assert.Equal((ExitCode.BudgetSpent, 1), (code, study.Calls.Length));
        await Typed(study, errors, "htitune tune --time ");
        Assert.True(study.Calls.Length > 1, errors);
    }

    private static async Task Prefer()
    {
        using var study = Undemanding(7);
        var (code, _, errors) = await Run(study, "tune", "--go-on");
        Assert.Equal((ExitCode.Done, 7), (code, study.Calls.Length));
        (code, var output, errors) = await Typed(study, errors, "htitune prefer --objective ");
        Assert.True(code is ExitCode.Done or ExitCode.GoalNotReached, errors);
        Assert.StartsWith("rate = ", output, StringComparison.Ordinal);
        Assert.Contains("quantile(cost, 0.9) = ", errors, StringComparison.Ordinal);
        Assert.Equal(7, study.Calls.Length);
    }

    private static async Task Figure()
    {
        using var study = Undemanding(7);
        Replace(study, "\"draws\": 3", "\"draws\": 1");
        Replace(study, "train.sh", "one.sh");
        await File.WriteAllTextAsync(study["one.sh"], "echo \"$1\" >> calls\nprintf 'cost\\n%s\\n' \"$1\" > \"$2\"\n");
        var (_, _, errors) = await Run(study, "tune", "--go-on");
        Assert.Equal(ExitCode.Done, (await Typed(study, errors, "htitune plot --out objective.svg ")).Code);
        Assert.Contains("<svg", await File.ReadAllTextAsync(study["objective.svg"]), StringComparison.Ordinal);
    }

    private static async Task PreferTraining()
    {
        using var study = new ShellStudy();
        await Run(study, "tune");
        var (code, _, errors) = await Run(study, "prefer", "--objective", "max(cost)", "--goal", "maximize");
        Assert.Equal((ExitCode.GoalNotReached, 3), (code, study.Calls.Length));
        for (var made = 3; made < 7 && code != ExitCode.Done; made = study.Calls.Length)
        {
            (code, _, errors) = await Typed(study, errors, "htitune prefer --objective 'max(cost)' --goal maximize --trainings 2 ");
            Assert.InRange(study.Calls.Length, made + 1, made + 2);
        }
    }

    private static async Task PreferGoOn()
    {
        using var study = Undemanding(4);
        await Run(study, "tune");
        var (code, _, errors) = await Run(study, "prefer", "--objective", "max(cost)");
        Assert.Equal((ExitCode.GoalNotReached, 3), (code, study.Calls.Length));
        await Typed(study, errors, "htitune prefer --objective 'max(cost)' --go-on --trainings 2 ");
        Assert.Equal(5, study.Calls.Length);
    }

    private static async Task CheckDryRunTune()
    {
        using var study = new ShellStudy(trainings: 2);
        var (_, _, errors) = await Run(study, "check");
        (_, var output, errors) = await Typed(study, errors, "htitune tune --dry-run ");
        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Empty(study.Calls);
        await Typed(study, errors, "htitune tune ");
        Assert.Equal(2, study.Calls.Length);
        (_, _, errors) = await Run(study, "run", "-P", "rate=0..1", "-n", "--trainings", "1", "--format", ".csv", "--", "sh", "train.sh", "{rate}", "{out}");
        await Typed(study, errors, "htitune run -P ");
        Assert.Equal(3, study.Calls.Length);
    }

    private static async Task Tune()
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },", trainings: 1);
        Replace(study, "train.sh", "one.sh");
        await File.WriteAllTextAsync(study["one.sh"], "echo \"$1\" >> calls\nprintf 'cost\\n1\\n' > \"$2\"\n");
        await Typed(study, (await Run(study, "trials")).Errors, "htitune tune ");
        Assert.Single(study.Calls);

        using var imported = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },", trainings: 1);
        File.Copy(study["one.sh"], imported["train.sh"], overwrite: true);
        await File.WriteAllTextAsync(imported["runs.csv"], "rate,cost\n0.1,0.04\n0.6,0.09\n");
        var (_, _, errors) = await Run(imported, "import", "runs.csv", "--value-column", "cost");
        await Typed(imported, errors, "htitune tune ");
        Assert.Single(imported.Calls);
    }

    private static async Task InitCheck()
    {
        using var study = new ShellStudy();
        File.Delete(study["study.json"]);
        var (_, _, errors) = await Typed(study, (await Run(study, "trials")).Errors, "htitune init ");
        await File.WriteAllTextAsync(study["train.py"], "");
        var text = (await File.ReadAllTextAsync(study["study.json"])).Replace("python3 train.py", "sh train.py", StringComparison.Ordinal);
        await File.WriteAllTextAsync(study["study.json"], text);
        Assert.Equal(ExitCode.Done, (await Typed(study, errors, "htitune check study.json ")).Code);
        await Typed(study, (await Run(study, "init")).Errors, "htitune init --out other.json ");
        Assert.True(study.Has("other.json"));
    }

    private static async Task Failed()
    {
        using var study = new ShellStudy("exit 7", "\"contexts\": { \"draws\": 3 }, \"training\": { \"retries\": 0 },");
        var (code, _, errors) = await Run(study, "tune");
        Assert.Equal((ExitCode.TrainingFailed, 3), (code, study.Calls.Length));
        Assert.Contains("sh train.sh ", (await Typed(study, errors, "htitune tune --dry-run ")).Output, StringComparison.Ordinal);
        Assert.Equal(3, study.Calls.Length);
    }

    private static async Task Sample()
    {
        using var study = new ShellStudy();
        var rows = Enumerable.Range(0, 40).SelectMany(i => (float[])[i % 20 * (i < 20 ? 1 : 2), i % 20]).ToArray();
        NpyFile.Write(study["data.npy"], [2, 20, 2], rows);
        NpyFile.Write(study["at-0.25.npy"], Matrix.Create(20, 2, (i, row) => (row[0], row[1]) = (i, i)));
        var (code, _, errors) = await Run(study, "fit", "--data", "data.npy", "--outputs", "1", "--lambdas", "0.25,0.75", "--out", "m.hti");
        Assert.True(code == ExitCode.Done, errors);
        await Typed(study, errors, "htitune sample ");
        Assert.Equal(20, NpyFile.ReadMatrix(study["at-0.5.npy"]).Rows);
    }

    private static async Task SampleAt()
    {
        using var study = new ShellStudy();
        NpyFile.Write(study["data.npy"], [4, 5, 1], [.. Enumerable.Range(0, 20).Select(i => (float)i)]);
        await File.WriteAllTextAsync(study["table.csv"], "a,b\n0,1\n0.5,2\n1,1\n0.2,3\n");
        var (code, _, errors) = await Run(study, "fit", "--data", "data.npy", "--outputs", "1", "-P", "a=0..1", "-P", "b=1..3:int", "--anchors", "table.csv", "--out", "m.hti");
        Assert.True(code == ExitCode.Done, errors);
        await Typed(study, errors, "htitune sample ");
        Assert.Equal(5, NpyFile.ReadMatrix(study["outputs-there.npy"]).Rows);
    }

    private static async Task LogsTrials()
    {
        using var study = new ShellStudy("if [ \"$1\" = 1 ]; then echo out of memory; exit 3; fi", "\"contexts\": { \"draws\": 3 }, \"training\": { \"retries\": 0 },");
        var (_, _, errors) = await Run(study, "tune");
        Assert.Contains("out of memory", (await Typed(study, errors, "htitune logs 2 ")).Output, StringComparison.Ordinal);
        (_, _, errors) = await Run(study, "logs", "99");
        Assert.Contains("failed", (await Typed(study, errors, "htitune trials ")).Output, StringComparison.Ordinal);
    }

    private static async Task ForceApart()
    {
        using var study = new ShellStudy(trainings: 1);
        Replace(study, "\"rate\", \"from\": 0, \"to\": 1", "\"rate\", \"from\": 0, \"to\": 2");
        await Run(study, "tune");
        Replace(study, "\"to\": 2", "\"to\": 3");
        var (_, _, errors) = await Run(study, "tune");
        await Typed(study, errors, "htitune tune -o study-2.json ");
        Assert.Equal(["1", "1.5"], study.Calls);
        await Typed(study, errors, "htitune tune --force ");
        Assert.Equal(3, study.Calls.Length);
        Assert.Contains(1, StudyJournal.Read(study["study.htitune"]).LoadAnchors().Lambdas);
    }

    private static async Task ExplainHelp()
    {
        using var study = new ShellStudy();
        Replace(study, "\"sh\"", "\"no-such-program\"");
        Assert.Contains("cannot be run", (await Typed(study, (await Run(study, "tune")).Errors, "htitune explain H011 ")).Output, StringComparison.Ordinal);
        Assert.Contains("--go-on", (await Typed(study, (await Run(study, "tune", "--nonsense")).Errors, "htitune tune --help ")).Output, StringComparison.Ordinal);
        Assert.Contains("H011", (await Typed(study, (await Run(study, "explain", "H999")).Errors, "htitune explain ")).Output, StringComparison.Ordinal);
        Assert.Contains("One line suffices", (await Typed(study, (await Run(study, "nonsense")).Errors, "htitune --help ")).Output, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Errors)> Run(ShellStudy study, params string[] words) => InProcess.In(study.Folder, words);

    // Types the whole line, as it was printed.
    private static Task<(int Code, string Output, string Errors)> Typed(ShellStudy study, string errors, string begin)
    {
        var lines = errors.Split('\n').Where(line => line.StartsWith("next: ", StringComparison.Ordinal) || line.StartsWith("help: ", StringComparison.Ordinal)).Select(line => line[6..]).ToList();
        var line = lines.Find(one => (one + " ").StartsWith(begin, StringComparison.Ordinal));
        Assert.True(line is not null, $"'{begin}' is not among the advice of: {errors}");
        return Run(study, [.. Advice.Typed(line)]);
    }

    private static ShellStudy Undemanding(int trainings)
    {
        var study = new ShellStudy(trainings: trainings);
        Replace(study, $"\"trainings\": {trainings}", $"\"trainings\": {trainings}, \"epsilon\": 100");
        return study;
    }

    private static void Replace(ShellStudy study, string from, string to)
    {
        var text = File.ReadAllText(study["study.json"]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(study["study.json"], text.Replace(from, to, StringComparison.Ordinal));
    }
}
