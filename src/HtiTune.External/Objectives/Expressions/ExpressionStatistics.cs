namespace HtiTune.External;

// Notation: x₁ … xₙ the values of a column, x₍₁₎ ≤ … ≤ x₍ₙ₎ the same in order, F their distribution function.
//   cvar(x, p)       1/(1 − p) ∫ₚ¹ F⁻¹(u) du, the mean of the greatest share 1 − p (Rockafellar and Uryasev 2000); F⁻¹ is a step function
//   pinball(x, t, p) mean of max(p (t − x), (p − 1)(t − x)), x the forecast, t what came (Koenker and Bassett 1978)
//   distance(X, Y)   2 E‖X − Y‖ − E‖X − X'‖ − E‖Y − Y'‖ over all pairs, the energy distance (Székely and Rizzo 2013)

/// <summary>Statistics of columns.</summary>
internal static class ExpressionStatistics
{
    // Pairs of rows grow with the square of their number; more rows than this are thinned evenly.
    private const int RowLimit = 2000;

    // From the first value on: equal values have that mean to the last bit, and values near 1e9 lose nothing to the size of their sum.
    internal static double Mean(ReadOnlySpan<double> x)
    {
        var (sum, apart) = (0.0, 0.0);
        foreach (var value in x)
        {
            sum += value;
            apart += value - x[0];
        }

        return x.Length > 0 && double.IsFinite(apart) ? x[0] + apart / x.Length : sum / x.Length;
    }

    /// <summary>Variance, divided by n.</summary>
    internal static double Variance(double[] x)
    {
        var mean = Mean(x);
        return Mean(Array.ConvertAll(x, value => (value - mean) * (value - mean)));
    }

    /// <param name="x">Values.</param>
    /// <param name="p">0 to 1.</param>
    internal static double Quantile(double[] x, double p) => OrderStatistics.Quantile(Sorted(x), p);

    /// <param name="x">Values.</param>
    /// <param name="p">0 to below 1.</param>
    internal static double TailMean(double[] x, double p)
    {
        var sorted = Sorted(x);
        var (sum, left) = (0.0, (1 - p) * sorted.Length);
        var mass = left;
        for (var i = sorted.Length - 1; i >= 0 && left > 0; i--, left--)
        {
            sum += Math.Min(1, left) * sorted[i];
        }

        return sum / mass;
    }

    internal static double Pinball(double[] forecast, double[] target, double p) => MeanOf(forecast, target, (x, t) => Math.Max(p * (t - x), (p - 1) * (t - x)));

    /// <summary>The mean of (x − y)².</summary>
    internal static double SquaredDistance(double[] x, double[] y) => MeanOf(x, y, (a, b) => (a - b) * (a - b));

    /// <summary>The mean of |x − y|.</summary>
    internal static double AbsoluteDistance(double[] x, double[] y) => MeanOf(x, y, (a, b) => Math.Abs(a - b));

    // Columns are written over: each is of the call alone.
    private static double MeanOf(double[] x, double[] y, Func<double, double, double> value)
    {
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = value(x[i], y[i]);
        }

        return Mean(x);
    }

    private static double[] Sorted(double[] x)
    {
        Array.Sort(x);
        return x;
    }

    /// <summary>The share of rows [n, k] whose greatest column, or whose one value rounded, is the label.</summary>
    internal static double Accuracy(Matrix scores, double[] labels)
    {
        var right = 0;
        for (var i = 0; i < scores.Rows; i++)
        {
            var best = 0;
            for (var j = 1; j < scores.Columns; j++)
            {
                best = scores.Exact(i, j) > scores.Exact(i, best) ? j : best;
            }

            right += (scores.Columns == 1 ? Math.Floor(scores.Exact(i, 0) + 0.5) : best) == labels[i] ? 1 : 0;
        }

        return (double)right / scores.Rows;
    }

    internal static Matrix Thinned(Matrix rows) => rows.Rows <= RowLimit ? rows
        : rows.SelectRows([.. Enumerable.Range(0, RowLimit).Select(i => (int)((long)i * rows.Rows / RowLimit))]);

    /// <summary>The mean distance of a row of one and a row of the other.</summary>
    internal static double MeanDistance(Matrix a, Matrix b)
    {
        var sum = 0.0;
        var (left, right) = (Rows(a), Rows(b));
        foreach (var x in left)
        {
            foreach (var y in right)
            {
                var square = 0.0;
                for (var k = 0; k < x.Length; k++)
                {
                    square += (x[k] - y[k]) * (x[k] - y[k]);
                }

                sum += Math.Sqrt(square);
            }
        }

        return sum / a.Rows / b.Rows;
    }

    private static double[][] Rows(Matrix table) =>
        [.. Enumerable.Range(0, table.Rows).Select(i => Enumerable.Range(0, table.Columns).Select(j => table.Exact(i, j)).ToArray())];
}
