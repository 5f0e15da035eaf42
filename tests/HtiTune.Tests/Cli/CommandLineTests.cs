using System.Text.Json;
using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;
using HtiTune.Tests.Data;
using HtiTune.Tests.Surrogates;

namespace HtiTune.Tests.Cli;

/// <summary>The verbs as a script calls them: arguments in, files, streams and an exit code out.</summary>
[Collection("console")]
public class CommandLineTests
{
    [Fact]
    public async Task Fit_then_sample_moves_rows_and_keeps_conditions()
    {
        using var folder = new TemporaryFolder();
        WriteStack(folder.File("a.npy"), [0, 0.5, 1]);
        var (code, output, errors) = await InProcess.Run(
            "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,0.5,1", "--seed", "3", "--out", folder.File("m.hti"), "--json");
        Assert.Equal((ExitCode.Done, ""), (code, code == ExitCode.Done ? "" : errors));
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(1, summary.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal("ByContext", summary.RootElement.GetProperty("report").GetProperty("coupling").GetString());
        Assert.Contains("next: htitune sample", errors, StringComparison.Ordinal);

        var fresh = Problems.Linear([0, 0.25, 1], rows: 40, seed: 77);
        NpyFile.Write(folder.File("x.npy"), [40, 4], Rows(fresh[0].Samples));
        (code, output, errors) = await InProcess.Run(
            "sample", "--model", folder.File("m.hti"), "--from", "0.0", "--lambda", "0.25", "--input", folder.File("x.npy"), "--out", folder.File("y.npy"));
        Assert.Equal((ExitCode.Done, "", ""), (code, output, errors));
        var got = NpyFile.Read(folder.File("y.npy"));
        Assert.Equal([40, 4], got.Shape);
        var truth = Rows(fresh[1].Samples);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(truth[4 * i], got.Values[4 * i], 0.5f);
            Assert.Equal(truth[4 * i + 2], got.Values[4 * i + 2]);
            Assert.Equal(truth[4 * i + 3], got.Values[4 * i + 3]);
        }
    }

    [Theory]
    [InlineData("hti")]
    [InlineData("stay")]
    [InlineData("nearest")]
    [InlineData("mean")]
    [InlineData("linear")]
    [InlineData("shrunk-linear")]
    [InlineData("displacement")]
    [InlineData("regression")]
    [InlineData("flow-matching")]
    [InlineData("metric-flow-matching")]
    [InlineData("kriging")]
    [InlineData("affine")]
    [InlineData("quantiles")]
    public async Task Every_method_is_fitted_and_sampled_by_name(string method)
    {
        using var folder = new TemporaryFolder();
        WriteStack(folder.File("a.npy"), [0, 1]);
        var (code, _, errors) = await InProcess.Run(
            "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,1", "--method", method, "--out", folder.File("m.hti"));
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains($"m.hti: {method}, 2 anchors", errors, StringComparison.Ordinal);
        NpyFile.Write(folder.File("x.npy"), [60, 4], Rows(Problems.Linear([0])[0].Samples));
        Assert.Equal(ExitCode.Done, (await InProcess.Run(
            "sample", "--model", folder.File("m.hti"), "--from", "0", "--lambda", "0.5", "--input", folder.File("x.npy"), "--out", folder.File("y.npy"))).Code);
        Assert.Equal([60, 4], NpyFile.Read(folder.File("y.npy")).Shape);
    }

    [Fact]
    public async Task Self_tuning_is_told_and_refused_where_there_is_nothing_to_choose()
    {
        using var folder = new TemporaryFolder();
        WriteStack(folder.File("a.npy"), [0, 0.3, 0.6, 1]);
        string[] line = ["fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,0.3,0.6,1", "--out", folder.File("m.hti"), "--self-tune"];
        var (code, output, errors) = await InProcess.Run([.. line, "--json", "--self-tune-budget", "100"]);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("note: Self-tuning by leaving out each of 2 anchors: no candidate was clearly better", errors, StringComparison.Ordinal);
        using var summary = JsonDocument.Parse(output);
        var tuning = summary.RootElement.GetProperty("report").GetProperty("selfTuning");
        Assert.Equal([0.3, 0.6], tuning.GetProperty("folds").EnumerateArray().Select(fold => fold.GetDouble()));
        Assert.Equal("clock", Assert.Single(tuning.GetProperty("stages").EnumerateArray()).GetProperty("name").GetString());

        (code, _, errors) = await InProcess.Run([.. line, "--method", "linear", "--self-tune-budget", "-3"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("the method Linear has nothing to choose; SelfTuneBudget is", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_may_start_with_a_minus_sign()
    {
        using var folder = new TemporaryFolder();
        WriteStack(folder.File("a.npy"), [0, 1]);
        Assert.Equal(ExitCode.Done, (await InProcess.Run(
            "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "-1,-0.5", "--bounds", "-9..9,-8..-0.5", "--out", folder.File("m.hti"), "-q")).Code);
        NpyFile.Write(folder.File("x.npy"), [60, 4], Rows(Problems.Linear([0])[0].Samples));
        Assert.Equal(ExitCode.Done, (await InProcess.Run(
            "sample", "--model", folder.File("m.hti"), "--from", "-1.0", "--lambda", "-0.75", "--input", folder.File("x.npy"), "--out", folder.File("y.npy"))).Code);
        Assert.All(Enumerable.Range(0, 60), i => Assert.InRange(NpyFile.Read(folder.File("y.npy")).Values[4 * i + 1], -8, -0.5f));
    }

    [Theory]
    [InlineData("fit --lambdas 0,x", "'0,x' is not what --lambdas takes; expected numbers separated by commas")]
    [InlineData("fit --data a.npy --outputs 2 --lambdas 0,1 --out m.hti --rows 5:2", "'5:2' is not what --rows takes")]
    [InlineData("fit --data a.npy --outputs 2 --lambdas 0,1 --out m.hti --bounds 3..1", "low..high")]
    [InlineData("fit --data a.npy --outputs 2 --lambdas 0,1 --out m.hti --clock slow", "expected one of auto, constant, learned")]
    [InlineData("fit --data a.npy --outputs 2 --lambdas 0,1 --out m.hti --warp cubic", "cubic")]
    [InlineData("fit --data a.npy --outputs 2 --lambdas 0,1 --out m.hti --method fourier", "'fourier' is not what --method takes; expected one of auto, hti, stay, nearest, mean, linear, shrunk-linear, displacement, regression, flow-matching, metric-flow-matching")]
    [InlineData("sample", "Option '--lambda' is required")]
    [InlineData("sample --lambda 0.5 --out y.npy", "sample takes --model, --from and --input, or --server")]
    [InlineData("tame", "tame")]
    public async Task Usage_errors_exit_with_2_and_name_the_help(string line, string expected)
    {
        var (code, output, errors) = await InProcess.Run(line.Split(' '));
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("help: htitune", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_exits_with_3_names_the_place_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        WriteStack(folder.File("a.npy"), [0, 1]);
        File.WriteAllText(folder.File("text.npy"), "not an array");
        await Fails("No such data", "missing.npy", "fit", "--data", folder.File("missing.npy"), "--outputs", "2", "--lambdas", "0,1");
        await Fails("Not an array", "text.npy, byte 0", "fit", "--data", folder.File("text.npy"), "--outputs", "2", "--lambdas", "0,1");
        await Fails("Too many values", "3, one for each value of --lambdas", "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,0.5,1");
        await Fails("Order", "value 2 is 0 after 1", "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "1,0");
        await Fails("Anchor", "--anchors names 0.5", "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,1", "--anchors", "0,0.5");
        await Fails("Rows", "has 60 rows", "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,1", "--rows", "0:61");
        await Fails("Columns", "4 columns", "fit", "--data", folder.File("a.npy"), "--outputs", "5", "--lambdas", "0,1");
        await Fails("Category", "a whole number 0 to 1", "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,1", "--categories", "2");
        await Fails("Bounds", "expected 2, one for each output column", "fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,1", "--bounds", "0..1");
        await Fails("Model", "another kind of file", "sample", "--model", folder.File("a.npy"), "--from", "0", "--lambda", "1", "--input", folder.File("a.npy"));
        Assert.Equal(["a.npy", "text.npy"], folder.Names.Order());

        async Task Fails(string what, string expected, params string[] args)
        {
            var (code, output, errors) = await InProcess.Run([.. args, "--out", folder.File("out")]);
            Assert.Equal((what, ExitCode.BadInput, ""), (what, code, output));
            Assert.Contains(expected, errors, StringComparison.Ordinal);
            Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public async Task Help_teaches_the_verbs_and_the_exit_codes()
    {
        var (code, output, _) = await InProcess.Run("--help");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("fit", output, StringComparison.Ordinal);
        Assert.Contains("130  interrupted", output, StringComparison.Ordinal);
    }

    private static void WriteStack(string path, double[] lambdas)
    {
        var anchors = Problems.Linear(lambdas);
        NpyFile.Write(path, [lambdas.Length, 60, 4], anchors.SelectMany(anchor => Rows(anchor.Samples)).ToArray());
    }

    private static float[] Rows(Samples samples) => Enumerable.Range(0, samples.Count)
        .SelectMany(i => samples.Outputs.Row(i).ToArray().Concat(samples.Conditions.Row(i).ToArray())).ToArray();
}
