using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
        const int lanes = VectorExponential.Lanes;
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
            _logWeights[i] = factors.IsEmpty ? logWeights[i] : (float)(logWeights[i] - dimension * Math.Log(factor));
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
        ReadOnlySpan<Vector<float>> samples = MemoryMarshal.Cast<float, Vector<float>>(_samples), precisions = MemoryMarshal.Cast<float, Vector<float>>(_precisions);
        var weights = MemoryMarshal.Cast<float, Vector<float>>(_logWeights);
        if (_dimension == 2 && Vector512.IsHardwareAccelerated)
        {
            return InPlaneWide(point, gradient);
        }

        Span<Vector<float>> logs = stackalloc Vector<float>[weights.Length], pulls = stackalloc Vector<float>[_dimension];
        pulls.Clear();
        var (most, shares) = _dimension == 2
            ? InPlane(samples, precisions, weights, point, logs, pulls)
            : InSpace(samples, precisions, weights, point, logs, pulls);
        var sum = Vector.Sum(shares);
        for (var k = 0; k < pulls.Length; k++)
        {
            gradient[k] = Vector.Sum(pulls[k]) * (2 / sum);
        }

        return most + Math.Log(sum) - _offset;
    }

    private static (float Most, Vector<float> Shares) InSpace(
        ReadOnlySpan<Vector<float>> samples, ReadOnlySpan<Vector<float>> precisions, ReadOnlySpan<Vector<float>> weights, ReadOnlySpan<float> point, Span<Vector<float>> logs,
        Span<Vector<float>> pulls)
    {
        var greatest = new Vector<float>(float.NegativeInfinity);
        for (var i = 0; i < logs.Length; i++)
        {
            var square = Vector<float>.Zero;
            for (int k = 0, at = i; k < point.Length; k++, at += logs.Length)
            {
                var difference = samples[at] - new Vector<float>(point[k]);
                square += difference * difference;
            }

            logs[i] = weights[i] - square * precisions[i];
            greatest = Vector.MaxNative(greatest, logs[i]);
        }

        var most = Greatest(greatest);
        var shares = Vector<float>.Zero;
        for (var i = 0; i < logs.Length; i++)
        {
            var share = VectorExponential.Of(logs[i] - new Vector<float>(most));
            shares += share;
            share *= precisions[i];
            for (int k = 0, at = i; k < point.Length; k++, at += logs.Length)
            {
                pulls[k] += share * (samples[at] - new Vector<float>(point[k]));
            }
        }

        return (most, shares);
    }

    // The same, value by value, of two coordinates, which stay in registers.
    private static (float Most, Vector<float> Shares) InPlane(
        ReadOnlySpan<Vector<float>> samples, ReadOnlySpan<Vector<float>> precisions, ReadOnlySpan<Vector<float>> weights, ReadOnlySpan<float> point, Span<Vector<float>> logs,
        Span<Vector<float>> pulls)
    {
        Vector<float> x = new(point[0]), y = new(point[1]), greatest = new(float.NegativeInfinity);
        ReadOnlySpan<Vector<float>> first = samples[..logs.Length], second = samples[logs.Length..];
        for (var i = 0; i < logs.Length; i++)
        {
            Vector<float> across = first[i] - x, along = second[i] - y;
            logs[i] = weights[i] - (across * across + along * along) * precisions[i];
            greatest = Vector.MaxNative(greatest, logs[i]);
        }

        var most = Greatest(greatest);
        Vector<float> highest = new(most), shares = Vector<float>.Zero, left = Vector<float>.Zero, right = Vector<float>.Zero;
        for (var i = 0; i < logs.Length; i++)
        {
            var share = VectorExponential.Of(logs[i] - highest);
            shares += share;
            share *= precisions[i];
            left += share * (first[i] - x);
            right += share * (second[i] - y);
        }

        (pulls[0], pulls[1]) = (left, right);
        return (most, shares);
    }

    // And sixteen kernels at a time, with the sums in another order.
    private double InPlaneWide(ReadOnlySpan<float> point, Span<float> gradient)
    {
        ReadOnlySpan<Vector512<float>> samples = MemoryMarshal.Cast<float, Vector512<float>>(_samples), precisions = MemoryMarshal.Cast<float, Vector512<float>>(_precisions);
        var weights = MemoryMarshal.Cast<float, Vector512<float>>(_logWeights);
        Span<Vector512<float>> logs = stackalloc Vector512<float>[weights.Length];
        ReadOnlySpan<Vector512<float>> first = samples[..logs.Length], second = samples[logs.Length..];
        Vector512<float> x = Vector512.Create(point[0]), y = Vector512.Create(point[1]), greatest = Vector512.Create(float.NegativeInfinity);
        for (var i = 0; i < logs.Length; i++)
        {
            Vector512<float> across = first[i] - x, along = second[i] - y;
            logs[i] = weights[i] - (across * across + along * along) * precisions[i];
            greatest = Vector512.MaxNative(greatest, logs[i]);
        }

        var half = Vector256.MaxNative(greatest.GetLower(), greatest.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        var most = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();

        Vector512<float> highest = Vector512.Create(most), shares = Vector512<float>.Zero, left = shares, right = shares;
        for (var i = 0; i < logs.Length; i++)
        {
            var share = VectorExponential.Of(logs[i] - highest);
            shares += share;
            share *= precisions[i];
            left += share * (first[i] - x);
            right += share * (second[i] - y);
        }

        var sum = Vector512.Sum(shares);
        (gradient[0], gradient[1]) = (Vector512.Sum(left) * (2 / sum), Vector512.Sum(right) * (2 / sum));
        return most + Math.Log(sum) - _offset;
    }

    private static float Greatest(Vector<float> values)
    {
        var most = values[0];
        for (var l = 1; l < Vector<float>.Count; l++)
        {
            most = Math.Max(most, values[l]);
        }

        return most;
    }
}
