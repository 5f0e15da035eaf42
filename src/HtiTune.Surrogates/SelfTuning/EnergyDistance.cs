// Notation
//   X, Y    two samples [n, D], [m, D];  E over pairs of different rows
//   energy distance  2·E|X − Y| − E|X − X'| − E|Y − Y'|  [Szekely2013]: 0 for equal laws, positive for others. As a score of X against draws Y it
//   is strictly proper [Gneiting2007]: neither a law that is too narrow nor one that is too wide can lower its expectation.
//   score = its unbiased estimate + (1/n + 1/m)·E|Y − Y'|
// Leaving a row's distance to itself out keeps small samples fair (with it, two draws a context would be best when they agree). What is added is
// the size of the estimate's own noise, a constant of Y: shares of scores then mean something where a prediction is as good as it can be.
//   influence of a row   how much the score leans on it, to first order (Hoeffding): 2·(E_x|x − y|)/m of a y, 2·(E_y|x − y| − E_x'|x − x'|)/n of
//   an x, each about its mean: their squares' sum is the variance. The term in y and y' is the same for every X and is left out: influences serve
//   to compare scores on the same Y.

namespace HtiTune.Surrogates.SelfTuning;

/// <summary>How far a sample is from another: a proper score.</summary>
internal static class EnergyDistance
{
    /// <summary>Rows that are compared; of more, an even subset.</summary>
    internal const int MostRows = 1000;

    /// <summary>The score, and the influence of each row on it: those of Y, then those of X; NaN where a sample is empty or not finite.</summary>
    /// <param name="predicted">X, [n, D].</param>
    /// <param name="actual">Y, [m, D].</param>
    /// <param name="d">D.</param>
    internal static (double Score, double[] Influence) Of(float[] predicted, float[] actual, int d)
    {
        float[] x = Even(predicted, d), y = Even(actual, d);
        int n = x.Length / d, m = y.Length / d;
        double[] toX = new double[m], toY = new double[n], within = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < m; j++)
            {
                var distance = Distance(x, i, y, j, d);
                toX[j] += distance / n;
                toY[i] += distance / m;
            }

            for (var k = 0; k < i; k++)
            {
                var distance = Distance(x, i, x, k, d) / (n - 1);
                within[i] += distance;
                within[k] += distance;
            }
        }

        var spread = Spread(y, d);
        var score = 2 * Mean(toY) - Mean(within) - spread + (1.0 / n + 1.0 / m) * spread;
        for (var i = 0; i < n; i++)
        {
            toY[i] -= within[i];
        }

        return (score, [.. Centred(toX), .. Centred(toY)]);
    }

    /// <summary>Mean distance of the rows of one sample from those of another, a row from itself among them.</summary>
    internal static double Mean(float[] x, float[] y, int d)
    {
        double sum = 0;
        int n = x.Length / d, m = y.Length / d;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < m; j++)
            {
                sum += Distance(x, i, y, j, d);
            }
        }

        return n * m == 0 ? 0 : sum / ((double)n * m);
    }

    private static double Mean(double[] values) => values.Length == 0 ? double.NaN : values.Average();

    /// <summary>2·(v − mean)/n.</summary>
    private static IEnumerable<double> Centred(double[] values)
    {
        var mean = Mean(values);
        return values.Select(value => 2 * (value - mean) / values.Length);
    }

    private static float[] Even(float[] rows, int d)
    {
        var n = rows.Length / d;
        if (n <= MostRows)
        {
            return rows;
        }

        var some = new float[MostRows * d];
        for (var i = 0; i < MostRows; i++)
        {
            rows.AsSpan((int)((long)i * n / MostRows) * d, d).CopyTo(some.AsSpan(i * d));
        }

        return some;
    }

    /// <summary>Mean distance of two different rows; 0 with one row.</summary>
    private static double Spread(float[] y, int d)
    {
        var m = y.Length / d;
        double sum = 0;
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < i; j++)
            {
                sum += Distance(y, i, y, j, d);
            }
        }

        return m < 2 ? 0 : 2 * sum / ((double)m * (m - 1));
    }

    private static double Distance(float[] x, int i, float[] y, int j, int d)
    {
        double square = 0;
        for (var k = 0; k < d; k++)
        {
            double difference = x[i * d + k] - y[j * d + k];
            square += difference * difference;
        }

        return Math.Sqrt(square);
    }
}
