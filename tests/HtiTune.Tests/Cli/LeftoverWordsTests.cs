using System.Text.Json;
using System.Text.RegularExpressions;
using HtiTune.Cli;

namespace HtiTune.Tests.Cli;

/// <summary>What the command says of trainings that an objective cannot judge, of failures, and of a study that needs nothing more.</summary>
[Collection("console")]
public partial class LeftoverWordsTests
{
    [Fact]
    public async Task A_first_training_that_the_objective_cannot_judge_is_kept_and_numbered_once()
    {
        using var study = new ShellStudy(trainings: 3);
        Replace(study, "column:cost", "column:1");
        var (code, _, errors) = await InProcess.In(study.Folder, "tune");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("training 1 at rate = 0 was made and is kept; the objective cannot judge it", errors, StringComparison.Ordinal);
        Assert.Contains("the trainings are kept", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("made again", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("training 1 failed", errors, StringComparison.Ordinal);

        Replace(study, "column:1", "column:cost");
        await InProcess.In(study.Folder, "tune");
        Assert.Equal(["0", "1", "0.5"], study.Calls);
        var rows = await Rows(study);
        Assert.Equal([(1, "completed"), (2, "completed"), (3, "completed")], rows.Select(row => (row.GetProperty("number").GetInt32(), row.GetProperty("state").GetString()!)));
    }

    [Fact]
    public async Task A_failure_is_told_in_the_table_shortened_and_whole_in_json()
    {
        using var study = new ShellStudy("if [ \"$1\" = 1 ]; then exit 3; fi", trainings: 3);
        await InProcess.In(study.Folder, "tune");
        var table = (await InProcess.In(study.Folder, "trials")).Output;
        var line = Assert.Single(table.Split('\n'), row => row.Contains("failed", StringComparison.Ordinal));
        Assert.Contains("initial: upper end; [H021] the command ended with exit code 3", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 60, 190);
        var errors = (await Rows(study)).Select(row => row.GetProperty("error").GetString()).ToList();
        Assert.Null(errors[0]);
        Assert.Contains("the command ended with exit code 3", errors[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_at_fault_is_told_without_its_folders()
    {
        using var study = new ShellStudy("if [ \"$1\" = 1 ]; then printf 'cost\\nnan\\n1\\n1\\n' > \"$2\"; exit 0; fi", trainings: 3);
        await InProcess.In(study.Folder, "tune");
        var line = Assert.Single((await InProcess.In(study.Folder, "trials")).Output.Split('\n'), row => row.Contains("failed", StringComparison.Ordinal));
        Assert.Contains("; [H023] outputs.csv, line 2, column 1", line, StringComparison.Ordinal);
        Assert.DoesNotContain("attempt", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_an_objective_has_no_value_of_a_training_is_told_too()
    {
        using var study = new ShellStudy(trainings: 3);
        Replace(study, "column:cost", "if(lambda > 0.9, 0 / 0, mean(cost))");
        await InProcess.In(study.Folder, "tune");
        var row = (await Rows(study))[1];
        Assert.Equal("completed", row.GetProperty("state").GetString());
        Assert.Contains("expected a finite number", row.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certified_study_needs_nothing_more_with_a_larger_budget_either()
    {
        using var study = new ShellStudy(trainings: 12);
        var (code, _, errors) = await InProcess.In(study.Folder, "tune");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Matches(@"certified: within \S+ of the best", errors);
        Assert.Matches(@"\S+ is 1 % of the range of column:cost as it is expected over rate", errors);
        (code, _, errors) = await InProcess.In(study.Folder, "tune", "--trainings", "14");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains(": 0 trainings to come", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the figure 'fan' does not read --objective; expected --contexts and --along at most", "--figure", "fan", "--objective", "column:cost")]
    [InlineData("the figure 'history' does not read --feature, --weights; expected --objective and --goal at most", "--figure", "history", "--weights", "1,2", "--feature", "column:cost")]
    [InlineData("the figure 'front' does not read --goal; expected --feature at most", "--figure", "front", "--goal", "maximize")]
    public async Task A_figure_does_not_pass_over_what_it_does_not_read(string said, params string[] arguments)
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },");
        await Import(study);
        var (code, _, errors) = await InProcess.In(study.Folder, ["plot", "--out", "a.svg", .. arguments]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.False(study.Has("a.svg"));
    }

    [Fact]
    public async Task A_figure_is_drawn_of_another_objective_and_goal()
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },");
        await Import(study);
        foreach (var (name, arguments) in ((string, string[])[])[("own.svg", []), ("other.svg", ["--objective", "2 * mean(cost)"]), ("goal.svg", ["--goal", "maximize"])])
        {
            var (code, _, errors) = await InProcess.In(study.Folder, ["plot", "--out", name, .. arguments]);
            Assert.True(code == ExitCode.Done, errors);
        }

        Assert.Contains("2 * mean(cost)", File.ReadAllText(study["other.svg"]), StringComparison.Ordinal);
        Assert.Contains("recommended: rate 0.3", File.ReadAllText(study["own.svg"]), StringComparison.Ordinal);
        Assert.Contains("recommended: rate 1", File.ReadAllText(study["goal.svg"]), StringComparison.Ordinal);
        Assert.Contains("H012", (await InProcess.In(study.Folder, "plot", "--out", "d.svg", "--objective", "column:nothing")).Errors, StringComparison.Ordinal);
    }

    // Rows that lie a thousand million apart and move by hundredths: no unit of the column keeps that in single precision, and an offset for each row would.
    [Fact]
    public async Task Lost_precision_is_warned_of_once_by_tell_and_by_tune_and_check_too()
    {
        using var study = new ShellStudy(trainings: 2);
        await File.WriteAllTextAsync(
            study["study.json"], File.ReadAllText(study["study.json"]).Replace("\"surrogate\": false,", "", StringComparison.Ordinal).Replace("column:cost", "mean(cost) - 1000000000", StringComparison.Ordinal));
        foreach (var (number, moved) in ((int, string)[])[(1, "3"), (2, "4")])
        {
            await InProcess.In(study.Folder, "ask");
            await File.WriteAllTextAsync(study["y.csv"], $"cost\n1000000033.1{moved}\n2000000033.5{moved}\n3000000033.7{moved}\n");
            var (code, _, told) = await InProcess.In(study.Folder, "tell", $"{number}", "y.csv");
            Assert.True(code == ExitCode.Done, told);
            Assert.Equal(number == 2, told.Contains("warning: column 0 of the outputs differs by about 0.01 from one λ to another", StringComparison.Ordinal));
        }

        Assert.Contains("warning: column 0 of the outputs differs", (await InProcess.In(study.Folder, "check")).Errors, StringComparison.Ordinal);
        var (_, output, errors) = await InProcess.In(study.Folder, "tune", "--json");
        Assert.Single(errors.Split('\n'), line => line.Contains("column 0 of the outputs differs", StringComparison.Ordinal));
        Assert.Contains("\"kind\":\"LostPrecision\"", output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Replace(study, "\"objective\"", "\"surrogate\": false, \"objective\"");
        Assert.DoesNotContain("column 0 of the outputs", (await InProcess.In(study.Folder, "check")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prefer_prints_the_best_trained_value_beside_one_that_was_not_trained()
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },");
        await File.WriteAllTextAsync(study["runs.csv"], "rate,cost\n0,1\n0.2,0.6\n0.3,0.4\n0.9,0.4\n");
        await InProcess.In(study.Folder, "import", "runs.csv", "--value-column", "cost");
        var (_, output, errors) = await InProcess.In(study.Folder, "prefer", "--objective", "3 * mean(cost)");
        Assert.DoesNotContain("rate = 0.3\n", output, StringComparison.Ordinal);
        Assert.Contains("3 * mean(cost) = not trained there", errors, StringComparison.Ordinal);
        Assert.Contains("the best trained rate is 0.3: 3 * mean(cost) = 1.2 there, for sure", errors, StringComparison.Ordinal);
        (_, output, errors) = await InProcess.In(study.Folder, "prefer", "--objective", "3 * mean(cost)", "--goal", "maximize");
        Assert.Contains("rate = 0\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("the best trained rate", errors, StringComparison.Ordinal);
    }

    // The range of what: of λ, or of the values.
    [Fact]
    public void No_text_speaks_of_a_share_of_the_range_without_saying_of_what()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "HtiTune.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string[] files = [Path.Combine(root, "README.md"), .. Directory.EnumerateFiles(Path.Combine(root, "src"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".md" or ".razor" && !file.Contains("/obj/", StringComparison.Ordinal))];
        var places = files.SelectMany(file => ShareOfRange().Matches(File.ReadAllText(file)).Select(match => (file, match.Groups[1].Value))).ToList();
        Assert.InRange(places.Count, 6, 100);
        Assert.All(places, place => Assert.StartsWith(" of", place.Value, StringComparison.Ordinal));
    }

    [GeneratedRegex("% of the range(.{0,4})")]
    private static partial Regex ShareOfRange();

    private static async Task Import(ShellStudy study)
    {
        await File.WriteAllTextAsync(study["runs.csv"], "rate,cost\n0,0.09\n0.3,0\n0.6,0.09\n1,0.49\n");
        var (code, _, errors) = await InProcess.In(study.Folder, "import", "runs.csv", "--value-column", "cost");
        Assert.True(code == ExitCode.Done, errors);
    }

    private static async Task<List<JsonElement>> Rows(ShellStudy study)
    {
        using var trials = JsonDocument.Parse((await InProcess.In(study.Folder, "trials", "--json")).Output);
        return [.. trials.RootElement.GetProperty("trials").EnumerateArray().Select(row => row.Clone())];
    }

    private static void Replace(ShellStudy study, string from, string to) =>
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace(from, to, StringComparison.Ordinal));
}
