// Notation
//   u [n, I] inputs, c category of a row, t [n, O] targets;  minimise Σ |u·S + s_c − t|² + κ·n·|S|²   (s_c is not penalised)
// Solved by Cholesky on the normal equations of (u, one-hot c) in double precision; inputs are standardised, so κ = 1e-3 is mild.
// Products are summed in blocks (ProductKernel): with hundreds of outputs they cost more than the training of the rest.

using System.Numerics;
using System.Runtime.InteropServices;
using HtiTune.Data;

namespace HtiTune.Surrogates.Networks;

/// <summary>The linear part of a map, in closed form.</summary>
internal static class RidgeRegression
{
    private const double Penalty = 1e-3;

    /// <summary>Rows that are summed at a time, so that they stay in the processor's cache.</summary>
    private const int Block = 64;

    /// <summary>Terms of a sum from which several are summed at a time.</summary>
    private const int Long = 64;

    /// <summary>Fits S [I, O] and s [categories, O].</summary>
    internal static (float[] Linear, float[] Offsets) Fit(
        ReadOnlySpan<float> inputs, int inputCount, ReadOnlySpan<int> categories, int categoryCount, ReadOnlySpan<float> targets, int outputCount)
    {
        int n = categories.Length, p = inputCount + categoryCount;
        int wide = ProductKernel.Padded(p), o = ProductKernel.Padded(outputCount), most = Math.Min(Block, n);
        var gram = new double[wide * wide];
        var moments = new double[wide * o];
        double[] rows = new double[most * wide], right = new double[most * o];
        for (var start = 0; start < n; start += Block)
        {
            var size = Math.Min(Block, n - start);
            for (var i = 0; i < size; i++)
            {
                var row = rows.AsSpan(i * wide, p);
                row[inputCount..].Clear();
                row[inputCount + categories[start + i]] = 1;
                Widen(inputs.Slice((start + i) * inputCount, inputCount), row);
                Widen(targets.Slice((start + i) * outputCount, outputCount), right.AsSpan(i * o));
            }

            for (var a = 0; a < wide; a += ProductKernel.Columns)
            {
                ProductKernel.Add(rows.AsSpan(a), 1, wide, size, rows, wide, gram.AsSpan(a * wide), ProductKernel.Columns, 0, a + ProductKernel.Columns);
            }

            ProductKernel.Add(rows, 1, wide, size, right, o, moments, wide, 0, o);
        }

        for (var a = 0; a < p; a++)
        {
            // The intercepts carry only enough to stay solvable where a category has no row.
            gram[a * wide + a] += a < inputCount ? Penalty * n : 1e-9 * (n + 1);
        }

        Solve(gram, wide, moments, o, p);
        return (Narrowed(moments, o, inputCount, outputCount), Narrowed(moments.AsSpan(inputCount * o), o, categoryCount, outputCount));
    }

    /// <summary>u·S + s_c of rows.</summary>
    /// <param name="inputs">u, [n, I].</param>
    /// <param name="inputCount">I.</param>
    /// <param name="categories">c, length n.</param>
    /// <param name="linear">S, [I, O].</param>
    /// <param name="offsets">s, [C, O].</param>
    /// <param name="outputCount">O.</param>
    /// <param name="result">Takes them, [n, O].</param>
    internal static void Apply(
        ReadOnlySpan<float> inputs, int inputCount, ReadOnlySpan<int> categories, ReadOnlySpan<float> linear, ReadOnlySpan<float> offsets, int outputCount, Span<float> result)
    {
        var none = new float[outputCount];
        DenseKernel.Multiply(inputs, categories.Length, inputCount, linear, none, outputCount, result);
        for (var i = 0; i < categories.Length; i++)
        {
            var row = result.Slice(i * outputCount, outputCount);
            var offset = offsets.Slice(categories[i] * outputCount, outputCount);
            for (var o = 0; o < row.Length; o++)
            {
                row[o] += offset[o];
            }
        }
    }

    private static void Widen(ReadOnlySpan<float> values, Span<double> to)
    {
        for (var i = 0; i < values.Length; i++)
        {
            to[i] = values[i];
        }
    }

    private static float[] Narrowed(ReadOnlySpan<double> values, int stride, int rows, int columns)
    {
        var narrow = new float[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                narrow[i * columns + j] = (float)values[i * stride + j];
            }
        }

        return narrow;
    }

    /// <summary>Solves gram·X = right in place; gram [wide, wide], of which p rows count, is symmetric positive definite with its lower half given, right is [wide, columns].</summary>
    private static void Solve(double[] gram, int wide, double[] right, int columns, int p)
    {
        for (var a = 0; a < p; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = gram[a * wide + b];
                if (b >= Long)
                {
                    sum -= CholeskyFactor.Dot(gram.AsSpan(a * wide, b), gram.AsSpan(b * wide, b));
                }
                else
                {
                    for (var k = 0; k < b; k++)
                    {
                        sum -= gram[a * wide + k] * gram[b * wide + k];
                    }
                }

                gram[a * wide + b] = a == b ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / gram[b * wide + b];
            }
        }

        // Rows are taken from each other: with the sign turned, they are added.
        for (var a = 0; a < p; a++)
        {
            Negate(gram.AsSpan(a * wide, a));
        }

        const int block = ProductKernel.Columns;
        var factors = new double[block];
        for (var start = 0; start < p; start += block)
        {
            ProductKernel.Add(gram.AsSpan(start * wide), wide, 1, start, right, columns, right.AsSpan(start * columns), block, 0, columns);
            for (var a = start; a < Math.Min(p, start + block); a++)
            {
                Take(gram.AsSpan(a * wide + start, a - start), start, a);
            }
        }

        for (var start = (p - 1) / block * block; start >= 0; start -= block)
        {
            var after = Math.Min(p, start + block);
            ProductKernel.Add(gram.AsSpan(after == p ? 0 : after * wide + start), 1, wide, p - after, right.AsSpan(after * columns), columns, right.AsSpan(start * columns), block, 0, columns);
            for (var a = after - 1; a >= start; a--)
            {
                for (var k = a + 1; k < after; k++)
                {
                    factors[k - a - 1] = gram[k * wide + a];
                }

                Take(factors.AsSpan(0, after - a - 1), a + 1, a);
            }
        }

        // Row a and the rows from first on, each by its factor, over the diagonal.
        void Take(ReadOnlySpan<double> factors, int first, int a)
        {
            var own = right.AsSpan(a * columns, columns);
            CholeskyFactor.Add(factors, right.AsSpan(first * columns), columns, columns, own);
            Divide(own, gram[a * wide + a]);
        }
    }

    private static void Negate(Span<double> row)
    {
        foreach (ref var value in row)
        {
            value = -value;
        }
    }

    private static void Divide(Span<double> row, double divisor)
    {
        foreach (ref var value in row)
        {
            value /= divisor;
        }
    }
}
