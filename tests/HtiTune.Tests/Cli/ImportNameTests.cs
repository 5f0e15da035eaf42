using System.Globalization;
using HtiTune.Cli;
using HtiTune.Data;

namespace HtiTune.Tests.Cli;

/// <summary>λ from the names of files: by the hyperparameter's own name, else the only number, else by a pattern; never a guess.</summary>
[Collection("console")]
public class ImportNameTests
{
    [Theory]
    [InlineData("lr=0.6_seed1", 0.6)]
    [InlineData("seed1_lr=0.6", 0.6)]
    [InlineData("LR_0.6-epoch10", 0.6)]
    [InlineData("lr0.6", 0.6)]
    [InlineData("lr-6e-1", 0.6)]
    [InlineData("lr1e-3_seed2", 0.001)]
    [InlineData("lr=1E+00", 1)]
    [InlineData("lr=.45", 0.45)]
    [InlineData("lr=-0.5", -0.5)]
    [InlineData("lambda=.45_run3", 0.45)]
    [InlineData("run-1e-3", 0.001)]
    [InlineData("late-7.5", 7.5)]
    [InlineData("0.25", 0.25)]
    [InlineData("clr=3_lr=0.2", 0.2)]
    [InlineData("lr(0.3)", 0.3)]
    public void A_name_that_says_one_value_is_read(string name, double lambda) =>
        Assert.Equal(lambda, RunFolder.LambdaOf(name + ".npy", name, Hyperparameter.Continuous("lr", 0.01, 1)));

    [Theory]
    [InlineData("model_0.25_epoch_10", "could be lr: 0.25, 10", "--pattern \"model_{lambda}_epoch_*\"")]
    [InlineData("lr=0.1_lr=0.2", "could be lr: 0.1, 0.2", "--pattern")]
    [InlineData("lr=0,7", "λ in its name is '0,7'", null)]
    [InlineData("model0,7", "λ in its name is '0,7'", null)]
    [InlineData("lr_0p6", "λ in its name is '0p6'", null)]
    [InlineData("v1.2.3", "λ in its name is '1.2.3'", null)]
    [InlineData("model.45", "could be lr: 45, 0.45", "--pattern")]
    [InlineData("model", "holds no number", "--pattern")]
    public void A_name_that_says_none_or_several_is_refused(string name, string expected, string? help)
    {
        var problem = Assert.Throws<CliException>(() => RunFolder.LambdaOf(name + ".npy", name, Hyperparameter.Continuous("lr", 0.01, 1)));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.True(help is null || problem.Help.Contains(help, StringComparison.Ordinal), problem.Help);
    }

    [Fact]
    public void A_hyphen_may_be_a_sign_where_the_range_has_both()
    {
        var both = Hyperparameter.Continuous("x", -1, 1);
        Assert.Contains("0.5, -0.5", Assert.Throws<CliException>(() => RunFolder.LambdaOf("x-0.5.npy", "x-0.5", both)).Message, StringComparison.Ordinal);
        Assert.Equal(-0.5, RunFolder.LambdaOf("x=-0.5.npy", "x=-0.5", both));
        Assert.Equal(-0.5, RunFolder.LambdaOf("x_-0.5.npy", "x_-0.5", both));
    }

    [Theory]
    [InlineData("model_{lambda}_epoch_*", 2, 0.25)]
    [InlineData("model_{lambda}_epoch_10.csv", 1, 0.25)]
    [InlineData("model_*_epoch_{lambda}", 2, 10)]
    public void A_pattern_says_where_it_stands_and_leaves_other_files_out(string pattern, int taken, double first)
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },");
        Directory.CreateDirectory(study["runs"]);
        foreach (var name in (string[])["model_0.25_epoch_10", "model_0.5_epoch_9", "notes"])
        {
            CsvFile.Write(study[Path.Combine("runs", name + ".csv")], new CsvTable(["cost"], Matrix.Create(1, 1, (_, row) => row[0] = 1)));
        }

        var runs = RunFolder.Read(study["runs"], StudyLocator.Read(study["study.json"]), new ImportOptions(null, null, null, null, pattern));
        Assert.Equal(taken, runs.Count(run => run.LeftOut is null));
        Assert.Equal(first, runs.First(run => run.LeftOut is null).Configuration?.Lambda);
        Assert.All(runs.Where(run => run.LeftOut is not null), run => Assert.Contains("not of the form", run.LeftOut, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("model_*")]
    [InlineData("{lambda}_{lambda}")]
    public void A_pattern_names_lambda_once(string pattern)
    {
        using var study = new ShellStudy();
        Assert.Equal("H001", Assert.Throws<CliException>(() => RunFolder.Read(
            study.Folder, StudyLocator.Read(study["study.json"]), new ImportOptions(null, null, null, null, pattern))).Code);
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(0.1)]
    [InlineData(-12345.678)]
    [InlineData(1e22)]
    public void Every_number_as_this_program_writes_it_is_read_back(double lambda)
    {
        var name = $"lr={lambda.ToString("R", CultureInfo.InvariantCulture)}";
        Assert.Equal(lambda, RunFolder.LambdaOf(name, name, Hyperparameter.Continuous("lr", -1e5, 1e23)));
    }
}
