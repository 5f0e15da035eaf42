using System.Text.Json;
using HtiTune.Cli;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Earlier runs over several hyperparameters, as other tools export them.</summary>
[Collection("console")]
public sealed class SpaceImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SpaceImportTests()
    {
        SpaceScript.Write(_folder, isSized: false);
        File.WriteAllText(_folder.File("study.json"),
            """
            {
              "hyperparameters": ["lr=1e-4..1:log", "layers=1..4:int", "act=relu,gelu", "slope=0..1 if act=gelu"],
              "command": ["sh", "train.sh", "--lr", "{lr}", "--layers", "{layers}", "--act", "{act}", "--slope", "{slope}", "--out", "{out}"],
              "contexts": { "draws": 1 }, "outputs": { "format": ".csv" }, "objective": "column:loss", "budget": { "trainings": 4 },
            }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("number,value,params_act,params_layers,params_lr,params_slope,state")]
    [InlineData("Number,Value,Param act,Param layers,Param lr,Param slope,State")]
    [InlineData("trial,value,config/act,config/layers,config/lr,config/slope,status")]
    public async Task A_table_of_another_tool_begins_the_study(string header)
    {
        // Whole numbers that a tool keeps as fractions, a cell that is empty where nothing is active, runs that have not finished.
        File.WriteAllText(_folder.File("runs.csv"),
            $"""
            {header}
            0,1.45,relu,3.0,0.056234132519,,COMPLETE
            1,0.16,gelu,2.0,0.01,0.1,COMPLETE
            2,0.7,gelu,2.0,0.02,0.3,PRUNED
            3,,gelu,4.0,0.5,0.5,FAIL
            4,0.29,gelu,1.0,0.01,0.8,COMPLETE
            5,0.5,gelu,9.0,0.01,0.8,COMPLETE
            6,0.6,gelu,2.0,0.01,,COMPLETE
            7,nan,gelu,3.0,0.9,0.5,COMPLETE
            """);
        var (code, dry, errors) = await Run("import", "runs.csv", "-n");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Matches(@"line 3 +0.01 +2 +gelu +0.1 +0.16 COMPLETE +a training", dry);
        Assert.Matches(@"line 2 +0.056234132519 +3 +relu +1.45 COMPLETE +a training", dry);
        (code, _, errors) = await Run("import", "runs.csv");
        Assert.True(code == ExitCode.Done, errors);
        Assert.All(
            ["3 trainings, and 1 that failed", "1 run in state PRUNED", "1 run in state FAIL", "1 run outside lr in", "1 run without slope"],
            word => Assert.Contains(word, errors, StringComparison.Ordinal));

        (code, var output, errors) = await Run("trials", "--json");
        var trials = JsonDocument.Parse(output).RootElement.GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(4, trials.Count);
        Assert.Equal("{\"lr\":0.01,\"layers\":2,\"act\":\"gelu\",\"slope\":0.1}", trials[1].GetProperty("configuration").GetRawText().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(["Completed", "Completed", "Completed", "Failed"], trials.Select(trial => trial.GetProperty("state").GetString()!), StringComparer.OrdinalIgnoreCase);

        // They count neither against the budget nor as places that are still to be trained.
        (code, output, errors) = await Run("tune");
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done, errors);
        Assert.InRange(File.ReadAllLines(_folder.File("calls")).Length, 1, 4);
        (_, output, _) = await Run("best", "--json");
        Assert.InRange(JsonDocument.Parse(output).RootElement.GetProperty("value").GetDouble(), 0, 0.16);

        (code, _, errors) = await Run("import", "--undo");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Contains("took back 4 trainings of runs.csv", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_say_names_and_values()
    {
        foreach (var (name, loss) in (ReadOnlySpan<(string, double)>)[("lr=0.1_layers=3_act=relu", 2.2), ("run7-lr=1e-2-layers=2-act=gelu-slope=0.5_seed3", 0), ("lr0.001_layers2_actgelu_slope.25", 1.0625)])
        {
            Directory.CreateDirectory(_folder.File("runs"));
            File.WriteAllText(_folder.File($"runs/{name}.csv"), FormattableString.Invariant($"loss\n{loss}\n"));
        }

        var (code, _, errors) = await Run("import", "runs");
        Assert.True(code == ExitCode.Done, errors);
        var (_, output, _) = await Run("trials", "--json");
        var places = JsonDocument.Parse(output).RootElement.GetProperty("trials").EnumerateArray().Select(trial => trial.GetProperty("configuration").GetRawText().Replace(" ", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["{\"lr\":0.001,\"layers\":2,\"act\":\"gelu\",\"slope\":0.25}", "{\"lr\":0.01,\"layers\":2,\"act\":\"gelu\",\"slope\":0.5}", "{\"lr\":0.1,\"layers\":3,\"act\":\"relu\"}"], places);
    }

    [Theory]
    [InlineData("value,params_lr,params_layers,params_slope\n1,0.1,2,0.5\n", "there is no column of act", "--lambda-column act=COLUMN")]
    [InlineData("value,params_lr,depth,params_act,params_slope\n1,0.1,two,gelu,0.5\n", "the field is 'two'", "line 2, column 3 ('depth')")]
    [InlineData("value,params_lr,depth,params_act,params_slope\n1,0.1,2,tanh,0.5\n", "no run within lr in", "1 run outside")]
    public async Task What_a_table_lacks_is_said(string text, string one, string other)
    {
        File.WriteAllText(_folder.File("runs.csv"), text);
        var (code, _, errors) = await Run(["import", "runs.csv", .. text.Contains("depth", StringComparison.Ordinal) ? (string[])["--lambda-column", "layers=depth"] : []]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.All([one, other], word => Assert.Contains(word, errors, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_folder.File("study.htitune")));
    }

    [Theory]
    [InlineData("lr=0.1_layers=3", "holds no value of act")]
    [InlineData("lr=0.1_lr=0.2_layers=3_act=relu", "several values in its name could be lr: 0.1, 0.2")]
    public async Task A_name_that_does_not_say_is_refused(string name, string fault)
    {
        Directory.CreateDirectory(_folder.File("runs"));
        File.WriteAllText(_folder.File($"runs/{name}.csv"), "loss\n1\n");
        var (code, _, errors) = await Run("import", "runs");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(fault, errors, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Errors)> Run(params string[] words) => InProcess.In(Path.GetFullPath(_folder.File(".")), words);
}
