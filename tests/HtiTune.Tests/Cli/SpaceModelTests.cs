using System.Text.Json;
using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>A surrogate of several hyperparameters from files, as a script makes and asks it.</summary>
[Collection("console")]
public class SpaceModelTests
{
    private const int Rows = 20;

    private static readonly string[] s_space = ["-P", "lr=1e-4..1e-1:log", "-P", "layers=1..4:int", "-P", "opt=adam,sgd", "-P", "momentum=0..0.9 if opt=sgd"];

    [Fact]
    public async Task A_model_is_fitted_told_inspected_sampled_and_judged()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var (code, output, errors) = await Fit(folder, "--json");
        Assert.Equal((ExitCode.Done, ""), (code, code == ExitCode.Done ? "" : errors));
        Assert.Contains("kriging, 10 anchors of lr, layers, opt, momentum, an output a context", errors, StringComparison.Ordinal);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(10, summary.RootElement.GetProperty("anchors").GetArrayLength());
        Assert.Equal("layers", summary.RootElement.GetProperty("kriging").GetProperty("axes")[1].GetProperty("name").GetString());

        (code, output, _) = await InProcess.Run("inspect", folder.File("m.hti"), "--json");
        Assert.Equal(ExitCode.Done, code);
        using var facts = JsonDocument.Parse(output);
        Assert.Equal((10, Rows), (facts.RootElement.GetProperty("leaveOneOutErrors").GetArrayLength(), facts.RootElement.GetProperty("rows").GetInt32()));

        // At an anchor its own outputs, between them those of the library.
        (code, _, errors) = await Sample(folder, "--at", "lr=0.0001,layers=1,opt=adam");
        Assert.Equal((ExitCode.Done, ""), (code, errors));
        var rows = NpyFile.ReadMatrix(folder.File("y.npy"));
        Assert.Equal((Rows, 4), (rows.Rows, rows.Columns));
        Assert.Equal(NpyFile.Read(folder.File("a.npy")).Values[..(Rows * 4)], rows.Values.ToArray());
        (code, _, errors) = await Sample(folder, "--at", "layers=2, lr=0.003,opt=sgd,momentum=0.5");
        Assert.Equal((ExitCode.Done, ""), (code, errors));
        var model = SpaceSurrogate.Load(folder.File("m.hti"));
        var at = new Configuration(("lr", 0.003), ("layers", 2.0), ("opt", "sgd"), ("momentum", 0.5));
        Assert.Equal(model.Sample(at).Samples.Outputs.Values.ToArray(), NpyFile.ReadMatrix(folder.File("y.npy")).SelectColumns(0, 2).Values.ToArray());

        // Contexts of one's own, and rows from an anchor.
        NpyFile.Write(folder.File("x.npy"), [3, 2], [0.1f, 0.2f, 0.5f, 0.5f, 0.9f, 0.3f]);
        Assert.Equal(ExitCode.Done, (await Sample(folder, "--at", "lr=0.003,layers=2,opt=adam", "--input", folder.File("x.npy"))).Code);
        Assert.Equal([0.1f, 0.2f, 0.5f, 0.5f, 0.9f, 0.3f], NpyFile.ReadMatrix(folder.File("y.npy")).SelectColumns(2, 2).Values.ToArray());
        NpyFile.Write(folder.File("r.npy"), [Rows, 4], NpyFile.Read(folder.File("a.npy")).Values[..(Rows * 4)]);
        Assert.Equal(ExitCode.Done, (await Sample(folder, "--at", "lr=0.003,layers=2,opt=adam", "--from", "lr=0.0001,layers=1,opt=adam", "--input", folder.File("r.npy"))).Code);
        Assert.Equal(Rows, NpyFile.ReadMatrix(folder.File("y.npy")).Rows);

        (code, output, errors) = await InProcess.Run("evaluate", "--model", folder.File("m.hti"), "--json");
        Assert.Equal(ExitCode.Done, code);
        using var scores = JsonDocument.Parse(output);
        Assert.Equal(10, scores.RootElement.GetProperty("scores").GetArrayLength());
        Assert.Contains("of that of the best baseline", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_of_the_table_that_is_no_hyperparameter_is_told_and_what_to_do_next_reads_well()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var table = folder.File("t.csv");
        var (code, _, errors) = await InProcess.Run(
            "fit", "--data", folder.File("a.npy"), "--outputs", "2", "-P", "lr=1e-5..1e-1:log", "-P", "layers=1..4:int", "--anchors", table, "--out", folder.File("m.hti"));
        Assert.True(code == ExitCode.Done, errors);
        Assert.Contains("has columns 'note', 'opt', 'momentum' that no -P names, which are left out", errors, StringComparison.Ordinal);
        Assert.Contains("--at lr=0.001,layers=", errors, StringComparison.Ordinal);
        Assert.Contains("from 1E-05 to 0.1 outputs are extrapolated", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--lambdas 0,1", "--lambdas is given with -P")]
    [InlineData("--clock learned", "--clock is given with -P")]
    [InlineData("--method nlot", "--method is nlot with -P")]
    [InlineData("--method mixture", "each context has one output")]
    [InlineData("--anchors 0,1", "expected --anchors T.csv")]
    [InlineData("--kind probabilities", "Outputs are declared Probabilities, but")]
    [InlineData("--rows 0:99", "--rows end at 99")]
    public async Task What_does_not_fit_to_several_is_refused_in_words(string options, string expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var words = options.Split(' ');
        string[] table = words[0] == "--anchors" ? [] : ["--anchors", folder.File("t.csv")];
        var (code, _, errors) = await InProcess.Run(["fit", "--data", folder.File("a.npy"), "--outputs", "2", .. s_space, .. table, "--out", folder.File("m.hti"), .. words]);
        Assert.NotEqual(ExitCode.Done, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lr,layers,opt\n0.1,1,adam\n", "there is no column 'momentum'")]
    [InlineData("lr,layers,opt,momentum\n0.1,9,adam,\n", "line 2, column 2 ('layers')")]
    [InlineData("lr,layers,opt,momentum\n0.1,1,adam,\n0.1,2,sgd,\n", "line 3, column 4 ('momentum')")]
    [InlineData("lr,layers,opt,momentum\n0.1,1,adam,\n", "one for each line of")]
    public async Task A_table_that_is_wrong_says_where(string table, string expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        await File.WriteAllTextAsync(folder.File("t.csv"), table);
        var (code, _, errors) = await Fit(folder);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--lambda 0.5", "expected --at")]
    [InlineData("--at lr=0.01,layers=9,opt=adam", "layers = 9; expected")]
    [InlineData("--at lr=0.01 --lambda 1", "expected one of them")]
    [InlineData("--at lr=0.01,layers=1,opt=adam --from lr=0.0002,layers=1,opt=adam --input r.npy", "is no anchor")]
    [InlineData("--at lr=0.01,layers=1,opt=adam --from lr=0.0001,layers=1,opt=adam", "there is no --input")]
    [InlineData("--at lr=0.01,layers=1,opt=adam --input r.npy", "(n, 2)")]
    [InlineData("", "'--lambda' is required")]
    public async Task What_is_asked_wrongly_is_refused_in_words(string options, string expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        await Fit(folder, "-q");
        NpyFile.Write(folder.File("r.npy"), [Rows, 4], NpyFile.Read(folder.File("a.npy")).Values[..(Rows * 4)]);
        var (code, _, errors) = await Sample(folder, [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "r.npy" ? folder.File(word) : word)]);
        Assert.NotEqual(ExitCode.Done, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_one_hyperparameter_takes_no_configuration()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder.File("a.npy"), [2, 3, 1], [0, 1, 2, 3, 4, 5]);
        await InProcess.Run("fit", "--data", folder.File("a.npy"), "--outputs", "1", "--lambdas", "0,1", "--out", folder.File("m.hti"), "-q");
        NpyFile.Write(folder.File("x.npy"), [1, 1], [1]);
        foreach (var words in (string[][])[["--from", "0", "--at", "lambda=0.5"], ["--from", "lambda=0", "--lambda", "0.5"]])
        {
            var (code, _, errors) = await Sample(folder, [.. words, "--input", folder.File("x.npy")]);
            Assert.Equal(ExitCode.Usage, code);
            Assert.Contains("of one hyperparameter", errors, StringComparison.Ordinal);
        }

        Assert.Contains("-P", (await InProcess.Run("fit", "--data", "a.npy", "--outputs", "1", "--lambdas", "0,1", "--anchors", "t.csv", "--out", "m.hti")).Errors, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Errors)> Fit(TemporaryFolder folder, params string[] options) => InProcess.Run(
        ["fit", "--data", folder.File("a.npy"), "--outputs", "2", .. s_space, "--anchors", folder.File("t.csv"), "--out", folder.File("m.hti"), .. options]);

    private static Task<(int Code, string Output, string Errors)> Sample(TemporaryFolder folder, params string[] options) =>
        InProcess.Run(["sample", "--model", folder.File("m.hti"), "--out", folder.File("y.npy"), .. options]);

    // Ten anchors, two outputs and two conditions a row.
    private static void Write(TemporaryFolder folder)
    {
        var values = new List<float>();
        var lines = new List<string> { "layers,lr,note,opt,momentum" };
        for (var k = 0; k < 10; k++)
        {
            var (lr, layers, isSgd, momentum) = (Math.Pow(10, -4 + k % 4), 1 + k % 3, k % 2 == 1, 0.1 * k);
            lines.Add(FormattableString.Invariant($"{layers},{lr:R},run {k},{(isSgd ? "sgd" : "adam")},{(isSgd ? FormattableString.Invariant($"{momentum:R}") : "")}"));
            for (var i = 0; i < Rows; i++)
            {
                var (x, z) = (i / (double)Rows, i % 5 / 5.0);
                values.AddRange([(float)(Math.Log10(lr) * x + layers), (float)(layers * z - (isSgd ? momentum : 0.3)), (float)x, (float)z]);
            }
        }

        NpyFile.Write(folder.File("a.npy"), [10, Rows, 4], [.. values]);
        File.WriteAllLines(folder.File("t.csv"), lines);
    }
}
