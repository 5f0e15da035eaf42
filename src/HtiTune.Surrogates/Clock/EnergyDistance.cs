// Energy distance (Székely and Rizzo 2013): 2·E|X − Y| − E|X − X'| − E|Y − Y'| ≥ 0, zero only for equal laws: a proper score of
// a sample against a sample, which does not reward collapse.

using System.Numerics;

namespace HtiTune.Surrogates.Clock;

/// <summary>A proper distance between two samples.</summary>
internal static class EnergyDistance
{
    /// <summary>Sum over rows of |a − b| divided by the number of pairs.</summary>
    /// <param name="a">Rows [n, d], one after the other.</param>
    /// <param name="b">Rows [m, d].</param>
    /// <param name="d">Columns.</param>
    internal static double MeanDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int d)
    {
        int n = a.Length / d, m = b.Length / d;
        if (n == 0 || m == 0)
        {
            return 0;
        }

        // Columns of b side by side, so that one row of a meets eight rows of b at a time.
        var columns = new float[d * m];
        for (var j = 0; j < m; j++)
        {
            for (var k = 0; k < d; k++)
            {
                columns[k * m + j] = b[j * d + k];
            }
        }

        var width = Vector<float>.Count;
        double total = 0;
        for (var i = 0; i < n; i++)
        {
            var sum = Vector<float>.Zero;
            var j = 0;
            for (; j <= m - width; j += width)
            {
                var square = Vector<float>.Zero;
                for (var k = 0; k < d; k++)
                {
                    var difference = new Vector<float>(columns.AsSpan(k * m + j, width)) - new Vector<float>(a[i * d + k]);
                    square += difference * difference;
                }

                sum += Vector.SquareRoot(square);
            }

            double row = Vector.Sum(sum);
            for (; j < m; j++)
            {
                double square = 0;
                for (var k = 0; k < d; k++)
                {
                    double difference = columns[k * m + j] - a[i * d + k];
                    square += difference * difference;
                }

                row += Math.Sqrt(square);
            }

            total += row;
        }

        return total / ((double)n * m);
    }

    /// <summary>2·E|X − Y| − E|X − X'| − E|Y − Y'|, with the last term given because it does not change between candidates.</summary>
    internal static double Between(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int d, double meanWithinY) =>
        2 * MeanDistance(x, y, d) - MeanDistance(x, x, d) - meanWithinY;
}
