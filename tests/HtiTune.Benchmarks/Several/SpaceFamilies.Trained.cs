using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>Families whose outputs come of an optimisation of their own.</summary>
internal static partial class SpaceFamilies
{
    // Closed-loop paths of a random system of four states and two inputs under the gain of its Riccati equation; the hyperparameters are logarithms
    // of the states' cost weights. Asked is little overshoot, little input, and few bad starts.
    private static SpaceProblem Control(int seed, int d)
    {
        const int States = 4, Inputs = 2, Steps = 20, Rows = 20;
        var stream = Stream("control", seed, d);
        double[] a = [.. Normals(stream, States * States).Select((z, i) => (i % (States + 1) == 0 ? 0.95 : 0) + 0.15 * z)];
        double[] b = [.. Normals(stream, States * Inputs).Select(z => 0.5 * z)];
        double[] starts = Normals(stream, Rows * States);
        double effort = Math.Exp(stream.NextNormal()) * 0.3, peak = 0.5 + stream.NextDouble(), tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("control", d, Outputs, y =>
        {
            var losses = new double[Rows];
            for (var i = 0; i < Rows; i++)
            {
                double top = 0;
                for (var t = 0; t < Steps; t++)
                {
                    double position = y.Exact(i, 2 * t), input = y.Exact(i, 2 * t + 1);
                    losses[i] += (position * position + effort * input * input) / Steps;
                    top = Math.Max(top, Math.Abs(input));
                }

                losses[i] += 0.2 * peak * top;
            }

            return WithTail(losses, tail);
        });

        Matrix Outputs(double[] u)
        {
            double[] q = [.. Enumerable.Range(0, States).Select(j => j < u.Length ? Log(u[j], 1e-2, 1e2) : 0.3)];
            var gain = Gain(a, b, q, 1, States, Inputs);
            var y = new double[Rows * 2 * Steps];
            for (var i = 0; i < Rows; i++)
            {
                var x = starts.AsSpan(i * States, States).ToArray();
                for (var t = 0; t < Steps; t++)
                {
                    double[] input = [.. Enumerable.Range(0, Inputs).Select(m => -Dot(gain, m * States, x, States))];
                    (y[i * 2 * Steps + 2 * t], y[i * 2 * Steps + 2 * t + 1]) = (x[0], input[0]);
                    x = [.. Enumerable.Range(0, States).Select(j => Dot(a, j * States, x, States) + Dot(b, j * Inputs, input, Inputs))];
                }
            }

            return Matrix.FromDoubles(Rows, 2 * Steps, y);
        }
    }

    // K = (rI + BᵀPB)⁻¹BᵀPA at the fixed point of P = Q + AᵀP(A − BK).
    private static double[] Gain(double[] a, double[] b, double[] q, double r, int n, int m)
    {
        var p = new double[n * n];
        var gain = new double[m * n];
        for (var step = 0; step < 60; step++)
        {
            double[] pa = Product(p, a, n, n, n), pb = Product(p, b, n, n, m);
            double[] system = new double[m * m], right = new double[m * n];
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < m; j++)
                {
                    system[i * m + j] = (i == j ? r : 0) + Enumerable.Range(0, n).Sum(k => b[k * m + i] * pb[k * m + j]);
                }

                for (var j = 0; j < n; j++)
                {
                    right[i * n + j] = Enumerable.Range(0, n).Sum(k => b[k * m + i] * pa[k * n + j]);
                }
            }

            var factor = CholeskyFactor.Of(system, m);
            for (var j = 0; j < n; j++)
            {
                double[] column = [.. Enumerable.Range(0, m).Select(i => right[i * n + j])];
                factor.SolveLower(column, column);
                factor.SolveUpper(column, column);
                for (var i = 0; i < m; i++)
                {
                    gain[i * n + j] = column[i];
                }
            }

            var closed = Product(b, gain, n, m, n);
            for (var i = 0; i < closed.Length; i++)
            {
                closed[i] = a[i] - closed[i];
            }

            var next = Product(p, closed, n, n, n);
            p = new double[n * n];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    p[i * n + j] = (i == j ? q[i] : 0) + Enumerable.Range(0, n).Sum(k => a[k * n + i] * next[k * n + j]);
                }
            }

            // Rounding leaves P not quite symmetric, and that grows.
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    p[i * n + j] = p[j * n + i] = 0.5 * (p[i * n + j] + p[j * n + i]);
                }
            }
        }

        return gain;
    }

    private static double[] Product(double[] x, double[] y, int rows, int inner, int columns)
    {
        var result = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < inner; k++)
            {
                for (var j = 0; j < columns; j++)
                {
                    result[i * columns + j] += x[i * inner + k] * y[k * columns + j];
                }
            }
        }

        return result;
    }

    // Kernel ridge regression: regularisation, then a bandwidth for each feature.
    private static SpaceProblem KernelRidge(int seed, int d)
    {
        const int Train = 30, Rows = 60;
        var stream = Stream("kernel-ridge", seed, d);
        var p = Math.Max(1, d - 1);
        double[] x = [.. Enumerable.Range(0, (Train + Rows) * p).Select(_ => stream.NextDouble())], turns = [.. Enumerable.Range(0, p).Select(_ => 1 + 6 * stream.NextDouble())];
        double[] target = [.. Enumerable.Range(0, Train + Rows).Select(i => Enumerable.Range(0, p).Sum(j => Math.Sin(turns[j] * x[i * p + j])) + 0.3 * stream.NextNormal())];
        var tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("kernel-ridge", d, u =>
        {
            double[] inverse = [.. Enumerable.Range(0, p).Select(j => 1 / Log(u[j + 1], 0.03, 3))];
            var system = new double[Train * Train];
            for (var i = 0; i < Train; i++)
            {
                for (var k = 0; k < Train; k++)
                {
                    system[i * Train + k] = Kernel(i, k);
                }

                system[i * Train + i] += Log(u[0], 1e-4, 10);
            }

            var factor = CholeskyFactor.Of(system, Train);
            var weights = target[..Train];
            factor.SolveLower(weights, weights);
            factor.SolveUpper(weights, weights);
            return Matrix.FromDoubles(Rows, 1, [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, Train).Sum(k => weights[k] * Kernel(Train + i, k)))]);

            double Kernel(int i, int k)
            {
                double square = 0;
                for (var j = 0; j < p; j++)
                {
                    var z = (x[i * p + j] - x[k * p + j]) * inverse[j];
                    square += z * z;
                }

                return Math.Exp(-0.5 * square);
            }
        }, y => WithTail([.. Enumerable.Range(0, Rows).Select(i => Math.Abs(y.Exact(i, 0) - target[Train + i]))], tail));
    }

    // Softmax regression of three classes: penalty × weight of the rare class × penalty of the other features × label noise that is assumed.
    private static SpaceProblem Softmax(int seed, int d)
    {
        const int Train = 40, Rows = 80, Features = 6, Classes = 3;
        var stream = Stream("softmax", seed, d);
        double[] x = Normals(stream, (Train + Rows) * Features), truth = Normals(stream, Classes * Features);
        int[] labels = new int[Train + Rows];
        for (var i = 0; i < labels.Length; i++)
        {
            double[] scores = [.. Enumerable.Range(0, Classes).Select(c => Dot(truth, c * Features, x[(i * Features)..((i + 1) * Features)], Features) - (c == 2 ? 1.5 : 0) - Math.Log(-Math.Log(stream.NextDouble())))];
            labels[i] = Array.IndexOf(scores, scores.Max());
        }

        var (rare, tail) = (2 + 6 * stream.NextDouble(), 0.4 * stream.NextDouble());
        return new SpaceProblem("softmax", d, Outputs, y => WithTail([.. Enumerable.Range(0, Rows).Select(i =>
            (labels[Train + i] == 2 ? rare : 1) * -Math.Log(Math.Max(1e-9, y.Exact(i, labels[Train + i]))))], tail));

        Matrix Outputs(double[] u)
        {
            var weight = u.Length > 1 ? Log(u[1], 0.2, 20) : 3;
            double[] penalty = [.. Enumerable.Range(0, Features).Select(j => Log(u.Length > 2 && j >= Features / 2 ? u[2] : u[0], 1e-3, 10))];
            var noise = u.Length > 3 ? 0.3 * u[3] : 0.05;
            var w = Fit(x, labels[..Train], penalty, weight, noise, Features, Classes);
            return Matrix.FromDoubles(Rows, Classes, [.. Enumerable.Range(0, Rows).SelectMany(i => Chances(x, Train + i, w, Features, Classes))]);
        }
    }

    private static double[] Fit(double[] x, int[] labels, double[] penalty, double rare, double noise, int features, int classes)
    {
        // Accelerated descent of a convex loss.
        double[] w = new double[classes * features], momentum = new double[w.Length];
        var step = 1 / (1 + 0.5 * Math.Max(1, rare) + penalty.Max());
        for (var t = 0; t < 80; t++)
        {
            double[] at = [.. w.Zip(momentum, (a, b) => a + 0.9 * b)], slope = new double[w.Length];
            for (var i = 0; i < labels.Length; i++)
            {
                var p = Chances(x, i, at, features, classes);
                var weight = (labels[i] == 2 ? rare : 1) / labels.Length;
                for (var c = 0; c < classes; c++)
                {
                    var miss = weight * (p[c] - (c == labels[i] ? 1 - noise : noise / (classes - 1)));
                    for (var j = 0; j < features; j++)
                    {
                        slope[c * features + j] += miss * x[i * features + j];
                    }
                }
            }

            for (var k = 0; k < w.Length; k++)
            {
                momentum[k] = 0.9 * momentum[k] - step * (slope[k] + penalty[k % features] * at[k]);
                w[k] += momentum[k];
            }
        }

        return w;
    }

    private static double[] Chances(double[] x, int row, double[] w, int features, int classes)
    {
        var scores = new double[classes];
        for (var c = 0; c < classes; c++)
        {
            for (var j = 0; j < features; j++)
            {
                scores[c] += x[row * features + j] * w[c * features + j];
            }
        }

        var most = scores.Max();
        double sum = 0;
        for (var c = 0; c < classes; c++)
        {
            scores[c] = Math.Exp(scores[c] - most);
            sum += scores[c];
        }

        return Array.ConvertAll(scores, s => s / sum);
    }

    // Dose–response curves of a population: position, steepness, floor and ceiling of a saturating answer; asked is an effect within bounds for each.
    private static SpaceProblem Saturation(int seed, int d)
    {
        const int Rows = 50, Doses = 4;
        var stream = Stream("saturation", seed, d);
        double[] middle = Normals(stream, Rows), gain = [.. Normals(stream, Rows).Select(z => Math.Exp(0.3 * z))], bias = [.. Normals(stream, Rows).Select(z => 0.2 * z)];
        var (low, high, tail) = (0.3 + 0.2 * stream.NextDouble(), 0.6 + 0.3 * stream.NextDouble(), 0.5 * stream.NextDouble());
        return new SpaceProblem("saturation", d, u =>
        {
            double position = 4 * u[0] - 2, steep = u.Length > 1 ? Log(u[1], 0.3, 6) : 1, floor = u.Length > 2 ? 0.4 * u[2] : 0, top = u.Length > 3 ? 0.5 + u[3] : 1;
            var y = new double[Rows * Doses];
            for (var i = 0; i < Rows; i++)
            {
                for (var t = 0; t < Doses; t++)
                {
                    y[i * Doses + t] = floor + (top - floor) / (1 + Math.Exp(-steep * (gain[i] * (t - 1.5) - position - 0.5 * middle[i]))) + bias[i];
                }
            }

            return Matrix.FromDoubles(Rows, Doses, y);
        }, y => WithTail([.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, Doses).Sum(t =>
        {
            double aim = low + (high - low) * t / (Doses - 1), miss = y.Exact(i, t) - aim;
            return miss * miss + (miss > 0.3 ? 2 * (miss - 0.3) : 0);
        }))], tail));
    }
}
