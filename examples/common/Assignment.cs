// c        costs                                     [m, m]
// u, v     dual prices of rows and columns           [m], [m]; c_ij − u_i − v_j ≥ 0, and 0 where i is assigned to j
// Row by row: the shortest augmenting path by reduced costs, as Dijkstra finds it [Kuhn 1955, Jonker and Volgenant 1987]; O(m³).

/// <summary>The assignment of rows to columns that costs least, by shortest augmenting paths.</summary>
internal static class Assignment
{
    /// <summary>The least sum of costs, one column for each row.</summary>
    /// <param name="costs">Finite costs [m, m].</param>
    public static double LeastCost(double[,] costs)
    {
        var m = costs.GetLength(0);
        var (u, v) = (new double[m], new double[m]);
        var rowOf = new int[m];
        Array.Fill(rowOf, -1);
        var (nearest, previous, done) = (new double[m], new int[m], new bool[m]);
        for (var row = 0; row < m; row++)
        {
            Array.Fill(nearest, double.PositiveInfinity);
            Array.Fill(previous, -1);
            Array.Clear(done);
            var (i, column, length) = (row, -1, 0.0);
            var path = new List<(int Row, int Column, double Length)>();
            do
            {
                var next = -1;
                for (var j = 0; j < m; j++)
                {
                    if (done[j])
                    {
                        continue;
                    }

                    var through = length + costs[i, j] - u[i] - v[j];
                    if (through < nearest[j])
                    {
                        (nearest[j], previous[j]) = (through, column);
                    }

                    if (next < 0 || nearest[j] < nearest[next])
                    {
                        next = j;
                    }
                }

                (column, length) = (next, nearest[next]);
                done[column] = true;
                i = rowOf[column];
                path.Add((i, column, length));
            }
            while (i >= 0);

            // Prices move so that the path's edges cost nothing more; then the path is turned round.
            u[row] += length;
            foreach (var (on, at, reached) in path)
            {
                v[at] -= length - reached;
                if (on >= 0)
                {
                    u[on] += length - reached;
                }
            }

            while (column >= 0)
            {
                var before = previous[column];
                rowOf[column] = before < 0 ? row : rowOf[before];
                column = before;
            }
        }

        return Enumerable.Range(0, m).Sum(j => costs[rowOf[j], j]);
    }
}
