// Notation
//   A, B      samples of one category at two anchors, [n, D] and [m, D]
//   F(a, b)   Fermat distance: least Σ |hop|² over paths through the symmetric k-nearest-neighbour graph of A ∪ B, k = 15
//   cost      F(a, b)², a fourth power of distance on purpose: it makes a detour through dense regions cheap and keeps the order
//             of samples around a bend, where squared Euclidean distance folds it.
// Source: Fermat distances after Groisman, Jonckheere and Sapienza (2022); the squared form as measured for this project.

using System.Numerics;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Ground costs of the transport between two anchors' samples.</summary>
internal static class GroundCost
{
    private const int Neighbours = 15;

    /// <summary>|a − b|² for all pairs, shape [n, m].</summary>
    internal static float[] SquaredEuclidean(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int d)
    {
        int n = a.Length / d, m = b.Length / d, lanes = Vector<float>.Count, whole = m / lanes * lanes;
        var cost = new float[n * m];

        // The right rows by coordinate, so that each is a run of numbers.
        var byColumn = new float[d * m];
        for (var j = 0; j < m; j++)
        {
            for (var k = 0; k < d; k++)
            {
                byColumn[k * m + j] = b[j * d + k];
            }
        }

        for (var i = 0; i < n; i++)
        {
            var row = cost.AsSpan(i * m, m);
            for (var j = 0; j < whole; j += lanes)
            {
                var sum = Vector<float>.Zero;
                for (var k = 0; k < d; k++)
                {
                    var difference = new Vector<float>(a[i * d + k]) - new Vector<float>(byColumn, k * m + j);
                    sum += difference * difference;
                }

                sum.CopyTo(row[j..]);
            }

            for (var j = whole; j < m; j++)
            {
                float sum = 0;
                for (var k = 0; k < d; k++)
                {
                    var difference = a[i * d + k] - b[j * d + k];
                    sum += difference * difference;
                }

                row[j] = sum;
            }
        }

        return cost;
    }

    /// <summary>F(a, b)² for all pairs, shape [n, m].</summary>
    internal static float[] Fermat(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int d, CancellationToken cancellation)
    {
        int n = a.Length / d, m = b.Length / d, total = n + m;
        var nodes = new float[total * d];
        a.CopyTo(nodes);
        b.CopyTo(nodes.AsSpan(n * d));
        var edges = NeighbourGraph(nodes, total, d, cancellation);
        var direct = SquaredEuclidean(a, b, d);
        var cost = new float[n * m];
        var distance = new double[total];
        var queue = new PriorityQueue<int, double>();
        for (var i = 0; i < n; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ShortestPaths(edges, i, distance, queue);
            for (var j = 0; j < m; j++)
            {
                var f = Math.Min(distance[n + j], direct[i * m + j]);
                cost[i * m + j] = (float)(f * f);
            }
        }

        return cost;
    }

    private static List<(int To, float Weight)>[] NeighbourGraph(float[] nodes, int total, int d, CancellationToken cancellation)
    {
        var edges = new List<(int, float)>[total];
        for (var i = 0; i < total; i++)
        {
            edges[i] = new List<(int, float)>(2 * Neighbours);
        }

        var neighbours = new NearestRows(nodes, d);
        var near = new PriorityQueue<int, float>();
        for (var i = 0; i < total; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            neighbours.Find(i, Neighbours, near);
            while (near.TryDequeue(out var j, out var negative))
            {
                edges[i].Add((j, -negative));
                edges[j].Add((i, -negative));
            }
        }

        return edges;
    }

    private static void ShortestPaths(List<(int To, float Weight)>[] edges, int source, double[] distance, PriorityQueue<int, double> queue)
    {
        Array.Fill(distance, double.PositiveInfinity);
        distance[source] = 0;
        queue.Clear();
        queue.Enqueue(source, 0);
        while (queue.TryDequeue(out var node, out var reached))
        {
            if (reached > distance[node])
            {
                continue;
            }

            foreach (var (to, weight) in edges[node])
            {
                var candidate = reached + weight;
                if (candidate < distance[to])
                {
                    distance[to] = candidate;
                    queue.Enqueue(to, candidate);
                }
            }
        }
    }
}
