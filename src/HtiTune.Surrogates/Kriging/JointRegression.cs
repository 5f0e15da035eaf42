// Notation
//   z = (x, u)     p = C + c numbers: standardised conditions, and λ's c coordinates less the anchors' mean, over their deviation
//   W              [p, p] lower triangular, W_ii > 0;  κ(z, z') = exp(−½|W(z − z')|²), M = κ + νI over n rows of all anchors
//   T [n, D]       their standardised outputs less the mean;  A = M⁻¹T;  q = tr(TᵀA);  e = (tr TᵀT)²/tr((TᵀT)²), the effective number of outputs
//   f(W, ν)        e/2 · (n log q + log|M|) + ½ Σ (log W_ii + ½ log p)² + ½ Σ W_ij², minimised
//   ∂f/∂W          2 W S,  S = 2 (Zᵀ diag(B1) Z − Zᵀ B Z),  B = −½ ∂f/∂M ∘ κ,  ∂f/∂M = e/2 (M⁻¹ − n/q · AAᵀ)                  [Rasmussen2006, ch. 5]
//   m(x, u)        κ(z, ·)A
// What a condition does at one λ is often what λ does at one condition (a phase that both turn, a dose that both shift). A metric with a side between
// them knows it from the anchors alone, and then m tells of λ between anchors what kriging over λ cannot: outputs are kriged about m,
//   y(λ) + α (m(x, λ) − Σ_k w_k(λ) m(x, λ_k)),   which is y(λ_k) at every anchor.
// α is 1 where that side lowers f by ClearGain beside a diagonal W; ½, the mean of both ways, where it lowers it by less but by LeastGain; else 0, for
// the law's curve is then better left to kriging (laws of contexts of each anchor's own, tests/HtiTune.Benchmarks).

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Mean of outputs over conditions and λ together, by Gaussian-process regression with a learned metric.</summary>
internal sealed partial class JointRegression
{
    /// <summary>Conditions up to which the metric can be learned from so few rows.</summary>
    internal const int MostConditions = 8;

    private const int MostRows = 450;
    private const double LeastGain = 1, ClearGain = 5;

    private readonly int _c, _d, _p;
    private readonly double[] _middle, _spread;
    private readonly double[] _metric, _projected, _weights;
    private readonly SingleKernels? _single;
    private readonly int _padded;
    private readonly double[] _mean;

    private JointRegression(Trajectories trajectories, double[][] places, JointState state)
        : this(trajectories, places)
    {
        (State, var theta) = (state, state.Theta);
        _metric = Metric(theta, _p);
        var (z, targets, mean) = Rows(trajectories, places, MostRows);
        _mean = mean;
        var n = z.Length / _p;
        var projected = Projected(z, _metric, _p);
        var factor = CholeskyFactor.Of(Kernel(projected, n, _p, Math.Exp(theta[^1])), n, 1e-10);

        // By column; rows that only pad have no weight.
        _padded = RowColumns.PaddedOf(n);
        _projected = RowColumns.Of(projected, _p);
        _weights = RowColumns.Of(Solved(factor, targets, n, _d), _d);
        _single = SingleKernels.Of(_projected, _weights, _padded, _d);
    }

    /// <summary>What was learned.</summary>
    internal JointState State { get; }

    /// <summary>α.</summary>
    internal double Share => State.Share;

    /// <summary>Fits over one hyperparameter; null where conditions and λ do not act together, or cannot be told to.</summary>
    /// <param name="trajectories">The anchors' rows, without categories.</param>
    /// <param name="places">Their places.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static JointRegression? Fit(Trajectories trajectories, double[][] places, CancellationToken cancellation)
    {
        var c = trajectories.ConditionCount;
        if (c is 0 or > MostConditions || trajectories.CategoryCount > 1)
        {
            return null;
        }

        var made = new JointRegression(trajectories, places);
        var slanted = made.Learn(trajectories, places, true, cancellation);
        var plain = made.Learn(trajectories, places, false, cancellation);
        var gain = plain.Value - slanted.Value;
        return gain < LeastGain ? null : new JointRegression(trajectories, places, new JointState(slanted.Point, gain < ClearGain ? 0.5 : 1));
    }

    /// <summary>Fits over several hyperparameters, by a metric with all sides and α = 1: whether it serves is then for left-out anchors to say.</summary>
    /// <param name="trajectories">The anchors' rows, without categories.</param>
    /// <param name="places">Their coordinates.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static JointRegression Whole(Trajectories trajectories, double[][] places, CancellationToken cancellation) => new(
        trajectories, places, new JointState(new JointRegression(trajectories, places).Learn(trajectories, places, true, cancellation).Point, 1));

    /// <summary>The regression of a file.</summary>
    internal static JointRegression At(Trajectories trajectories, double[][] places, JointState state) => new(trajectories, places, state);

    /// <summary>m of rows in standardised outputs, [n, D].</summary>
    /// <param name="x">Standardised conditions, [n, C].</param>
    /// <param name="place">u, [c].</param>
    internal float[] Means(float[] x, ReadOnlySpan<double> place)
    {
        int n = x.Length / _c, p = _p;
        var means = new float[n * _d];
        double[] z = new double[p], at = new double[p], kernels = new double[_padded];
        for (var i = 0; i < n; i++)
        {
            if (i > 0 && x.AsSpan(i * _c, _c).SequenceEqual(x.AsSpan((i - 1) * _c, _c)))
            {
                means.AsSpan((i - 1) * _d, _d).CopyTo(means.AsSpan(i * _d, _d));
                continue;
            }

            for (var j = 0; j < _c; j++)
            {
                z[j] = x[i * _c + j];
            }

            Seen(place, z.AsSpan(_c));
            Project(z, _metric, at);
            if (_single is not null)
            {
                _single.Sum(at, _mean, means.AsSpan(i * _d, _d));
                continue;
            }

            RowColumns.Gaussians(_projected, at, kernels);
            for (var j = 0; j < _d; j++)
            {
                means[i * _d + j] = (float)(_mean[j] + CholeskyFactor.Dot(kernels, _weights.AsSpan(j * _padded, _padded)));
            }
        }

        return means;
    }

    /// <summary>The mean of outputs to which m falls back, [D].</summary>
    internal ReadOnlySpan<double> Mean => _mean;

    /// <summary>
    /// m over one hyperparameter in parts: places in the metric are fixed parts of conditions, [p][n], and a slope along u, [p]; those of the learned rows,
    /// [p][r]; their weights, [r, D].
    /// </summary>
    /// <param name="x">Standardised conditions, [n, C].</param>
    internal (double[][] Fixed, double[] Slope, double[][] Columns, double[] Weights) AlongLine(float[] x)
    {
        var n = x.Length / _c;
        double[][] parts = [.. Enumerable.Range(0, _p).Select(_ => new double[n])];
        double[] z = new double[_p], at = new double[_p], slope = new double[_p];
        Seen([0], z.AsSpan(_c));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < _c; j++)
            {
                z[j] = x[i * _c + j];
            }

            Project(z, _metric, at);
            for (var j = 0; j < _p; j++)
            {
                parts[j][i] = at[j];
            }
        }

        for (var j = 0; j < _p; j++)
        {
            slope[j] = _metric[j * _p + _c] / _spread[0];
        }

        return (parts, slope, [.. Enumerable.Range(0, _p).Select(j => _projected.AsSpan(j * _padded, _padded).ToArray())], RowColumns.ByRow(_weights, _d, _padded));
    }

    /// <summary>z and outputs less their mean of some rows of every anchor, the same trajectories of each where anchors answered the same contexts.</summary>
    private (double[] Z, double[] Targets, double[] Mean) Rows(Trajectories trajectories, double[][] places, int most)
    {
        var p = _p;
        var chosen = ConditionalMoments.Thinned([.. Enumerable.Range(0, trajectories.Count)], Math.Max(2, most / places.Length));
        double[] z = new double[places.Length * chosen.Length * p], targets = new double[places.Length * chosen.Length * _d], mean = new double[_d];
        var at = 0;
        for (var k = 0; k < places.Length; k++)
        {
            foreach (var t in chosen)
            {
                for (var j = 0; j < _c; j++)
                {
                    z[at * p + j] = trajectories.Conditions[k][t * _c + j];
                }

                Seen(places[k], z.AsSpan(at * p + _c, p - _c));
                for (var j = 0; j < _d; j++)
                {
                    targets[at * _d + j] = trajectories.Points[k][t * _d + j];
                    mean[j] += targets[at * _d + j] / (places.Length * chosen.Length);
                }

                at++;
            }
        }

        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] -= mean[i % _d];
        }

        return (z, targets, mean);
    }

    private void Seen(ReadOnlySpan<double> place, Span<double> to)
    {
        for (var j = 0; j < place.Length; j++)
        {
            to[j] = (place[j] - _middle[j]) / _spread[j];
        }
    }

    private static double[] Metric(ReadOnlySpan<double> theta, int p)
    {
        var metric = new double[p * p];
        for (var i = 0; i < p; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var value = theta[i * (i + 1) / 2 + j];
                metric[i * p + j] = i == j ? Math.Exp(value) : value;
            }
        }

        return metric;
    }

    private static double[] Projected(double[] z, double[] metric, int p)
    {
        var projected = new double[z.Length];
        for (var i = 0; i < z.Length; i += p)
        {
            Project(z.AsSpan(i, p), metric, projected.AsSpan(i, p));
        }

        return projected;
    }

    private static void Project(ReadOnlySpan<double> z, double[] metric, Span<double> to)
    {
        var p = z.Length;
        for (var i = 0; i < p; i++)
        {
            to[i] = CholeskyFactor.Dot(metric.AsSpan(i * p, p), z);
        }
    }

    private static double[] Kernel(double[] projected, int n, int p, double noise)
    {
        var kernel = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                kernel[i * n + j] = Math.Exp(-0.5 * SpaceCoordinates.Square(projected.AsSpan(i * p, p), projected.AsSpan(j * p, p)));
            }

            kernel[i * n + i] = 1 + noise;
        }

        return kernel;
    }

    /// <summary>M⁻¹T, [n, D].</summary>
    private static double[] Solved(CholeskyFactor factor, double[] targets, int n, int d)
    {
        var solved = new double[n * d];
        var column = new double[n];
        for (var j = 0; j < d; j++)
        {
            for (var i = 0; i < n; i++)
            {
                column[i] = targets[i * d + j];
            }

            factor.SolveLower(column, column);
            factor.SolveUpper(column, column);
            for (var i = 0; i < n; i++)
            {
                solved[i * d + j] = column[i];
            }
        }

        return solved;
    }
}

/// <summary>What a regression learned.</summary>
/// <param name="Theta">The metric's lower triangle, its diagonal as logarithms, and log ν.</param>
/// <param name="Share">α.</param>
internal sealed record JointState(double[] Theta, double Share);
