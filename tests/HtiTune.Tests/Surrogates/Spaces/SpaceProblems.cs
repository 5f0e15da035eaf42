using HtiTune.Data;

namespace HtiTune.Tests.Surrogates.Spaces;

/// <summary>Networks of several hyperparameters whose law is known.</summary>
internal static class SpaceProblems
{
    internal static SearchSpace Square { get; } = SearchSpace.Parse("a=0..1", "b=0..1");

    /// <summary>A space of every kind of hyperparameter.</summary>
    internal static SearchSpace Mixed { get; } = SearchSpace.Parse(
        "lr=1e-4..1e-1:log", "layers=1..4:int", "size=small,medium,large:ordered", "optimizer=adam,sgd", "momentum=0..0.99 if optimizer=sgd");

    /// <summary>n contexts of two conditions.</summary>
    internal static Contexts Conditions(int n, long seed = 1)
    {
        var stream = new RandomStreams(seed).Stream("conditions");
        return new Contexts(Matrix.Create(n, 2, (_, row) => (row[0], row[1]) = ((float)stream.NextDouble(), (float)stream.NextDouble())));
    }

    /// <summary>Places of a space, each once.</summary>
    internal static Configuration[] Places(SearchSpace space, int count, long seed = 1)
    {
        var stream = new RandomStreams(seed).Stream("places");
        var found = new List<Configuration>();
        while (found.Count < count)
        {
            var one = space.FromUnit([.. space.Select(_ => stream.NextDouble())]);
            if (!found.Contains(one))
            {
                found.Add(one);
            }
        }

        return [.. found];
    }

    /// <summary>Answers in contexts, a row each.</summary>
    internal static Samples Answer(SearchSpace space, Configuration at, Contexts contexts, Func<double[], double[], double[]> law)
    {
        var u = space.ToUnit(at);
        return new Samples(Matrix.From(Rectangular([.. Enumerable.Range(0, contexts.Count).Select(i => law(u, [.. contexts.Conditions.Row(i).ToArray().Select(x => (double)x)]))])), contexts);
    }

    internal static AnchorSet Anchors(SearchSpace space, int count, Contexts contexts, Func<double[], double[], double[]> law, long seed = 1) =>
        new(space, Places(space, count, seed).Select(at => new Anchor(at, Answer(space, at, contexts, law))));

    /// <summary>A smooth law of the unit coordinates of two numbers.</summary>
    internal static double[] Smooth(double[] u, double[] x) => [Math.Sin(2 * u[0] + x[0]) + u[1] * x[1], Math.Exp(-u[0] * u[1]) * (1 + x[0]) - u[1] * u[1]];

    /// <summary>A law over <see cref="Mixed"/>.</summary>
    internal static double[] OfMixed(double[] u, double[] x) =>
        [Math.Sin(2 * u[0] + x[0]) + 0.5 * u[1] + (u[3] < 0.5 ? 1 : -1) * x[1], u[2] * x[0] + (double.IsNaN(u[4]) ? 0.2 : u[4] * u[4]), u[0] * u[1]];

    /// <summary>Draws of N(2a, (½ + b)²), others at each place.</summary>
    internal static AnchorSet Draws(int rows, int side = 3)
    {
        var stream = new RandomStreams(3).Stream("draws");
        return new AnchorSet(Square, Enumerable.Range(0, side * side).Select(k =>
        {
            var (a, b) = (k % side / (side - 1.0), k / side / (side - 1.0));
            return new Anchor(new Configuration(("a", a), ("b", b)), new Samples(Matrix.Create(rows, 1, (_, row) => row[0] = (float)(2 * a + (0.5 + b) * stream.NextNormal())), Contexts.None(rows)));
        }));
    }

    /// <summary>Mean squared difference of outputs over their variance.</summary>
    internal static double Error(Matrix got, Matrix truth)
    {
        double[] values = [.. truth.Values.ToArray().Select(v => (double)v)];
        var mean = values.Average();
        return got.Values.ToArray().Zip(values, (g, t) => (g - t) * (g - t)).Average() / values.Average(v => (v - mean) * (v - mean));
    }

    private static double[,] Rectangular(double[][] rows)
    {
        var values = new double[rows.Length, rows[0].Length];
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows[i].Length; j++)
            {
                values[i, j] = rows[i][j];
            }
        }

        return values;
    }
}
