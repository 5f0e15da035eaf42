// Notation
//   x_0 < … < x_n   places, y_i values there, h_i = x_{i+1} − x_i, δ_i = (y_{i+1} − y_i)/h_i
//   m_i             slopes: weighted harmonic mean of δ_{i−1}, δ_i where they agree in sign, else 0 (Fritsch and Butland 1984);
//                   one-sided three-point slopes at the ends, cut so that the curve stays monotone.
// The curve keeps the order of its values: no overshoot between anchors.

namespace HtiTune.Surrogates.Geometry;

/// <summary>Monotone piecewise cubic interpolation (Fritsch and Carlson 1980, slopes of Fritsch and Butland 1984).</summary>
internal static class MonotoneCubic
{
    /// <summary>The value at <paramref name="x"/> on the interval i, from the places and values around it.</summary>
    /// <param name="places">x_0 &lt; … &lt; x_n, at least two.</param>
    /// <param name="values">y_0 … y_n.</param>
    /// <param name="interval">i, with x_i ≤ x ≤ x_{i+1}.</param>
    /// <param name="x">Where.</param>
    internal static double At(ReadOnlySpan<double> places, ReadOnlySpan<double> values, int interval, double x)
    {
        var h = places[interval + 1] - places[interval];
        var t = (x - places[interval]) / h;
        double low = values[interval], high = values[interval + 1];
        if (places.Length == 2)
        {
            return low + t * (high - low);
        }

        double left = Slope(places, values, interval), right = Slope(places, values, interval + 1);
        var t2 = t * t;
        var t3 = t2 * t;
        return low * (2 * t3 - 3 * t2 + 1) + high * (3 * t2 - 2 * t3) + h * (left * (t3 - 2 * t2 + t) + right * (t3 - t2));
    }

    private static double Slope(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int i)
    {
        var last = x.Length - 1;
        if (i == 0)
        {
            return EndSlope(x[1] - x[0], x[2] - x[1], (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1]));
        }

        if (i == last)
        {
            return EndSlope(
                x[last] - x[last - 1],
                x[last - 1] - x[last - 2],
                (y[last] - y[last - 1]) / (x[last] - x[last - 1]),
                (y[last - 1] - y[last - 2]) / (x[last - 1] - x[last - 2]));
        }

        double h0 = x[i] - x[i - 1], h1 = x[i + 1] - x[i];
        double d0 = (y[i] - y[i - 1]) / h0, d1 = (y[i + 1] - y[i]) / h1;
        if (d0 * d1 <= 0)
        {
            return 0;
        }

        double w0 = 2 * h1 + h0, w1 = h1 + 2 * h0;
        return (w0 + w1) / (w0 / d0 + w1 / d1);
    }

    private static double EndSlope(double h0, double h1, double d0, double d1)
    {
        var slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
        if (slope * d0 <= 0)
        {
            return 0;
        }

        return d0 * d1 < 0 && Math.Abs(slope) > 3 * Math.Abs(d0) ? 3 * d0 : slope;
    }
}
