// Notation
//   r_k(i)   what row i of anchor k is away from a smooth law of its context there (ConditionalMoments);  pairs: edges of the anchors' minimum spanning tree, some of them
// Rows of the same contexts are one draw each where r scatters, has nothing to do with its namesake at the nearest anchor, and a left-out anchor's rows are foretold no
// better than by that scatter. A law that is rough in the context but smooth in λ comes again at the next anchor.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Tells whether one row a context is a draw of its own at every anchor.</summary>
internal static class IndependentScatter
{
    /// <summary>
    /// What tells draws, over one hyperparameter too: the least share of the variance that r has, the largest correlation of r from anchor to anchor, and the least error of
    /// left-out rows as a share of r's variance.
    /// </summary>
    internal const double LeastScatter = 0.05, MostRepeated = 0.25, LeastForetold = 0.5;

    private const int MostPairs = 4, MostRows = 400, FewestRows = 20;

    /// <summary>Whether it is.</summary>
    /// <param name="kriging">Rows of the same contexts, taken for answers.</param>
    /// <param name="places">The anchors' coordinates.</param>
    /// <param name="contexts">The contexts.</param>
    /// <param name="conditions">Their scale.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static bool Is(OutputKriging kriging, double[][] places, Contexts contexts, Standardizer conditions, CancellationToken cancellation)
    {
        int d = kriging.Scale.Columns, c = conditions.Columns;
        if (c == 0 || d > AffineCarrier.MostDimensions || contexts.Count < FewestRows || kriging.Order is not null)
        {
            return false;
        }

        var rows = ConditionalMoments.Thinned([.. Enumerable.Range(0, contexts.Count)], MostRows);
        var x = Trajectories.Select(Trajectories.Standardised(contexts.Conditions, conditions), rows, c);
        var own = TrajectoryLookup.CategoriesOf(contexts);
        int[] categories = Array.ConvertAll(rows, i => own[i]);
        var known = new Dictionary<int, float[]>();
        double together = 0, scatter = 0, variance = 0;
        var edges = TreeCoupling.Tree(places).Take(MostPairs).ToArray();
        foreach (var (from, to) in edges)
        {
            cancellation.ThrowIfCancellationRequested();
            float[] a = Residuals(from), b = Residuals(to);
            double square = Dot(a, a), other = Dot(b, b);
            together += square * other > 0 ? Dot(a, b) / Math.Sqrt(square * other) : 1;
            scatter += (square + other) / (2.0 * a.Length);
            variance += Variance(from);
        }

        scatter /= edges.Length;
        return scatter >= LeastScatter * variance / edges.Length && together / edges.Length <= MostRepeated
            && (places.Length < 3 || LeftOut() > LeastForetold * scatter);

        float[] Residuals(int k) => known.TryGetValue(k, out var found) ? found : known[k] = new ConditionalMoments(
            Trajectories.Select(kriging.Rows.Standardised[k]!, rows, d), d, x, c, categories, Math.Max(1, contexts.CategoryCount), null).Residuals;

        double Variance(int k) => kriging.Rows.Standardised[k]!.Average(y => (double)y * y);

        // The median: those beyond the others are foretold badly in any case.
        double LeftOut()
        {
            var weights = new double[places.Length];
            var errors = new List<double>();
            for (var k = 0; k < places.Length; k++)
            {
                kriging.Kriging.LeaveOneOut(k, weights);
                var foretold = kriging.Rows.Weighted(weights, kriging.Transform, d);
                var predicted = Trajectories.Standardised(new Matrix(contexts.Count, d, foretold), kriging.Scale);
                errors.Add(predicted.Zip(kriging.Rows.Standardised[k]!, (p, y) => (double)(p - y) * (p - y)).Average());
            }

            errors.Sort();
            return errors[errors.Count / 2];
        }
    }

    /// <summary>Sum of products, in double precision.</summary>
    internal static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
