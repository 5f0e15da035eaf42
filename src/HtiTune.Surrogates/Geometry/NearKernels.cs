// Notation
//   s_i, w_i   the kernels that weigh most for one condition, K of them (method section 4: 48 change log p̂ by 0.2 on average)
//   log p̂(q)   log Σ_i w_i N(q; s_i, h²·1), as in LogDensity.cs, several kernels to an instruction

using System.Numerics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Log density of the kernels nearest to one condition.</summary>
internal sealed class NearKernels : ILogDensity
{
    private readonly float[] _samples;
    private readonly float[] _logWeights;
    private readonly int _dimension;
    private readonly float _precision;
    private readonly double _offset;

    /// <param name="samples">s, [K, D].</param>
    /// <param name="logWeights">log w, length K.</param>
    /// <param name="dimension">D.</param>
    /// <param name="bandwidth">h.</param>
    internal NearKernels(ReadOnlySpan<float> samples, ReadOnlySpan<float> logWeights, int dimension, double bandwidth)
    {
        var lanes = Vector<float>.Count;
        var padded = (logWeights.Length + lanes - 1) / lanes * lanes;
        _dimension = dimension;
        _precision = (float)(0.5 / (bandwidth * bandwidth));
        _offset = dimension * Math.Log(Math.Sqrt(2 * Math.PI) * bandwidth);

        // Stored by coordinate, [D, K]; the padding weighs nothing.
        _samples = new float[dimension * padded];
        _logWeights = new float[padded];
        Array.Fill(_logWeights, -1e30f);
        logWeights.CopyTo(_logWeights);
        for (var i = 0; i < logWeights.Length; i++)
        {
            for (var k = 0; k < dimension; k++)
            {
                _samples[k * padded + i] = samples[i * dimension + k];
            }
        }
    }

    /// <inheritdoc/>
    public void Focus(ReadOnlySpan<float> nodes)
    {
        // The kernels were chosen by the condition.
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<float> point, Span<float> gradient)
    {
        var lanes = Vector<float>.Count;
        var count = _logWeights.Length;
        Span<float> logs = stackalloc float[count];
        var most = float.NegativeInfinity;
        for (var i = 0; i < count; i += lanes)
        {
            var square = Vector<float>.Zero;
            for (var k = 0; k < _dimension; k++)
            {
                var difference = new Vector<float>(_samples, k * count + i) - new Vector<float>(point[k]);
                square += difference * difference;
            }

            var log = new Vector<float>(_logWeights, i) - square * _precision;
            log.CopyTo(logs[i..]);
            for (var l = 0; l < lanes; l++)
            {
                most = Math.Max(most, log[l]);
            }
        }

        gradient.Clear();
        var sum = 0f;
        for (var i = 0; i < count; i += lanes)
        {
            // Shares below e⁻⁶⁰ are nothing; cutting there keeps the exponential in its range.
            var share = Vector.Exp(Vector.Max(new Vector<float>(logs[i..]) - new Vector<float>(most), new Vector<float>(-60f)));
            sum += Vector.Sum(share);
            for (var k = 0; k < _dimension; k++)
            {
                gradient[k] += Vector.Sum(share * (new Vector<float>(_samples, k * count + i) - new Vector<float>(point[k])));
            }
        }

        for (var k = 0; k < _dimension; k++)
        {
            gradient[k] *= 2 * _precision / sum;
        }

        return most + Math.Log(sum) - _offset;
    }
}
