using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Trainings that were made before begin a study.</summary>
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
        Assert.Contains("1 runs lie outside", errors, StringComparison.Ordinal);
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
        Assert.Equal([0.1f, 0.6f], anchors.Lambdas.Select(lambda => (float)lambda));
        Assert.Equal([0.04f, 0.09f], anchors.Select(anchor => anchor.Samples.Outputs[0, 0]));
    }

    [Theory]
    [InlineData("none", "neither a folder nor a file")]
    [InlineData("train.sh", "train.sh, line")]
    [InlineData("other.csv", "name the columns with --lambda-column")]
    public async Task What_cannot_be_imported_is_refused(string source, string expected)
    {
        using var study = new ShellStudy();
        await File.WriteAllTextAsync(study["other.csv"], "lr,loss\n0.1,2\n");
        var (code, _, errors) = await study.Run("import", source);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.False(study.Has("study.htitune/journal.jsonl"));
    }
}
