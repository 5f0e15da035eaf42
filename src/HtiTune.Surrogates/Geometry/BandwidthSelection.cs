// Notation
//   s_i    samples of one category, [n, D];  h  bandwidth;  f_i  factor of sample i, h_i = h·f_i
//   LL(h)  Σ_i max(−50, log p̂_{−i}(s_i)),  p̂_{−i}(q) = 1/(n − 1) Σ_{j≠i} N(q; s_j, h_j²·1)                      [Duin1976]
//   fixed     f_i = 1
//   adaptive  f_i = (p̂(s_i)/g)^{−1/2}, p̂ the fixed estimate, g the geometric mean of all p̂(s_i)               [Abramson1982]
// e^{−x/2h²} squared is that of h/√2: one exponential serves a whole ladder of bandwidths (LeaveOneOutLikelihood). From the best rung, golden section; of very many samples
// two exponentials serve five bandwidths about it, and the polynomial through these has its maximum there, to a thousandth of h.

namespace HtiTune.Surrogates.Geometry;

/// <summary>Bandwidth of a Gaussian kernel density by leave-one-out likelihood.</summary>
internal static class BandwidthSelection
{
    private const int Refinements = 7;
    private const int MostPilotKernels = 2000;

    /// <summary>Samples of a category beyond which those near each would not stay in the processor's cache from one h to the next.</summary>
    private const int ManySamples = 8000;

    /// <summary>The h between 0.02 and 2 that maximises LL with one bandwidth for all samples.</summary>
    /// <param name="groups">Samples of each category, [n, D].</param>
    /// <param name="dimension">D.</param>
    /// <param name="mostRows">Rows evaluated at most in each category.</param>
    internal static double ByLikelihood(float[][] groups, int dimension, int mostRows) =>
        Maximise([.. groups.Select(group => new LeaveOneOutLikelihood(group, null, dimension, mostRows))]);

    /// <summary>Factors from the estimate with one bandwidth, then the h that maximises LL with them.</summary>
    /// <param name="groups">Samples of each category, [n, D].</param>
    /// <param name="dimension">D.</param>
    /// <param name="mostRows">Rows evaluated at most in each category.</param>
    /// <returns>h, and f_i of each sample.</returns>
    internal static (double Bandwidth, float[][] Factors) Adaptive(float[][] groups, int dimension, int mostRows)
    {
        var pilot = ByLikelihood(groups, dimension, mostRows);
        var logs = Array.ConvertAll(groups, group => LogDensities(group, dimension, pilot));
        var mean = logs.Sum(l => l.Sum()) / Math.Max(1, logs.Sum(l => l.Length));
        var factors = Array.ConvertAll(logs, l => Array.ConvertAll(l, log => (float)Math.Exp(-0.5 * (log - mean))));
        return (Maximise([.. groups.Select((group, i) => new LeaveOneOutLikelihood(group, factors[i], dimension, mostRows))]), factors);
    }

    /// <summary>log p̂ at every sample, itself included, up to a constant.</summary>
    private static double[] LogDensities(float[] samples, int d, double h)
    {
        var n = samples.Length / d;
        var kept = Math.Min(n, MostPilotKernels);
        var precision = -0.5 / (h * h);
        var logs = new double[n];
        for (var i = 0; i < n; i++)
        {
            // The sample's own kernel is 1: nothing underflows.
            double sum = 1;
            for (var k = 0; k < kept; k++)
            {
                var j = (int)((long)k * n / kept);
                sum += i == j ? 0 : Math.Exp(precision * Square(samples, d, i, j));
            }

            logs[i] = Math.Log(sum / kept);
        }

        return logs;
    }

    private static float Square(float[] samples, int d, int i, int j)
    {
        float square = 0;
        for (var k = 0; k < d; k++)
        {
            var difference = samples[i * d + k] - samples[j * d + k];
            square += difference * difference;
        }

        return square;
    }

    private static double Maximise(LeaveOneOutLikelihood[] groups)
    {
        var ladder = new double[LeaveOneOutLikelihood.Rungs];
        foreach (var group in groups)
        {
            group.AddLadder(ladder);
        }

        var best = Array.IndexOf(ladder, ladder.Max());
        var centre = Math.Log(LeaveOneOutLikelihood.Widest) - 0.5 * best * Math.Log(2);
        double low = centre - 0.5 * Math.Log(2), high = centre + 0.5 * Math.Log(2);
        if (groups.Any(group => group.Columns > ManySamples))
        {
            var places = new double[LeaveOneOutLikelihood.Places];
            foreach (var group in groups)
            {
                group.AddPlaces(Math.Exp(high), places);
            }

            return Math.Exp(high - 0.25 * Math.Log(2) * Summit(places));
        }

        double Value(double logWidth) => groups.Sum(group => group.LogLikelihood(Math.Exp(logWidth)));

        // Golden section between the neighbouring rungs.
        var share = (Math.Sqrt(5) - 1) / 2;
        double left = high - share * (high - low), right = low + share * (high - low);
        foreach (var group in groups)
        {
            group.KeepNear(Math.Exp(high));
        }

        double leftValue = Value(left), rightValue = Value(right);
        for (var i = 2; i < Refinements; i++)
        {
            if (leftValue >= rightValue)
            {
                (high, right, rightValue) = (right, left, leftValue);
                leftValue = Value(left = high - share * (high - low));
            }
            else
            {
                (low, left, leftValue) = (left, right, rightValue);
                rightValue = Value(right = low + share * (high - low));
            }
        }

        return Math.Exp(leftValue >= rightValue ? left : right);
    }

    /// <summary>Where between 0 and 4 the polynomial through five values at 0 … 4 is greatest, to a hundredth.</summary>
    private static double Summit(double[] values)
    {
        // Newton's forward differences.
        var differences = (double[])values.Clone();
        for (var order = 1; order < differences.Length; order++)
        {
            for (var i = differences.Length - 1; i >= order; i--)
            {
                differences[i] -= differences[i - 1];
            }
        }

        var (best, most) = (0.0, double.NegativeInfinity);
        for (var step = 0; step <= 100 * (values.Length - 1); step++)
        {
            var u = step / 100.0;
            double value = 0, factor = 1;
            for (var order = 0; order < differences.Length; order++)
            {
                value += factor * differences[order];
                factor *= (u - order) / (order + 1);
            }

            (best, most) = value > most ? (u, value) : (best, most);
        }

        return best;
    }
}
