// Notation
//   A [n, p]   rows less their mean m;  Q [p, s] orthonormal, spanning nearly the s directions in which A varies most
//   c          factor of the coordinates (a − m)·Q·c: their mean square is that of the columns of a − m
// Q by subspace iteration from normal numbers: Q ← orth(Aᵀ(A Q)), three times                                              [Halko2011]

using HtiTune.Data;

namespace HtiTune.Surrogates.Networks;

/// <summary>A few directions in place of very many columns: a network of images learns in those, and its weights are multiplied out.</summary>
internal sealed class PrincipalAxes
{
    /// <summary>s.</summary>
    internal const int Count = 48;

    /// <summary>Columns up to which nothing is gained, and rows up to which the directions would be those of single rows.</summary>
    private const int MostColumns = 160, FewestRows = 3 * Count;

    private const int Iterations = 3;

    private readonly float[] _axes, _mean;
    private readonly float _factor;
    private readonly int _columns;

    private PrincipalAxes(float[] axes, float[] mean, float factor)
    {
        (_axes, _mean, _factor, _columns) = (axes, mean, factor, mean.Length);
    }

    /// <summary>The directions of the first columns of some rows; null where there are too few columns or rows.</summary>
    /// <param name="values">[n, width].</param>
    /// <param name="n">n.</param>
    /// <param name="width">Columns of the array.</param>
    /// <param name="columns">p, the first of them.</param>
    /// <param name="random">Chance of the start.</param>
    internal static PrincipalAxes? Of(float[] values, int n, int width, int columns, RandomStream random)
    {
        if (columns <= MostColumns || n < FewestRows)
        {
            return null;
        }

        var sums = new double[columns];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                sums[j] += values[i * width + j];
            }
        }

        var mean = Array.ConvertAll(sums, sum => (float)(sum / n));
        var padded = (columns + 3) / 4 * 4;
        var a = new float[n * padded];
        double all = 0, kept = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var value = a[i * padded + j] = values[i * width + j] - mean[j];
                all += (double)value * value;
            }
        }

        float[] axes = new float[padded * Count], projected = new float[n * Count], none = new float[Count];
        for (var i = 0; i < columns * Count; i++)
        {
            axes[i] = (float)random.NextNormal();
        }

        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            DenseKernel.Multiply(a, n, padded, axes, none, Count, projected);
            DenseKernel.MultiplyTransposed(a, n, padded, padded, projected, Count, axes);
            Orthonormalise(axes, padded);
        }

        DenseKernel.Multiply(a, n, padded, axes, none, Count, projected);
        foreach (var value in projected)
        {
            kept += (double)value * value;
        }

        return new PrincipalAxes(axes[..(columns * Count)], mean, kept > 0 ? (float)Math.Sqrt(all / columns / (kept / Count)) : 1);
    }

    /// <summary>Coordinates of rows, with the columns after those that the directions are of as they are: [n, s + rest].</summary>
    /// <param name="values">[n, width].</param>
    /// <param name="n">n.</param>
    /// <param name="width">Columns of the array.</param>
    internal float[] Project(float[] values, int n, int width)
    {
        var rest = width - _columns;
        var projected = new float[n * (Count + rest)];
        float[] row = new float[_columns], none = new float[Count];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < _columns; j++)
            {
                row[j] = _factor * (values[i * width + j] - _mean[j]);
            }

            DenseKernel.Multiply(row, 1, _columns, _axes, none, Count, projected.AsSpan(i * (Count + rest), Count));
            values.AsSpan(i * width + _columns, rest).CopyTo(projected.AsSpan(i * (Count + rest) + Count));
        }

        return projected;
    }

    /// <summary>The first layer for the columns themselves.</summary>
    /// <param name="layer">A first layer for coordinates and the columns after.</param>
    internal FrozenNetwork.Dense ForColumns(FrozenNetwork.Dense layer)
    {
        int hidden = layer.Outputs, rest = layer.Inputs - Count;
        var weights = new float[(_columns + rest) * hidden];
        var bias = (float[])layer.Bias.Clone();
        for (var j = 0; j < _columns; j++)
        {
            for (var h = 0; h < hidden; h++)
            {
                double sum = 0;
                for (var s = 0; s < Count; s++)
                {
                    sum += (double)_axes[j * Count + s] * layer.Weights[s * hidden + h];
                }

                weights[j * hidden + h] = (float)(_factor * sum);
                bias[h] -= weights[j * hidden + h] * _mean[j];
            }
        }

        layer.Weights.AsSpan(Count * hidden).CopyTo(weights.AsSpan(_columns * hidden));
        return new FrozenNetwork.Dense(_columns + rest, hidden, weights, bias);
    }

    /// <summary>The last layer for the columns themselves.</summary>
    /// <param name="layer">A last layer that gives coordinates.</param>
    internal FrozenNetwork.Dense ToColumns(FrozenNetwork.Dense layer)
    {
        var weights = new float[layer.Inputs * _columns];
        var bias = (float[])_mean.Clone();
        for (var j = 0; j < _columns; j++)
        {
            for (var h = 0; h <= layer.Inputs; h++)
            {
                double sum = 0;
                for (var s = 0; s < Count; s++)
                {
                    sum += (double)_axes[j * Count + s] * (h < layer.Inputs ? layer.Weights[h * Count + s] : layer.Bias[s]);
                }

                if (h < layer.Inputs)
                {
                    weights[h * _columns + j] = (float)(sum / _factor);
                }
                else
                {
                    bias[j] += (float)(sum / _factor);
                }
            }
        }

        return new FrozenNetwork.Dense(layer.Inputs, _columns, weights, bias);
    }

    /// <summary>Gram–Schmidt on the columns of [rows, s], each twice; a column that vanishes is left as zeros.</summary>
    private static void Orthonormalise(float[] columns, int rows)
    {
        var axes = new double[Count][];
        for (var s = 0; s < Count; s++)
        {
            var axis = new double[rows];
            for (var j = 0; j < rows; j++)
            {
                axis[j] = columns[j * Count + s];
            }

            var length = Math.Sqrt(CholeskyFactor.Dot(axis, axis));
            for (var pass = 0; pass < 2; pass++)
            {
                for (var earlier = 0; earlier < s; earlier++)
                {
                    CholeskyFactor.Add(-CholeskyFactor.Dot(axes[earlier], axis), axes[earlier], axis);
                }
            }

            var left = Math.Sqrt(CholeskyFactor.Dot(axis, axis));
            axes[s] = Array.ConvertAll(axis, value => left > 1e-6 * length ? value / left : 0);
            for (var j = 0; j < rows; j++)
            {
                columns[j * Count + s] = (float)axes[s][j];
            }
        }
    }
}
