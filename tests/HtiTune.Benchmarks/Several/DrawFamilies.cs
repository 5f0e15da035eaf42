using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>A sampler over several hyperparameters whose law is known.</summary>
/// <param name="Name">The family.</param>
/// <param name="Draw">One draw of two outputs at u [d].</param>
internal sealed record DrawProblem(string Name, Func<double[], RandomStream, (double, double)> Draw)
{
    /// <summary>n draws [n, 2].</summary>
    internal Matrix Sample(double[] u, int n, RandomStream stream) => Matrix.Create(n, 2, (_, row) =>
    {
        var (first, second) = Draw(u, stream);
        (row[0], row[1]) = ((float)first, (float)second);
    });
}

/// <summary>Families of samplers; the instance of a seed has directions and strengths of its own.</summary>
internal static class DrawFamilies
{
    private static readonly string[] s_names = ["arc", "cloud", "bent", "late", "parting", "weights"];

    /// <summary>All, with the instance of a seed.</summary>
    internal static IReadOnlyList<(string Name, Func<int, int, DrawProblem> Make)> All { get; } = [.. s_names.Select(name => (name, (Func<int, int, DrawProblem>)((seed, d) => Make(name, seed, d))))];

    private static DrawProblem Make(string name, int seed, int d)
    {
        var stream = new RandomStreams(seed).Fork("several draws").Stream($"{name} {d}");
        double[] some = [.. Enumerable.Range(0, 16).Select(_ => stream.NextNormal())];

        // Hyperparameters beyond the first two turn the whole, and move it along a direction of their own.
        double Turn(double[] u) => u.Length > 2 ? (0.8 + 0.2 * Math.Tanh(some[0])) * u[2] : 0;
        double Away(double[] u) => u.Length > 3 ? (1 + 0.3 * Math.Tanh(some[1])) * u[3] * u[3] : 0;
        (double, double) Placed(double[] u, double x, double y)
        {
            var (sin, cos) = Math.SinCos(Turn(u));
            return (cos * x - sin * y + Away(u), sin * x + cos * y);
        }

        return new DrawProblem(name, name switch { "arc" => (Func<double[], RandomStream, (double, double)>)Arc, "cloud" => Cloud, "bent" => Bent, "late" => Late, "parting" => Parting, _ => Weights });

        // A piece of a ring: where it lies, and how long it is.
        (double, double) Arc(double[] u, RandomStream r)
        {
            var angle = Math.PI * (0.9 + 0.1 * Math.Tanh(some[2])) * u[0] + (0.15 + 0.5 * u[1]) * r.NextNormal();
            var radius = 1 + 0.08 * r.NextNormal();
            return Placed(u, radius * Math.Cos(angle), radius * Math.Sin(angle));
        }

        // A normal cloud: its mean runs along a curve, its spreads and their correlation change.
        (double, double) Cloud(double[] u, RandomStream r)
        {
            double a = r.NextNormal(), b = r.NextNormal(), correlation = 0.8 * Math.Sin(3 * u[1] + some[3]);
            double x = (0.3 + 0.5 * u[0]) * a, y = (0.6 - 0.3 * u[1]) * (correlation * a + Math.Sqrt(1 - correlation * correlation) * b);
            return Placed(u, x + 2 * u[0], y + Math.Sin(3 * u[0] + some[4]) + u[1]);
        }

        // A cloud that bends to either side.
        (double, double) Bent(double[] u, RandomStream r)
        {
            var x = r.NextNormal();
            return Placed(u, x + u[1], 1.2 * (u[0] - 0.4) * (x * x - 1) + (0.2 + 0.3 * u[1]) * r.NextNormal());
        }

        // Hardly anything moves until near the end of the first range.
        (double, double) Late(double[] u, RandomStream r)
        {
            var sign = r.NextDouble() < 0.5 ? -1 : 1;
            return Placed(u, 1.5 * Math.Pow(u[0], 6) * sign + (0.3 + 0.2 * u[1]) * r.NextNormal(), sign * (0.5 + 0.5 * u[1]) + 0.3 * r.NextNormal());
        }

        // One cloud becomes two.
        (double, double) Parting(double[] u, RandomStream r)
        {
            var sign = r.NextDouble() < 0.5 ? -1 : 1;
            return Placed(u, sign * 1.5 * u[0] + 0.3 * r.NextNormal(), sign * (u[1] - 0.5) + 0.4 * r.NextNormal());
        }

        // Two clouds whose weights change.
        (double, double) Weights(double[] u, RandomStream r)
        {
            var isFirst = r.NextDouble() < 0.2 + 0.6 * u[0];
            return Placed(u, (isFirst ? 1.2 : -1.2) + 0.4 * r.NextNormal(), u[1] + 0.4 * r.NextNormal());
        }
    }
}
