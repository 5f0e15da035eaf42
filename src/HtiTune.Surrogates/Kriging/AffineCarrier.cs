// Notation
//   m_k(x), C_k(x)    mean and covariance of the outputs at anchor k given a context (ConditionalMoments)
//   y → m_k(x) + T_sk(x)(y − m_s(x))     a row of anchor s at anchor k, T_sk the least-moving map of C_s(x) to C_k(x) (SymmetricRoot)
// Rows keep their place in their context's law, in units of its spread: no row of another anchor is needed as a partner, so that anchors may have
// answered different contexts, or the same ones with draws of their own.

using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Carries rows between anchors by conditional affine maps.</summary>
internal sealed class AffineCarrier : IRowCarrier
{
    /// <summary>Output columns for which covariances are worth their cost.</summary>
    internal const int MostDimensions = 24;

    private readonly int _dimension, _conditionCount;
    private readonly ConditionalMoments[] _moments;

    /// <param name="trajectories">The anchors' rows.</param>
    /// <param name="bandwidths">h of each anchor; null to choose them.</param>
    internal AffineCarrier(Trajectories trajectories, double[]? bandwidths)
        : this(trajectories.Dimension, trajectories.ConditionCount, [.. trajectories.Points.Select((y, k) => new ConditionalMoments(
            y, trajectories.Dimension, trajectories.Conditions[k], trajectories.ConditionCount, trajectories.Categories, trajectories.CategoryCount, bandwidths?[k]))])
    {
    }

    /// <param name="dimension">D.</param>
    /// <param name="conditionCount">C.</param>
    /// <param name="moments">Of each anchor.</param>
    internal AffineCarrier(int dimension, int conditionCount, ConditionalMoments[] moments) => (_dimension, _conditionCount, _moments) = (dimension, conditionCount, moments);

    /// <summary>h of each anchor.</summary>
    internal double[] Bandwidths => Array.ConvertAll(_moments, moments => moments.Bandwidth);

    /// <summary>Rows of an anchor with latent values in the place of those at the bounds.</summary>
    internal float[] Beyond(float[] y, float[] x, int[] categories, int source, (double[] Low, double[] High) bounds) =>
        CensoredRows.Beyond(_moments[source], y, x, categories, _dimension, bounds.Low, bounds.High);

    /// <inheritdoc/>
    public float[]?[] Carry(float[] y, float[] own, float[] x, int[] categories, int source, double[]? weights)
    {
        int n = categories.Length, d = _dimension, c = _conditionCount;
        var carried = new float[]?[_moments.Length];
        var isMoved = !ReferenceEquals(own, x);
        for (var k = 0; k < carried.Length; k++)
        {
            carried[k] = k == source && !isMoved ? y : weights is null || weights[k] != 0 || k == source ? new float[n * d] : null;
        }

        foreach (var rows in SameContext(own, x, categories, c))
        {
            var wanted = x.AsSpan(rows[0] * c, c);
            var (mean, covariance) = _moments[source].At(own.AsSpan(rows[0] * c, c), categories[rows[0]]);
            for (var k = 0; k < carried.Length; k++)
            {
                if (carried[k] is not { } target || (k == source && !isMoved))
                {
                    continue;
                }

                var (to, spread) = _moments[k].At(wanted, categories[rows[0]]);
                var map = SymmetricRoot.Map(covariance, spread, d);
                foreach (var i in rows)
                {
                    for (var p = 0; p < d; p++)
                    {
                        var sum = to[p];
                        for (var q = 0; q < d; q++)
                        {
                            sum += map[p * d + q] * (y[i * d + q] - mean[q]);
                        }

                        target[i * d + p] = (float)sum;
                    }
                }
            }
        }

        return carried;
    }

    /// <summary>Rows that come from one context and are wanted in one.</summary>
    internal static IEnumerable<int[]> SameContext(float[] own, float[] x, int[] categories, int c)
    {
        var groups = new Dictionary<(string Own, string Wanted), List<int>>();
        for (var i = 0; i < categories.Length; i++)
        {
            var key = (ContextKey.Of(categories[i], own.AsSpan(i * c, c)), ContextKey.Of(categories[i], x.AsSpan(i * c, c)));
            (groups.TryGetValue(key, out var rows) ? rows : groups[key] = []).Add(i);
        }

        return groups.Values.Select(rows => rows.ToArray());
    }
}
