// Notation
//   s_i      samples of one category at an interval's two anchors, standardised, [n, D];  h  bandwidth
//   p̂(q)     (1/n) Σ_i N(q; s_i, h²·1)                        (method e7, categories)
//   p̂(q|x)   Σ_i w_i(x) N(q; s_i, h²·1), w_i ∝ exp(−|x − x_i|²/2h_x²)   (Nadaraya–Watson in the condition)
// Values are log p̂, gradients ∂ log p̂/∂q = Σ_i r_i (s_i − q)/h², r_i the kernels' shares. Shares are computed relative to the
// nearest kernel, so that log p̂ falls like −|q − s|²/2h² far from all samples instead of underflowing: paths are pulled back.

namespace HtiTune.Surrogates.Geometry;

/// <summary>Log density of samples, seen from one path: its category and condition are fixed.</summary>
internal interface ILogDensity
{
    /// <summary>log p̂ at a point, and its gradient there.</summary>
    /// <param name="point">q, shape [D].</param>
    /// <param name="gradient">Takes ∂ log p̂/∂q, shape [D].</param>
    double Evaluate(ReadOnlySpan<float> point, Span<float> gradient);

    /// <summary>Tells where the path runs now, for densities that keep only the kernels near it.</summary>
    /// <param name="nodes">Points of the path, [T, D].</param>
    void Focus(ReadOnlySpan<float> nodes);
}

/// <summary>Sums of Gaussian kernels, weighted, over those nearest to the path.</summary>
internal sealed class KernelDensity : ILogDensity
{
    /// <summary>Kernels kept around a path.</summary>
    private const int MostKernels = 96;

    private readonly float[] _samples;
    private readonly float[] _logWeights;
    private readonly int _dimension;
    private readonly double _bandwidth;
    private int[] _near;

    /// <param name="samples">Samples [n, D].</param>
    /// <param name="logWeights">Log weight of each, summing to 1 in all.</param>
    /// <param name="dimension">D.</param>
    /// <param name="bandwidth">h.</param>
    internal KernelDensity(float[] samples, float[] logWeights, int dimension, double bandwidth)
    {
        _samples = samples;
        _logWeights = logWeights;
        _dimension = dimension;
        _bandwidth = bandwidth;
        _near = Enumerable.Range(0, logWeights.Length).ToArray();
    }

    /// <inheritdoc/>
    public void Focus(ReadOnlySpan<float> nodes)
    {
        var n = _logWeights.Length;
        if (n <= MostKernels)
        {
            return;
        }

        // Largest kernel value over the nodes of the path; −log of it is the distance that counts.
        var far = new float[n];
        var order = new int[n];
        var precision = (float)(0.5 / (_bandwidth * _bandwidth));
        for (var i = 0; i < n; i++)
        {
            var least = float.PositiveInfinity;
            for (var t = 0; t < nodes.Length; t += _dimension)
            {
                float square = 0;
                for (var k = 0; k < _dimension; k++)
                {
                    var difference = nodes[t + k] - _samples[i * _dimension + k];
                    square += difference * difference;
                }

                least = Math.Min(least, square);
            }

            far[i] = least * precision - _logWeights[i];
            order[i] = i;
        }

        Array.Sort(far, order);
        _near = order[..MostKernels];
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<float> point, Span<float> gradient)
    {
        var d = _dimension;
        Span<double> logs = stackalloc double[Math.Min(_near.Length, 512)];
        var kernels = _near.Length <= logs.Length ? _near : _near[..logs.Length];
        var precision = 0.5 / (_bandwidth * _bandwidth);
        var most = double.NegativeInfinity;
        for (var i = 0; i < kernels.Length; i++)
        {
            double square = 0;
            for (var k = 0; k < d; k++)
            {
                double difference = point[k] - _samples[kernels[i] * d + k];
                square += difference * difference;
            }

            logs[i] = _logWeights[kernels[i]] - square * precision;
            most = Math.Max(most, logs[i]);
        }

        double sum = 0;
        Span<double> slope = stackalloc double[d];
        slope.Clear();
        for (var i = 0; i < kernels.Length; i++)
        {
            var share = Math.Exp(logs[i] - most);
            sum += share;
            for (var k = 0; k < d; k++)
            {
                slope[k] += share * (_samples[kernels[i] * d + k] - point[k]);
            }
        }

        for (var k = 0; k < d; k++)
        {
            gradient[k] = (float)(slope[k] / sum * 2 * precision);
        }

        return most + Math.Log(sum) - d * Math.Log(Math.Sqrt(2 * Math.PI) * _bandwidth);
    }
}
