using HtiTune.Benchmarks.Quality;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Continuity;

/// <summary>Anchors of a task, as its rows of the quality table are fitted, and its settings.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Read">Its anchors, and bounds where it has them.</param>
internal sealed record ContinuityTask(string Name, Func<BenchmarkData, (AnchorSet Anchors, OutputBounds[]? Bounds)> Read)
{
    private static readonly double[] Dropouts = [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .99];
    private static readonly double[] Quantiles = [.01, .1, .25, .5, .75, .9, .99];

    /// <summary>All tasks.</summary>
    internal static IReadOnlyList<ContinuityTask> All { get; } =
    [
        new("moons", data => (Of(data, "two_moons_dropout.npy", "dropout", 0, 0.99, Scale.Linear, 2, 2, Dropouts, [0, 5, 10]), null)),
        new("semicircles", data => (Of(data, "semicircles_train.npy", "t", 0, 1, Scale.Linear, 2, 4, [0, 0.5, 1], [0, 1, 2]), null)),
        new("quantile3", data =>
            (Of(data, "ett_quantile.npy", "quantile", 0.01, 0.99, Scale.NormalQuantile, 3, 0, Quantiles, [0, 3, 6], 1200), null)),
        new("cancer", data => (
            Of(data, "cancer_reward_weighting.npy", "weight", 0, 10, Scale.Linear, 2, 0, [.. Enumerable.Range(0, 11)], [0, 5, 10], 1000),
            [new(0, 10), new(0, 8)])),
    ];

    /// <summary>Those, and the one of two anchors, which no continuity is asked of.</summary>
    internal static IReadOnlyList<ContinuityTask> Fitted { get; } =
    [
        .. All, new("quantile", data => (Of(data, "ett_quantile.npy", "quantile", 0.01, 0.99, Scale.Linear, 3, 0, Quantiles, [0, 6], 1200), null)),
    ];

    private static AnchorSet Of(
        BenchmarkData data, string file, string name, double low, double high, Scale scale, int outputs, int categories, double[] lambdas, int[] chosen, int rows = int.MaxValue)
    {
        var array = data.Array(file);
        return new AnchorSet(Hyperparameter.Continuous(name, low, high, scale), chosen.Select(k => new Anchor(lambdas[k], Samples(array.Block(k)))));

        Samples Samples(Matrix block)
        {
            block = block.SelectRows([.. Enumerable.Range(0, Math.Min(rows, block.Rows))]);
            var y = block.SelectColumns(0, outputs);
            var x = block.SelectColumns(outputs, block.Columns - outputs);
            return new Samples(y, categories == 0 ? new Contexts(x) : Contexts.Of([.. Enumerable.Range(0, x.Rows).Select(i => (int)x[i, 0])], categories));
        }
    }
}
