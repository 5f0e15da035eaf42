using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

// Learning the metric: notation of the other part.
internal sealed partial class JointRegression
{
    private const int MostLearned = 180, Iterations = 60;
    private const double NoiseStart = -3, LeastNoise = -14, MostNoise = 1, MostScale = 4, MostSlant = 6;

    // Alone only for Learn, which needs the scale of places.
    private JointRegression(Trajectories trajectories, double[][] places)
    {
        (State, _metric, _projected, _weights, _mean) = (new JointState([], 0), [], [], [], []);
        (_c, _d, _p) = (trajectories.ConditionCount, trajectories.Dimension, trajectories.ConditionCount + places[0].Length);
        _middle = [.. places[0].Select((_, j) => places.Average(u => u[j]))];
        _spread = [.. _middle.Select((middle, j) => Math.Sqrt(places.Average(u => (u[j] - middle) * (u[j] - middle)))).Select(spread => spread > 0 ? spread : 1)];
    }

    private BoxMinimiser.Result Learn(Trajectories trajectories, double[][] places, bool slants, CancellationToken cancellation)
    {
        var p = _p;
        var (z, targets, _) = Rows(trajectories, places, MostLearned);
        var count = p * (p + 1) / 2 + 1;
        double[] start = new double[count], low = new double[count], high = new double[count];
        for (var i = 0; i < p; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var at = i * (i + 1) / 2 + j;
                start[at] = i == j ? -0.5 * Math.Log(p) : 0;
                (low[at], high[at]) = i == j ? (-MostSlant, MostScale) : slants ? (-MostSlant, MostSlant) : (0, 0);
            }
        }

        (start[^1], low[^1], high[^1]) = (NoiseStart, LeastNoise, MostNoise);
        var effective = Effective(targets, _d);
        return BoxMinimiser.Minimise(
            (theta, gradient) => Objective(theta, gradient, z, targets, p, effective), start, low, high, Iterations, 1e-4, cancellation);
    }

    private double Objective(ReadOnlySpan<double> theta, Span<double> gradient, double[] z, double[] targets, int p, double effective)
    {
        var n = z.Length / p;
        var noise = Math.Exp(theta[^1]);
        var metric = Metric(theta, p);
        var projected = Projected(z, metric, p);
        var kernel = Kernel(projected, n, p, noise);
        if (CholeskyFactor.Try(kernel, n) is not { } factor)
        {
            return double.PositiveInfinity;
        }

        var solved = Solved(factor, targets, n, _d);
        var q = Math.Max(CholeskyFactor.Dot(solved, targets), 1e-300);
        var value = 0.5 * effective * (n * Math.Log(q) + factor.LogDeterminant);
        gradient.Clear();
        double[] b = factor.Inverse(), sums = new double[n];
        double trace = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var slope = 0.5 * effective * (b[i * n + j] - n / q * CholeskyFactor.Dot(solved.AsSpan(i * _d, _d), solved.AsSpan(j * _d, _d)));
                trace += i == j ? slope : 0;
                var half = -0.5 * slope * (i == j ? 1 : kernel[i * n + j]);
                b[i * n + j] = b[j * n + i] = half;
                sums[i] += half;
                sums[j] += i == j ? 0 : half;
            }
        }

        gradient[^1] = trace * noise;

        // S = 2 (Zᵀ diag(B1) Z − Zᵀ B Z), by rows of BZ.
        var s = new double[p * p];
        var row = new double[p];
        for (var i = 0; i < n; i++)
        {
            row.AsSpan().Clear();
            for (var j = 0; j < n; j++)
            {
                CholeskyFactor.Add(-b[i * n + j], z.AsSpan(j * p, p), row);
            }

            CholeskyFactor.Add(sums[i], z.AsSpan(i * p, p), row);
            for (var a = 0; a < p; a++)
            {
                CholeskyFactor.Add(2 * z[i * p + a], row, s.AsSpan(a * p, p));
            }
        }

        for (var i = 0; i < p; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                double slope = 0;
                for (var a = 0; a <= i; a++)
                {
                    slope += 2 * metric[i * p + a] * s[a * p + j];
                }

                var at = i * (i + 1) / 2 + j;
                var away = i == j ? theta[at] + 0.5 * Math.Log(p) : theta[at];
                gradient[at] = (i == j ? metric[i * p + i] : 1) * slope + away;
                value += 0.5 * away * away;
            }
        }

        return value;
    }

    private static double Effective(double[] targets, int d)
    {
        var gram = new double[d * d];
        for (var i = 0; i < targets.Length; i += d)
        {
            for (var a = 0; a < d; a++)
            {
                CholeskyFactor.Add(targets[i + a], targets.AsSpan(i, d), gram.AsSpan(a * d, d));
            }
        }

        var trace = Enumerable.Range(0, d).Sum(a => gram[a * d + a]);
        return trace > 0 ? trace * trace / CholeskyFactor.Dot(gram, gram) : 1;
    }
}
