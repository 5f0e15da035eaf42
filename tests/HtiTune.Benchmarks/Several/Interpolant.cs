using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

// Notation
//   u_k [d]   K anchors in the unit cube;  x the place that is asked;  a_k weights that sum to 1: what is answered is Σ_k a_k y_k

/// <summary>Weights of the anchors by interpolants that know nothing of outputs.</summary>
internal static class Interpolant
{
    private const int Points = 20_000;
    private const double Tiny = 1e-9;

    /// <summary>All of the nearest anchor.</summary>
    internal static double[] Nearest(double[][] anchors, double[] x)
    {
        var weights = new double[anchors.Length];
        weights[NearestOf(anchors, x)] = 1;
        return weights;
    }

    /// <summary>
    /// Barycentric weights in the Delaunay simplex that holds x: the least Σ a_k |u_k|² with Σ a_k u_k = x, Σ a_k = 1, a ≥ 0 (the lower hull of the lifted
    /// anchors), by the simplex method; outside the anchors' hull the nearest anchor.
    /// </summary>
    internal static double[] Delaunay(double[][] anchors, double[] x)
    {
        int k = anchors.Length, rows = x.Length + 1, columns = k + rows;
        var tableau = new double[rows, columns + 1];
        var basis = new int[rows];
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < k; j++)
            {
                tableau[r, j] = r < x.Length ? anchors[j][r] : 1;
            }

            (tableau[r, k + r], tableau[r, columns], basis[r]) = (1, r < x.Length ? x[r] : 1, k + r);
        }

        // First the auxiliary columns leave, then the lifted height falls.
        Lower(tableau, basis, j => j >= k ? 1 : 0, columns);
        if (Enumerable.Range(0, rows).Sum(r => basis[r] >= k ? tableau[r, columns] : 0) > Tiny)
        {
            return Nearest(anchors, x);
        }

        Lower(tableau, basis, j => j >= k ? 0 : anchors[j].Sum(u => (u - 0.5) * (u - 0.5)), k);
        var weights = new double[k];
        for (var r = 0; r < rows; r++)
        {
            if (basis[r] < k)
            {
                weights[basis[r]] = tableau[r, columns];
            }
        }

        return weights;
    }

    /// <summary>Barycentric coordinates of x in d + 1 anchors, those below 0 as 0, of sum 1; all of the first where the anchors lie in a plane.</summary>
    internal static double[] Barycentric(double[][] anchors, double[] x)
    {
        var n = anchors.Length;
        var system = new double[n, 2 * n];
        for (var j = 0; j < n; j++)
        {
            for (var i = 0; i < n; i++)
            {
                system[i, j] = i < x.Length ? anchors[j][i] : 1;
            }
        }

        Invert(system, n);
        double[] weights = [.. Enumerable.Range(0, n).Select(i => Math.Max(0, Enumerable.Range(0, n).Sum(j => system[i, n + j] * (j < x.Length ? x[j] : 1))))];
        var sum = weights.Sum();
        return double.IsFinite(sum) && sum > 0 ? Array.ConvertAll(weights, w => w / sum) : Nearest(anchors, anchors[0]);
    }

    /// <summary>Natural neighbours: of each anchor the share of its cell that x would take, by points spread over the cube [Sibson1981].</summary>
    internal static Func<double[], double[]> NaturalNeighbours(double[][] anchors)
    {
        var stream = new RandomStreams(1).Stream("cells");
        double[][] points = [.. Enumerable.Range(0, Points).Select(_ => anchors[0].Select(_ => stream.NextDouble()).ToArray())];
        int[] owner = Array.ConvertAll(points, p => NearestOf(anchors, p));
        double[] distance = [.. points.Select((p, i) => Square(p, anchors[owner[i]]))];
        return x =>
        {
            var taken = new double[anchors.Length];
            for (var i = 0; i < Points; i++)
            {
                taken[owner[i]] += Square(points[i], x) < distance[i] ? 1 : 0;
            }

            var sum = taken.Sum();
            return sum > 0 ? Array.ConvertAll(taken, t => t / sum) : Nearest(anchors, x);
        };
    }

    /// <summary>Thin plates r² log r with a linear trend, through all anchors [Duchon1977].</summary>
    internal static Func<double[], double[]> ThinPlates(double[][] anchors)
    {
        int k = anchors.Length, d = anchors[0].Length, n = k + d + 1;
        var system = new double[n, 2 * n];
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                system[i, j] = Plate(Square(anchors[i], anchors[j]));
            }

            for (var j = 0; j <= d; j++)
            {
                system[i, k + j] = system[k + j, i] = j < d ? anchors[i][j] : 1;
            }
        }

        Invert(system, n);
        return x =>
        {
            double[] right = [.. anchors.Select(u => Plate(Square(u, x))), .. x, 1];
            return [.. Enumerable.Range(0, k).Select(i => Enumerable.Range(0, n).Sum(j => system[i, n + j] * right[j]))];
        };
    }

    // The right half becomes the inverse of the left one; the largest pivot first.
    private static void Invert(double[,] system, int n)
    {
        for (var i = 0; i < n; i++)
        {
            system[i, n + i] = 1;
        }

        for (var c = 0; c < n; c++)
        {
            var pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(system[r, c]));
            for (var j = 0; j < 2 * n; j++)
            {
                (system[c, j], system[pivot, j]) = (system[pivot, j], system[c, j]);
            }

            for (var j = 2 * n - 1; j >= c; j--)
            {
                system[c, j] /= system[c, c];
            }

            for (var r = 0; r < n; r++)
            {
                var factor = system[r, c];
                for (var j = c; j < 2 * n && r != c; j++)
                {
                    system[r, j] -= factor * system[c, j];
                }
            }
        }
    }

    private static double Plate(double square) => square > 0 ? 0.5 * square * Math.Log(square) : 0;

    private static int NearestOf(double[][] anchors, double[] x)
    {
        var best = 0;
        for (var k = 1; k < anchors.Length; k++)
        {
            best = Square(anchors[k], x) < Square(anchors[best], x) ? k : best;
        }

        return best;
    }

    internal static double Square(double[] a, double[] b)
    {
        double sum = 0;
        for (var j = 0; j < a.Length; j++)
        {
            sum += (a[j] - b[j]) * (a[j] - b[j]);
        }

        return sum;
    }

    // Bland's rule: the first column that lowers the cost comes in, so that no basis comes again.
    private static void Lower(double[,] tableau, int[] basis, Func<int, double> cost, int columns)
    {
        int rows = basis.Length, last = tableau.GetLength(1) - 1;
        while (true)
        {
            var enter = -1;
            for (var j = 0; j < columns && enter < 0; j++)
            {
                var reduced = cost(j);
                for (var r = 0; r < rows; r++)
                {
                    reduced -= cost(basis[r]) * tableau[r, j];
                }

                enter = reduced < -Tiny ? j : -1;
            }

            var leave = -1;
            for (var r = 0; r < rows && enter >= 0; r++)
            {
                if (tableau[r, enter] > Tiny && (leave < 0 || Ratio(r) < Ratio(leave) - Tiny || (Ratio(r) <= Ratio(leave) + Tiny && basis[r] < basis[leave])))
                {
                    leave = r;
                }
            }

            if (leave < 0)
            {
                return;
            }

            var pivot = tableau[leave, enter];
            for (var j = 0; j <= last; j++)
            {
                tableau[leave, j] /= pivot;
            }

            for (var r = 0; r < rows; r++)
            {
                var factor = tableau[r, enter];
                for (var j = 0; j <= last && r != leave; j++)
                {
                    tableau[r, j] -= factor * tableau[leave, j];
                }
            }

            basis[leave] = enter;

            double Ratio(int r) => tableau[r, last] / tableau[r, enter];
        }
    }
}
