using HtiTune.Benchmarks.Quality;
using HtiTune.Benchmarks.Quality.Processes;
using HtiTune.Benchmarks.Quality.Tasks;

namespace HtiTune.Tests.Benchmarks;

/// <summary>The table's rows, the verb's options, and child processes measured.</summary>
public class QualityTableTests
{
    [Fact]
    public void A_row_holds_means_and_deviations_over_seeds()
    {
        var task = QualityTask.All.Single(t => t.Name == "moons");
        QualityRun[] runs = [new(new TaskScores(1, 2, ("at 0.9", 0.5)), 3, 0.2, 100), new(new TaskScores(3, 2, ("at 0.9", 0.7)), 5, 0.2, 200)];
        Assert.Equal(
            "| moons | hti | WD 2.0000 ± 1.0000 | 2.0000 ± 0.0000 | at 0.9 0.600 ± 0.100 | 4.00 ± 1.00 | 0.20 ± 0.00 | 150 ± 50 | 2 |",
            QualityTable.Row(task, Method.All[0], runs));
    }

    [Fact]
    public void What_a_task_has_not_is_a_dash()
    {
        var task = QualityTask.All.Single(t => t.Name == "moons-loo");
        Assert.Equal(
            "| moons-loo | hti | mean WD 0.0500 | – | median 0.040 | – | 0.20 | 100 | 1 |",
            QualityTable.Row(task, Method.All[0], [new(new TaskScores(0.05, null, ("median", 0.04)), double.NaN, 0.2, 100)]));
    }

    [Fact]
    public void Methods_and_tasks_have_names_of_their_own()
    {
        Assert.Distinct(Method.All.Select(method => method.Key));
        Assert.Distinct(QualityTask.All.Select(task => task.Name));
    }

    [Fact]
    public void Options_choose_seeds_tasks_and_methods()
    {
        var options = QualityOptions.Parse(["--seeds", "2", "--first-seed", "4", "--tasks", "cancer,moons", "--methods", "hti-straight"]);
        Assert.Equal([4L, 5L], options.Seeds);
        Assert.Equal(["cancer", "moons"], options.Tasks.Select(task => task.Name));
        Assert.Equal(["--potential", "none"], Assert.Single(options.Methods).Arguments);
    }

    [Theory]
    [InlineData("--tasks", "sums", "semicircles")]
    [InlineData("--methods", "magic", "displacement")]
    [InlineData("--seeds", "0", "whole number")]
    [InlineData("--speed", "1", "not an option")]
    public void A_wrong_option_is_an_error_that_says_what_is_expected(string option, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => QualityOptions.Parse([option, value])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_child_process_is_measured_and_its_errors_kept()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var folder = new Data.TemporaryFolder();

        // A shell that counts: it burns some processor time of its own and ends with a code.
        var usage = ChildProcess.Run(
            "/bin/sh", ["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo trouble >&2; exit 7"], folder.File("log"), TimeSpan.FromMinutes(2));
        Assert.Equal(7, usage.ExitCode);
        Assert.Equal("trouble\n", usage.Errors);
        Assert.True(usage.CpuSeconds > 0, $"{usage.CpuSeconds} s");
        Assert.InRange(usage.PeakMebibytes, 0.1, 50);
    }

    [Fact]
    public void A_child_process_past_its_limit_is_ended()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var folder = new Data.TemporaryFolder();
        Assert.Throws<TimeoutException>(() => ChildProcess.Run("/bin/sh", ["-c", "while :; do :; done"], folder.File("log"), TimeSpan.FromMilliseconds(200)));
    }
}
