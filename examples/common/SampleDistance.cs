using HtiTune.Data;

// a, b   outputs of two models for the same n contexts          [n, D]
// g      a group: the rows whose contexts are alike, m of them  (m = 1 where a network answers each context once)
// W₂(g)  √( min over permutations π of (1/m) Σ_i |a_i − b_π(i)|² )
// WD     mean of W₂ over groups

/// <summary>The exact 2-Wasserstein distance of two models' outputs, context by context.</summary>
internal static class SampleDistance
{
    /// <summary>Mean over contexts of W₂.</summary>
    /// <param name="a">Outputs of one model.</param>
    /// <param name="b">Outputs of the other for the same contexts.</param>
    public static double PerContext(Samples a, Samples b)
    {
        if (a.Count != b.Count || a.Dimension != b.Dimension)
        {
            throw new ArgumentException($"Samples of shape [{a.Count}, {a.Dimension}] and [{b.Count}, {b.Dimension}]; expected the same shape.", nameof(b));
        }

        return Groups(a.Contexts).Average(rows => Math.Sqrt(Squared(a.Outputs.SelectRows(rows), b.Outputs.SelectRows(rows))));
    }

    /// <summary>W₂² of two sets of equal size.</summary>
    /// <param name="a">Rows [m, D].</param>
    /// <param name="b">Rows [m, D].</param>
    public static double Squared(Matrix a, Matrix b)
    {
        var (m, d) = (a.Rows, a.Columns);
        if (m == 1 || d > 1)
        {
            var costs = new double[m, m];
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < m; j++)
                {
                    costs[i, j] = SquaredDistance(a.Row(i), b.Row(j));
                }
            }

            return m == 1 ? costs[0, 0] : Assignment.LeastCost(costs) / m;
        }

        // On a line the sorted values belong together.
        var (left, right) = (a.Values.ToArray(), b.Values.ToArray());
        Array.Sort(left);
        Array.Sort(right);
        return left.Zip(right, (x, y) => ((double)x - y) * ((double)x - y)).Average();
    }

    private static IEnumerable<int[]> Groups(Contexts contexts) => Enumerable.Range(0, contexts.Count)
        .GroupBy(i => (
            contexts.Categories.IsEmpty ? 0 : contexts.Categories[i],
            string.Join(' ', contexts.Conditions.Row(i).ToArray().Select(BitConverter.SingleToInt32Bits))))
        .Select(group => group.ToArray());

    private static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
        }

        return sum;
    }
}
