// Notation, of one anchor, standardised
//   y_ij     output j of row i; at a bound a_j or b_j it is what is left of a latent value beyond it
//   m, s²    mean and variance of the latent outputs given the row's context (ConditionalMoments)
//   latent   of a row at the upper bound: m + s Φ⁻¹(1 − v(1 − Φ((b − m)/s))), v in (0, 1) evenly spread over rows (golden ratio); at the lower alike
// Moments of the latent outputs are learned from those values and the rows between the bounds, and the values anew from the moments, a few times: a
// stochastic EM of the censored normal law [Tobin1958], with the same v each time. Affine maps carry the latent values; the bounds cut them at the end,
// so that as many rows lie at a bound between anchors as the law there has beyond it, where maps of cut values would pull every row inside.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Draws that bounds have cut off.</summary>
internal static class CensoredRows
{
    private const int Rounds = 5;
    private const double LeastShare = 0.01, Tolerance = 1e-5, GoldenStep = OutputTransform.GoldenStep, SilverStep = 0.4142135623730950;

    /// <summary>The anchors with latent values in the place of those at the bounds; null where hardly any is there.</summary>
    /// <param name="anchors">Draws within their bounds.</param>
    /// <param name="bounds">The bounds of their columns.</param>
    /// <param name="cancellation">Ends the rounds.</param>
    internal static AnchorSet? Latent(AnchorSet anchors, IReadOnlyList<OutputBounds> bounds, CancellationToken cancellation)
    {
        var outputs = Standardization.Of(anchors.Select(anchor => anchor.Samples.Outputs), shareScale: true);
        var conditions = Standardization.Of(anchors.Select(anchor => anchor.Samples.Conditions), shareScale: false);
        var (low, high) = Standardised(bounds, outputs);
        var d = anchors.Dimension;
        if (!AreIn(anchors, outputs, low, high))
        {
            return null;
        }

        return new AnchorSet(anchors.Hyperparameter, anchors.Select(anchor =>
        {
            var y = Trajectories.Standardised(anchor.Samples.Outputs, outputs);
            var x = Trajectories.Standardised(anchor.Samples.Conditions, conditions);
            var categories = TrajectoryLookup.CategoriesOf(anchor.Samples.Contexts);
            ConditionalMoments? moments = null;
            var latent = y;
            for (var round = 0; round < Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                moments = new ConditionalMoments(latent, d, x, anchors.ConditionCount, categories, Math.Max(1, anchors.CategoryCount), moments?.Bandwidth);
                latent = Beyond(moments, y, x, categories, d, low, high);
            }

            return new Anchor(anchor.Configuration, new Samples(Matrix.Create(anchor.Samples.Count, d, (i, to) => outputs.Undo(latent.AsSpan(i * d, d), to)), anchor.Samples.Contexts));
        }));
    }

    /// <summary>Whether more than a few draws are cut off.</summary>
    /// <param name="anchors">Draws within their bounds.</param>
    /// <param name="bounds">The bounds of their columns.</param>
    internal static bool AreIn(AnchorSet anchors, IReadOnlyList<OutputBounds> bounds)
    {
        var outputs = Standardization.Of(anchors.Select(anchor => anchor.Samples.Outputs), shareScale: true);
        var (low, high) = Standardised(bounds, outputs);
        return AreIn(anchors, outputs, low, high);
    }

    private static bool AreIn(AnchorSet anchors, Standardizer outputs, double[] low, double[] high)
    {
        var d = anchors.Dimension;
        var cut = anchors.Sum(anchor => Trajectories.Standardised(anchor.Samples.Outputs, outputs).Where((y, i) => IsCut(y, i % d, low, high)).Count());
        return cut >= LeastShare * anchors.Sum(anchor => anchor.Samples.Count * d);
    }

    /// <summary>Bounds in standard deviations.</summary>
    internal static (double[] Low, double[] High) Standardised(IReadOnlyList<OutputBounds> bounds, Standardizer outputs) => (
        [.. bounds.Select((b, j) => (b.Low - outputs.Means[j]) / outputs.Deviations[j])],
        [.. bounds.Select((b, j) => (b.High - outputs.Means[j]) / outputs.Deviations[j])]);

    /// <summary>Rows [n, D] with latent values in the place of those at the bounds.</summary>
    /// <param name="moments">Of the latent values at the rows' anchor.</param>
    /// <param name="y">The rows.</param>
    /// <param name="x">Their standardised conditions.</param>
    /// <param name="categories">Their categories.</param>
    /// <param name="d">D.</param>
    /// <param name="low">Lower bounds.</param>
    /// <param name="high">Upper bounds.</param>
    internal static float[] Beyond(ConditionalMoments moments, float[] y, float[] x, int[] categories, int d, double[] low, double[] high)
    {
        var latent = (float[])y.Clone();
        var c = x.Length / Math.Max(1, categories.Length);
        var known = new Dictionary<string, (double[] Mean, double[] Covariance)>();
        for (var i = 0; i < latent.Length; i++)
        {
            var (row, j) = (i / d, i % d);
            if (!IsCut(y[i], j, low, high))
            {
                continue;
            }

            var key = ContextKey.Of(categories[row], x.AsSpan(row * c, c));
            if (!known.TryGetValue(key, out var law))
            {
                known[key] = law = moments.At(x.AsSpan(row * c, c), categories[row]);
            }

            double m = law.Mean[j], s = Math.Sqrt(law.Covariance[j * d + j]), v = ((row + 0.5) * GoldenStep + j * SilverStep) % 1;
            var isHigh = y[i] >= high[j] - Tolerance;
            var beyond = NormalDistribution.Cumulative(isHigh ? (m - high[j]) / s : (low[j] - m) / s);
            var away = s * NormalDistribution.Quantile(Math.Max(1e-9, Math.Clamp(v, 0.001, 0.999) * beyond));
            latent[i] = (float)(isHigh ? Math.Max(high[j], m - away) : Math.Min(low[j], m + away));
        }

        return latent;
    }

    private static bool IsCut(float y, int j, double[] low, double[] high) => y <= low[j] + Tolerance || y >= high[j] - Tolerance;
}
