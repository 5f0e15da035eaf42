using HtiTune.Benchmarks.Quality.Processes;
using HtiTune.Benchmarks.Quality.Scores;

namespace HtiTune.Benchmarks.Quality.Tasks;

/// <summary>Samples of a diffusion model trained with dropout 0 to 0.99, two categories.</summary>
internal static class Moons
{
    private const string File = "two_moons_dropout.npy";
    private static readonly double[] Levels = [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .99];

    /// <summary>Anchors 0, 0.5, 0.99; samples of 0 moved to the other levels.</summary>
    internal static TaskScores ThreeAnchors(BenchmarkData data, Command command)
    {
        var x = data.Array(File);
        var model = command.Fit(data.File(File), 2, Levels, "--categories", "2", "--anchors", "0,0.5,0.99");
        double At(int k) => Wasserstein.PerCategory(model.Sample(0, Levels[k], x.Block(0)), x.Block(k));
        double[] held = [.. new[] { 1, 2, 3, 4, 6, 7, 8, 9 }.Select(At)];
        return new TaskScores(held.Average(), At(10), ("at 0.9", held[^1]));
    }

    /// <summary>Each interior level left out in turn: a fit on the ten others, samples of the level before moved to it.</summary>
    internal static TaskScores OneLeftOut(BenchmarkData data, Command command)
    {
        var x = data.Array(File);
        double[] errors = [.. Enumerable.Range(1, Levels.Length - 2).Select(k =>
        {
            var anchors = Command.List(Levels.Where((_, j) => j != k));
            var model = command.Fit(data.File(File), 2, Levels, "--categories", "2", "--anchors", anchors);
            return Wasserstein.PerCategory(model.Sample(Levels[k - 1], Levels[k], x.Block(k - 1)), x.Block(k));
        })];
        return new TaskScores(errors.Average(), null, ("median", errors.Order().ElementAt(errors.Length / 2)));
    }
}
