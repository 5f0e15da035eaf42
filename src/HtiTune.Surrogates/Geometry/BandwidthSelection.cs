// Notation
//   s_i    samples of one category, [n, D];  h  bandwidth;  f_i  factor of sample i, h_i = h·f_i
//   LL(h)  Σ_i max(−50, log p̂_{−i}(s_i)),  p̂_{−i}(q) = 1/(n − 1) Σ_{j≠i} N(q; s_j, h_j²·1)                      [Duin1976]
//   fixed     f_i = 1
//   adaptive  f_i = (p̂(s_i)/g)^{−1/2}, p̂ the fixed estimate, g the geometric mean of all p̂(s_i)               [Abramson1982]
// e^{−x/2h²} squared is that of h/√2: one exponential serves a whole ladder of bandwidths. From the best rung, golden section.

using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Bandwidth of a Gaussian kernel density by leave-one-out likelihood.</summary>
internal static class BandwidthSelection
{
    private const double Widest = 2;
    private const int Rungs = 14;
    private const int Refinements = 7;
    private const int MostPilotKernels = 2000;
    private const int MostLadderRows = 200;

    /// <summary>Each term is cut there, so that one outlier does not decide.</summary>
    private const double LeastTerm = -50;

    /// <summary>−log of the kernels, relative to the nearest one, that are not told from none.</summary>
    private const double LeastTold = 30;

    private const float WidestPrecision = (float)(-0.5 / (Widest * Widest));

    /// <summary>Below it a kernel's square would be denormal.</summary>
    private const float LeastSquared = 2e-19f;

    /// <summary>The h between 0.02 and 2 that maximises LL with one bandwidth for all samples.</summary>
    /// <param name="groups">Samples of each category, [n, D].</param>
    /// <param name="dimension">D.</param>
    /// <param name="mostRows">Rows evaluated at most in each category.</param>
    internal static double ByLikelihood(float[][] groups, int dimension, int mostRows) =>
        Maximise([.. groups.Select(group => new Group(group, null, dimension, mostRows))]);

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
        return (Maximise([.. groups.Select((group, i) => new Group(group, factors[i], dimension, mostRows))]), factors);
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

    private static double Maximise(Group[] groups)
    {
        var ladder = new double[Rungs];
        foreach (var group in groups)
        {
            group.AddLadder(ladder);
        }

        var best = Array.IndexOf(ladder, ladder.Max());
        double Value(double logWidth) => groups.Sum(group => group.LogLikelihood(Math.Exp(logWidth)));

        // Golden section between the neighbouring rungs.
        var share = (Math.Sqrt(5) - 1) / 2;
        var centre = Math.Log(Widest) - 0.5 * best * Math.Log(2);
        double low = centre - 0.5 * Math.Log(2), high = centre + 0.5 * Math.Log(2);
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

    /// <summary>Scaled squared distances x_ij = |s_i − s_j|²/f_j² of some samples to all of one category, less the least of each row.</summary>
    private sealed class Group
    {
        private readonly float[] _beyond, _least, _weights;
        private readonly int _rows, _columns, _padded;
        private readonly int _dimension;
        private readonly bool _isAdaptive;
        private readonly int[] _near;
        private float[] _nearWeights = [];

        internal Group(float[] samples, float[]? factors, int d, int mostRows)
        {
            var n = samples.Length / d;
            var lanes = Vector<float>.Count;
            var stride = Math.Max(1, (n + mostRows - 1) / mostRows);
            _dimension = d;
            _columns = n;
            _rows = n < 2 ? 0 : (n + stride - 1) / stride;
            _padded = (n + VectorExponential.Lanes - 1) / VectorExponential.Lanes * VectorExponential.Lanes;
            _weights = new float[_padded];
            _least = new float[_rows];
            _near = new int[_rows];
            _isAdaptive = factors is not null;
            _beyond = new float[_rows * _padded];
            float[] byColumn = new float[d * _padded], scales = new float[_padded];
            for (var j = 0; j < n; j++)
            {
                _weights[j] = factors is null ? 1 : (float)Math.Pow(factors[j], -d);
                scales[j] = factors is null ? 1 : factors[j] * factors[j];
                for (var k = 0; k < d; k++)
                {
                    byColumn[k * _padded + j] = samples[j * d + k];
                }
            }

            for (var r = 0; r < _rows; r++)
            {
                var row = _beyond.AsSpan(r * _padded, _padded);
                for (var j = 0; j < _padded; j += lanes)
                {
                    var square = Vector<float>.Zero;
                    for (var k = 0; k < d; k++)
                    {
                        var difference = new Vector<float>(samples[r * stride * d + k]) - new Vector<float>(byColumn, k * _padded + j);
                        square += difference * difference;
                    }

                    (factors is null ? square : square / new Vector<float>(scales, j)).CopyTo(row[j..]);
                }

                // A sample does not vouch for itself.
                row[n..].Fill(float.PositiveInfinity);
                row[r * stride] = float.PositiveInfinity;
                var least = new Vector<float>(float.PositiveInfinity);
                for (var j = 0; j < _padded; j += lanes)
                {
                    least = Vector.Min(least, new Vector<float>(row[j..]));
                }

                _least[r] = float.PositiveInfinity;
                for (var l = 0; l < lanes; l++)
                {
                    _least[r] = Math.Min(_least[r], least[l]);
                }

                for (var j = 0; j < _padded; j += lanes)
                {
                    (new Vector<float>(row[j..]) - new Vector<float>(_least[r])).CopyTo(row[j..]);
                }
            }
        }

        /// <summary>Adds LL(2·2^{−r/2}) for every rung r, of some of the rows where they are many: it tells near which rung the best h is.</summary>
        internal void AddLadder(Span<double> ladder)
        {
            Span<float> sums = stackalloc float[Rungs];
            var stride = Math.Max(1, _rows / MostLadderRows);
            for (var r = 0; r < _rows; r += stride)
            {
                if (Vector512.IsHardwareAccelerated)
                {
                    Wide(_beyond.AsSpan(r * _padded, _padded), sums);
                }
                else
                {
                    Narrow(_beyond.AsSpan(r * _padded, _padded), sums);
                }

                for (var rung = 0; rung < Rungs; rung++)
                {
                    ladder[rung] += stride * Term(r, sums[rung], Widest * Math.Pow(2, -0.5 * rung));
                }
            }
        }

        private void Narrow(ReadOnlySpan<float> row, Span<float> rungs)
        {
            ReadOnlySpan<Vector<float>> beyond = MemoryMarshal.Cast<float, Vector<float>>(row), weights = MemoryMarshal.Cast<float, Vector<float>>(_weights.AsSpan());
            Span<Vector<float>> sums = stackalloc Vector<float>[Rungs];
            sums.Clear();
            for (var j = 0; j < beyond.Length; j++)
            {
                var kernel = VectorExponential.Of(beyond[j] * WidestPrecision);
                for (var rung = 0; rung < Rungs; rung++)
                {
                    sums[rung] += weights[j] * kernel;
                    kernel = Vector.Max(kernel, new Vector<float>(LeastSquared));
                    kernel *= kernel;
                }
            }

            for (var rung = 0; rung < Rungs; rung++)
            {
                rungs[rung] = Vector.Sum(sums[rung]);
            }
        }

        // The same sixteen columns at a time.
        private void Wide(ReadOnlySpan<float> row, Span<float> rungs)
        {
            ReadOnlySpan<Vector512<float>> beyond = MemoryMarshal.Cast<float, Vector512<float>>(row), weights = MemoryMarshal.Cast<float, Vector512<float>>(_weights.AsSpan());
            Span<Vector512<float>> sums = stackalloc Vector512<float>[Rungs];
            sums.Clear();
            for (var j = 0; j < beyond.Length; j++)
            {
                var kernel = VectorExponential.Of(beyond[j] * WidestPrecision);
                for (var rung = 0; rung < Rungs; rung++)
                {
                    sums[rung] += weights[j] * kernel;
                    kernel = Vector512.Max(kernel, Vector512.Create(LeastSquared));
                    kernel *= kernel;
                }
            }

            for (var rung = 0; rung < Rungs; rung++)
            {
                rungs[rung] = Vector512.Sum(sums[rung]);
            }
        }

        /// <summary>Keeps of each row the columns that tell at h and below: of the others all together weigh less than rounding beside the nearest one.</summary>
        internal void KeepNear(double h)
        {
            const int lanes = VectorExponential.Lanes;
            var most = (float)(2 * h * h * LeastTold);
            _nearWeights = _isAdaptive ? new float[_rows * _padded] : [];
            for (var r = 0; r < _rows; r++)
            {
                var row = _beyond.AsSpan(r * _padded, _padded);
                var weights = _isAdaptive ? _nearWeights.AsSpan(r * _padded, _padded) : [];
                var count = _isAdaptive ? Compact(row[.._columns], weights, most) : Compact(row[.._columns], most);
                _near[r] = (count + lanes - 1) / lanes * lanes;
                row[count.._near[r]].Fill(float.PositiveInfinity);
            }
        }

        // Numbers from 0 up are in the order of their bits, and a count that grows by a comparison of bits has no branch to guess: each value is written, and stays where
        // it counts.
        private static int Compact(Span<float> row, float most)
        {
            var (count, bits) = (0, BitConverter.SingleToInt32Bits(most));
            foreach (var value in row)
            {
                row[count] = value;
                count += BitConverter.SingleToInt32Bits(value) <= bits ? 1 : 0;
            }

            return count;
        }

        private int Compact(Span<float> row, Span<float> weights, float most)
        {
            var count = 0;
            for (var j = 0; j < row.Length; j++)
            {
                (row[count], weights[count]) = (row[j], _weights[j]);
                count += row[count] <= most ? 1 : 0;
            }

            return count;
        }

        /// <summary>LL(h), h at most that of <see cref="KeepNear"/>.</summary>
        internal double LogLikelihood(double h)
        {
            double total = 0;
            for (var r = 0; r < _rows; r++)
            {
                var sum = VectorExponential.Sum(
                    _beyond.AsSpan(r * _padded, _near[r]), (float)(-0.5 / (h * h)), _isAdaptive ? _nearWeights.AsSpan(r * _padded, _near[r]) : []);
                total += Term(r, sum, h);
            }

            return total;
        }

        private double Term(int row, double sum, double h) => Math.Max(
            LeastTerm,
            Math.Log(sum) - 0.5 * _least[row] / (h * h) - Math.Log(_columns - 1) - _dimension * Math.Log(Math.Sqrt(2 * Math.PI) * h));
    }
}
