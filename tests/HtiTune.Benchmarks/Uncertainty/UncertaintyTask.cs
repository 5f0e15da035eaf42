using HtiTune.Benchmarks.Quality;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Uncertainty;

/// <summary>A family of networks with the anchors of the quality table, and others whose truth is held out.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Networks">All networks' samples.</param>
/// <param name="Anchors">Which of them the surrogate is fitted to.</param>
/// <param name="Bounds">Bounds of the outputs, if any.</param>
internal sealed record UncertaintyTask(string Name, AnchorSet Networks, int[] Anchors, OutputBounds[]? Bounds = null)
{
    /// <summary>The tasks; <c>moons-loo</c> holds out each interior level in turn.</summary>
    internal static IEnumerable<UncertaintyTask> All(BenchmarkData data)
    {
        yield return new("semicircles", Semicircles(data), [0, 2, 4]);
        var moons = Stacked(data, "two_moons_dropout.npy", Hyperparameter.Continuous("dropout", 0, 0.99), 2, 2, [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .99]);
        yield return new("moons", moons, [0, 5, 10]);
        double[] quantiles = [.01, .1, .25, .5, .75, .9, .99];
        yield return new("quantile", Stacked(data, "ett_quantile.npy", Hyperparameter.Continuous("quantile", .01, .99), 3, 0, quantiles, 1200), [0, 6]);
        yield return new(
            "quantile3", Stacked(data, "ett_quantile.npy", Hyperparameter.Continuous("quantile", .01, .99, Scale.NormalQuantile), 3, 0, quantiles, 1200), [0, 3, 6]);
        yield return new(
            "cancer",
            Stacked(data, "cancer_reward_weighting.npy", Hyperparameter.Continuous("weight", 0, 10), 2, 0, [.. Enumerable.Range(0, 11)], 1000),
            [0, 5, 10],
            [new(0, 10), new(0, 8)]);
        for (var i = 1; i < 10; i++)
        {
            yield return new("moons-loo", moons, [.. Enumerable.Range(0, 11).Where(k => k != i)]);
        }
    }

    private static AnchorSet Semicircles(BenchmarkData data)
    {
        var train = Stacked(data, "semicircles_train.npy", Hyperparameter.Continuous("t", 0, 1), 2, 4, [0, 0.5, 1]);
        return new AnchorSet(
            train.Hyperparameter,
            [train[0], new(0.25, Samples(data.Matrix("semicircles_eval_t025.npy"), 2, 4)), train[1], new(0.75, Samples(data.Matrix("semicircles_eval_t075.npy"), 2, 4)), train[2]]);
    }

    private static AnchorSet Stacked(
        BenchmarkData data, string file, ContinuousHyperparameter hyperparameter, int outputs, int categories, double[] lambdas, int rows = int.MaxValue)
    {
        var array = data.Array(file);
        return new AnchorSet(hyperparameter, lambdas.Select((lambda, k) =>
        {
            var block = array.Block(k);
            return new Anchor(lambda, Samples(block.SelectRows([.. Enumerable.Range(0, Math.Min(rows, block.Rows))]), outputs, categories));
        }));
    }

    private static Samples Samples(Matrix block, int outputs, int categories)
    {
        var x = block.SelectColumns(outputs, block.Columns - outputs);
        return new Samples(
            block.SelectColumns(0, outputs),
            categories == 0 ? new Contexts(x) : Contexts.Of([.. Enumerable.Range(0, x.Rows).Select(i => (int)x[i, 0])], categories));
    }
}
