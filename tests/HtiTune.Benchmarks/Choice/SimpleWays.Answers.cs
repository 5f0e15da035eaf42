using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Answers: kernel ridge of what each anchor adds, then a curve over λ.
internal sealed partial class SimpleWays
{
    /// <summary>Outputs of rows at every anchor: their own, and kernel ridge of what each other anchor adds in their context.</summary>
    private Func<Samples, double[][]> Ridge()
    {
        var first = _anchors[0];
        var n = first.Count;
        double[] At(Contexts contexts, int i) => [.. Enumerable.Range(0, _c).Select(j => contexts.Conditions[i, j] / _scale[j])];
        double[] Added(Samples own, int j) => [.. Enumerable.Range(0, n).Select(i => (double)own.Outputs[i, j] - first.Outputs[i, j])];
        double[][] z = [.. Enumerable.Range(0, n).Select(i => At(first.Contexts, i))];
        double[][] targets = [.. _anchors.Skip(1).SelectMany(own => Enumerable.Range(0, _d).Select(j => Added(own, j)))];
        int[] kept = [.. Enumerable.Range(0, n).Where(i => i % 5 != 0)], cut = [.. Enumerable.Range(0, n).Where(i => i % 5 == 0)];
        var (_, gamma, ridge) = (from g in (double[])[0.02, 0.05, 0.1, 0.3] from a in (double[])[1e-6, 1e-4, 1e-2] select (Error(g, a), g, a)).MinBy(one => one.Item1);
        var solved = Solved([.. Enumerable.Range(0, n)], gamma, ridge);
        return rows =>
        {
            var values = _anchors.Select(_ => rows.Outputs.Values.ToArray().Select(v => (double)v).ToArray()).ToArray();
            for (var i = 0; i < rows.Count; i++)
            {
                var at = At(rows.Contexts, i);
                double[] kernels = [.. z.Select(other => Kernel(other, at, gamma))];
                for (var t = 0; t < solved.Length; t++)
                {
                    values[1 + t / _d][i * _d + t % _d] += CholeskyFactor.Dot(kernels, solved[t]);
                }
            }

            return values;
        };

        double Error(double g, double a)
        {
            var weights = Solved(kept, g, a);
            return cut.Sum(i =>
            {
                double[] kernels = [.. kept.Select(r => Kernel(z[r], z[i], g))];
                return weights.Select((weight, t) => Math.Pow(CholeskyFactor.Dot(kernels, weight) - targets[t][i], 2)).Sum();
            });
        }

        double[][] Solved(int[] rows, double g, double a)
        {
            var kernel = new double[rows.Length * rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    kernel[i * rows.Length + j] = Kernel(z[rows[i]], z[rows[j]], g) + (i == j ? a : 0);
                }
            }

            var factor = CholeskyFactor.Of(kernel, rows.Length);
            return targets.Select(target =>
            {
                double[] right = [.. rows.Select(r => target[r])];
                factor.SolveLower(right, right);
                factor.SolveUpper(right, right);
                return right;
            }).ToArray();
        }
    }

    private static double Kernel(double[] a, double[] b, double gamma) => Math.Exp(-gamma * a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());

    private Func<double[], double> Process(double u)
    {
        var count = _places.Length;
        double K(double a, double b) => Math.Exp(-2 * Math.Pow((a - b) / (_places[^1] - _places[0]), 2));
        var kernel = new double[count * count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                kernel[i * count + j] = K(_places[i], _places[j]) + (i == j ? 1e-6 : 0);
            }
        }

        var factor = CholeskyFactor.Of(kernel, count);
        double[] weights = [.. _places.Select(place => K(place, u))];
        factor.SolveLower(weights, weights);
        factor.SolveUpper(weights, weights);
        return values =>
        {
            var mean = values.Average();
            return mean + values.Select((v, k) => weights[k] * (v - mean)).Sum();
        };
    }
}
