using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>A function of several variables whose minimum is known.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dimension">d.</param>
/// <param name="Least">Its minimum.</param>
/// <param name="Make">The function of u [d], each in [0, 1], by seed.</param>
internal sealed record StandardFunction(string Name, int Dimension, double Least, Func<int, Func<double[], double>> Make)
{
    private const int Sweep = 20_000;
    private const double AckleyHalf = 32.768, RosenbrockHalf = 2.048;

    private static readonly double[] s_alpha = [1, 1.2, 3, 3.2];
    private static readonly double[] s_a3 = [3, 10, 30, 0.1, 10, 35, 3, 10, 30, 0.1, 10, 35];
    private static readonly double[] s_p3 = [0.3689, 0.1170, 0.2673, 0.4699, 0.4387, 0.7470, 0.1091, 0.8732, 0.5547, 0.0381, 0.5743, 0.8828];
    private static readonly double[] s_a6 = [10, 3, 17, 3.5, 1.7, 8, 0.05, 10, 17, 0.1, 8, 14, 3, 3.5, 1.7, 10, 17, 8, 17, 8, 0.05, 10, 0.1, 14];
    private static readonly double[] s_p6 =
    [
        0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886, 0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991,
        0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650, 0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381,
    ];

    /// <summary>
    /// The functions of the issue; Ackley's is shifted by the seed, so that its minimum is not the centre, and Rosenbrock's beside it, for in the middle of the usual range it is near its least.
    /// </summary>
    internal static IReadOnlyList<StandardFunction> All { get; } =
    [
        new("Branin", 2, 0.39788735772973816, _ => Branin),
        new("Rosenbrock-2", 2, 0, _ => Rosenbrock),
        new("Rosenbrock-2, shifted", 2, 0, ShiftedRosenbrock),
        new("Ackley-2", 2, 0, Ackley),
        new("Hartmann-3", 3, -3.86278214782076, _ => u => Hartmann(s_a3, s_p3, u)),
        new("Hartmann-6", 6, -3.32236801141551, _ => u => Hartmann(s_a6, s_p6, u)),
    ];

    /// <summary>The median over the space less the minimum.</summary>
    internal double Gap(Func<double[], double> function, int seed)
    {
        var stream = new RandomStreams(seed).Stream("gap");
        double[] values = [.. Enumerable.Range(0, Sweep).Select(_ => function([.. Enumerable.Range(0, Dimension).Select(_ => stream.NextDouble())]))];
        Array.Sort(values);
        return values[Sweep / 2] - Least;
    }

    private static double Branin(double[] u)
    {
        double a = -5 + 15 * u[0], b = 15 * u[1];
        return Math.Pow(b - 5.1 / (4 * Math.PI * Math.PI) * a * a + 5 / Math.PI * a - 6, 2) + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(a) + 10;
    }

    private static double Rosenbrock(double[] u) => RosenbrockAt(RosenbrockHalf * (2 * u[0] - 1), RosenbrockHalf * (2 * u[1] - 1));

    private static double RosenbrockAt(double a, double b) => 100 * Math.Pow(b - a * a, 2) + Math.Pow(1 - a, 2);

    private static Func<double[], double> ShiftedRosenbrock(int seed)
    {
        var stream = new RandomStreams(seed).Stream("shift");
        double[] centre = [.. Enumerable.Range(0, 2).Select(_ => 2 * stream.NextDouble() - 1)];
        return u => RosenbrockAt(centre[0] + RosenbrockHalf * (2 * u[0] - 1), centre[1] + RosenbrockHalf * (2 * u[1] - 1));
    }

    private static Func<double[], double> Ackley(int seed)
    {
        var stream = new RandomStreams(seed).Stream("shift");
        double[] centre = [.. Enumerable.Range(0, 2).Select(_ => 40 * (stream.NextDouble() - 0.5))];
        return u =>
        {
            double[] x = [.. u.Zip(centre, (v, c) => AckleyHalf * (2 * v - 1) - c)];
            return -20 * Math.Exp(-0.2 * Math.Sqrt(x.Average(v => v * v))) - Math.Exp(x.Average(v => Math.Cos(2 * Math.PI * v))) + 20 + Math.E;
        };
    }

    private static double Hartmann(double[] a, double[] p, double[] u)
    {
        double sum = 0;
        for (var i = 0; i < s_alpha.Length; i++)
        {
            double square = 0;
            for (var j = 0; j < u.Length; j++)
            {
                var z = u[j] - p[i * u.Length + j];
                square += a[i * u.Length + j] * z * z;
            }

            sum -= s_alpha[i] * Math.Exp(-square);
        }

        return sum;
    }
}
