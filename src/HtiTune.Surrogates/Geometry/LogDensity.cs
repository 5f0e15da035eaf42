// Notation
//   s_i      samples of one category at an interval's two anchors, standardised, [n, D];  h_i = h·f_i  bandwidths, f_i = 1 unless adaptive
//   p̂(q)     (1/n) Σ_i N(q; s_i, h_i²·1)                      (method e7, categories)
//   p̂(q|x)   Σ_i w_i(x) N(q; s_i, h_i²·1), w_i ∝ exp(−|x − x_i|²/2h_x²)   (Nadaraya–Watson in the condition)
// Values are log p̂, gradients ∂ log p̂/∂q = Σ_i r_i (s_i − q)/h_i², r_i the kernels' shares. Shares are computed relative to the
// nearest kernel, so that log p̂ falls like −|q − s|²/2h² far from all samples instead of underflowing: paths are pulled back.

using System.Numerics;

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

    /// <summary>Kernels read before the path is known.</summary>
    private const int MostUnfocused = 512;

    private readonly float[] _samples, _logWeights, _factors;
    private readonly int _dimension;
    private readonly double _bandwidth;
    private NearKernels? _near;

    /// <param name="samples">Samples [n, D].</param>
    /// <param name="logWeights">Log weight of each, summing to 1 in all.</param>
    /// <param name="dimension">D.</param>
    /// <param name="bandwidth">h.</param>
    /// <param name="factors">h_i/h of each sample; empty where all bandwidths are h.</param>
    internal KernelDensity(float[] samples, float[] logWeights, int dimension, double bandwidth, float[]? factors = null)
    {
        _samples = samples;
        _logWeights = logWeights;
        _factors = factors ?? [];
        _dimension = dimension;
        _bandwidth = bandwidth;
    }

    /// <inheritdoc/>
    public void Focus(ReadOnlySpan<float> nodes)
    {
        var n = _logWeights.Length;
        if (n <= MostKernels)
        {
            return;
        }

        // The nodes by coordinate, the last one again and again until vectors are full.
        var count = nodes.Length / _dimension;
        var padded = (count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        var byColumn = new float[_dimension * padded];
        for (var t = 0; t < padded; t++)
        {
            for (var k = 0; k < _dimension; k++)
            {
                byColumn[k * padded + t] = nodes[Math.Min(t, count - 1) * _dimension + k];
            }
        }

        // Largest kernel value over the nodes of the path; −log of it is the distance that counts.
        var far = new float[n];
        var order = new int[n];
        for (var i = 0; i < n; i++)
        {
            var nearest = new Vector<float>(float.PositiveInfinity);
            for (var t = 0; t < padded; t += Vector<float>.Count)
            {
                var square = Vector<float>.Zero;
                for (var k = 0; k < _dimension; k++)
                {
                    var difference = new Vector<float>(byColumn, k * padded + t) - new Vector<float>(_samples[i * _dimension + k]);
                    square += difference * difference;
                }

                nearest = Vector.MinNative(nearest, square);
            }

            var least = nearest[0];
            for (var l = 1; l < Vector<float>.Count; l++)
            {
                least = Math.Min(least, nearest[l]);
            }

            var factor = _factors.Length == 0 ? 1 : _factors[i];
            far[i] = (float)(0.5 * least / (_bandwidth * _bandwidth * factor * factor) - _logWeights[i] + (_factors.Length == 0 ? 0 : _dimension * Math.Log(factor)));
            order[i] = i;
        }

        Nearest(far, order, MostKernels);
        Array.Sort(far, order, 0, MostKernels);
        _near = Choose(order[..MostKernels]);
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<float> point, Span<float> gradient) => (_near ??= Choose(Enumerable.Range(0, Math.Min(MostUnfocused, _logWeights.Length)).ToArray())).Evaluate(point, gradient);

    // Quickselect [Hoare1961]: brings the least to the front, in any order. Sorting them all was a third of a fit.
    private static void Nearest(float[] far, int[] order, int count)
    {
        var (low, high) = (0, far.Length - 1);
        while (low < high)
        {
            var pivot = Median(far[low], far[(low + high) / 2], far[high]);
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (far[i] < pivot)
                {
                    i++;
                }

                while (far[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (far[i], far[j]) = (far[j], far[i]);
                    (order[i], order[j]) = (order[j], order[i]);
                    i++;
                    j--;
                }
            }

            if (count - 1 <= j)
            {
                high = j;
            }
            else if (count - 1 >= i)
            {
                low = i;
            }
            else
            {
                return;
            }
        }
    }

    private static float Median(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

    private NearKernels Choose(int[] kernels)
    {
        var samples = new float[kernels.Length * _dimension];
        for (var i = 0; i < kernels.Length; i++)
        {
            _samples.AsSpan(kernels[i] * _dimension, _dimension).CopyTo(samples.AsSpan(i * _dimension));
        }

        float[] Of(float[] values) => values.Length == 0 ? [] : Array.ConvertAll(kernels, i => values[i]);
        return new NearKernels(samples, Of(_logWeights), _dimension, _bandwidth, Of(_factors));
    }
}
