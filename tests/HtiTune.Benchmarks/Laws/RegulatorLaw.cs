using HtiTune.Data;

namespace HtiTune.Benchmarks.Laws;

// Notation (linear system under noise, discounted quadratic cost; d states, one input)
//   x' = A x + B u + w,  w ~ N(0, ω I)                A [d, d], B [d], discount γ
//   cost Σ γᵗ (|x_t|² + λ u_t²)                        λ the reward's weight of control
//   P = I + γ AᵀPA − γ² AᵀPB (λ + γ BᵀPB)⁻¹ BᵀPA       Riccati; u = −K x,  K = γ (λ + γ BᵀPB)⁻¹ BᵀPA
//   S = I + γ FᵀSF,  C = KᵀK + γ FᵀCF,  F = A − BK     costs to go of state and of control [Lyapunov]
//   Outputs from x₀: x₀ᵀSx₀ + ω γ/(1 − γ) tr S, and the same of C: what is to be expected of an episode that begins there.

/// <summary>Expected state cost and control cost of the optimal regulator at a weight λ, for given initial states: one answer for each context.</summary>
internal sealed class RegulatorLaw : OutputLaw
{
    private const int Rows = 64;
    private const int MostSteps = 20_000;
    private const double Settled = 1e-13;
    private const double Noise = 0.1;

    private readonly double[,] _a;
    private readonly double[] _b;
    private readonly double[][] _starts;

    /// <param name="a">A; (A, B) must be stabilisable.</param>
    /// <param name="b">B.</param>
    /// <param name="starts">x₀, [n][d].</param>
    public RegulatorLaw(double[,] a, double[] b, double[][] starts)
    {
        (_a, _b, _starts) = (a, b, starts);
        Contexts = new Contexts(Matrix.Create(starts.Length, b.Length, (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)starts[i][j];
            }
        }));
    }

    /// <summary>γ.</summary>
    public static double Discount => 0.95;

    public override ContinuousHyperparameter Hyperparameter { get; } = Data.Hyperparameter.Continuous("control weight", 0.01, 100, Scale.Log);

    public override Contexts Contexts { get; }

    public override int Dimension => 2;

    /// <summary>A system of one state in half of the problems; else a mass that is pushed, with some drag or none.</summary>
    public static RegulatorLaw Random(RandomStreams streams)
    {
        var stream = streams.Stream("system");
        var one = stream.NextDouble() < 0.5;
        double[,] a;
        double[] b;
        if (one)
        {
            a = new[,] { { 0.7 + 0.5 * stream.NextDouble() } };
            b = [0.3 + stream.NextDouble()];
        }
        else
        {
            var step = 0.2 + 0.4 * stream.NextDouble();
            a = new[,] { { 1, step }, { -0.3 * stream.NextDouble(), 1 - 0.4 * stream.NextDouble() } };
            b = [0, step * (0.5 + stream.NextDouble())];
        }

        var draws = streams.Stream("draws");
        return new RegulatorLaw(a, b, [.. Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, b.Length).Select(_ => draws.NextNormal()).ToArray())]);
    }

    /// <summary>K and P at a weight.</summary>
    /// <exception cref="InvalidOperationException">The iteration does not settle.</exception>
    public (double[] Gain, double[,] Cost) Solve(double lambda)
    {
        var d = _b.Length;
        var p = Identity(d);
        for (var step = 0; step < MostSteps; step++)
        {
            var pa = Product(p, _a);
            var ba = new double[d];
            double bb = 0;
            for (var i = 0; i < d; i++)
            {
                for (var j = 0; j < d; j++)
                {
                    ba[j] += Discount * _b[i] * pa[i, j];
                    bb += Discount * _b[i] * p[i, j] * _b[j];
                }
            }

            var next = Product(Transposed(_a), pa);
            double moved = 0, size = 0;
            for (var i = 0; i < d; i++)
            {
                for (var j = 0; j < d; j++)
                {
                    next[i, j] = (i == j ? 1 : 0) + Discount * next[i, j] - ba[i] * ba[j] / (lambda + bb);
                    moved = Math.Max(moved, Math.Abs(next[i, j] - p[i, j]));
                    size = Math.Max(size, Math.Abs(next[i, j]));
                }
            }

            p = next;
            if (moved <= Settled * size)
            {
                return ([.. ba.Select(value => value / (lambda + bb))], p);
            }
        }

        throw new InvalidOperationException($"The Riccati iteration has not settled at λ = {lambda:R}; expected a system that can be stabilised.");
    }

    public override Matrix At(double lambda)
    {
        var d = _b.Length;
        var (gain, _) = Solve(lambda);
        double[,] closed = new double[d, d], control = new double[d, d];
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < d; j++)
            {
                closed[i, j] = _a[i, j] - _b[i] * gain[j];
                control[i, j] = gain[i] * gain[j];
            }
        }

        double[,] s = ToGo(Identity(d), closed), c = ToGo(control, closed);
        return Matrix.Create(_starts.Length, 2, (i, row) =>
        {
            row[0] = (float)Expected(s, _starts[i]);
            row[1] = (float)Expected(c, _starts[i]);
        });
    }

    // Σ_t γᵗ (Fᵗ)ᵀ M Fᵗ, by doubling the number of its terms.
    private static double[,] ToGo(double[,] stage, double[,] closed)
    {
        var d = closed.GetLength(0);
        var sum = stage;
        var power = (double[,])closed.Clone();
        var root = Math.Sqrt(Discount);
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < d; j++)
            {
                power[i, j] *= root;
            }
        }

        for (var doubling = 0; doubling < 60; doubling++)
        {
            var added = Product(Product(Transposed(power), sum), power);
            sum = (double[,])sum.Clone();
            double largest = 0;
            for (var i = 0; i < d; i++)
            {
                for (var j = 0; j < d; j++)
                {
                    sum[i, j] += added[i, j];
                    largest = Math.Max(largest, Math.Abs(added[i, j]));
                }
            }

            if (largest <= Settled)
            {
                break;
            }

            power = Product(power, power);
        }

        return sum;
    }

    private static double Expected(double[,] toGo, double[] start)
    {
        var value = 0.0;
        for (var i = 0; i < start.Length; i++)
        {
            value += Noise * Discount / (1 - Discount) * toGo[i, i];
            for (var j = 0; j < start.Length; j++)
            {
                value += start[i] * toGo[i, j] * start[j];
            }
        }

        return value;
    }

    private static double[,] Identity(int d)
    {
        var one = new double[d, d];
        for (var i = 0; i < d; i++)
        {
            one[i, i] = 1;
        }

        return one;
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        var product = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < product.GetLength(0); i++)
        {
            for (var j = 0; j < product.GetLength(1); j++)
            {
                for (var k = 0; k < b.GetLength(0); k++)
                {
                    product[i, j] += a[i, k] * b[k, j];
                }
            }
        }

        return product;
    }

    private static double[,] Transposed(double[,] a)
    {
        var transposed = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < transposed.GetLength(0); i++)
        {
            for (var j = 0; j < transposed.GetLength(1); j++)
            {
                transposed[i, j] = a[j, i];
            }
        }

        return transposed;
    }
}
