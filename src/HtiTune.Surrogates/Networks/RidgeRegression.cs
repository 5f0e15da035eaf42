// Notation
//   u [n, I] inputs, c category of a row, t [n, O] targets;  minimise Σ |u·S + s_c − t|² + κ·n·|S|²   (s_c is not penalised)
// Solved by Cholesky on the normal equations of (u, one-hot c) in double precision; inputs are standardised, so κ = 1e-3 is mild.

namespace HtiTune.Surrogates.Networks;

/// <summary>The linear part of a map, in closed form.</summary>
internal static class RidgeRegression
{
    private const double Penalty = 1e-3;

    /// <summary>Fits S [I, O] and s [categories, O].</summary>
    internal static (float[] Linear, float[] Offsets) Fit(
        ReadOnlySpan<float> inputs, int inputCount, ReadOnlySpan<int> categories, int categoryCount, ReadOnlySpan<float> targets, int outputCount)
    {
        int n = categories.Length, p = inputCount + categoryCount;
        var gram = new double[p, p];
        var moments = new double[p, outputCount];
        var row = new double[p];
        for (var i = 0; i < n; i++)
        {
            Array.Clear(row);
            for (var k = 0; k < inputCount; k++)
            {
                row[k] = inputs[i * inputCount + k];
            }

            row[inputCount + categories[i]] = 1;
            for (var a = 0; a < p; a++)
            {
                if (row[a] == 0)
                {
                    continue;
                }

                for (var b = 0; b <= a; b++)
                {
                    gram[a, b] += row[a] * row[b];
                }

                for (var o = 0; o < outputCount; o++)
                {
                    moments[a, o] += row[a] * targets[i * outputCount + o];
                }
            }
        }

        for (var a = 0; a < p; a++)
        {
            // The intercepts carry only enough to stay solvable where a category has no row.
            gram[a, a] += a < inputCount ? Penalty * n : 1e-9 * (n + 1);
        }

        Solve(gram, moments, p, outputCount);
        var linear = new float[inputCount * outputCount];
        var offsets = new float[categoryCount * outputCount];
        for (var o = 0; o < outputCount; o++)
        {
            for (var k = 0; k < inputCount; k++)
            {
                linear[k * outputCount + o] = (float)moments[k, o];
            }

            for (var c = 0; c < categoryCount; c++)
            {
                offsets[c * outputCount + o] = (float)moments[inputCount + c, o];
            }
        }

        return (linear, offsets);
    }

    /// <summary>Solves gram·X = right in place; gram is symmetric positive definite with its lower half given.</summary>
    private static void Solve(double[,] gram, double[,] right, int p, int columns)
    {
        for (var a = 0; a < p; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = gram[a, b];
                for (var k = 0; k < b; k++)
                {
                    sum -= gram[a, k] * gram[b, k];
                }

                gram[a, b] = a == b ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / gram[b, b];
            }
        }

        for (var o = 0; o < columns; o++)
        {
            for (var a = 0; a < p; a++)
            {
                var sum = right[a, o];
                for (var k = 0; k < a; k++)
                {
                    sum -= gram[a, k] * right[k, o];
                }

                right[a, o] = sum / gram[a, a];
            }

            for (var a = p - 1; a >= 0; a--)
            {
                var sum = right[a, o];
                for (var k = a + 1; k < p; k++)
                {
                    sum -= gram[k, a] * right[k, o];
                }

                right[a, o] = sum / gram[a, a];
            }
        }
    }
}
