using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>What is said of what failed: of a line that was typed, of a training that printed a lot, of one training, under <c>--quiet</c>.</summary>
[Collection("console")]
public sealed class FailureWordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Faults_of_a_typed_line_name_no_file_that_nobody_wrote()
    {
        var study = _folder.File("study");
        var (code, _, errors) = await InProcess.Run("run", "-P", "rate=0..1:log", "-o", study, "--", "true", "{rate}", "{out}");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.StartsWith("error[H010]: The hyperparameter 'rate' has the minimum 0, but the scale 'log' needs λ > 0.", errors, StringComparison.Ordinal);
        (_, _, errors) = await InProcess.Run("run", "-P", "rate=0..1:log", "-o", study, "--", "true", "{out}", "{lr}");
        Assert.StartsWith("error[H010]: the command line has 2 faults:\n  The hyperparameter", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("study.json", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(study));
    }

    [Fact]
    public void The_end_of_a_log_shows_a_bar_of_progress_as_a_terminal_would()
    {
        var log = _folder.File("log.txt");
        File.WriteAllText(log, "begun\r\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"\r{i} of 500")) + "Traceback (most recent call last):\n  line 3\nMemoryError: no room\n");
        Assert.Equal(["begun", "499 of 500Traceback (most recent call last):", "  line 3", "MemoryError: no room"], TrainingLog.Tail(log, 8));
    }

    [Theory]
    [InlineData(
        "[H021] rate = 0, attempt 2: the command ended with exit code 1 after 0.3 s; expected 0. The end of /a/b/log.txt:\n  | Traceback:\n  |   line 3\n  | MemoryError: no room",
        "[H021] the command ended with exit code 1 after 0.3 s: MemoryError: no room")]
    [InlineData(
        "[H021] rate = 0, attempt 2: signal 9 ended the command after 0.3 s; expected 0. It printed nothing (/a/b/log.txt).",
        "[H021] signal 9 ended the command after 0.3 s; expected 0. It printed nothing (log.txt).")]
    [InlineData("its value is nan", "its value is nan")]
    public void A_list_says_of_a_failure_what_was_printed_last(string error, string expected) => Assert.Equal(expected, TrialsCommand.Shortened(error));

    [Fact]
    public async Task What_helps_against_a_warning_is_as_quiet_as_the_warning()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var study = new ShellStudy(trainings: 1);
        await InProcess.In(study.Folder, "tune");
        File.WriteAllText(study["study.json"], File.ReadAllText(study["study.json"]).Replace("\"{out}\"]", "\"{out}\", \"more\"]", StringComparison.Ordinal));
        Assert.Contains("# begins a study of its own", (await InProcess.In(study.Folder, "tune")).Errors, StringComparison.Ordinal);
        var (_, output, errors) = await InProcess.In(study.Folder, "tune", "--quiet");
        Assert.Equal("", errors);
        Assert.NotEmpty(output);
    }

    [Fact]
    public async Task Trainings_that_miss_a_constraint_are_trainings_all_the_same()
    {
        var study = _folder.File("study.json");
        await File.WriteAllTextAsync(study,
            """
            {
              "hyperparameter": { "name": "rate", "from": 0, "to": 1 }, "command": "true {rate} {out}",
              "objective": "column:0", "constraints": ["mean(outputs[0]) >= 0.2"], "budget": { "trainings": 2 }
            }
            """);
        foreach (var (number, value) in ((string, string)[])[("1", "0.1"), ("2", "0.3")])
        {
            await InProcess.Run("ask", study);
            await InProcess.Run("tell", number, value, "--study", study);
        }

        Assert.Contains("the best of 2 trained so far, column:0 = 0.3", (await InProcess.Run("best", study)).Errors, StringComparison.Ordinal);
        await InProcess.Run("ask", study);
        Assert.Contains("recommended after 2 trainings, column:0 = 0.3", (await InProcess.Run("best", study)).Errors, StringComparison.Ordinal);
        Assert.Contains("\"trainings\":2,", (await InProcess.Run("best", study, "--json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0 trainings")]
    [InlineData(1, "1 training")]
    [InlineData(12, "12 trainings")]
    public void One_training_is_none_in_the_plural(int count, string expected) => Assert.Equal(expected, Amount.Trainings(count));
}
