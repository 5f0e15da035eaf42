using System.Text.Json;
using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>The command line over several hyperparameters: a range, whole numbers, words, and one that is active only sometimes.</summary>
[Collection("console")]
public sealed class SpaceCommandTests : IDisposable
{
    private const string Space = "\"lr=1e-4..1:log\", \"layers=1..4:int\", \"act=relu,gelu\", \"slope=0..1 if act=gelu\"";

    private readonly TemporaryFolder _folder = new();

    public SpaceCommandTests()
    {
        SpaceScript.Write(_folder, isSized: true);
        Write();
    }

    private string Study => _folder.File("study.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Under_constraints_the_best_that_meets_them_is_told()
    {
        // The loss is least with two layers; three or more are asked for.
        File.WriteAllText(Study, File.ReadAllText(Study).Replace("\"objective\"", "\"constraints\": [\"column:size >= 3\"], \"objective\"", StringComparison.Ordinal));
        var (code, output, errors) = await Run("tune", "study.json", "--json");
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done or ExitCode.GoalNotReached, errors);
        var found = JsonDocument.Parse(output).RootElement;
        Assert.Equal((3, true, 1), (found.GetProperty("configuration").GetProperty("layers").GetDouble(), found.GetProperty("isFeasible").GetBoolean(), found.GetProperty("feasibleProbability").GetDouble()));
        Assert.Contains("it meets column:size >= 3", errors, StringComparison.Ordinal);
        Assert.Contains("layers=3", (await Run("best", "study.json")).Output, StringComparison.Ordinal);
        var trials = JsonDocument.Parse((await Run("trials", "study.json", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray().ToList();
        Assert.All(trials, trial => Assert.Equal(trial.GetProperty("configuration").GetProperty("layers").GetDouble() >= 3, trial.GetProperty("isFeasible").GetBoolean()));
        Assert.Contains("misses a constraint", (await Run("trials", "study.json")).Output, StringComparison.Ordinal);

        // The same again trains nothing more, and with other constraints what was trained is judged anew.
        var calls = File.ReadAllLines(_folder.File("calls")).Length;
        await Run("tune", "study.json");
        Assert.Equal(calls, File.ReadAllLines(_folder.File("calls")).Length);
        File.WriteAllText(Study, File.ReadAllText(Study).Replace("size >= 3", "size >= 4", StringComparison.Ordinal));
        Assert.Contains("layers=4", (await Run("best", "study.json")).Output, StringComparison.Ordinal);
        File.WriteAllText(Study, File.ReadAllText(Study).Replace("size >= 4", "size > 4", StringComparison.Ordinal));
        Assert.Contains("expected an objective, <= or >=", (await Run("check", "study.json")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_of_objectives_is_looked_for_and_told_with_its_values()
    {
        // The loss is least with two layers, and more layers count as better: the front has two, three and four, and never one.
        File.WriteAllText(Study, File.ReadAllText(Study).Replace("\"objective\"", "\"front\": [\"maximize column:size\"], \"objective\"", StringComparison.Ordinal));
        var (code, output, errors) = await Run("tune", "study.json", "--json");
        Assert.True(code == ExitCode.Done, errors);
        var found = JsonDocument.Parse(output).RootElement;
        var front = found.GetProperty("front").EnumerateArray().Select(point => (
            Loss: point.GetProperty("values").GetProperty("column:loss").GetDouble(), Size: point.GetProperty("values").GetProperty("column:size").GetDouble(),
            Layers: point.GetProperty("configuration").GetProperty("layers").GetDouble())).ToList();
        var trials = JsonDocument.Parse((await Run("trials", "study.json", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray()
            .Select(trial => (Loss: trial.GetProperty("value").GetDouble(), Size: trial.GetProperty("values").GetProperty("column:size").GetDouble())).ToList();
        var free = trials.Where(one => !trials.Exists(other => other.Loss <= one.Loss && other.Size >= one.Size && other != one)).Distinct().OrderBy(one => one.Loss);
        Assert.Equal(free, front.Select(point => (point.Loss, point.Size)));
        Assert.All(front, point => Assert.Equal(point.Layers, point.Size));
        Assert.Contains(front, point => point.Size == 4);
        Assert.DoesNotContain(front, point => point.Size == 1);
        Assert.Contains(found.GetProperty("configuration").GetProperty("layers").GetDouble(), front.Select(point => point.Layers));
        Assert.Contains($"{front.Count} are on the front", errors, StringComparison.Ordinal);

        // The same again trains nothing more; another objective by itself is asked for as ever.
        var calls = File.ReadAllLines(_folder.File("calls")).Length;
        Assert.Equal(ExitCode.Done, (await Run("tune", "study.json")).Code);
        Assert.Equal(calls, File.ReadAllLines(_folder.File("calls")).Length);
        Assert.DoesNotContain("on the front", (await Run("prefer", "study.json", "--objective", "column:size")).Errors, StringComparison.Ordinal);
        File.WriteAllText(Study, File.ReadAllText(Study).Replace("maximize column:size", "column:loss", StringComparison.Ordinal));
        Assert.Contains("stands twice", (await Run("check", "study.json")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tune_trials_best_export_and_prefer_know_names_and_values()
    {
        var (code, output, errors) = await Run("tune", "study.json");
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done or ExitCode.GoalNotReached, errors);
        Assert.Matches(@"^lr = 0\.0\d+, layers = [1-3], act = gelu, slope = 0\.\d+\n$", output);
        Assert.DoesNotContain("may lie anywhere", errors, StringComparison.Ordinal);
        var calls = File.ReadAllLines(_folder.File("calls"));
        Assert.InRange(calls.Length, 8, 18);
        Assert.All(calls, call => Assert.Equal(call.Contains(" relu ", StringComparison.Ordinal), call.Contains(" relu 0 ", StringComparison.Ordinal)));
        Assert.All(calls, call => Assert.Equal(call.Split(' ')[0], call.Split(' ')[4]));
        var lr = JsonDocument.Parse(calls[0][calls[0].IndexOf('{', StringComparison.Ordinal)..]).RootElement;
        Assert.Equal(double.Parse(calls[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), lr.GetProperty("lr").GetDouble());

        var best = (await Run("best", "study.json")).Output.Trim();
        Assert.Equal(output.Trim().Replace(" = ", "=", StringComparison.Ordinal).Replace(", ", ",", StringComparison.Ordinal), best);
        var trials = JsonDocument.Parse((await Run("trials", "study.json", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(calls.Length, trials.Count);
        var marked = Assert.Single(trials, trial => trial.GetProperty("isBest").GetBoolean());
        Assert.Equal(JsonValueKind.Null, marked.GetProperty("lambda").ValueKind);
        Assert.Equal("gelu", marked.GetProperty("configuration").GetProperty("act").GetString());
        Assert.Equal(trials.Min(trial => trial.GetProperty("value").GetDouble()), marked.GetProperty("value").GetDouble());
        var table = (await Run("trials", "study.json")).Output.Split('\n');
        Assert.Matches(@"^   #\s+lr\s+layers\s+act\s+slope\s+state", table[0]);
        Assert.Contains(table, line => line.Contains(" relu ", StringComparison.Ordinal) && line.Contains(" - ", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Done, (await Run("export", "study.json", "--out", _folder.File("trials.csv"))).Code);
        Assert.StartsWith("number,lr,layers,act,slope,state,value,seconds,reason\n", File.ReadAllText(_folder.File("trials.csv")), StringComparison.Ordinal);
        var preferred = await Run("prefer", "study.json", "--objective", "column:size", "--json");
        Assert.Equal(1, JsonDocument.Parse(preferred.Output).RootElement.GetProperty("configuration").GetProperty("layers").GetDouble());
        Assert.Equal(calls.Length, File.ReadAllLines(_folder.File("calls")).Length);
        Assert.Equal(ExitCode.Done, (await Run("inspect", "study.json")).Code);

        // One curve over λ is of one hyperparameter, and says so; every other figure is drawn.
        foreach (var figure in (string[][])
        [
            [], ["--figure", "history"], ["--figure", "contours"], ["--figure", "parallel"], ["--figure", "front", "--feature", "column:loss", "--feature", "column:size"],
            ["--figure", "calibration"], ["--figure", "distribution"], ["--figure", "distribution", "--along", "act", "--along", "lr"],
            ["--figure", "fan", "--contexts", "0"], ["--figure", "fan", "--along", "act"],
            ["--figure", "curve", "--feature", "column:loss", "--feature", "column:size", "--weights", "0.1,1"],
        ])
        {
            var (drawn, _, words) = await Run(["plot", "study.json", "--out", _folder.File("a.png"), .. figure]);
            Assert.True(drawn == ExitCode.Done, words);
            Assert.True(new FileInfo(_folder.File("a.png")).Length > 5000, string.Join(' ', figure));
        }

        var (refused, _, why) = await Run("plot", "study.json", "--figure", "objective", "--out", _folder.File("b.png"));
        Assert.Equal(ExitCode.BadInput, refused);
        Assert.Contains("H017", why, StringComparison.Ordinal);
        Assert.Contains("tunes lr, layers, act, slope", why, StringComparison.Ordinal);
        foreach (var (along, expected) in ((string[], string)[])
            [(["--along", "depth"], "expected a hyperparameter that is active"), (["--along", "act", "--along", "lr"], "expected one hyperparameter for a fan")])
        {
            Assert.Contains(expected, (await Run(["plot", "study.json", "--figure", "fan", "--out", _folder.File("b.png"), .. along])).Errors, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_folder.File("b.png")));
    }

    [Fact]
    public async Task Outputs_of_a_study_are_judged_by_leaving_out_and_written_for_others()
    {
        await Run("tune", "study.json");
        var anchors = HtiTune.Journal.StudyJournal.Read(_folder.File("study.htitune")).LoadAnchors();
        var scores = JsonDocument.Parse((await Run("evaluate", "study.json", "--json")).Output).RootElement.GetProperty("scores").EnumerateArray().ToList();
        Assert.Equal(anchors.Count, scores.Count);
        Assert.All(scores, score => Assert.InRange(score.GetProperty("surrogate").GetDouble(), 0, double.MaxValue));

        // Column size is the number of layers: the surrogate foretells it nearly everywhere, the others' mean does not.
        Assert.True(scores.Average(score => score.GetProperty("surrogate").GetDouble()) < 0.5 * scores.Average(score => score.GetProperty("mean").GetDouble()));

        // What was trained is written as it was answered, and what was not as the surrogate says.
        var known = anchors[^1];
        var typed = known.Configuration.ToString().Replace(" = ", "=", StringComparison.Ordinal).Replace(", ", ",", StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await Run("export", "study.json", "--at", typed, "--out", _folder.File("y.npy"))).Code);
        Assert.Equal(known.Samples.Outputs.Row(0).ToArray(), NpyFile.ReadMatrix(_folder.File("y.npy")).Row(0).ToArray());
        Assert.Equal(ExitCode.Done, (await Run("export", "study.json", "--at", "act=gelu,slope=0.3,lr=0.0123,layers=2", "--out", _folder.File("y.npy"))).Code);
        var sampled = NpyFile.ReadMatrix(_folder.File("y.npy"));
        Assert.Equal((known.Samples.Count, 2), (sampled.Rows, sampled.Columns));
        Assert.InRange(sampled[0, 1], 1.5f, 2.5f);

        // The model as ONNX says the same.
        Assert.Equal(ExitCode.Done, (await Run("export", "study.json", "--out", _folder.File("m.onnx"))).Code);
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(_folder.File("m.onnx"));
        Assert.Equal(["act", "layers", "lr", "slope"], session.InputMetadata.Keys.Order(StringComparer.Ordinal));

        foreach (var (arguments, expected) in ((string, string)[])
            [("--lambda 1 --out y.npy", "expected --at lr=0.01"), ("--from 1 --out m.onnx", "written as a whole"), ("--at lr=7,layers=2,act=relu --out y.npy", "lr = 7")])
        {
            Assert.Contains(expected, (await Run(["export", "study.json", .. arguments.Split(' ')])).Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ask_tell_and_enqueue_take_names_and_values()
    {
        Assert.Equal(ExitCode.Done, (await Run("enqueue", "act=gelu,slope=0.25,layers=3,lr=0.02", "--study", "study.json")).Code);
        var first = (await Run("ask", "study.json")).Output.Trim().Split(' ');
        Assert.Equal(["1", "lr=0.02,layers=3,act=gelu,slope=0.25"], first[..2]);
        File.WriteAllText(_folder.File("first.csv"), "loss,size\n0.5,3\n");
        Assert.Equal(ExitCode.Done, (await Run("tell", "1", _folder.File("first.csv"), "--study", "study.json")).Code);
        var second = JsonDocument.Parse((await Run("ask", "study.json", "--json")).Output).RootElement;
        Assert.Equal(2, second.GetProperty("number").GetInt32());
        Assert.InRange(second.GetProperty("configuration").GetProperty("lr").GetDouble(), 1e-4, 1);
        var (code, _, errors) = await Run("enqueue", "lr=2,layers=2.5,act=relu,slope=0.5", "lr=0.1", "what", "--study", "study.json");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.All(["lr = 2", "layers = 2.5", "slope = 0.5", "layers has no value", "'what' is not understood"], word => Assert.Contains(word, errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_line_tunes_several_and_shows_its_commands_before()
    {
        string[] line = ["-P", "lr=1e-4..1:log", "-P", "layers=1..4:int", "-P", "act=relu,gelu", "--format", ".csv", "--objective", "column:loss", "--trainings", "7", "-o", _folder.File("run"), "--"];
        string[] command = ["sh", "train.sh", "--lr", "{lr}", "--layers", "{layers}", "--act", "{act}", "--out", "{out}"];
        var (code, dry, errors) = await Run(["run", "-n", .. line, .. command]);
        Assert.True(code == ExitCode.Done, errors);
        Assert.Matches("^sh train.sh --lr 0\\.\\d+ --layers [1-4] --act (relu|gelu) --out ", dry);
        (code, _, errors) = await Run(["run", .. line, .. command]);
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done, errors);
        Assert.Equal(7, File.ReadAllLines(_folder.File("calls")).Length);

        // The same line goes on where it is; another space is another study.
        (code, _, errors) = await Run(["run", .. line, .. command]);
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done, errors);
        Assert.Equal(7, File.ReadAllLines(_folder.File("calls")).Length);
        (code, _, errors) = await Run(["run", "-P", "lr=1e-3..1:log", .. line[2..], .. command]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("what is tuned is lr", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hyperparameters\": [\"lr=1..x\", \"n=2..1:int\"],", "'x' is no number", "expected a minimum below the maximum")]
    [InlineData("\"hyperparameters\": [\"a=0..1\", \"a=0..2\"],", "two hyperparameters 'a'", "two hyperparameters")]
    [InlineData("\"hyperparameters\": \"lr=0..1\",", "expected a list of texts", "lr=1e-5..1e-1:log")]
    [InlineData("\"hyperparameters\": [\"seed=0..1\", \"layers=1..4:int\"],", "a hyperparameter is called seed", "the seed of all chance")]
    public async Task Faults_of_the_file_are_named_with_their_lines(string keys, string one, string other)
    {
        Write(keys);
        var (code, _, errors) = await Run("check", "study.json");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("study.json:2", errors.Replace("study.json:3", "study.json:2", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All([one, other], word => Assert.Contains(word, errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_objective_of_lambda_is_refused_before_a_training()
    {
        File.WriteAllText(Study, File.ReadAllText(Study).Replace("column:loss", "mean(outputs) + 0.1 * lambda", StringComparison.Ordinal));
        var (code, _, errors) = await Run("check", "study.json");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("the objective names lambda, and several hyperparameters are tuned", errors, StringComparison.Ordinal);
    }

    private void Write(string keys = "\"hyperparameters\": [" + Space + "],") => File.WriteAllText(Study,
        $$"""
        {
          {{keys}}
          "command": ["sh", "train.sh", "--lr", "{lr}", "--layers", "{layers}", "--act", "{act}", "--slope", "{slope}", "--out", "{out}"],
          "outputs": { "format": ".csv" },
          "objective": "column:loss",
          "budget": { "trainings": 18 },
        }
        """);

    private Task<(int Code, string Output, string Errors)> Run(params string[] words) => InProcess.In(Path.GetFullPath(_folder.File(".")), words);
}
