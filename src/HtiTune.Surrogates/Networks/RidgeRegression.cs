// Notation
//   u [n, I] inputs, c category of a row, t [n, O] targets;  minimise Σ |u·S + s_c − t|² + κ·n·|S|²   (s_c is not penalised)
// Solved by Cholesky on the normal equations of (u, one-hot c) in double precision; inputs are standardised, so κ = 1e-3 is mild.
// The inner loops run along rows that lie together in memory: with hundreds of outputs this costs more than the training of the rest.

using System.Numerics;
using System.Runtime.InteropServices;
using HtiTune.Data;

namespace HtiTune.Surrogates.Networks;

/// <summary>The linear part of a map, in closed form.</summary>
internal static class RidgeRegression
{
    private const double Penalty = 1e-3;

    /// <summary>Rows that are summed at a time, so that a row of the normal matrix stays in the processor's cache.</summary>
    private const int Block = 16;

    /// <summary>Terms of a sum from which several are summed at a time.</summary>
    private const int Long = 64;

    /// <summary>Fits S [I, O] and s [categories, O].</summary>
    internal static (float[] Linear, float[] Offsets) Fit(
        ReadOnlySpan<float> inputs, int inputCount, ReadOnlySpan<int> categories, int categoryCount, ReadOnlySpan<float> targets, int outputCount)
    {
        int n = categories.Length, p = inputCount + categoryCount;
        var gram = new double[p * p];
        var moments = new double[p * outputCount];
        double[] rows = new double[Block * p], right = new double[Block * outputCount], factors = new double[Block];
        for (var start = 0; start < n; start += Block)
        {
            var size = Math.Min(Block, n - start);
            Array.Clear(rows);
            for (var i = 0; i < size; i++)
            {
                for (var k = 0; k < inputCount; k++)
                {
                    rows[i * p + k] = inputs[(start + i) * inputCount + k];
                }

                rows[i * p + inputCount + categories[start + i]] = 1;
                for (var o = 0; o < outputCount; o++)
                {
                    right[i * outputCount + o] = targets[(start + i) * outputCount + o];
                }
            }

            for (var a = 0; a < p; a++)
            {
                for (var i = 0; i < size; i++)
                {
                    factors[i] = rows[i * p + a];
                }

                CholeskyFactor.Add(factors.AsSpan(0, size), rows, p, a + 1, gram.AsSpan(a * p));
                CholeskyFactor.Add(factors.AsSpan(0, size), right, outputCount, outputCount, moments.AsSpan(a * outputCount));
            }
        }

        for (var a = 0; a < p; a++)
        {
            // The intercepts carry only enough to stay solvable where a category has no row.
            gram[a * p + a] += a < inputCount ? Penalty * n : 1e-9 * (n + 1);
        }

        Solve(gram, moments, p, outputCount);
        var linear = new float[inputCount * outputCount];
        var offsets = new float[categoryCount * outputCount];
        for (var o = 0; o < outputCount; o++)
        {
            for (var k = 0; k < inputCount; k++)
            {
                linear[k * outputCount + o] = (float)moments[k * outputCount + o];
            }

            for (var c = 0; c < categoryCount; c++)
            {
                offsets[c * outputCount + o] = (float)moments[(inputCount + c) * outputCount + o];
            }
        }

        return (linear, offsets);
    }

    /// <summary>u·S + s_c of a row.</summary>
    /// <param name="u">u, [I].</param>
    /// <param name="linear">S, [I, O].</param>
    /// <param name="offset">s_c, [O].</param>
    /// <param name="result">Takes it, [O].</param>
    internal static void Apply(ReadOnlySpan<float> u, ReadOnlySpan<float> linear, ReadOnlySpan<float> offset, Span<float> result)
    {
        offset.CopyTo(result);
        var to = MemoryMarshal.Cast<float, Vector<float>>(result);
        for (var k = 0; k < u.Length; k++)
        {
            var row = linear.Slice(k * result.Length, result.Length);
            var from = MemoryMarshal.Cast<float, Vector<float>>(row);
            var factor = new Vector<float>(u[k]);
            for (var i = 0; i < from.Length; i++)
            {
                to[i] += factor * from[i];
            }

            for (var i = from.Length * Vector<float>.Count; i < row.Length; i++)
            {
                result[i] += u[k] * row[i];
            }
        }
    }

    /// <summary>Solves gram·X = right in place; gram [p, p] is symmetric positive definite with its lower half given, right is [p, columns].</summary>
    private static void Solve(double[] gram, double[] right, int p, int columns)
    {
        for (var a = 0; a < p; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = gram[a * p + b];
                if (b >= Long)
                {
                    sum -= CholeskyFactor.Dot(gram.AsSpan(a * p, b), gram.AsSpan(b * p, b));
                }
                else
                {
                    for (var k = 0; k < b; k++)
                    {
                        sum -= gram[a * p + k] * gram[b * p + k];
                    }
                }

                gram[a * p + b] = a == b ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / gram[b * p + b];
            }
        }

        var factors = new double[p];
        for (var a = 0; a < p; a++)
        {
            for (var k = 0; k < a; k++)
            {
                factors[k] = -gram[a * p + k];
            }

            Take(right.AsSpan(0, a * columns), a, a);
        }

        for (var a = p - 1; a >= 0; a--)
        {
            for (var k = a + 1; k < p; k++)
            {
                factors[k - a - 1] = -gram[k * p + a];
            }

            Take(right.AsSpan((a + 1) * columns), a, p - a - 1);
        }

        // Row a less the first rows of those given, each by its factor, over the diagonal.
        void Take(ReadOnlySpan<double> rows, int a, int count)
        {
            var own = right.AsSpan(a * columns, columns);
            CholeskyFactor.Add(factors.AsSpan(0, count), rows, columns, columns, own);
            Divide(own, gram[a * p + a]);
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
