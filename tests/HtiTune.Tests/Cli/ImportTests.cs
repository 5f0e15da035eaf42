using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Cli;

/// <summary>Trainings that were made before begin a study.</summary>
[Collection("console")]
public class ImportTests
{
    [Fact]
    public async Task Outputs_with_lambda_in_their_names_begin_a_study_that_tune_goes_on_with()
    {
        using var study = new ShellStudy(trainings: 1);
        Directory.CreateDirectory(study["runs"]);
        (string Name, double Lambda)[] files = [("run1-rate=0.1.csv", 0.1), ("rate-6e-1.csv", 0.6), ("rate_0.csv", 0), ("late-7.5.csv", 7.5)];
        foreach (var (name, lambda) in files)
        {
            CsvFile.Write(study[Path.Combine("runs", name)], new CsvTable(["cost"], Matrix.Create(3, 1, (_, row) => row[0] = (float)Math.Pow(lambda - 0.3, 2))));
        }

        var (code, _, errors) = await study.Run("import", "runs");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Contains("left out: 1 run outside", errors, StringComparison.Ordinal);
        Assert.Contains("3 rows at each λ are few", errors, StringComparison.Ordinal);
        Assert.Equal([0, 0.1, 0.6], StudyJournal.Read(study["study.htitune"]).LoadAnchors().Lambdas);

        (code, _, errors) = await study.Run("tune", "--json");
        Assert.True(code is ExitCode.Done or ExitCode.BudgetSpent or ExitCode.GoalNotReached, errors);
        Assert.Single(study.Calls);
        Assert.Equal(4, StudyJournal.Read(study["study.htitune"]).LoadAnchors().Count);

        (code, _, errors) = await study.Run("import", "runs");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("has begun", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("number,value,params_rate,state\n0,0.04,0.1,COMPLETE\n1,0.09,0.6,COMPLETE\n")]
    [InlineData("Name,config.rate,loss\nbright-sun,0.1,0.04\ncalm-sea,0.6,0.09\n", "--value-column", "loss")]
    [InlineData("lr,loss\n0.1,0.04\n0.6,0.09\n", "--value-column", "loss", "--lambda-column", "lr")]
    public async Task A_table_of_runs_begins_a_study(string table, params string[] options)
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },");
        await File.WriteAllTextAsync(study["runs.csv"], table);
        var (code, _, errors) = await study.Run(["import", "runs.csv", .. options]);
        Assert.True(code == ExitCode.Done, errors);
        var anchors = StudyJournal.Read(study["study.htitune"]).LoadAnchors();
        Assert.Equal([0.1, 0.6], anchors.Lambdas);
        Assert.Equal([0.04, 0.09], anchors.Select(anchor => anchor.Samples.Outputs.Exact(0, 0)));
    }

    [Theory]
    [InlineData("none", "neither a folder nor a file")]
    [InlineData("train.sh", "train.sh, line")]
    [InlineData("other.csv", "name it with --lambda-column")]
    public async Task What_cannot_be_imported_is_refused(string source, string expected)
    {
        using var study = new ShellStudy();
        await File.WriteAllTextAsync(study["other.csv"], "lr,loss\n0.1,2\n");
        var (code, _, errors) = await study.Run("import", source);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.False(study.Has("study.htitune/journal.jsonl"));
    }

    [Fact]
    public async Task Imported_values_are_known_at_once_and_an_import_is_taken_back_and_made_again()
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },", body: "write() { echo cost > \"$2\"; echo 0.5 >> \"$2\"; }", trainings: 1);
        await File.WriteAllTextAsync(study["a.csv"], "number,value,duration,params_rate,state\n0,0.04,0 days 00:00:02,0.1,COMPLETE\n1,nan,,0.5,COMPLETE\n2,0.9,,0.7,RUNNING\n");
        await File.WriteAllTextAsync(study["b.csv"], "number,value,params_rate,state\n0,0.01,0.2,COMPLETE\n1,0.05,0.4,COMPLETE\n");
        var (code, output, errors) = await InProcess.Run("import", study["a.csv"], "--study", study["study.json"], "--dry-run");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Contains("a training that failed", output, StringComparison.Ordinal);
        Assert.Contains("left out: in state RUNNING", output, StringComparison.Ordinal);
        Assert.False(study.Has("study.htitune/journal.jsonl"));

        Assert.Equal(ExitCode.Done, (await InProcess.Run("import", study["a.csv"], "--study", study["study.json"])).Code);
        Assert.Equal([(1, 0.1, "completed", (double?)0.04, 2.0), (2, 0.5, "failed", null, 0)], Rows(study));
        (code, _, errors) = await InProcess.Run("import", "--undo", "--study", study["study.json"]);
        Assert.True(code == ExitCode.Done, errors);
        Assert.Empty(Rows(study));
        Assert.Equal(ExitCode.BadInput, (await InProcess.Run("import", "--undo", "--study", study["study.json"])).Code);

        // Numbers are not used again; nor is an import when a run has begun, until that run's own import is taken back.
        Assert.Equal(ExitCode.Done, (await InProcess.Run("import", study["b.csv"], "--study", study["study.json"])).Code);
        Assert.Equal([(3, 0.2, "completed", (double?)0.01, 0.0), (4, 0.4, "completed", 0.05, 0)], Rows(study));
        Assert.Equal(ExitCode.BudgetSpent, (await InProcess.Run("tune", study["study.json"], "--quiet")).Code);
        (code, _, errors) = await InProcess.Run("import", study["a.csv"], "--study", study["study.json"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("has begun", errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await InProcess.Run("import", "--undo", "--study", study["study.json"])).Code);
        Assert.Equal([5], Rows(study).Select(row => row.Number));
        Assert.Equal(ExitCode.Done, (await InProcess.Run("import", study["a.csv"], "--study", study["study.json"])).Code);
        Assert.Equal([5, 6, 7], Rows(study).Select(row => row.Number));
    }

    private static List<(int Number, double Lambda, string State, double? Value, double Seconds)> Rows(ShellStudy study) =>
        TrialsCommand.Rows(StudyLocator.Read(study["study.json"])).ConvertAll(row => (row.Number!.Value, row.Configuration.Lambda, row.State, row.Value, row.Seconds ?? 0));
}
