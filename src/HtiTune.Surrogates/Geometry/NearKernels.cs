using System.Numerics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Log density of a fixed set of kernels: log Σ_i w_i N(q; s_i, h_i²·1).</summary>
internal sealed class NearKernels : ILogDensity
{
    private readonly float[] _samples, _logWeights, _precisions;
    private readonly int _dimension;
    private readonly double _offset;

    /// <param name="samples">s, [K, D].</param>
    /// <param name="logWeights">log w, length K.</param>
    /// <param name="dimension">D.</param>
    /// <param name="bandwidth">h.</param>
    /// <param name="factors">h_i/h, length K; empty where all bandwidths are h.</param>
    internal NearKernels(
        ReadOnlySpan<float> samples, ReadOnlySpan<float> logWeights, int dimension, double bandwidth, ReadOnlySpan<float> factors = default)
    {
        var lanes = Vector<float>.Count;
        var padded = (logWeights.Length + lanes - 1) / lanes * lanes;
        _dimension = dimension;
        _offset = dimension * Math.Log(Math.Sqrt(2 * Math.PI) * bandwidth);

        // Stored by coordinate, [D, K]; the padding weighs nothing.
        _samples = new float[dimension * padded];
        _logWeights = new float[padded];
        _precisions = new float[padded];
        Array.Fill(_logWeights, -1e30f);
        for (var i = 0; i < logWeights.Length; i++)
        {
            var factor = factors.IsEmpty ? 1 : factors[i];
            _logWeights[i] = (float)(logWeights[i] - dimension * Math.Log(factor));
            _precisions[i] = (float)(0.5 / (bandwidth * bandwidth * factor * factor));
            for (var k = 0; k < dimension; k++)
            {
                _samples[k * padded + i] = samples[i * dimension + k];
            }
        }
    }

    /// <inheritdoc/>
    public void Focus(ReadOnlySpan<float> nodes)
    {
        // The kernels are chosen already.
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<float> point, Span<float> gradient)
    {
        var lanes = Vector<float>.Count;
        var count = _logWeights.Length;
        Span<float> logs = stackalloc float[count];
        var greatest = new Vector<float>(float.NegativeInfinity);
        for (var i = 0; i < count; i += lanes)
        {
            var square = Vector<float>.Zero;
            for (var k = 0; k < _dimension; k++)
            {
                var difference = new Vector<float>(_samples, k * count + i) - new Vector<float>(point[k]);
                square += difference * difference;
            }

            var log = new Vector<float>(_logWeights, i) - square * new Vector<float>(_precisions, i);
            log.CopyTo(logs[i..]);
            greatest = Vector.Max(greatest, log);
        }

        var most = greatest[0];
        for (var l = 1; l < lanes; l++)
        {
            most = Math.Max(most, greatest[l]);
        }

        Span<Vector<float>> pulls = stackalloc Vector<float>[_dimension];
        pulls.Clear();
        var shares = Vector<float>.Zero;
        for (var i = 0; i < count; i += lanes)
        {
            var share = VectorExponential.Of(new Vector<float>(logs[i..]) - new Vector<float>(most));
            shares += share;
            share *= new Vector<float>(_precisions, i);
            for (var k = 0; k < pulls.Length; k++)
            {
                pulls[k] += share * (new Vector<float>(_samples, k * count + i) - new Vector<float>(point[k]));
            }
        }

        var sum = Vector.Sum(shares);
        for (var k = 0; k < pulls.Length; k++)
        {
            gradient[k] = Vector.Sum(pulls[k]) * (2 / sum);
        }

        return most + Math.Log(sum) - _offset;
    }
}
