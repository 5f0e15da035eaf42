using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>A single number is an output: told in the place of a file, or alone in one.</summary>
[Collection("console")]
public sealed class ToldNumberTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Study => _folder.File("study.json");

    private Task<(int Code, string Output, string Errors)> Tell(string number, params string[] what) => InProcess.Run(["tell", number, .. what, "--study", Study]);

    [Fact]
    public async Task A_number_is_told_as_a_file_of_one_would_be()
    {
        await File.WriteAllTextAsync(Study, """{ "hyperparameter": { "name": "rate", "from": 0, "to": 1 }, "command": "true {rate} {out}", "objective": "column:0" }""");
        Assert.StartsWith("1 ", (await InProcess.Run("ask", Study)).Output, StringComparison.Ordinal);
        var (code, _, errors) = await Tell("1", "-0.1");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Contains("training 1: column:0 = -0.1", errors, StringComparison.Ordinal);
        Assert.Contains("nothing is changed", (await Tell("1", "-0.1")).Errors, StringComparison.Ordinal);
        Assert.Contains("H016", (await Tell("1", "0.2")).Errors, StringComparison.Ordinal);

        // What is no number was not computed; a file of that name comes first.
        await InProcess.Run("ask", Study);
        Assert.Contains("training 2 has failed", (await Tell("2", "NaN")).Errors, StringComparison.Ordinal);
        await InProcess.Run("ask", Study);
        Assert.Contains("there is no file", (await Tell("3", "0,5")).Errors, StringComparison.Ordinal);
        var (shown, output, _) = await InProcess.Run("trials", Study, "--json");
        Assert.Equal(ExitCode.Done, shown);
        Assert.Contains("\"value\":-0.1,", output, StringComparison.Ordinal);
        Assert.Contains("its value is NaN", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".npy", "0.25\n", 0.25)]
    [InlineData(".npy", "-1e-300", -1e-300)]
    [InlineData(".csv", " 3 \r\n", 3)]
    [InlineData(".csv", "nan\n", double.NaN)]
    public void A_number_alone_in_a_file_of_text_is_a_matrix_of_one(string ending, string text, double number)
    {
        var file = _folder.File("outputs" + ending);
        File.WriteAllText(file, text);
        var (matrix, columns) = ArrayFile.Read(file);
        Assert.Equal((1, 1, number), (matrix.Rows, matrix.Columns, matrix.Exact(0, 0)));
        Assert.Null(columns);
    }

    [Theory]
    [InlineData("0.25\n0.5\n")]
    [InlineData("0.25,0.5\n")]
    public void Several_numbers_without_names_are_refused_as_before(string text)
    {
        var file = _folder.File("outputs.csv");
        File.WriteAllText(file, text);
        Assert.Throws<HtiTune.Data.DataFormatException>(() => ArrayFile.Read(file));
    }
}
