using HtiTune.Benchmarks.Quality.Processes;
using HtiTune.Benchmarks.Quality.Scores;

namespace HtiTune.Benchmarks.Quality.Tasks;

/// <summary>Forecasts trained for seven target quantiles: fitted on rows 0 … 1,199, scored on the rows after.</summary>
internal static class Quantiles
{
    private const string File = "ett_quantile.npy";
    private const int Outputs = 3;
    private const int Fitted = 1200;
    private static readonly double[] Levels = [.01, .1, .25, .5, .75, .9, .99];

    /// <summary>Anchors 0.01 and 0.99.</summary>
    internal static TaskScores TwoAnchors(BenchmarkData data, Command command) => Run(data, command, [1, 2, 3, 4, 5], "--anchors", "0.01,0.99");

    /// <summary>Anchors 0.01, 0.5 and 0.99, with the scale declared.</summary>
    internal static TaskScores ThreeAnchors(BenchmarkData data, Command command) =>
        Run(data, command, [1, 2, 4, 5], "--anchors", "0.01,0.5,0.99", "--warp", "normal-quantile");

    private static TaskScores Run(BenchmarkData data, Command command, int[] held, params string[] arguments)
    {
        var x = data.Array(File);
        var model = command.Fit(data.File(File), Outputs, Levels, [.. arguments, "--rows", $"0:{Fitted}"]);
        double At(int k) => SquaredError.Mean(model.Sample(Levels[0], Levels[k], x.Block(0, Fitted)), x.Block(k, Fitted), Outputs);
        return new TaskScores(held.Average(At), At(Levels.Length - 1));
    }
}
