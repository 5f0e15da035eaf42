// Notation
//   y           a row of anchor s that was not stored;  t the trajectory whose row y_t(λ_s) is nearest, among those of its category
//   y → y + y_t(λ_k) − y_t(λ_s)     the row at anchor k
// Without continuous conditions the stored rows are all that a map could learn from: the nearest one's own move keeps the law at the anchors to the
// distance between neighbours, and where mass parts it sends no row half way.

using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Carries rows between anchors as the nearest stored row moves.</summary>
/// <param name="trajectories">The coupled rows, without continuous conditions.</param>
internal sealed class NearestCarrier(Trajectories trajectories)
{
    /// <summary>Stored rows compared with one at most: with many outputs a search would compare them all.</summary>
    private const int MostVisited = 4096;

    private readonly int[][] _members = trajectories.ByCategory();
    private readonly Lazy<RowTree>[] _trees = [.. Enumerable.Range(0, trajectories.Points.Length * trajectories.CategoryCount).Select(i => new Lazy<RowTree>(() =>
        new RowTree(Trajectories.Select(trajectories.Points[i / trajectories.CategoryCount], trajectories.ByCategory()[i % trajectories.CategoryCount], trajectories.Dimension), trajectories.Dimension)))];

    /// <summary>Rows at every anchor that has a weight, and at their own; null at the others.</summary>
    /// <param name="y">Standardised outputs at the anchor <paramref name="source"/>, [n, D].</param>
    /// <param name="categories">Category of each row.</param>
    /// <param name="source">s.</param>
    /// <param name="weights">Weights of the anchors.</param>
    /// <exception cref="ArgumentException">A category is asked for of which nothing is stored.</exception>
    internal float[]?[] Carry(float[] y, int[] categories, int source, double[] weights)
    {
        var d = trajectories.Dimension;
        var carried = weights.Select((weight, k) => k == source ? y : weight != 0 ? (float[])y.Clone() : null).ToArray();
        for (var i = 0; i < categories.Length; i++)
        {
            var category = categories[i];
            if (_members[category].Length == 0)
            {
                throw new ArgumentException($"Row {i} is of category {category}, of which the anchors hold no sample.");
            }

            var (near, _) = _trees[source * trajectories.CategoryCount + category].Value.Nearest(y.AsSpan(i * d, d), 1, MostVisited);
            var t = _members[category][near[0]];
            var from = trajectories.Point(source, t);
            for (var k = 0; k < carried.Length; k++)
            {
                if (k == source || carried[k] is not { } rows)
                {
                    continue;
                }

                var to = trajectories.Point(k, t);
                for (var j = 0; j < d; j++)
                {
                    rows[i * d + j] += to[j] - from[j];
                }
            }
        }

        return carried;
    }
}
