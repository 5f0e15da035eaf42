using System.Text.Json;
using HtiTune.Cli;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary><c>enqueue</c>: values of one's own choice.</summary>
[Collection("console")]
public sealed class EnqueueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EnqueueTests() => File.WriteAllText(Study, """
        {
          "hyperparameter": { "name": "rate", "from": -1, "to": 1 },
          "command": "true {rate} {out}", "contexts": { "draws": 1 },
          "outputs": { "format": ".csv" }, "objective": "column:0", "surrogate": false, "budget": { "trainings": 4 },
        }
        """);

    private string Study => _folder.File("study.json");

    public void Dispose() => _folder.Dispose();

    private Task<(int Code, string Output, string Errors)> Enqueue(params string[] words) => InProcess.Run(["enqueue", "--study", Study, .. words]);

    private async Task<string> Ask()
    {
        var (code, output, errors) = await InProcess.Run("ask", Study);
        Assert.True(code == ExitCode.Done, errors);
        return output.Split(' ')[1];
    }

    private async Task Tell(int number, double value)
    {
        await File.WriteAllTextAsync(_folder.File("y.csv"), FormattableString.Invariant($"cost\n{value}\n"));
        var (code, _, errors) = await InProcess.Run("tell", FormattableString.Invariant($"{number}"), _folder.File("y.csv"), "--study", Study);
        Assert.True(code == ExitCode.Done, errors);
    }

    private async Task<List<(double Lambda, string State, string Reason)>> Trials() =>
        [.. JsonDocument.Parse((await InProcess.Run("trials", Study, "--json")).Output).RootElement.GetProperty("trials").EnumerateArray()
            .Select(one => (one.GetProperty("lambda").GetDouble(), one.GetProperty("state").GetString()!, one.GetProperty("reason").GetString()!))];

    [Fact]
    public async Task What_is_enqueued_is_trained_next_in_its_order_and_listed_until_then()
    {
        Assert.Equal(ExitCode.Done, (await Enqueue("0.3", "-0.25")).Code);
        Assert.Equal([(0.3, "enqueued", "enqueued"), (-0.25, "enqueued", "enqueued")], await Trials());
        Assert.Contains("enqueued", (await InProcess.Run("trials", Study)).Output, StringComparison.Ordinal);
        Assert.Equal("0.3", await Ask());
        await Tell(1, 0.5);
        Assert.Equal("-0.25", await Ask());
        Assert.Equal([(0.3, "completed", "enqueued"), (-0.25, "asked", "enqueued")], await Trials());
        await Tell(2, 0.4);
        Assert.Equal("-1", await Ask());

        // While a training is in hand, and once some are done.
        var (code, _, errors) = await Enqueue("0.3", "0.9", "-1");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("0.3 is trained already, under way or enqueued: left out", errors, StringComparison.Ordinal);
        Assert.Contains("to be trained next: 0.9", errors, StringComparison.Ordinal);
        await Tell(3, 1);
        Assert.Equal("0.9", await Ask());
    }

    [Fact]
    public async Task What_waits_is_taken_out_again()
    {
        Assert.Equal(ExitCode.Done, (await Enqueue("0.3", "0.4")).Code);
        Assert.Equal("0.3", await Ask());
        var (code, output, errors) = await Enqueue("--clear", "--json");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("nothing waits", errors, StringComparison.Ordinal);
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("enqueued").GetArrayLength());
        Assert.Equal([(0.3, "asked", "enqueued")], await Trials());
        await Tell(1, 0.5);
        Assert.Equal("-1", await Ask());
        await Tell(2, 0.6);
        Assert.Equal(ExitCode.Done, (await Enqueue("0.5", "0.6")).Code);
        (code, output, _) = await Enqueue("--clear", "0.7", "--json");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal([0.7], JsonDocument.Parse(output).RootElement.GetProperty("enqueued").EnumerateArray().Select(one => one.GetDouble()));
        Assert.Equal("0.7", await Ask());
    }

    [Theory]
    [InlineData("2", "2 is not in the range; expected -1 to 1")]
    [InlineData("-1.0000001", "-1.0000001 is not in the range")]
    [InlineData("abc", "'abc' is no number")]
    [InlineData("nan", "'nan' is no number")]
    [InlineData("0,5", "'0,5' is no number")]
    [InlineData("abc 0", "'abc' is no number")]
    [InlineData("0.5 0.5", "0.5 comes twice")]
    [InlineData("0.1 7 x 0.2 0.1", "3 of 5 values are wrong", "7 is not in the range", "'x' is no number", "0.1 comes twice")]
    [InlineData("", "expected at least one value")]
    public async Task All_that_is_wrong_is_told_at_once_and_nothing_is_enqueued(string words, params string[] expected)
    {
        var (code, output, errors) = await Enqueue(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", output);
        Assert.Equal(words.Length == 0 ? ExitCode.Usage : ExitCode.BadInput, code);
        Assert.All(expected, text => Assert.Contains(text, errors, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_folder.File("study.htitune")));
    }
}
