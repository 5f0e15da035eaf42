using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Names that the first outputs told hold for all: a column that stands elsewhere in a later file, or in the study's own list, is no other column.</summary>
[Collection("console")]
public sealed class ColumnNameTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Study(string more = "")
    {
        var file = _folder.File("study.json");
        File.WriteAllText(file, $$"""{ "hyperparameter": { "name": "rate", "from": 0, "to": 1 }, "command": "true {rate} {out}", {{more}} "objective": "column:loss" }""");
        return file;
    }

    private async Task<string> Tell(string study, int number, string ending, string text)
    {
        var file = _folder.File("outputs" + ending);
        await File.WriteAllTextAsync(file, text);
        await InProcess.Run("ask", study);
        return (await InProcess.Run("tell", number.ToString(System.Globalization.CultureInfo.InvariantCulture), file, "--study", study)).Errors;
    }

    [Fact]
    public async Task Columns_in_another_order_are_taken_by_the_names_of_the_first()
    {
        var study = Study();
        Assert.Contains("training 1: column:loss = 0.1\n", await Tell(study, 1, ".csv", "loss,acc\n0.1,2\n"), StringComparison.Ordinal);
        Assert.Contains("training 2: column:loss = 0.05\n", await Tell(study, 2, ".json", "{\"acc\": 3, \"loss\": 0.05, \"epoch\": null}"), StringComparison.Ordinal);
        Assert.Contains("nothing is changed", await Tell(study, 2, ".json", "{\"acc\": 3, \"loss\": 0.05}"), StringComparison.Ordinal);
        var other = await Tell(study, 3, ".csv", "loss,top5\n1,2\n");
        Assert.Contains("there is no column 'acc'; expected loss, acc, as \"columns\" or the first outputs name them; it has loss, top5", other, StringComparison.Ordinal);

        // Of as many that are all called otherwise the names are new ones; without names they stand in the same order.
        Assert.Contains("training 3: ", await Tell(study, 3, ".json", "[[0.2, 4]]"), StringComparison.Ordinal);
        Assert.Equal("1:0.1 2:0.05 3:0.2", await Values(study));
    }

    [Fact]
    public async Task Trainings_of_a_folder_are_read_by_the_names_of_the_first()
    {
        var study = Study();
        var runs = Directory.CreateDirectory(_folder.File("runs")).FullName;
        (string Name, string Text)[] files = [("rate=0.1.csv", "loss,acc\n0.1,2\n"), ("rate=0.2.csv", "acc,loss\n3,0.2\n"), ("rate=0.3.npy", "{\"acc\": 4, \"loss\": 0.3}")];
        files.ToList().ForEach(file => File.WriteAllText(Path.Combine(runs, file.Name), file.Text));
        var (code, _, errors) = await InProcess.Run("import", runs, "--study", study);
        Assert.True(code == ExitCode.Done, errors);
        Assert.Equal("1:0.1 2:0.2 3:0.3", await Values(study));

        // What is brought next goes on with them.
        File.WriteAllText(Path.Combine(runs, "rate=0.4.csv"), "acc,loss\n5,0.4\n");
        files.ToList().ForEach(file => File.Delete(Path.Combine(runs, file.Name)));
        Assert.Equal(ExitCode.Done, (await InProcess.Run("import", runs, "--study", study)).Code);
        Assert.Equal("1:0.1 2:0.2 3:0.3 4:0.4", await Values(study));
    }

    [Fact]
    public async Task Columns_that_the_study_names_later_in_another_order_are_refused_and_change_no_value()
    {
        var study = Study();
        await Tell(study, 1, ".csv", "loss,acc\n0.1,2\n");
        Study("\"outputs\": { \"columns\": [\"acc\", \"loss\"] },");
        var (code, _, errors) = await InProcess.Run("ask", study);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("\"columns\" are acc, loss; expected loss, acc, in whose order the outputs of the study's trainings are kept", errors, StringComparison.Ordinal);
        Assert.Equal("1:0.1", await Values(study));
        (code, _, errors) = await InProcess.Run("plot", study, "--figure", "history", "--out", _folder.File("history.svg"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("expected loss, acc, in whose order", errors, StringComparison.Ordinal);

        // In their order they are what they were, and hold when they are named no more.
        Study("\"outputs\": { \"columns\": [\"loss\", \"acc\"] },");
        Assert.Contains("training 2: column:loss = 0.2\n", await Tell(study, 2, ".csv", "acc,loss\n3,0.2\n"), StringComparison.Ordinal);
        Study();
        Assert.Contains("training 3: column:loss = 0.3\n", await Tell(study, 3, ".csv", "acc,loss\n4,0.3\n"), StringComparison.Ordinal);
        Assert.Equal("1:0.1 2:0.2 3:0.3", await Values(study));
    }

    [Fact]
    public async Task Columns_that_a_study_names_no_more_keep_their_order()
    {
        var study = Study("\"outputs\": { \"columns\": [\"acc\", \"loss\"] },");
        await Tell(study, 1, ".csv", "loss,acc\n0.1,2\n");
        Study();
        Assert.Contains("training 2: column:loss = 0.2\n", await Tell(study, 2, ".csv", "loss,acc\n0.2,3\n"), StringComparison.Ordinal);
        Assert.Equal("1:0.1 2:0.2", await Values(study));
    }

    [Theory]
    [InlineData("\uFEFFloss,acc\r\n0.5,1\r\n", "loss")]
    [InlineData("\uFEFF{\"loss\": 0.5}", "loss")]
    [InlineData("Größe,μ\n0.5,1\n", "Größe")]
    public void Text_of_any_letters_is_text_by_the_name_of_an_array(string text, string name)
    {
        var file = _folder.File("outputs.npy");
        File.WriteAllText(file, text);
        var (matrix, columns) = ArrayFile.Read(file);
        Assert.Equal((name, 0.5), (columns![0], matrix.Exact(0, 0)));
        File.WriteAllText(file, "a,b\n1,2\n", System.Text.Encoding.Unicode);
        Assert.Contains("the text is not UTF-8", Assert.Throws<HtiTune.Data.DataFormatException>(() => ArrayFile.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_outputs_that_the_objective_cannot_judge_are_not_kept()
    {
        var study = Study();
        await InProcess.Run("ask", study);
        var (code, _, errors) = await InProcess.Run("tell", "1", "0.3", "--study", study);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("the outputs have no column 'loss'", errors, StringComparison.Ordinal);
        Assert.Contains("nothing is kept", errors, StringComparison.Ordinal);
        Assert.Contains("training 1: column:loss = 0.1\n", await Tell(study, 1, ".csv", "loss,acc\n0.1,2\n"), StringComparison.Ordinal);

        // A number alone is not what the others were.
        Assert.Contains("has 1 columns; expected 2", await Tell(study, 2, ".csv", "0.3"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"constraints\": [\"column:latency <= 1\"],")]
    [InlineData("\"front\": [\"mean(latency)\"],")]
    public async Task Constraints_and_a_front_are_judged_with_the_first_outputs_too(string more)
    {
        var study = Study(more);
        Assert.Contains("nothing is kept", await Tell(study, 1, ".csv", "loss,acc\n0.1,2\n"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File("runs.csv"), "rate,loss,latency\n0.1,0.5,2\n");
        var other = Study(more + "\"folder\": \"other\", \"contexts\": { \"draws\": 1 },");
        var (code, _, errors) = await InProcess.Run("import", _folder.File("runs.csv"), "--value-column", "loss", "--study", other);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("cannot be judged by runs.csv line 2: ", errors, StringComparison.Ordinal);
        Assert.Contains("'latency'", errors, StringComparison.Ordinal);
        Study(more);
        Assert.Contains("training 1: column:loss = 0.1\n", await Tell(study, 1, ".csv", "loss,latency\n0.1,0.5\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tuning_whose_constraint_names_no_column_ends_with_the_first_training()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var study = new ShellStudy(keys: "\"constraints\": [\"column:heat <= 1\"],", trainings: 4);
        var (code, _, errors) = await InProcess.In(study.Folder, "tune");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("the outputs have no column 'heat'", errors, StringComparison.Ordinal);
        Assert.Single(study.Calls);
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace("heat", "cost", StringComparison.Ordinal));
        (code, _, errors) = await InProcess.In(study.Folder, "tune");
        Assert.True(code is ExitCode.Done or ExitCode.BudgetSpent or ExitCode.GoalNotReached, errors);
        Assert.Equal(4, study.Calls.Length);
    }

    [Fact]
    public async Task A_first_value_that_is_not_finite_is_that_trainings_alone()
    {
        var study = _folder.File("study.json");
        await File.WriteAllTextAsync(study,
            """{ "hyperparameter": { "name": "rate", "from": 0, "to": 1 }, "command": "true {rate} {out}", "objective": "1 / mean(outputs[0])", "contexts": { "draws": 1 } }""");
        await InProcess.Run("ask", study);
        Assert.Contains("the objective is Infinity at λ = 0", (await InProcess.Run("tell", "1", "0", "--study", study)).Errors, StringComparison.Ordinal);
        await InProcess.Run("ask", study);
        var (code, _, errors) = await InProcess.Run("tell", "2", "4", "--study", study);
        Assert.True(code == ExitCode.Done, errors);
        Assert.Equal("1\n", (await InProcess.Run("best", study)).Output);

        // So it is of trainings that were made before.
        await File.WriteAllTextAsync(_folder.File("runs.csv"), "rate,value\n0.1,0\n0.2,4\n");
        await File.WriteAllTextAsync(study, (await File.ReadAllTextAsync(study)).Replace("}, \"command\"", "}, \"folder\": \"other\", \"command\"", StringComparison.Ordinal));
        (code, _, errors) = await InProcess.Run("import", _folder.File("runs.csv"), "--study", study);
        Assert.True(code == ExitCode.Done, errors);
    }

    [Fact]
    public async Task Names_without_a_row_are_told_as_such()
    {
        var study = Study();
        Assert.Contains("names loss, acc and has no row; expected numbers below the names", await Tell(study, 1, ".csv", "loss,acc\n"), StringComparison.Ordinal);
        var nothing = await Tell(study, 1, ".json", "{\"loss\": 1, \"acc\": null}");
        Assert.Contains("it is null; expected a finite number, or \"columns\" that name the members which are", nothing, StringComparison.Ordinal);
    }

    private static async Task<string> Values(string study)
    {
        var (_, output, _) = await InProcess.Run("trials", study, "--json", "number,value");
        using var json = System.Text.Json.JsonDocument.Parse(output);
        return string.Join(' ', json.RootElement.EnumerateArray().Select(one => $"{one.GetProperty("number").GetRawText()}:{one.GetProperty("value").GetRawText()}"));
    }
}
