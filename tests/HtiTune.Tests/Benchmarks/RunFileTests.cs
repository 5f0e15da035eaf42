using HtiTune.Benchmarks.Quality;
using HtiTune.Benchmarks.Quality.Tasks;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Benchmarks;

/// <summary>Single runs kept between calls of the verb quality.</summary>
public class RunFileTests
{
    private static readonly QualityTask Task = QualityTask.All.Single(task => task.Name == "moons");
    private static readonly Method Hti = Method.All[0];

    private static readonly QualityRun Run = new(
        new TaskScores(0.1 + 0.2, null, ("NLL", double.PositiveInfinity), ("at 0.9", 0.5)), 3.25, 0.2, 100);

    [Fact]
    public void Runs_come_back_to_the_last_bit()
    {
        using var folder = new TemporaryFolder();
        new RunFile(folder.File("runs")).Add(Task, Hti, 2, Run);
        new RunFile(folder.File("runs")).Add(Task, Hti, 1, Run with { FitSeconds = 1 });
        var read = new RunFile(folder.File("runs"));
        var runs = read.All(Task, Hti);
        Assert.Equal([1, 3.25], runs.Select(run => run.FitSeconds));
        Assert.Equal(Run.Scores.Score, runs[1].Scores.Score);
        Assert.Null(runs[1].Scores.Far);
        Assert.Equal(Run.Scores.Others, runs[1].Scores.Others);
        Assert.NotNull(read.Find(Task, Hti, 2));
        Assert.Null(read.Find(Task, Hti, 3));
        Assert.Null(read.Find(Task, Method.All[1], 2));
    }

    [Fact]
    public void A_line_that_was_cut_short_is_dropped_and_the_next_run_starts_anew()
    {
        using var folder = new TemporaryFolder();
        new RunFile(folder.File("runs")).Add(Task, Hti, 1, Run);
        File.AppendAllText(folder.File("runs"), "{\"Task\":\"moo");
        var file = new RunFile(folder.File("runs"));
        Assert.Null(file.Find(Task, Hti, 2));
        file.Add(Task, Hti, 2, Run);
        Assert.Equal(2, new RunFile(folder.File("runs")).All(Task, Hti).Length);
    }

    [Fact]
    public void Another_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("runs"), "task,score\nmoons,1\n");
        Assert.Contains("line 1", Assert.Throws<IOException>(() => new RunFile(folder.File("runs"))).Message, StringComparison.Ordinal);
    }
}
