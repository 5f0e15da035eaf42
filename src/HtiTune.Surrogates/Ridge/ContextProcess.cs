// Notation
//   z_i [p]     inputs of n rows: standardised conditions, and 0 or 1 for each category where there are several
//   T [n, O]    targets less their mean;  w_j one over the length of input j
//   M           κ(|w ⊙ (z_i − z_i')|²) + β z_i·z_i'/p + ν I;  A = M⁻¹T
//   m(z)        mean + Σ_i (κ(z, z_i) + β z·z_i/p) A_i
//   e_i         T_i − m(z_i) without row i = A_i/(M⁻¹)_ii                                                             [Rasmussen2006, ch. 5]

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Kernel ridge of many outputs on the inputs of contexts, with one length an input.</summary>
internal sealed class ContextProcess
{
    private readonly ContextKernel _kernel;
    private readonly int _p, _n, _o, _padded;
    private readonly double[] _scale, _columns, _linear, _mean, _weights;
    private readonly Lazy<double[]> _leftOut;

    /// <param name="z">Inputs, [n, p].</param>
    /// <param name="targets">Targets, [n, O].</param>
    /// <param name="outputs">O.</param>
    /// <param name="inputs">What inputs are.</param>
    /// <param name="state">What was learned.</param>
    internal ContextProcess(double[] z, double[] targets, int outputs, RidgeInputs inputs, ProcessState state)
    {
        (_kernel, _p, _o) = (state.Kernel, inputs.Count, outputs);
        _n = z.Length / _p;
        _padded = RowColumns.PaddedOf(_n);
        _scale = inputs.ScaleOf(state.Theta);
        double beta = Math.Exp(state.Theta[^2]) / _p, nu = Math.Exp(state.Theta[^1]);
        _mean = MeanOf(targets, _o);
        var solved = new double[targets.Length];
        for (var i = 0; i < solved.Length; i++)
        {
            solved[i] = targets[i] - _mean[i % _o];
        }

        var scaled = new double[z.Length];
        for (var i = 0; i < z.Length; i++)
        {
            scaled[i] = z[i] * _scale[i % _p];
        }

        _columns = RowColumns.Of(scaled, _p);
        var matrix = new double[_n * _n];
        var kernels = new double[_padded];
        for (var i = 0; i < _n; i++)
        {
            _kernel.At(_columns, scaled.AsSpan(i * _p, _p), kernels);
            for (var j = 0; j < i; j++)
            {
                matrix[i * _n + j] = kernels[j] + beta * CholeskyFactor.Dot(z.AsSpan(i * _p, _p), z.AsSpan(j * _p, _p));
            }

            matrix[i * _n + i] = 1 + nu + beta * CholeskyFactor.Dot(z.AsSpan(i * _p, _p), z.AsSpan(i * _p, _p));
        }

        var factor = CholeskyFactor.Of(matrix, _n);
        Solve(factor, solved);
        _linear = new double[_p * _o];
        for (var i = 0; i < _n; i++)
        {
            for (var j = 0; j < _p; j++)
            {
                CholeskyFactor.Add(beta * z[i * _p + j], solved.AsSpan(i * _o, _o), _linear.AsSpan(j * _o, _o));
            }
        }

        _weights = RowColumns.Of(solved, _o);
        _leftOut = new Lazy<double[]>(() => LeftOutOf(factor, solved));
    }

    /// <summary>e of every row, [n, O].</summary>
    internal double[] LeftOut => _leftOut.Value;

    /// <summary>Adds m of a row to sums.</summary>
    /// <param name="z">Its inputs, [p].</param>
    /// <param name="kernels">Room for as many numbers as <see cref="Room"/> says.</param>
    /// <param name="sums">Takes m, [O].</param>
    internal void AddTo(ReadOnlySpan<double> z, Span<double> kernels, Span<double> sums)
    {
        Span<double> at = stackalloc double[_p];
        for (var j = 0; j < _p; j++)
        {
            at[j] = z[j] * _scale[j];
            CholeskyFactor.Add(z[j], _linear.AsSpan(j * _o, _o), sums);
        }

        CholeskyFactor.Add(1, _mean, sums);
        kernels = kernels[.._padded];
        _kernel.At(_columns, at, kernels);
        for (var o = 0; o < _o; o++)
        {
            sums[o] += CholeskyFactor.Dot(kernels, _weights.AsSpan(o * _padded, _padded));
        }
    }

    /// <summary>κ, w, w ⊙ z [n, p], A [n, O], β/p Σ_i z_i A_i [p, O] and the mean [O]: what another program needs.</summary>
    internal (ContextKernel Kernel, double[] Scale, double[] Places, double[] Weights, double[] Linear, double[] Mean) Parts =>
        (_kernel, _scale, RowColumns.ByRow(_columns, _p, _n), RowColumns.ByRow(_weights, _o, _n), _linear, _mean);

    /// <summary>Numbers that a sum needs room for.</summary>
    internal int Room => _padded;

    /// <summary>Mean of each column of targets [n, O].</summary>
    internal static double[] MeanOf(double[] targets, int o)
    {
        var mean = new double[o];
        for (var i = 0; i < targets.Length; i += o)
        {
            CholeskyFactor.Add((double)o / targets.Length, targets.AsSpan(i, o), mean);
        }

        return mean;
    }

    // In place, all columns at once: rows of the right side lie together in memory.
    private void Solve(CholeskyFactor factor, double[] right)
    {
        var factors = new double[_n];
        for (var i = 0; i < _n; i++)
        {
            var row = factor.Row(i, i);
            for (var j = 0; j < i; j++)
            {
                factors[j] = -row[j];
            }

            var own = right.AsSpan(i * _o, _o);
            CholeskyFactor.Add(factors.AsSpan(0, i), right, _o, _o, own);
            Divide(own, factor.Diagonal(i));
        }

        for (var i = _n - 1; i >= 0; i--)
        {
            var own = right.AsSpan(i * _o, _o);
            Divide(own, factor.Diagonal(i));
            var row = factor.Row(i, i);
            for (var j = 0; j < i; j++)
            {
                CholeskyFactor.Add(-row[j], own, right.AsSpan(j * _o, _o));
            }
        }

        static void Divide(Span<double> row, double divisor)
        {
            foreach (ref var value in row)
            {
                value /= divisor;
            }
        }
    }

    private double[] LeftOutOf(CholeskyFactor factor, double[] solved)
    {
        // Row i of L⁻¹ at a time; (M⁻¹)_jj is the sum of the squares of its column j.
        double[] rows = new double[_n * _n], diagonal = new double[_n], factors = new double[_n];
        for (var i = 0; i < _n; i++)
        {
            var row = rows.AsSpan(i * _n, i + 1);
            var lower = factor.Row(i, i);
            for (var j = 0; j < i; j++)
            {
                CholeskyFactor.Add(-lower[j], rows.AsSpan(j * _n, j + 1), row);
            }

            row[i] += 1;
            var scale = 1 / factor.Diagonal(i);
            for (var j = 0; j <= i; j++)
            {
                row[j] *= scale;
                diagonal[j] += row[j] * row[j];
            }
        }

        var left = new double[solved.Length];
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = solved[i] / diagonal[i / _o];
        }

        return left;
    }
}

/// <summary>What a kernel ridge of contexts learned.</summary>
/// <param name="Kernel">κ.</param>
/// <param name="Theta">log w of each length, log β, log ν.</param>
internal sealed record ProcessState(ContextKernel Kernel, double[] Theta);

/// <summary>The inputs of a context, and which of them share a length.</summary>
/// <param name="conditionCount">C.</param>
/// <param name="categoryCount">Number of categories, 1 without.</param>
internal sealed class RidgeInputs(int conditionCount, int categoryCount)
{
    /// <summary>Conditions up to which each has a length of its own; more share one, for rows are too few to tell.</summary>
    private const int MostOwn = 10;

    /// <summary>p.</summary>
    internal int Count { get; } = conditionCount + (categoryCount > 1 ? categoryCount : 0);

    /// <summary>Lengths that are learned.</summary>
    internal int Lengths { get; } = (conditionCount > MostOwn ? 1 : conditionCount) + (categoryCount > 1 ? 1 : 0);

    /// <summary>The length of an input.</summary>
    internal int LengthOf(int input) => input >= conditionCount ? Lengths - 1 : conditionCount > MostOwn ? 0 : input;

    /// <summary>w of every input.</summary>
    internal double[] ScaleOf(double[] theta) => [.. Enumerable.Range(0, Count).Select(j => Math.Exp(theta[LengthOf(j)]))];

    /// <summary>Inputs of rows, [n, p].</summary>
    /// <param name="conditions">Standardised conditions, [n, C].</param>
    /// <param name="categories">Category of each row.</param>
    internal double[] Of(float[] conditions, int[] categories)
    {
        var z = new double[categories.Length * Count];
        for (var i = 0; i < categories.Length; i++)
        {
            for (var j = 0; j < conditionCount; j++)
            {
                z[i * Count + j] = conditions[i * conditionCount + j];
            }

            if (categoryCount > 1)
            {
                z[i * Count + conditionCount + categories[i]] = 1;
            }
        }

        return z;
    }
}
