using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Examples;

/// <summary>The examples of two and of three hyperparameters, small and shortly trained.</summary>
[Collection(Alone.Name)]
public class SpaceTaskTests
{
    [Fact]
    public void Quantile_and_decay_are_tuned_for_four_preferences()
    {
        var runs = Quick(DecayTask.Run, DecayTask.Space);

        // Theory names the 0.8 and the 0.25 quantile; this network is small, and its trainings are few.
        Assert.InRange(runs[0].Configuration["quantile"].Number, 0.6, 0.95);
        Assert.InRange(runs[3].Configuration["quantile"].Number, 0.02, 0.5);
    }

    [Fact]
    public void Beta_rate_and_latents_are_tuned_for_four_preferences()
    {
        var runs = Quick(WidthTask.Run, WidthTask.Space);

        // Six trainings at most, and one for each of three changes; the figures of the last preference hold the price of a latent, those of the first do not.
        Assert.InRange(runs.Where(run => run.Way == SpaceTask.Outputs).Sum(run => run.Trainings), 5, 9);
        Assert.True(runs[3].Value > runs[3].Configuration["latents"].Number);
    }

    private static IReadOnlyList<SpaceRun> Quick(Func<TaskCommandLine, TextWriter, CancellationToken, IReadOnlyList<SpaceRun>> task, SearchSpace space)
    {
        TorchRuntime.EnsureLoaded();
        using var folder = new TemporaryFolder();
        using var printed = new StringWriter();
        var runs = task(TaskCommandLine.Parse(["--quick", "--out", folder.File("figures")]), printed, CancellationToken.None);
        Assert.Equal([.. Enumerable.Repeat(SpaceTask.Outputs, 4), .. Enumerable.Repeat(SpaceTask.Values, 4)], runs.Select(run => run.Way));
        Assert.All(runs, run =>
        {
            space.Require(run.Configuration);
            Assert.True(double.IsFinite(run.Value));
            Assert.Contains($"{run.Way,-24}{run.Preference,-42}{run.Trainings,14}", printed.ToString(), StringComparison.Ordinal);
        });
        Assert.All(["slices.png", "contours.png", "parallel.png"], name => Assert.True(new FileInfo(Path.Combine(folder.File("figures"), name)).Length > 5000));
        return runs;
    }
}
