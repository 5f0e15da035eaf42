// Notation
//   x_k [c]       place of training k, k = 1 … K;  y_k [n, D] its outputs, in units that may be compared
//   group         rows that may be exchanged: the draws of one context
//   T             the minimum spanning tree of the places [Prim1957], its root the training whose distances to all others sum to the least
//   σ_k(i)        the row of training k on particle i: i itself at the root, and along each edge of T what exact transport of |y − y'|² within the group
//                 sends it to
//   ρ             2 Σ (y_i − ȳ)·(y'_i − ȳ') / Σ (|y_i − ȳ|² + |y'_i − ȳ'|²) over the rows i of all groups and the edges of T, ȳ the group's own mean
// Rows of one context are draws where they have nothing to do with their namesakes at the next training, ρ < ¼; else they answer questions that the contexts
// do not tell, in the same order each time, and stay as they are.

namespace HtiTune.Surrogates.Coupling;

/// <summary>Strings the draws of trainings that lie anywhere in a space into particles.</summary>
internal static class TreeCoupling
{
    /// <summary>ρ below which rows are draws, and the number of rows, over all edges, from which ρ is told from chance.</summary>
    private const double Unrelated = 0.25;
    private const int LeastRows = 20;

    /// <summary>Rows of a group beyond which it is coupled in blocks, how many a block then holds, and sweeps over them.</summary>
    private const int MostExact = 500, Block = 125, Sweeps = 2;

    /// <summary>The rows of each training in the order of the particles; null where rows are answers, one a context or in the same order each time.</summary>
    /// <param name="places">x_k, [K] of [c].</param>
    /// <param name="outputs">y_k, [K] of [n, D], finite.</param>
    /// <param name="dimension">D, at least 1.</param>
    /// <param name="groups">Rows of each group; every row is in one.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>σ, [K] of [n]; a permutation within each group.</returns>
    internal static int[][]? Couple(double[][] places, float[][] outputs, int dimension, int[][] groups, CancellationToken cancellation)
    {
        int[][] several = [.. groups.Where(group => group.Length > 1)];
        if (several.Length == 0 || places.Length < 2)
        {
            return null;
        }

        var edges = Tree(places);
        if (several.Sum(group => group.Length - 1) * edges.Length < LeastRows || Relation(outputs, dimension, several, edges) >= Unrelated)
        {
            return null;
        }

        var order = new int[places.Length][];
        order[edges[0].From] = [.. Enumerable.Range(0, outputs[0].Length / dimension)];
        foreach (var (from, to) in edges)
        {
            order[to] = (int[])order[from].Clone();
            foreach (var group in several)
            {
                cancellation.ThrowIfCancellationRequested();
                int[] lefts = Array.ConvertAll(group, i => order[from][i]);
                var assigned = Assign(Trajectories.Select(outputs[from], lefts, dimension), Trajectories.Select(outputs[to], group, dimension), dimension, cancellation);
                for (var i = 0; i < group.Length; i++)
                {
                    order[to][group[i]] = group[assigned[i]];
                }
            }
        }

        return order;
    }

    /// <summary>The edges of T, each from a training that is reached already to a new one, from the root on.</summary>
    /// <param name="places">x_k, at least two.</param>
    internal static (int From, int To)[] Tree(double[][] places)
    {
        var root = RootOf(places);
        var edges = new List<(int From, int To)>();
        var from = new int[places.Length];
        double[] away = Array.ConvertAll(places, x => SpaceCoordinates.Distance(places[root], x));
        Array.Fill(from, root);
        var reached = new bool[places.Length];
        reached[root] = true;
        while (edges.Count < places.Length - 1)
        {
            var next = Enumerable.Range(0, places.Length).Where(k => !reached[k]).MinBy(k => away[k]);
            reached[next] = true;
            edges.Add((from[next], next));
            for (var k = 0; k < places.Length; k++)
            {
                if (!reached[k] && SpaceCoordinates.Distance(places[next], places[k]) is var distance && distance < away[k])
                {
                    (away[k], from[k]) = (distance, next);
                }
            }
        }

        return [.. edges];
    }

    // ρ; 1 where nothing varies within a group.
    private static double Relation(float[][] outputs, int d, int[][] groups, (int From, int To)[] edges)
    {
        double together = 0, alone = 0;
        foreach (var (from, to) in edges)
        {
            foreach (var group in groups)
            {
                for (var j = 0; j < d; j++)
                {
                    double left = group.Average(i => (double)outputs[from][i * d + j]), right = group.Average(i => (double)outputs[to][i * d + j]);
                    foreach (var i in group)
                    {
                        double a = outputs[from][i * d + j] - left, b = outputs[to][i * d + j] - right;
                        together += 2 * a * b;
                        alone += a * a + b * b;
                    }
                }
            }
        }

        return alone > 0 ? together / alone : 1;
    }

    private static int[] Assign(float[] left, float[] right, int d, CancellationToken cancellation)
    {
        if (d == 1)
        {
            // On a line ranks are matched.
            int[] from = [.. Enumerable.Range(0, left.Length).OrderBy(i => left[i])], to = [.. Enumerable.Range(0, right.Length).OrderBy(i => right[i])];
            var ranked = new int[left.Length];
            for (var rank = 0; rank < from.Length; rank++)
            {
                ranked[from[rank]] = to[rank];
            }

            return ranked;
        }

        var n = left.Length / d;
        return BlockedTransport.Assign(
            left, right, d, BlockShape.Even, n > MostExact ? Block : n, Sweeps,
            (a, b) => GroundCost.SquaredEuclidean(Trajectories.Select(left, a, d), Trajectories.Select(right, b, d), d), cancellation);
    }

    /// <summary>The place whose distances to all others sum to the least.</summary>
    internal static int RootOf(double[][] places) => Enumerable.Range(0, places.Length).MinBy(k => places.Sum(other => SpaceCoordinates.Distance(places[k], other)));
}
