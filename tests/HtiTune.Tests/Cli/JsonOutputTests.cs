using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Outputs that are text with names: JSON and tables, as scripts write them, and which columns of them are taken.</summary>
[Collection("console")]
public sealed class JsonOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (Matrix Matrix, IReadOnlyList<string>? Columns) Read(string text, string ending = ".json", params string[]? wanted)
    {
        var file = _folder.File("outputs" + ending);
        File.WriteAllText(file, text);
        return ArrayFile.Read(file, wanted: wanted is { Length: > 0 } ? wanted : null);
    }

    [Theory]
    [InlineData("0.25", null, "0.25")]
    [InlineData("[1, 2.5, -3e-7]", null, "1;2.5;-3E-07")]
    [InlineData("[[1, 2], [3, 4], [5, 6]]", null, "1,2;3,4;5,6")]
    [InlineData("{\"loss\": 0.1, \"acc\": 1}", "loss,acc", "0.1,1")]
    [InlineData("{\"loss\": [0.1, 0.2], \"acc\": [1, 2]}", "loss,acc", "0.1,1;0.2,2")]
    [InlineData("[{\"loss\": 0.1, \"acc\": 1}, {\"acc\": 2, \"loss\": 0.2}]", "loss,acc", "0.1,1;0.2,2")]
    [InlineData("\uFEFF {\"loss\": 1e300,}\n", "loss", "1E+300")]
    public void Numbers_lists_and_names_are_rows_and_columns(string text, string? columns, string rows)
    {
        foreach (var ending in (string[])[".json", ".npy", ".csv"])
        {
            if (text[0] == '\uFEFF' && ending != ".json")
            {
                continue;
            }

            var (matrix, names) = Read(text, ending);
            Assert.Equal(columns, names is null ? null : string.Join(',', names));
            Assert.Equal(rows, string.Join(';', Enumerable.Range(0, matrix.Rows).Select(i => string.Join(',', Enumerable.Range(0, matrix.Columns)
                .Select(j => matrix.Exact(i, j).ToString("R", System.Globalization.CultureInfo.InvariantCulture))))));
        }
    }

    [Theory]
    [InlineData("{\"loss\": NaN}", "line 1", "the value is NaN")]
    [InlineData("[1,\n -Infinity]", "line 2", "the value is -Infinity")]
    [InlineData("{\"loss\": 1e999}", "'loss'", "it is 1e999")]
    [InlineData("{\"loss\": null}", "'loss'", "it is null")]
    [InlineData("{\"loss\": \"low\"}", "'loss'", "the text \"low\"")]
    [InlineData("{\"loss\": {\"a\": 1}}", "'loss'", "it is an object")]
    [InlineData("{\"a\": [1, 2], \"b\": [1]}", "the object", "lists have 2, 1 numbers")]
    [InlineData("{\"a\": [1, [2]]}", "'a'[1]", "it is a list")]
    [InlineData("{}", "the object", "it has no members")]
    [InlineData("[[1, 2], [3]]", "[1]", "not as long as the first")]
    [InlineData("[{\"a\": 1}, {\"b\": 1}]", "[1]", "there is no 'a'")]
    [InlineData("[{\"a\": 1}, 2]", "[1]", "there is no 'a'")]
    [InlineData("[true]", "[0]", "it is true")]
    [InlineData("\"0.3\"", "the file", "it holds the text")]
    [InlineData("{'loss': 0.1}", "line 1", "the file is no JSON")]
    public void What_is_no_such_thing_is_told_with_its_place(string text, string place, string what)
    {
        var fault = Assert.Throws<DataFormatException>(() => Read(text));
        Assert.Equal(place, fault.Position);
        Assert.Contains(what, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_are_wanted_are_found_by_their_names()
    {
        const string Json = "{\"epoch\": 3, \"loss\": 0.1, \"model\": \"resnet\", \"acc\": 0.9}", Table = "epoch,loss,model,acc\n3,0.1,resnet,0.9\n";
        foreach (var (text, ending) in ((string, string)[])[(Json, ".json"), (Table, ".csv"), (Table, ".npy")])
        {
            var (matrix, names) = Read(text, ending, "acc", "loss");
            Assert.Equal(["acc", "loss"], names);
            Assert.Equal((0.9, 0.1), (matrix.Exact(0, 0), matrix.Exact(0, 1)));
            var fault = Assert.Throws<DataFormatException>(() => Read(text, ending, "acc", "lss"));
            Assert.Contains("there is no column 'lss'; expected acc, lss, as \"columns\" or the first outputs name them; it has epoch, loss, model, acc", fault.Message, StringComparison.Ordinal);
        }

        // Of as many that the file calls otherwise the names are new ones.
        Assert.Equal(2, Read("a,b\n1,2\n", ".csv", "loss", "acc").Matrix.Exact(0, 1));
        Assert.Contains("it has a, b", Assert.Throws<DataFormatException>(() => Read("a,b\n1,2\n", ".csv", "loss")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_writes_its_metrics_as_json_is_tuned_by_their_names()
    {
        var script = _folder.File("train.sh");
        await File.WriteAllTextAsync(script, "awk -v l=\"$1\" 'BEGIN { printf \"{\\\"acc\\\": %.9g, \\\"loss\\\": %.9g}\", 1 - l, (l - 0.3) ^ 2 }' > \"$2\"\n");
        var (code, output, errors) = await InProcess.Run(
            "run", "-P", "rate=0..1", "--objective", "mean(loss)", "--trainings", "3", "-o", _folder.File("study"), "--json", "--", "sh", script, "{rate}", "{out}", "{seed}");
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done, errors);
        Assert.Contains("\"number\":3", (await InProcess.Run("trials", _folder.File("study"), "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("rate = 0 gave 0.09 ", errors, StringComparison.Ordinal);
        Assert.Contains("rate = 0.5 gave 0.04 ", errors, StringComparison.Ordinal);
        Assert.NotEmpty(output);

        // Of an array without names the first training says how columns are called.
        await File.WriteAllTextAsync(script, "echo 0.3 > \"$2\"\n");
        (code, _, errors) = await InProcess.Run(
            "run", "-P", "rate=0..1", "--objective", "mean(loss)", "--trainings", "3", "-o", _folder.File("other"), "--", "sh", script, "{rate}", "{out}", "{seed}");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("training 1 at rate = 0 was made and is kept", errors, StringComparison.Ordinal);
        Assert.Contains("expected outputs, contexts, lambda, outputs[0], outputs[1], …", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sums_of_hyperparameters_bound_what_is_trained_wherever_they_are_written()
    {
        var script = _folder.File("sum.sh");
        await File.WriteAllTextAsync(script, "echo \"$1 $2\" >> \"$(dirname \"$0\")/calls\"; awk -v x=\"$1\" -v y=\"$2\" 'BEGIN { print x + 2 * y }' > \"$3\"\n");
        string[] command = ["--", "sh", script, "{x}", "{y}", "{out}", "{seed}"];
        var (code, output, errors) = await InProcess.Run(["run", "-P", "x=0..1", "-P", "y=0..1", "-C", "x + y >= 1.5", "-C", "mean(outputs) <= .9e3", "--trainings", "6", "-o", _folder.File("bounded"), .. command]);
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done, output + errors);
        Assert.Contains("x + y >= 1.5", errors, StringComparison.Ordinal);
        Assert.All(File.ReadAllLines(_folder.File("calls")), line => Assert.True(line.Split(' ').Sum(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)) >= 1.5 - 1e-9, line));
        Assert.Contains("expected x + y >= 1.5", (await InProcess.Run("enqueue", "x=0.1,y=0.2", "--study", _folder.File("bounded"))).Errors, StringComparison.Ordinal);
        foreach (var (constraint, expected) in ((string, string)[])[
            ("x * y >= 0.5", "it goes on with 'y'"), ("x + y >= 2.5", "kept by no values of x and y"), ("x <= 1", ""), ("x + y", "the constraint \"x + y\" is none")])
        {
            (code, _, errors) = await InProcess.Run(["run", "-n", "-P", "x=0..1", "-P", "y=0..1", "-C", constraint, "-o", _folder.File("none"), .. command]);
            Assert.Contains(expected, errors, StringComparison.Ordinal);
            Assert.Equal(expected.Length == 0 ? ExitCode.Done : ExitCode.BadInput, code);
        }

        (_, _, errors) = await InProcess.Run(["run", "-n", "-P", "x=0..1", "-P", "x >= 0.5", "-o", _folder.File("none"), "--", "sh", script, "{x}", "1", "{out}", "{seed}"]);
        Assert.Contains("expected a narrower range", errors, StringComparison.Ordinal);
        (_, _, errors) = await InProcess.Run(["run", "-n", "-P", "x=0..1", "-P", "y=16,32,64", "-o", _folder.File("none"), .. command]);
        Assert.Contains("where it counts, they are y=16,32,64:ordered", errors, StringComparison.Ordinal);
        (_, _, errors) = await InProcess.Run(["run", "-n", "-P", "x=0..1", "-P", "y=0,1", "-o", _folder.File("none"), .. command]);
        Assert.Contains("a range is y=0..1", errors, StringComparison.Ordinal);
        (_, _, errors) = await InProcess.Run(["run", "-n", "-P", "x=0:1", "-o", _folder.File("none"), "--", "sh", script, "{x}", "1", "{out}", "{seed}"]);
        Assert.Contains("'x=0:1' is not what -P takes; expected x=0..1", errors, StringComparison.Ordinal);
    }
}
