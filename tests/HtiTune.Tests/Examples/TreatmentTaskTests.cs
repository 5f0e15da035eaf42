using System.Globalization;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Examples;

/// <summary>The cancer-treatment example from top to bottom, in its short form.</summary>
[Collection(Alone.Name)]
public class TreatmentTaskTests
{
    [Fact]
    public void Prints_its_tables_and_draws_its_figures()
    {
        TorchRuntime.EnsureLoaded();
        using var folder = new TemporaryFolder();
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var report = TreatmentTask.Run(new TaskCommandLine { Quick = true, Out = folder.File("figures") }, output);

        var text = output.ToString();
        Assert.Contains("Fidelity", text, StringComparison.Ordinal);
        Assert.Contains("Race to the certified optimum: reward at weight 4", text, StringComparison.Ordinal);
        Assert.Contains("reward at weight 10", text, StringComparison.Ordinal);
        Assert.All(report.Fidelity.Distances.SelectMany(d => d), distance => Assert.InRange(distance, 0, 13)); // doses are at most 10 and 8
        Assert.Equal(4, report.Changes.Runs.Count);
        Assert.All(report.Changes.Runs, run => Assert.InRange(run.Lambda, 0, 10));
        Assert.All(report.Changes.Runs.Skip(1), run => Assert.InRange(run.Trainings, 0, 1));
        Assert.All(report.Race.Ways.SelectMany(way => way.Runs), run => Assert.InRange(run.Trainings ?? 1, 1, 4));
        Assert.NotEmpty(Directory.GetFiles(folder.File("figures"), "*.png"));
    }
}
