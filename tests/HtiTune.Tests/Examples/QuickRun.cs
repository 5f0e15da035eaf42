using System.Globalization;
using HtiTune.Data;
using HtiTune.Surrogates;
using TorchSharp;

namespace HtiTune.Tests.Examples;

/// <summary>What the short run of a task must have printed and drawn.</summary>
internal static class QuickRun
{
    /// <summary>Checks tables and figures.</summary>
    /// <param name="report">What the task returned.</param>
    /// <param name="printed">What it printed.</param>
    /// <param name="folder">The figures' folder.</param>
    /// <param name="low">Least λ.</param>
    /// <param name="high">Largest λ.</param>
    internal static void Check(Report report, string printed, string folder, double low, double high)
    {
        var lines = printed.Split('\n').Select(line => line.Trim()).ToList();
        double[] Numbers(string start, int from = 0) =>
        [
            .. lines.Skip(from).First(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => double.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).Where(double.IsFinite),
        ];

        // Fidelity: a distance for each method, staying the worst by far.
        var medians = Numbers("median");
        Assert.Equal(4, medians.Length);
        Assert.All(medians, median => Assert.True(median > 0));
        Assert.True(report.Fidelity.Median(Method.Hti) < 0.5 * report.Fidelity.Median(Method.Stay));

        // The race: every way has its row, recommends a λ in the range, and kept to its budget.
        var race = lines.FindIndex(line => line.StartsWith("Race", StringComparison.Ordinal));
        Assert.True(race > 0);
        Assert.All(report.Race.Ways, way =>
        {
            Assert.True(Numbers(way.Name, race).Length >= 4);
            Assert.All(way.Runs, run =>
            {
                Assert.InRange(run.Lambda, low, high);
                Assert.InRange(run.Trainings ?? 1, 1, report.Race.Budget);
            });
        });

        // Changes: four preferences, of which the later ones cost one training at most.
        Assert.Equal(4, report.Changes.Runs.Count);
        Assert.All(report.Changes.Runs, run => Assert.True(Numbers(run.Preference, race).Length >= 4));
        Assert.All(report.Changes.Runs, run => Assert.InRange(run.Lambda, low, high));
        Assert.All(report.Changes.Runs.Skip(1), run => Assert.InRange(run.Trainings, 0, 1));
        Assert.All((string[])["objective.png", "outputs.png", "front.png"], name => Assert.True(new FileInfo(Path.Combine(folder, name)).Length > 10_000));
    }
    /// <summary>Checks that a short training and its answers leave no tensor of this thread behind, and torch's threads as they were.</summary>
    /// <param name="network">The network.</param>
    /// <param name="lambda">Where to train.</param>
    /// <param name="asked">What to ask it.</param>
    internal static void LeavesNothingBehind(INetwork network, double lambda, Contexts asked)
    {
        var threads = torch.get_num_threads();
        Once();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Once();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(threads, torch.get_num_threads());

        void Once()
        {
            using var trained = network.Train(new TrainingRequest(lambda, 3), CancellationToken.None);
            trained.Answer(asked, 0);
        }
    }
}
