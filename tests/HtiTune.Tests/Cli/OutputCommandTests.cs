using System.Globalization;
using System.Text.Json;
using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using HtiTune.Tests.Plotting;
using Microsoft.ML.OnnxRuntime;

namespace HtiTune.Tests.Cli;

/// <summary><c>inspect</c>, <c>evaluate</c>, <c>plot</c> and <c>export</c>: what they tell of a study whose outputs are known at every λ.</summary>
/// <remarks>The outputs of a context (a, b) are cost = a + λ(1 + b) and heat = ab − 2aλ: straight lines in λ.</remarks>
[Collection("console")]
public sealed class OutputCommandTests : IDisposable
{
    private const int Rows = 40;
    private static readonly double[] s_lambdas = [0, 0.25, 0.5, 0.75, 1];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_tells_what_was_put_into_a_study()
    {
        await Begin();
        var facts = await Json("inspect", Study, "--json");
        Assert.Equal(2, facts.GetProperty("schema").GetInt32());
        Assert.Equal("study", facts.GetProperty("kind").GetString());
        Assert.Equal("rate in [0, 1], linear", facts.GetProperty("hyperparameter").GetString());
        Assert.Equal("column:cost", facts.GetProperty("objective").GetString());
        Assert.Equal(s_lambdas, Numbers(facts, "anchors"));
        (string Name, int Count)[] counts = [("trainings", 5), ("failed", 0), ("contexts", Rows), ("conditions", 2), ("categories", 0), ("outputs", 2), ("runs", 0)];
        Assert.All(counts, one => Assert.Equal(one.Count, facts.GetProperty(one.Name).GetInt32()));
    }

    [Fact]
    public async Task Inspect_tells_shape_least_mean_and_most_of_outputs()
    {
        await File.WriteAllTextAsync(_folder.File("o.csv"), "cost,heat\n1,-8\n2,0\n6,2\n");
        NpyFile.Write(_folder.File("o.npy"), [3, 2], [1, -8, 2, 0, 6, 2]);
        NpyFile.Write(_folder.File("stack.npy"), [3, 1, 2], [1, -8, 2, 0, 6, 2]);
        foreach (var (name, shape) in ((string, double[])[])[("o.csv", [3, 2]), ("o.npy", [3, 2]), ("stack.npy", [3, 1, 2])])
        {
            var facts = await Json("inspect", _folder.File(name), "--json");
            Assert.Equal("outputs", facts.GetProperty("kind").GetString());
            Assert.Equal(shape, Numbers(facts, "shape"));
            Assert.Equal([1, -8], Numbers(facts, "least"));
            Assert.Equal([3, -2], Numbers(facts, "mean"));
            Assert.Equal([6, 2], Numbers(facts, "most"));
            Assert.Equal(name == "o.csv", facts.TryGetProperty("columns", out var columns) && columns.GetString() == "cost, heat");
        }
    }

    [Fact]
    public async Task Inspect_tells_what_a_model_was_fitted_on()
    {
        await Model("0,0.5,1", [0, 0.5, 1]);
        var facts = await Json("inspect", _folder.File("m.hti"), "--json");
        Assert.Equal("model", facts.GetProperty("kind").GetString());
        Assert.Equal([0, 0.5, 1], Numbers(facts, "anchors"));
        Assert.Equal((2, 2, 0), (facts.GetProperty("outputs").GetInt32(), facts.GetProperty("conditions").GetInt32(), facts.GetProperty("categories").GetInt32()));
        Assert.Equal("Linear", facts.GetProperty("method").GetString());
    }

    [Fact]
    public async Task Evaluate_scores_straight_lines_as_next_to_nothing_and_baselines_as_their_closed_forms()
    {
        await Begin();
        var scores = (await Json("evaluate", Study, "--json")).GetProperty("scores").EnumerateArray().ToList();
        Assert.Equal([0.25, 0.5, 0.75], scores.Select(score => score.GetProperty("lambda").GetDouble()));
        var slope = Enumerable.Range(0, Rows).Average(i => Squared(Speed(i)));
        foreach (var score in scores)
        {
            // One row a context: the mean of |y(λ) − y(0)|² is λ² times the mean squared speed.
            var lambda = score.GetProperty("lambda").GetDouble();
            Assert.InRange(score.GetProperty("surrogate").GetDouble(), 0, 1e-5 * score.GetProperty("nearest").GetDouble());
            Assert.InRange(score.GetProperty("linear").GetDouble(), 0, 1e-9);
            Assert.Equal(lambda * lambda * slope, score.GetProperty("stay").GetDouble(), 1e-4);
            Assert.Equal(0.0625 * slope, score.GetProperty("nearest").GetDouble(), 1e-4);
        }
    }

    [Fact]
    public async Task Evaluate_scores_a_model_on_values_that_it_has_not_seen()
    {
        await Model("0,0.25,1", [0, 1]);
        var scores = (await Json("evaluate", "--model", _folder.File("m.hti"), "--data", _folder.File("a.npy"), "--lambdas", "0,0.25,1", "--json")).GetProperty("scores");
        Assert.Equal(0.25, Assert.Single(scores.EnumerateArray()).GetProperty("lambda").GetDouble());
        Assert.InRange(scores[0].GetProperty("surrogate").GetDouble(), 0, 1e-9);

        // The same model on outputs that are off by 0.5 in one column.
        Stack([0, 0.25, 1], off: 0.5);
        scores = (await Json("evaluate", "--model", _folder.File("m.hti"), "--data", _folder.File("a.npy"), "--lambdas", "0,0.25,1", "--json")).GetProperty("scores");
        Assert.Equal(0.25, scores[0].GetProperty("surrogate").GetDouble(), 1e-5);
    }

    [Theory]
    [InlineData("objective")]
    [InlineData("history")]
    [InlineData("calibration")]
    [InlineData("distribution")]
    [InlineData("fan", "--contexts", "0,7")]
    [InlineData("curve", "--feature", "column:cost", "--feature", "column:heat", "--weights", "0.5,1,2")]
    [InlineData("front", "--feature", "column:cost", "--feature", "column:heat")]
    public async Task Every_figure_is_drawn(string figure, params string[] options)
    {
        await Begin();
        var journal = _folder.File("study.htitune/journal.jsonl");
        var before = await File.ReadAllBytesAsync(journal);
        var (png, svg) = (_folder.File("f.png"), _folder.File("f.svg"));
        foreach (var path in (string[])[png, svg])
        {
            var (code, output, errors) = await InProcess.Run(["plot", Study, "--figure", figure, "--title", "What came out", "--out", path, .. options]);
            Assert.True((code, output) == (ExitCode.Done, ""), errors);
            Assert.Contains($"wrote {path}", errors, StringComparison.Ordinal);
        }

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], (await File.ReadAllBytesAsync(png))[..8]);
        var (width, height, drawn) = Picture.Png(png);
        Assert.Equal((1200, 640), (width, height));
        Assert.InRange(drawn, 0.005, 0.9);
        Assert.Contains("What came out", Picture.Svg(svg).Texts);
        Assert.True(new FileInfo(svg).Length > 2000);
        Assert.Equal(s_lambdas, StudyJournal.Read(_folder.File("study.htitune")).LoadAnchors().Lambdas); // nothing was trained
        Assert.Equal(before, await File.ReadAllBytesAsync(journal)); // and nothing written
    }

    [Fact]
    public async Task A_figure_without_a_folder_is_refused_before_any_work()
    {
        await Begin();
        var (code, _, errors) = await InProcess.Run("plot", Study, "--out", _folder.File("nowhere/f.png"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("there is no folder", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("htitune logs --study STUDY ")]
    [InlineData("htitune tell --study STUDY ")]
    public async Task Numbers_of_trainings_are_completed(string typed)
    {
        await Begin();
        var line = typed.Replace("STUDY", Study, StringComparison.Ordinal);
        var (_, output, _) = await InProcess.Run($"[suggest:{line.Length}]", line);
        Assert.Equal(["1", "2", "3", "4", "5"], output.Split('\n').Where(word => word.Length > 0 && char.IsAsciiDigit(word[0])));
    }

    [Fact]
    public async Task Json_has_the_members_that_were_asked_for()
    {
        await Begin();
        var (code, output, errors) = await InProcess.Run("trials", "--json", "lambda,number", Study);
        Assert.True(code == ExitCode.Done, errors);
        Assert.StartsWith("[{\"lambda\":0,\"number\":1},{\"lambda\":0.25,\"number\":2}", output, StringComparison.Ordinal);
        (_, output, _) = await InProcess.Run("inspect", Study, "--json=kind,objective");
        Assert.Equal("{\"kind\":\"study\",\"objective\":\"column:cost\"}\n", output);
        (code, output, errors) = await InProcess.Run("trials", "--json=lamda", Study);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains("--json names 'lamda'; did you mean 'lambda'", errors, StringComparison.Ordinal);
        string[] tell = ["tell", "--json", "3", "out.npy"]; // a training's number is no field
        Assert.Equal((tell, null), ChosenFields.Split(tell));
        (_, output, _) = await InProcess.Run("trials", "--json", Study);
        Assert.Contains("\"schema\":2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exported_trainings_are_those_that_were_told()
    {
        await Write("{ \"draws\": 4 }");
        Assert.Equal(ExitCode.Done, (await InProcess.Run("ask", Study)).Code);
        await File.WriteAllTextAsync(_folder.File("told.csv"), "cost,heat\n1,0\n2,0\n3,0\n5,0\n");
        var (code, _, errors) = await InProcess.Run("tell", "1", _folder.File("told.csv"), "--study", Study);
        Assert.True(code == ExitCode.Done, errors);
        Assert.Equal(ExitCode.Done, (await InProcess.Run("ask", Study)).Code);
        (code, _, errors) = await InProcess.Run("tell", "2", "--failed", "no room, \"disk\" full", "--study", Study);
        Assert.True(code == ExitCode.Done, errors);

        Assert.Equal(ExitCode.Done, (await InProcess.Run("export", Study, "--out", _folder.File("t.csv"))).Code);
        var lines = await File.ReadAllLinesAsync(_folder.File("t.csv"));
        Assert.Equal("number,rate,state,value,seconds,reason", lines[0]);
        Assert.StartsWith("1,0,completed,2.75,", lines[1], StringComparison.Ordinal); // the mean of 1, 2, 3, 5
        Assert.StartsWith("2,1,failed,,", lines[2], StringComparison.Ordinal);
        var trials = (await Json("trials", Study, "--json")).GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(trials.Count, lines.Length - 1);
        Assert.All(trials.Zip(lines[1..]), pair =>
        {
            var reason = pair.First.GetProperty("reason").GetString()!;
            Assert.EndsWith("," + (reason.AsSpan().IndexOfAny(",\"") < 0 ? reason : $"\"{reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\""), pair.Second, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(0.25, 1e-6)]
    [InlineData(0.3, 2e-4)]
    public async Task Exported_samples_are_the_outputs_at_lambda(double lambda, double tolerance)
    {
        // An anchor's own outputs; between anchors kriging takes straight lines for slightly bent ones.
        await Begin();
        var (code, _, errors) = await InProcess.Run("export", Study, "--lambda", lambda.ToString(CultureInfo.InvariantCulture), "--out", _folder.File("y.npy"));
        Assert.True(code == ExitCode.Done, errors);
        var samples = NpyFile.ReadMatrix(_folder.File("y.npy"));
        Assert.Equal((Rows, 2), (samples.Rows, samples.Columns));
        var anchors = StudyJournal.Read(_folder.File("study.htitune")).LoadAnchors();
        var own = KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = new TrajectoryOptions { Seed = 3, TrainMaps = false } });
        var there = own.Sample(lambda, anchors[0].Samples.Contexts).Samples.Outputs;
        for (var i = 0; i < Rows; i++)
        {
            Assert.Equal(Answer(i, lambda)[0], samples[i, 0], Math.Max(tolerance, 1e-6));
            Assert.Equal(Answer(i, lambda)[1], samples[i, 1], Math.Max(tolerance, 1e-6));
            Assert.Equal(there[i, 0], samples[i, 0], 1e-6f);
        }
    }

    [Fact]
    public async Task An_exported_onnx_model_moves_rows_along_the_straight_lines()
    {
        await Begin([0, 1]);
        var (code, _, errors) = await InProcess.Run("export", Study, "--from", "1", "--out", _folder.File("m.onnx"));
        Assert.True(code == ExitCode.Done, errors);
        using var session = new InferenceSession(_folder.File("m.onnx"));
        Assert.Equal(["conditions", "lambda", "outputs"], session.InputMetadata.Keys.Order(StringComparer.Ordinal));
        using var outputs = OrtValue.CreateTensorValueFromMemory(Flat(i => Answer(i, 1)), [Rows, 2]);
        using var conditions = OrtValue.CreateTensorValueFromMemory(Flat(Context), [Rows, 2]);
        using var options = new RunOptions();
        foreach (var at in s_lambdas)
        {
            using var lambda = OrtValue.CreateTensorValueFromMemory(new[] { at }, [1]);
            using var results = session.Run(options, new Dictionary<string, OrtValue> { ["outputs"] = outputs, ["conditions"] = conditions, ["lambda"] = lambda }, ["moved"]);
            var (moved, expected) = (results[0].GetTensorDataAsSpan<float>().ToArray(), Flat(i => Answer(i, at)));

            // The map is learned; from λ = 1 the way is of length |λ − 1| times speeds up to 3.
            var error = Math.Sqrt(moved.Zip(expected, (m, e) => Squared([m - e])).Average());
            Assert.InRange(error, 0, at == 1 ? 1e-6 : 0.1 * (1 - at));
        }
    }

    [Theory]
    [InlineData("plot STUDY --figure fun --out f.png", ExitCode.Usage, "'fun' is no figure; expected one of objective, slices, contours, parallel, history, calibration, distribution, fan, curve, front; did you mean 'fan'?")]
    [InlineData("plot STUDY --figure front --out f.png", ExitCode.Usage, "of 0 features; expected --feature twice or more")]
    [InlineData("plot STUDY --figure curve --weights 2 --out f.png", ExitCode.Usage, "--weights names 1 weight; expected at least 2")]
    [InlineData("plot STUDY --figure fan --contexts 0,0.7 --out f.png", ExitCode.Usage, "--contexts names 0.7; expected row numbers")]
    [InlineData("plot STUDY --figure fan --contexts 40 --out f.png", ExitCode.BadInput, "row 40; expected 0 to 39")]
    [InlineData("plot STUDY --out f.jpg", ExitCode.Usage, "expected a file that ends in .png or .svg")]
    [InlineData("export STUDY --out f.xlsx", ExitCode.Usage, "expected .onnx of a model or a study")]
    [InlineData("export STUDY --lambda 3 --out f.npy", ExitCode.BadInput, "rate = 3; expected 0 to 1")]
    [InlineData("inspect broken.npy", ExitCode.BadInput, "broken.npy")]
    [InlineData("inspect broken.hti", ExitCode.BadInput, "broken.hti")]
    [InlineData("evaluate --model broken.hti", ExitCode.BadInput, "broken.hti")]
    [InlineData("evaluate nowhere.json", ExitCode.BadInput, "there is no ")]
    public async Task What_is_wrong_is_told_in_one_line_and_nothing_is_written(string line, int expected, string message)
    {
        await Begin();
        await File.WriteAllTextAsync(_folder.File("broken.npy"), "not an array");
        await File.WriteAllTextAsync(_folder.File("broken.hti"), "not a model");
        var (code, output, errors) = await InProcess.Run([.. line.Split(' ').Select(word => word == "STUDY" ? Study : word.Contains('.', StringComparison.Ordinal) && char.IsLetter(word[0]) ? _folder.File(word) : word)]);
        Assert.Equal((expected, ""), (code, output));
        var told = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), text => !text.StartsWith("help: ", StringComparison.Ordinal));
        Assert.StartsWith("error[H0", told, StringComparison.Ordinal);
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Names, name => name.StartsWith("f.", StringComparison.Ordinal));
    }

    private string Study => _folder.File("study.json");

    // Contexts as the files hold them, to six digits.
    private static double[] Context(int i) => [Math.Round(Math.Sin(i), 6), Math.Round(Math.Cos(1.7 * i), 6)];

    private static double[] Speed(int i) => Context(i) is [var a, var b] ? [1 + b, -2 * a] : [];

    private static double[] Answer(int i, double lambda) => Context(i) is [var a, var b] ? [a + lambda * (1 + b), a * b - 2 * a * lambda] : [];

    private static double Squared(double[] vector) => vector.Sum(x => x * x);

    private static float[] Flat(Func<int, double[]> row) => [.. Enumerable.Range(0, Rows).SelectMany(row).Select(x => (float)x)];

    private static double[] Numbers(JsonElement facts, string name) => [.. facts.GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];

    private static Matrix Table(Func<int, double[]> row) => new(Rows, 2, Flat(row));

    private Task Write(string contexts) => File.WriteAllTextAsync(Study, $$"""
        {
          "hyperparameter": { "name": "rate", "from": 0, "to": 1 },
          "command": "true {rate} {out}", "contexts": {{contexts}},
          "outputs": { "format": ".csv" }, "objective": "column:cost", "seed": 3, "budget": { "trainings": 6 },
        }
        """);

    // A study with its trainings.
    private async Task Begin(double[]? lambdas = null)
    {
        await Write("\"c.csv\"");
        CsvFile.Write(_folder.File("c.csv"), new CsvTable(["a", "b"], Table(Context)));
        var runs = Directory.CreateDirectory(_folder.File("runs")).FullName;
        foreach (var lambda in lambdas ?? s_lambdas)
        {
            CsvFile.Write(Path.Combine(runs, string.Create(CultureInfo.InvariantCulture, $"rate={lambda}.csv")), new CsvTable(["cost", "heat"], Table(i => Answer(i, lambda))));
        }

        var (code, _, errors) = await InProcess.Run("import", runs, "--study", Study);
        Assert.True(code == ExitCode.Done, errors);
    }

    private void Stack(double[] lambdas, double off = 0) => NpyFile.Write(_folder.File("a.npy"), [lambdas.Length, Rows, 4], [.. lambdas.SelectMany(lambda =>
        Flat(i => [Answer(i, lambda)[0] + off, Answer(i, lambda)[1], .. Context(i)]))]);

    private async Task Model(string lambdas, double[] anchors)
    {
        Stack([.. lambdas.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture))]);
        var (code, _, errors) = await InProcess.Run(
            "fit", "--data", _folder.File("a.npy"), "--outputs", "2", "--lambdas", lambdas, "--anchors", string.Join(',', anchors.Select(x => x.ToString(CultureInfo.InvariantCulture))),
            "--method", "linear", "--out", _folder.File("m.hti"), "--quiet");
        Assert.True(code == ExitCode.Done, errors);
    }

    private static async Task<JsonElement> Json(params string[] args)
    {
        var (code, output, errors) = await InProcess.Run(args);
        Assert.True(code == ExitCode.Done, errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
