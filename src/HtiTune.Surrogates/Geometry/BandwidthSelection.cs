using System.Numerics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Bandwidth of a Gaussian kernel density by leave-one-out likelihood.</summary>
internal static class BandwidthSelection
{
    /// <summary>
    /// The h of a log-spaced grid (0.02 to 2, refined once) that maximises Σ_i log p̂_{−i}(s_i), each term cut at −50 so that one
    /// outlier does not decide.
    /// </summary>
    /// <param name="groups">Samples of each category, [n, D].</param>
    /// <param name="dimension">D.</param>
    /// <param name="mostRows">Rows evaluated at most in each category.</param>
    internal static double ByLikelihood(float[][] groups, int dimension, int mostRows)
    {
        var best = 0.1;
        var bestValue = double.NegativeInfinity;
        var squares = groups.Select(group => Squares(group, dimension, mostRows)).ToArray();
        double low = Math.Log(0.02), high = Math.Log(2);
        for (var round = 0; round < 2; round++)
        {
            var step = (high - low) / 16;
            for (var i = 0; i <= 16; i++)
            {
                var h = Math.Exp(low + i * step);
                var value = LogLikelihood(squares, dimension, h);
                if (value > bestValue)
                {
                    (best, bestValue) = (h, value);
                }
            }

            low = Math.Log(best) - step;
            high = Math.Log(best) + step;
        }

        return best;
    }

    private static (float[] Values, int Rows, int Columns) Squares(float[] samples, int d, int mostRows)
    {
        var n = samples.Length / d;
        var stride = Math.Max(1, n / mostRows);
        var rows = (n + stride - 1) / stride;
        var values = new float[rows * n];
        for (int r = 0, i = 0; i < n; i += stride, r++)
        {
            for (var j = 0; j < n; j++)
            {
                float square = 0;
                for (var k = 0; k < d; k++)
                {
                    var difference = samples[i * d + k] - samples[j * d + k];
                    square += difference * difference;
                }

                // A sample does not vouch for itself.
                values[r * n + j] = i == j ? float.PositiveInfinity : square;
            }
        }

        return (values, rows, n);
    }

    private static double LogLikelihood((float[] Values, int Rows, int Columns)[] groups, int dimension, double h)
    {
        double total = 0;
        var precision = (float)(-0.5 / (h * h));
        var lanes = Vector<float>.Count;
        foreach (var (values, rows, columns) in groups)
        {
            if (columns < 2)
            {
                continue;
            }

            var constant = Math.Log(columns - 1) + dimension * Math.Log(Math.Sqrt(2 * Math.PI) * h);
            for (var r = 0; r < rows; r++)
            {
                var row = values.AsSpan(r * columns, columns);
                var least = float.PositiveInfinity;
                foreach (var square in row)
                {
                    least = Math.Min(least, square);
                }

                var sums = Vector<float>.Zero;
                var j = 0;
                for (; j <= columns - lanes; j += lanes)
                {
                    sums += Vector.Exp((new Vector<float>(row[j..]) - new Vector<float>(least)) * new Vector<float>(precision));
                }

                double sum = Vector.Sum(sums);
                for (; j < columns; j++)
                {
                    sum += Math.Exp((row[j] - least) * precision);
                }

                total += Math.Max(-50, least * precision + Math.Log(sum) - constant);
            }
        }

        return total;
    }
}
