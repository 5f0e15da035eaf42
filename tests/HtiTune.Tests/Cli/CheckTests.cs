using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary><c>check</c> sees before the first training what would fail after it, and tells it in one list; <c>tune</c> and <c>run</c> refuse for the same reasons.</summary>
[Collection("console")]
public class CheckTests
{
    [Theory]
    [InlineData("mean(if(slod > stock, 12 * (slod - stock), stock - slod))", "there is no column 'slod'", "did you mean 'sold'?")]
    [InlineData("column:stok", "no column 'stok'", "did you mean 'stock'?")]
    [InlineData("accuracy(stock, lable)", "there is no column 'lable'", "did you mean 'label'?")]
    [InlineData("mean(outputs[2])", "there is no column 2; expected 0 to 1", "")]
    [InlineData("mean(outputs['stokc'])", "there is no column 'stokc'", "did you mean 'stock'?")]
    [InlineData("mean(contexts[2])", "there is no column 2; expected 0 to 1", "")]
    [InlineData("mean(contexts['labl'])", "there is no column 'labl'", "did you mean 'label'?")]
    [InlineData("quantile(abs(stock - mood), 0.9)", "both outputs and contexts have a column 'mood'", "")]
    [InlineData("distance(outputs, 'nowhere.npy')", "nowhere.npy", "")]
    [InlineData("command: python3 nofile.py {outputs}", "runs nofile.py, and there is no such file", "")]
    [InlineData("command: sh score.sh {outputs} {list}", "both {outputs} and {list}", "")]
    public async Task A_slip_in_an_objective_is_seen_before_the_first_training(string objective, string expected, string hint)
    {
        using var folder = Study(objective);
        foreach (var verb in (string[])["check", "tune"])
        {
            var (code, _, errors) = await InProcess.Run(verb, folder.File("study.json"));
            Assert.Equal(ExitCode.BadInput, code);
            Assert.Contains("error[H012]", errors, StringComparison.Ordinal);
            Assert.Contains(expected, errors, StringComparison.Ordinal);
            Assert.Contains(hint, errors, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(folder.File("study.htitune")));
    }

    [Theory]
    [InlineData("mean(if(sold > stock, 12 * (sold - stock), stock - sold))")]
    [InlineData("column:stock")]
    [InlineData("column:1")]
    [InlineData("accuracy(outputs, label) + lambda + mean(outputs[mood]) - mean(contexts[1])")]
    [InlineData("command: sh score.sh {outputs}")]
    public async Task What_is_right_is_not_refused(string objective)
    {
        using var folder = Study(objective);
        File.WriteAllText(folder.File("score.sh"), "echo 1\n");
        var (code, _, errors) = await InProcess.Run("check", folder.File("study.json"));
        Assert.True(code == ExitCode.Done, errors);
        Assert.Contains("the command does not use {contexts}", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hyperparameter\": { \"name\": \"rate\", \"from\": 0, \"to\": 1, \"scale\": \"log\" }", "{rate}", "needs λ > 0")]
    [InlineData("\"hyperparameters\": [\"rate=1e-3..1:log\", \"depth=4..1:int\"]", "{rate} {depth}", "depth")]
    public async Task A_faulty_range_is_no_fault_of_the_command_that_names_it(string space, string named, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("study.json"), $"{{ {space}, \"command\": \"sh train.sh {named} {{out}}\", \"objective\": \"column:0\" }}");
        var (code, _, errors) = await InProcess.Run("check", folder.File("study.json"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("is unknown", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_only_the_first_training_tells_are_not_refused_and_those_it_cannot_tell_are()
    {
        using var csv = Study("mean(whatever)", columns: "", format: ".csv");
        Assert.Equal(ExitCode.Done, (await InProcess.Run("check", csv.File("study.json"))).Code);
        using var npy = Study("mean(whatever)", columns: "", format: ".npy");
        var (code, _, errors) = await InProcess.Run("check", npy.File("study.json"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("\"outputs\": { \"columns\": [names] }", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_file_values_command_contexts_and_objective_come_in_one_round()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("contexts.csv"), "sold,label\n1,x\n");
        File.WriteAllText(folder.File("study.json"),
            """
            {
              "hyperparameter": { "name": "l", "from": 0, "to": 1, "scale": "lg" },
              "comand": "x",
              "command": "python3 nofile.py {lambda} {out}",
              "contexts": "contexts.csv",
              "outputs": { "columns": ["stock"] },
              "objective": "mean(stok) + mean(stok2) + mean(sold)",
              "budget": { "trainings": 0 },
              "seed": -1,
            }
            """);
        var (code, _, errors) = await InProcess.Run("check", folder.File("study.json"));
        Assert.Equal(ExitCode.BadInput, code);
        foreach (var expected in (string[])
            ["has 8 faults", ":2: \"scale\" is \"lg\"", ":3: \"comand\"", ":4: the command runs nofile.py", ":5: ", "column 2 ('label')", "no column 'stok2'", ":7: the objective", "no column 'stok'", "no column 'stok2'", ":8: \"trainings\" is 0", ":9: \"seed\" is -1"])
        {
            Assert.Contains(expected, errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("python3 train.py {out}", "train.py")]
    [InlineData("python3.11 -u train.py", "train.py")]
    [InlineData("bash ./run.sh {lambda}", "./run.sh")]
    [InlineData("Rscript fit.R", "fit.R")]
    [InlineData("python3 -m package {out}", null)]
    [InlineData("python3 -c print(1)", null)]
    [InlineData("python3 {out}", null)]
    [InlineData("python3 there.py missing.py", null)]
    [InlineData("train missing.py", null)]
    [InlineData("python3 -W ignore missing.py", null)]
    public void A_script_that_is_missing_is_found_and_nothing_else_is_taken_for_one(string command, string? missing)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("there.py"), "");
        Assert.Equal(missing, CommandText.MissingScript(command.Split(' '), folder.File(".")));
    }

    [Theory]
    [InlineData("help", "NONSENSE")]
    [InlineData("stats", "--help")]
    [InlineData("tuen", "-h")]
    public async Task The_help_of_a_verb_that_there_is_not_is_an_error(params string[] words)
    {
        var (code, output, errors) = await InProcess.Run(words);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains("is no verb of htitune", errors, StringComparison.Ordinal);
    }

    private static TemporaryFolder Study(string objective, string columns = ", \"columns\": [\"stock\", \"mood\"]", string format = ".npy")
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("train.sh"), "exit 1\n");
        File.WriteAllText(folder.File("contexts.csv"), "sold,label,mood\n1,0,3\n2,1,3\n".Replace(",mood", objective.Contains("- mood", StringComparison.Ordinal) ? ",mood" : "", StringComparison.Ordinal).Replace(",3", objective.Contains("- mood", StringComparison.Ordinal) ? ",3" : "", StringComparison.Ordinal));
        File.WriteAllText(folder.File("study.json"),
            $$"""
            {
              "hyperparameter": { "name": "rate", "from": 0, "to": 1 },
              "command": ["sh", "train.sh", "{rate}", "{seed}", "{out}"],
              "contexts": "contexts.csv",
              "outputs": { "format": "{{format}}"{{columns}} },
              "objective": "{{objective}}",
            }
            """);
        return folder;
    }
}
