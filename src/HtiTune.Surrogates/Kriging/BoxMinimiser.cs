// Notation
//   f, g     objective and gradient;  B [n, n] approximation of its Hessian
//   F        free coordinates: not at a bound that the descent presses against
//   B_FF d_F = −g_F;   x ← P(x + t·d), P the projection on the box;  accepted f(new) ≤ f + 1e-4·gᵀ(new − x)            [Armijo1966]
//   B ← B − B s sᵀB/(sᵀB s) + q qᵀ/(qᵀs),  s and q the changes of x and g, where qᵀs > 0                               [Nocedal2006, BFGS]
// A dozen unknowns of one function, to the last digit and with bounds that hold: B is kept whole. CTransform is the other
// case, thousands of small problems side by side in single precision.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Minimises a smooth function of a few unknowns in a box.</summary>
internal static class BoxMinimiser
{
    private const double SufficientDecrease = 1e-4;
    private const int MostTrials = 25;

    /// <summary>An objective.</summary>
    /// <param name="x">The point.</param>
    /// <param name="gradient">Takes the gradient.</param>
    /// <returns>The value; +∞ or NaN where there is none.</returns>
    internal delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);

    /// <summary>Where a search ended.</summary>
    /// <param name="Point">The point.</param>
    /// <param name="Value">Its value.</param>
    /// <param name="Iterations">Steps that were taken.</param>
    internal sealed record Result(double[] Point, double Value, int Iterations);

    /// <summary>Descends from a start.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="start">The start; it is moved into the box.</param>
    /// <param name="low">Lower ends.</param>
    /// <param name="high">Upper ends.</param>
    /// <param name="iterations">Steps at most.</param>
    /// <param name="tolerance">Ends where no free coordinate's slope, or no step's gain, is larger.</param>
    /// <param name="cancellation">Ends the search before its next evaluation, by <see cref="OperationCanceledException"/>.</param>
    internal static Result Minimise(
        Objective objective, double[] start, double[] low, double[] high, int iterations, double tolerance = 1e-7, CancellationToken cancellation = default)
    {
        var n = start.Length;
        var x = new double[n];
        for (var i = 0; i < n; i++)
        {
            x[i] = Math.Clamp(start[i], low[i], high[i]);
        }

        double[] g = new double[n], trial = new double[n], trialG = new double[n];
        var value = Value(x, g);
        var hessian = Identity(n);
        var isFresh = true;
        var done = 0;
        while (done < iterations && double.IsFinite(value))
        {
            var free = Free(x, g, low, high, tolerance);
            if (free.Length == 0)
            {
                break;
            }

            var direction = Direction(hessian, g, free, isFresh);
            var gain = Step(direction);
            if (double.IsNaN(gain))
            {
                if (isFresh)
                {
                    break;
                }

                // What was learned of the curvature misleads: once more by the gradient alone.
                hessian = Identity(n);
                isFresh = true;
                continue;
            }

            done++;
            if (gain <= tolerance * 1e-2)
            {
                break;
            }
        }

        return new Result(x, value, done);

        double Value(double[] at, double[] gradient)
        {
            cancellation.ThrowIfCancellationRequested();
            return objective(at, gradient);
        }

        // Moves x and returns by how much f fell; NaN where no trial was accepted.
        double Step(double[] direction)
        {
            var t = 1.0;
            for (var attempt = 0; attempt < MostTrials; attempt++, t *= 0.4)
            {
                double slope = 0;
                for (var i = 0; i < n; i++)
                {
                    trial[i] = Math.Clamp(x[i] + t * direction[i], low[i], high[i]);
                    slope += g[i] * (trial[i] - x[i]);
                }

                if (!(slope < 0))
                {
                    return double.NaN;
                }

                var tried = Value(trial, trialG);
                if (!(tried <= value + SufficientDecrease * slope))
                {
                    continue;
                }

                isFresh = !Update(hessian, x, trial, g, trialG, isFresh) && isFresh;
                var gain = value - tried;
                (x, trial, g, trialG, value) = (trial, x, trialG, g, tried);
                return gain;
            }

            return double.NaN;
        }
    }

    /// <summary>The free coordinates; none where no slope of theirs is worth a step.</summary>
    private static int[] Free(double[] x, double[] g, double[] low, double[] high, double tolerance)
    {
        var free = new List<int>();
        var isDone = true;
        for (var i = 0; i < x.Length; i++)
        {
            if (!((x[i] <= low[i] && g[i] > 0) || (x[i] >= high[i] && g[i] < 0)))
            {
                free.Add(i);
                isDone &= Math.Abs(g[i]) <= tolerance;
            }
        }

        return isDone ? [] : [.. free];
    }

    private static double[] Direction(double[] hessian, double[] g, int[] free, bool isFresh)
    {
        int n = g.Length, m = free.Length;
        var direction = new double[n];
        var right = new double[m];
        var matrix = new double[m * m];
        double largest = 0;
        for (var a = 0; a < m; a++)
        {
            right[a] = -g[free[a]];
            largest = Math.Max(largest, Math.Abs(right[a]));
            for (var b = 0; b < m; b++)
            {
                matrix[a * m + b] = hessian[free[a] * n + free[b]];
            }
        }

        // A first step knows no curvature: it moves one unit at most. So does one after slopes beside which others are lost in rounding.
        var factor = isFresh ? null : Factor();
        var scale = factor is null ? Math.Min(1, 1 / largest) : 1;
        factor?.SolveLower(right, right);
        factor?.SolveUpper(right, right);

        for (var a = 0; a < m; a++)
        {
            direction[free[a]] = scale * right[a];
        }

        return direction;

        CholeskyFactor? Factor()
        {
            try
            {
                return CholeskyFactor.Of(matrix, m);
            }
            catch (ArithmeticException)
            {
                return null;
            }
        }
    }

    // False where the step showed no curvature that can be used.
    private static bool Update(double[] hessian, double[] x, double[] to, double[] g, double[] toG, bool isFresh)
    {
        var n = x.Length;
        double curvature = 0, steps = 0, changes = 0;
        var product = new double[n];
        for (var i = 0; i < n; i++)
        {
            var (s, q) = (to[i] - x[i], toG[i] - g[i]);
            curvature += s * q;
            steps += s * s;
            changes += q * q;
        }

        if (!(curvature > 1e-10 * Math.Sqrt(steps * changes)))
        {
            return false;
        }

        if (isFresh)
        {
            for (var i = 0; i < n; i++)
            {
                hessian[i * n + i] = changes / curvature;
            }
        }

        double bent = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                product[i] += hessian[i * n + j] * (to[j] - x[j]);
            }

            bent += product[i] * (to[i] - x[i]);
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                hessian[i * n + j] += (toG[i] - g[i]) * (toG[j] - g[j]) / curvature - product[i] * product[j] / bent;
            }
        }

        return true;
    }

    private static double[] Identity(int n)
    {
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            matrix[i * n + i] = 1;
        }

        return matrix;
    }
}
