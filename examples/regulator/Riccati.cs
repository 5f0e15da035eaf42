using HtiTune.Data;

// A, B   the system                               [2, 2], [2]; γ its discount
// λ      weight of control
// P      cost to go: xᵀP x                        [2, 2]
// K      gain of the best regulator, u = −K x     [2]
//   P = I + γ AᵀP A − Kᵀ γ BᵀP A,   K = γ BᵀP A / (λ + γ BᵀP B)                          [Riccati; Bertsekas 2005, 4.1]
// S, C   state cost and control cost to go of that regulator, F = A − B K               [2, 2]
//   S = I + γ FᵀS F,   C = KᵀK + γ FᵀC F                                                [Lyapunov]
//   P = S + λ C, so that x₀ᵀS x₀ + ρ x₀ᵀC x₀ is least over λ at λ = ρ, whatever x₀.

/// <summary>The exact answer of the task: the best regulator at every λ, and the outputs it would give.</summary>
internal static class Riccati
{
    private const int MostSteps = 20_000;
    private const double Settled = 1e-14;

    /// <summary>The best gain at λ, and its cost to go.</summary>
    /// <param name="lambda">Weight of control, above 0.</param>
    public static (double[] Gain, double[,] Cost) Solve(double lambda)
    {
        var (a, b) = (PushedMass.A, PushedMass.B);
        var gain = new double[2];
        var cost = Iterate(p =>
        {
            // g = γ BᵀP A, and K = g / (λ + γ BᵀP B)
            var pb = new[] { p[0, 0] * b[0] + p[0, 1] * b[1], p[1, 0] * b[0] + p[1, 1] * b[1] };
            var g = new double[2];
            for (var j = 0; j < 2; j++)
            {
                g[j] = PushedMass.Discount * (pb[0] * a[0, j] + pb[1] * a[1, j]);
                gain[j] = g[j] / (lambda + PushedMass.Discount * (b[0] * pb[0] + b[1] * pb[1]));
            }

            var next = Quadratic(a, p);
            for (var i = 0; i < 2; i++)
            {
                for (var j = 0; j < 2; j++)
                {
                    next[i, j] = (i == j ? 1 : 0) + PushedMass.Discount * next[i, j] - gain[i] * g[j];
                }
            }

            return next;
        });
        return (gain, cost);
    }

    /// <summary>The outputs at λ: roots of state cost and control cost of an episode from each start, shape [n, 2].</summary>
    /// <param name="lambda">Weight of control.</param>
    /// <param name="starts">The starts.</param>
    public static Samples Outputs(double lambda, Contexts starts)
    {
        var (gain, _) = Solve(lambda);
        var (a, b) = (PushedMass.A, PushedMass.B);
        var closed = new double[2, 2];
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 2; j++)
            {
                closed[i, j] = a[i, j] - b[i] * gain[j];
            }
        }

        var state = ToGo(closed, (i, j) => i == j ? 1 : 0);
        var control = ToGo(closed, (i, j) => gain[i] * gain[j]);
        return new Samples(
            Matrix.Create(starts.Count, 2, (n, row) =>
            {
                var x = starts.Conditions.Row(n);
                (row[0], row[1]) = ((float)Math.Sqrt(Value(state, x)), (float)Math.Sqrt(Value(control, x)));
            }),
            starts);
    }

    private static double[,] ToGo(double[,] closed, Func<int, int, double> stage) => Iterate(s =>
    {
        var next = Quadratic(closed, s);
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 2; j++)
            {
                next[i, j] = stage(i, j) + PushedMass.Discount * next[i, j];
            }
        }

        return next;
    });

    // The fixed point of a contraction, from 0.
    private static double[,] Iterate(Func<double[,], double[,]> step)
    {
        var p = new double[2, 2];
        for (var k = 0; k < MostSteps; k++)
        {
            var next = step(p);
            var moved = next.Cast<double>().Zip(p.Cast<double>(), (x, y) => Math.Abs(x - y)).Max();
            p = next;
            if (moved <= Settled * p.Cast<double>().Max(Math.Abs))
            {
                return p;
            }
        }

        throw new InvalidOperationException($"The iteration has not settled within {MostSteps} steps.");
    }

    // MᵀP M
    private static double[,] Quadratic(double[,] m, double[,] p)
    {
        var result = new double[2, 2];
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 2; j++)
            {
                for (var k = 0; k < 2; k++)
                {
                    for (var l = 0; l < 2; l++)
                    {
                        result[i, j] += m[k, i] * p[k, l] * m[l, j];
                    }
                }
            }
        }

        return result;
    }

    private static double Value(double[,] p, ReadOnlySpan<float> x) =>
        p[0, 0] * x[0] * x[0] + (p[0, 1] + p[1, 0]) * x[0] * x[1] + p[1, 1] * x[1] * x[1];
}
