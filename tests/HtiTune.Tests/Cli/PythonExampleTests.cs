using System.Runtime.CompilerServices;
using System.Text.Json;
using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>The example that people try first, as they try it, where there is a Python with what it needs.</summary>
[Collection("console")]
public class PythonExampleTests
{
    [PythonFact("numpy")]
    public async Task The_numpy_example_is_certified_near_the_best_price()
    {
        PythonFactAttribute.Use("numpy");
        using var folder = Copy();
        Assert.Equal(ExitCode.Done, (await CliProcess.Run(Path.GetFullPath(folder.File(".")), "check")).Code);
        var (code, output, errors) = await CliProcess.Run(Path.GetFullPath(folder.File(".")), "tune", "--json");
        Assert.Equal((ExitCode.Done, ""), (code, code == ExitCode.Done ? "" : errors));

        // A sweep of the script over 1, 2, 4, 8, 16, 30 and 100 finds its least cost, 7.4, at 8, and 7.8 at 4 and 8.2 at 16.
        var result = JsonDocument.Parse(output).RootElement;
        Assert.InRange(result.GetProperty("lambda").GetDouble(), 4, 12);
        Assert.InRange(result.GetProperty("value").GetDouble(), 7, 7.8);
    }

    [PythonFact("torch, numpy")]
    public async Task The_torch_script_is_trained_in_one_line()
    {
        PythonFactAttribute.Use("torch, numpy");
        using var folder = Copy();
        var (code, output, errors) = await CliProcess.Run(
            Path.GetFullPath(folder.File(".")), "run", "-P", "price=1..100:log", "--contexts", "days.csv", "--columns", "stock,left,lost,cost", "--objective", "column:cost",
            "--trainings", "3", "--", "python3", "train_torch.py", "--price", "{price}", "--seed", "{seed}", "--contexts", "{contexts}", "--steps", "200", "--out", "{out}");
        Assert.StartsWith("price = ", output, StringComparison.Ordinal);
        Assert.True(code is ExitCode.Done or ExitCode.BudgetSpent or ExitCode.GoalNotReached, errors);
    }

    [PythonFact("numpy")]
    public async Task Three_hyperparameters_of_the_script_are_tuned_at_once()
    {
        PythonFactAttribute.Use("numpy");
        using var folder = Copy();
        var (code, output, errors) = await CliProcess.Run(Path.GetFullPath(folder.File(".")), "tune", "several.json", "--trainings", "7");
        Assert.Matches(@"^price = [0-9.]+, hidden = \d+, activation = (tanh|relu)\n$", output);
        Assert.True(code is ExitCode.Done or ExitCode.BudgetSpent or ExitCode.GoalNotReached, errors);
        Assert.Contains("not certified", errors, StringComparison.Ordinal);
    }

    private static TemporaryFolder Copy([CallerFilePath] string path = "")
    {
        var folder = new TemporaryFolder();
        var example = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "examples", "python-network"));
        foreach (var name in (string[])["train.py", "train_torch.py", "study.json", "several.json", "days.csv"])
        {
            File.Copy(Path.Combine(example, name), folder.File(name));
        }

        return folder;
    }
}
