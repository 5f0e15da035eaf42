using HtiTune.Data;

namespace HtiTune.Tests.Surrogates;

/// <summary>Output laws that are known at every λ.</summary>
internal static class Problems
{
    internal static readonly ContinuousHyperparameter Unit = Hyperparameter.Continuous("lambda", 0, 1);

    /// <summary>y = (a(x) + λ·b(x)): deterministic and linear in λ, so that interpolation is exact.</summary>
    internal static AnchorSet Linear(double[] lambdas, int rows = 60, long seed = 1) =>
        Deterministic(Unit, lambdas, rows, seed, (lambda, x) => [Math.Sin(2 * x[0]) + lambda * (1 + x[1]), x[0] * x[1] - lambda * 2 * x[0]]);

    /// <summary>Deterministic outputs by a formula.</summary>
    internal static AnchorSet Deterministic(
        ContinuousHyperparameter hyperparameter, double[] lambdas, int rows, long seed, Func<double, double[], double[]> formula)
    {
        var x = Conditions(rows, seed);
        return new AnchorSet(hyperparameter, lambdas.Select(lambda => new Anchor(lambda, Answer(x, lambda, formula))));
    }

    internal static Samples Answer(Contexts contexts, double lambda, Func<double, double[], double[]> formula)
    {
        var outputs = Enumerable.Range(0, contexts.Count).Select(i => formula(lambda, [contexts.Conditions[i, 0], contexts.Conditions[i, 1]])).ToArray();
        return new Samples(Matrix.Create(contexts.Count, outputs[0].Length, (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)outputs[i][j];
            }
        }), contexts);
    }

    internal static Contexts Conditions(int rows, long seed)
    {
        var random = new RandomStreams(seed).Stream("conditions");
        return new Contexts(Matrix.Create(rows, 2, (_, row) =>
        {
            row[0] = (float)random.NextNormal();
            row[1] = (float)random.NextNormal();
        }));
    }

    /// <summary>Draws of two categories: normal laws around (±3·g(λ), c), with g given.</summary>
    internal static AnchorSet Moving(double[] lambdas, Func<double, double> way, int rows = 120, long seed = 1) =>
        new(Unit, lambdas.Select(lambda =>
        {
            var random = new RandomStreams(seed).Fork($"{lambda}").Stream("draws");
            var categories = Enumerable.Range(0, rows).Select(i => i % 2).ToArray();
            return new Anchor(lambda, new Samples(
                Matrix.Create(rows, 2, (i, row) =>
                {
                    row[0] = (float)((categories[i] == 0 ? 3 : -3) * way(lambda) + 0.3 * random.NextNormal());
                    row[1] = (float)(categories[i] + 0.3 * random.NextNormal());
                }),
                Contexts.Of(categories, 2)));
        }));
}
