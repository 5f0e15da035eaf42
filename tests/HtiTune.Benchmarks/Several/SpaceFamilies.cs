using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>Families of networks with known law; an instance each seed.</summary>
internal static partial class SpaceFamilies
{
    /// <summary>Names and makers: seed and d to a problem.</summary>
    internal static IReadOnlyList<(string Name, bool IsSmooth, Func<int, int, SpaceProblem> Make)> All { get; } =
    [
        ("forecast", true, Forecast),
        ("group-ridge", true, GroupRidge),
        ("control", true, Control),
        ("kernel-ridge", true, KernelRidge),
        ("softmax", true, Softmax),
        ("saturation", true, Saturation),
        ("cliff", false, Cliff),
    ];

    /// <summary>All of d hyperparameters whose outputs are compared between anchors: of two also a network that was trained at 18 × 18 configurations, whose forecasts are kept.</summary>
    internal static IEnumerable<(string Name, bool IsSmooth, Func<int, int, SpaceProblem> Make)> Of(int d) => d == 2 ? All.Append(("kept network", false, KeptNetwork)) : All;

    // Target quantile × weight decay; trainings scatter, so that it is not among the smooth. A seed makes the anchors alone.
    private static SpaceProblem KeptNetwork(int seed, int d)
    {
        const int Levels = 18;
        var table = NpyFile.ReadMatrix(Path.Combine(AppContext.BaseDirectory, "Several", "quantile-decay.npy"));
        return new SpaceProblem(
            "kept network", d, u => Matrix.Create(table.Columns, 1, (i, row) => row[0] = table[1 + Levels * Level(u[0]) + Level(u[1]), i]), y => y.Exact(0, 0),
            u => Array.ConvertAll(u, x => (Level(x) + 0.5) / Levels));

        static int Level(double x) => Math.Min(Levels - 1, (int)(x * Levels));
    }

    private static RandomStream Stream(string family, int seed, int d) => new RandomStreams(seed).Fork("several").Stream($"{family} {d}");

    private static double Log(double u, double low, double high) => Math.Exp(Math.Log(low) + u * (Math.Log(high) - Math.Log(low)));

    internal static double[] Normals(RandomStream stream, int n) => [.. Enumerable.Range(0, n).Select(_ => stream.NextNormal())];

    /// <summary>Mean plus a share of the mean of the worst tenth: what a user who fears bad cases asks for.</summary>
    internal static double WithTail(double[] losses, double share)
    {
        var mean = losses.Average();
        Array.Sort(losses);
        var worst = Math.Max(1, losses.Length / 10);
        return (1 - share) * mean + share * losses.AsSpan(losses.Length - worst).ToArray().Average();
    }

    // Quantile forecasts of a skewed demand: level × weight of far horizons × smoothing of the spread × tail weight. The cost is that of stock and shortage.
    private static SpaceProblem Forecast(int seed, int d) => Forecasts("forecast", seed, d, _ => 0);

    // The same with a leap where two of the hyperparameters cross.
    private static SpaceProblem Cliff(int seed, int d)
    {
        var stream = Stream("leap", seed, d);
        var (a, b, bar, height) = (stream.NextNormal(), stream.NextNormal(), 0.1 * stream.NextNormal(), 0.8 + 0.6 * stream.NextDouble());
        return Forecasts("cliff", seed, d, u => a * (u[0] - 0.5) + b * (u[1] - 0.5) > bar ? height : 0);
    }

    private static SpaceProblem Forecasts(string name, int seed, int d, Func<double[], double> leap)
    {
        const int Rows = 60, Horizons = 3;
        var stream = Stream("forecast", seed, d);
        double[] level = Normals(stream, Rows), slope = Normals(stream, Rows), spread = [.. Normals(stream, Rows).Select(z => Math.Exp(0.4 * z))], truth = Normals(stream, Rows * Horizons);
        var (shortage, tail) = (2 + 6 * stream.NextDouble(), 0.6 * stream.NextDouble());
        return new SpaceProblem(name, d, Outputs, y =>
        {
            var losses = new double[Rows];
            for (var i = 0; i < Rows; i++)
            {
                for (var h = 0; h < Horizons; h++)
                {
                    var demand = level[i] + 0.4 * h * slope[i] + spread[i] * (1 + 0.3 * h) * Skew(truth[i * Horizons + h]);
                    var miss = demand - y.Exact(i, h);
                    losses[i] += miss > 0 ? shortage * miss : -miss;
                }
            }

            return WithTail(losses, tail);
        });

        static double Skew(double z) => 0.8 * (Math.Exp(0.5 * z) - 1) + 0.5 * z;

        Matrix Outputs(double[] u)
        {
            var z = NormalDistribution.Quantile(0.03 + 0.94 * u[0]);
            var far = u.Length > 1 ? 2 * u[1] : 1;
            var shrink = u.Length > 2 ? u[2] : 0.3;
            var heavy = u.Length > 3 ? 1.5 * u[3] : 0.5;
            var jump = leap(u);
            var y = new double[Rows * Horizons];
            for (var i = 0; i < Rows; i++)
            {
                for (var h = 0; h < Horizons; h++)
                {
                    var width = Math.Exp((1 - shrink) * Math.Log(spread[i])) * (1 + 0.3 * h * far);
                    var q = z < 0 ? z : z * (1 + heavy * z * z / 6);
                    y[i * Horizons + h] = level[i] + 0.4 * h * far * slope[i] + width * (0.8 * (Math.Exp(0.5 * z) - 1) + 0.5 * q) + jump * Math.Sign(slope[i]);
                }
            }

            return Matrix.FromDoubles(Rows, Horizons, y);
        }
    }

    // Ridge regression with a penalty for each group of features.
    private static SpaceProblem GroupRidge(int seed, int d)
    {
        const int Train = 40, Rows = 80, Each = 4;
        var stream = Stream("group-ridge", seed, d);
        var p = Each * d;
        double[] weights = [.. Enumerable.Range(0, p).Select(j => stream.NextNormal() * Math.Pow(0.35, j / Each % 3))];
        double[] x = Normals(stream, (Train + Rows) * p);
        for (var i = 0; i < Train + Rows; i++)
        {
            for (var j = 1; j < p; j++)
            {
                x[i * p + j] = 0.6 * x[i * p + j - 1] + 0.8 * x[i * p + j];
            }
        }

        double[] target = [.. Enumerable.Range(0, Train + Rows).Select(i => Dot(x, i * p, weights, p) + 2.5 * stream.NextNormal())];
        double[] gram = new double[p * p], right = new double[p];
        for (var i = 0; i < Train; i++)
        {
            for (var j = 0; j < p; j++)
            {
                right[j] += x[i * p + j] * target[i] / Train;
                for (var k = 0; k < p; k++)
                {
                    gram[j * p + k] += x[i * p + j] * x[i * p + k] / Train;
                }
            }
        }

        var tail = 0.7 * stream.NextDouble();
        return new SpaceProblem("group-ridge", d, u =>
        {
            var system = (double[])gram.Clone();
            for (var j = 0; j < p; j++)
            {
                system[j * p + j] += Log(u[j / Each], 1e-3, 1e2);
            }

            var beta = (double[])right.Clone();
            var factor = CholeskyFactor.Of(system, p);
            factor.SolveLower(beta, beta);
            factor.SolveUpper(beta, beta);
            return Matrix.FromDoubles(Rows, 1, [.. Enumerable.Range(0, Rows).Select(i => Dot(x, (Train + i) * p, beta, p))]);
        }, y => WithTail([.. Enumerable.Range(0, Rows).Select(i => Math.Abs(y.Exact(i, 0) - target[Train + i]))], tail));
    }

    private static double Dot(double[] x, int from, double[] w, int p)
    {
        double sum = 0;
        for (var j = 0; j < p; j++)
        {
            sum += x[from + j] * w[j];
        }

        return sum;
    }
}
