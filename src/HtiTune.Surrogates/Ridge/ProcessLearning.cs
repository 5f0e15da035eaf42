// Notation of ContextProcess, and
//   S         TTᵀ; of many outputs a few columns whose S is nearly theirs, by pivoted Cholesky
//   q, e      tr(TᵀA);  (tr S)²/|S|², the effective number of outputs
//   f(θ)      e/2 · (n log q + log|M|) + ½ Σ_j ((log w_j + ½ log p)/LengthSpread)² + ½ (log β/LinearSpread)², minimised
//   ∂f/∂M     e/2 (M⁻¹ − n/q · AAᵀ)                                                                                   [Rasmussen2006, ch. 5]

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Learns lengths, linear part, noise and kernel of a <see cref="ContextProcess"/> by the likelihood that outputs share.</summary>
internal static class ProcessLearning
{
    /// <summary>Rows that tell the lengths.</summary>
    internal const int MostRows = 160;

    private const int MostColumns = 24, Iterations = 40, OtherIterations = 12;
    private const double Tolerance = 1e-3, LengthSpread = 1.5, LinearSpread = 3;
    private const double NoiseStart = -6, LeastNoise = -18, MostNoise = 2, MostScale = 5, LeastScale = -7, MostLinear = 6;

    /// <summary>Learns; null where targets do not differ.</summary>
    /// <param name="z">Inputs, [n, p].</param>
    /// <param name="targets">Targets, [n, O].</param>
    /// <param name="outputs">O.</param>
    /// <param name="inputs">What inputs are.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static ProcessState? Learn(double[] z, double[] targets, int outputs, RidgeInputs inputs, CancellationToken cancellation)
    {
        var n = z.Length / inputs.Count;
        if (Columns(targets, n, outputs) is not { } columns)
        {
            return null;
        }

        var count = inputs.Lengths + 2;
        double[] start = new double[count], low = new double[count], high = new double[count];
        for (var i = 0; i < inputs.Lengths; i++)
        {
            (start[i], low[i], high[i]) = (-0.5 * Math.Log(inputs.Count), LeastScale, MostScale);
        }

        (start[^2], low[^2], high[^2]) = (0, -MostLinear, MostLinear);
        (start[^1], low[^1], high[^1]) = (NoiseStart, LeastNoise, MostNoise);
        var problem = new Problem(z, columns, inputs);
        var best = (Kernel: ContextKernel.Matern5, Result: Search(ContextKernel.Matern5, start, Iterations));
        foreach (var kernel in new[] { ContextKernel.Gauss, ContextKernel.Matern3 })
        {
            if (Search(kernel, best.Result.Point, OtherIterations) is var other && other.Value < best.Result.Value)
            {
                best = (kernel, other);
            }
        }

        return new ProcessState(best.Kernel, best.Result.Point);

        BoxMinimiser.Result Search(ContextKernel kernel, double[] from, int iterations) => BoxMinimiser.Minimise(
            (theta, gradient) => problem.Value(kernel, theta, gradient), from, low, high, iterations, Tolerance, cancellation);
    }

    /// <summary>A few columns [n, r] whose inner products of rows are nearly those of the targets less their mean.</summary>
    private static double[]? Columns(double[] targets, int n, int o)
    {
        var centred = new double[targets.Length];
        for (var j = 0; j < o; j++)
        {
            double mean = 0;
            for (var i = 0; i < n; i++)
            {
                mean += targets[i * o + j] / n;
            }

            for (var i = 0; i < n; i++)
            {
                centred[i * o + j] = targets[i * o + j] - mean;
            }
        }

        double[] left = [.. Enumerable.Range(0, n).Select(i => CholeskyFactor.Dot(centred.AsSpan(i * o, o), centred.AsSpan(i * o, o)))];
        if (!(left.Sum() > 0))
        {
            return null;
        }

        if (o <= MostColumns)
        {
            return centred;
        }

        var columns = new double[n * MostColumns];
        for (var r = 0; r < MostColumns; r++)
        {
            var pivot = Array.IndexOf(left, left.Max());
            if (!(left[pivot] > 0))
            {
                break;
            }

            var root = Math.Sqrt(left[pivot]);
            for (var i = 0; i < n; i++)
            {
                var value = CholeskyFactor.Dot(centred.AsSpan(i * o, o), centred.AsSpan(pivot * o, o))
                    - CholeskyFactor.Dot(columns.AsSpan(i * MostColumns, r), columns.AsSpan(pivot * MostColumns, r));
                columns[i * MostColumns + r] = value / root;
            }

            for (var i = 0; i < n; i++)
            {
                left[i] = i == pivot ? 0 : Math.Max(0, left[i] - columns[i * MostColumns + r] * columns[i * MostColumns + r]);
            }
        }

        return columns;
    }

    /// <summary>The objective of rows.</summary>
    internal sealed class Problem
    {
        private readonly double[] _z, _targets;
        private readonly RidgeInputs _inputs;
        private readonly int _n, _r;
        private readonly double _effective;

        internal Problem(double[] z, double[] targets, RidgeInputs inputs)
        {
            (_z, _targets, _inputs) = (z, targets, inputs);
            _n = z.Length / inputs.Count;
            _r = targets.Length / _n;
            double trace = 0, squares = 0;
            for (var i = 0; i < _n; i++)
            {
                for (var j = 0; j < _n; j++)
                {
                    var product = CholeskyFactor.Dot(targets.AsSpan(i * _r, _r), targets.AsSpan(j * _r, _r));
                    squares += product * product;
                    trace += i == j ? product : 0;
                }
            }

            _effective = trace * trace / squares;
        }

        internal double Value(ContextKernel kernel, ReadOnlySpan<double> theta, Span<double> gradient)
        {
            int n = _n, p = _inputs.Count;
            var scale = _inputs.ScaleOf(theta.ToArray());
            double beta = Math.Exp(theta[^2]) / p, nu = Math.Exp(theta[^1]);
            double[] matrix = new double[n * n], slopes = new double[n * n];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    double s = 0, product = 0;
                    for (var k = 0; k < p; k++)
                    {
                        var away = scale[k] * (_z[i * p + k] - _z[j * p + k]);
                        s += away * away;
                        product += _z[i * p + k] * _z[j * p + k];
                    }

                    (matrix[i * n + j], slopes[i * n + j]) = kernel.At(s);
                    matrix[i * n + j] += beta * product + (i == j ? nu : 0);
                }
            }

            if (CholeskyFactor.Try(matrix, n) is not { } factor)
            {
                return double.PositiveInfinity;
            }

            var inverse = factor.Inverse();
            var solved = new double[n * _r];
            for (var i = 0; i < n; i++)
            {
                CholeskyFactor.Add(inverse.AsSpan(i * n, n), _targets, _r, _r, solved.AsSpan(i * _r, _r));
            }

            var q = Math.Max(CholeskyFactor.Dot(solved, _targets), 1e-300);
            var value = 0.5 * _effective * (n * Math.Log(q) + factor.LogDeterminant);
            gradient.Clear();
            var byInput = new double[p];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var slope = 0.5 * _effective * (inverse[i * n + j] - n / q * CholeskyFactor.Dot(solved.AsSpan(i * _r, _r), solved.AsSpan(j * _r, _r))) * (i == j ? 1 : 2);
                    double product = 0, along = 2 * slope * slopes[i * n + j];
                    for (var k = 0; k < p; k++)
                    {
                        var away = scale[k] * (_z[i * p + k] - _z[j * p + k]);
                        byInput[k] += along * away * away;
                        product += _z[i * p + k] * _z[j * p + k];
                    }

                    gradient[^2] += slope * beta * product;
                    gradient[^1] += i == j ? slope * nu : 0;
                }
            }

            for (var k = 0; k < p; k++)
            {
                gradient[_inputs.LengthOf(k)] += byInput[k];
            }

            for (var g = 0; g < _inputs.Lengths; g++)
            {
                var away = (theta[g] + 0.5 * Math.Log(p)) / LengthSpread;
                value += 0.5 * away * away;
                gradient[g] += away / LengthSpread;
            }

            var linear = theta[^2] / LinearSpread;
            gradient[^2] += linear / LinearSpread;
            return value + 0.5 * linear * linear;
        }
    }
}
