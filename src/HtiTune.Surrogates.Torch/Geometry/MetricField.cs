// Notation
//   p_j, v_j  middle and chord between nodes j and j + 1 of a path, j = 0 … T − 2, in one condition and category
//   s_j       v_jᵀ M(p_j) v_j = Σ_i l_i r_i²,  r = R·v,  o logits, σ = softmax(o), l = floor + b·σ      (MetricNetwork.cs)
// With weights w_j, dropping j:
//   ∂/∂r_i = 2w·l_i r_i;   ∂/∂o_i = w·b·σ_i·(r_i² − Σ_k σ_k r_k²)
//   a rotation a' = cos θ·a − sin θ·b, b' = sin θ·a + cos θ·b:   ∂/∂θ = a'·∂/∂b' − b'·∂/∂a',  and all else turns back by −θ
// By hand and without libtorch: a c-transform asks for thousands of paths at a time, and each reads the metric at 19 places.

using HtiTune.Surrogates.Networks;
using TorchSharp;

namespace HtiTune.Surrogates.Geometry;

/// <summary>A metric as plain arrays, read along one path at a time. Not thread-safe: it keeps what the gradient needs.</summary>
internal sealed class MetricField
{
    private const int Chords = PathEnergy.Nodes - 1;

    /// <summary>Whole blocks of the matrix kernel; the rows beyond the last chord are ignored.</summary>
    private const int Rows = (Chords + 3) / 4 * 4;

    private readonly MetricNetwork _network;
    private readonly int _d, _hidden, _outputs, _wide, _narrow, _planes, _conditions;
    private readonly float[] _w1, _w1Back, _given, _b1, _w2, _w2Back, _b2, _w3, _w3Back, _b3, _none;
    private readonly float[] _bias, _points, _rotated, _cosine, _sine, _share, _eigenvalues, _slopes;
    private readonly float[] _first, _firstSigmoid, _second, _secondSigmoid, _output, _delta, _next, _back;

    /// <param name="network">The metric; stays the caller's.</param>
    internal MetricField(MetricNetwork network)
    {
        _network = network;
        (_d, _hidden, _outputs, _conditions) = (network.Dimension, network.Hidden, network.Outputs, network.ConditionCount);
        _planes = _outputs - _d;
        _wide = (_outputs + 15) / 16 * 16;
        _narrow = (_d + 15) / 16 * 16;
        var given = network.Inputs - _d;
        (_w1, _w1Back, _given, _b1) = (new float[_d * _hidden], new float[_hidden * _narrow], new float[given * _hidden], new float[_hidden]);
        (_w2, _w2Back, _b2) = (new float[_hidden * _hidden], new float[_hidden * _hidden], new float[_hidden]);
        (_w3, _w3Back, _b3) = (new float[_hidden * _wide], new float[_wide * _hidden], new float[_wide]);
        _none = new float[Math.Max(_hidden, _narrow)];
        _bias = new float[_hidden];
        (_points, _rotated, _slopes) = (new float[Rows * _d], new float[Chords * _d], new float[_d]);
        (_share, _eigenvalues) = (new float[Chords * _d], new float[Chords * _d]);
        (_cosine, _sine) = (new float[Chords * _planes], new float[Chords * _planes]);
        (_first, _firstSigmoid, _second, _secondSigmoid) = (Hidden(), Hidden(), Hidden(), Hidden());
        (_output, _delta, _next, _back) = (new float[Rows * _wide], new float[Rows * Math.Max(_wide, _hidden)], Hidden(), new float[Rows * _narrow]);

        // Fixed eigenvalues stay, and shares of zero let no gradient through to the logits.
        for (var i = 0; i < _eigenvalues.Length && network.FixedEigenvalues is not null; i++)
        {
            _eigenvalues[i] = network.FixedEigenvalues[i % _d];
        }

        Refresh();

        float[] Hidden() => new float[Rows * _hidden];
    }

    /// <summary>Takes over the network's weights.</summary>
    internal void Refresh()
    {
        using var scope = torch.NewDisposeScope();
        ReadOnlySpan<float> flat = _network.Parameters.detach().data<float>().ToArray();
        var at = 0;
        Take(flat, _w1).CopyTo(_w1);
        Take(flat, _given).CopyTo(_given);
        Take(flat, _b1).CopyTo(_b1);
        Take(flat, _w2).CopyTo(_w2);
        Take(flat, _b2).CopyTo(_b2);
        for (var h = 0; h < _hidden; h++, at += _outputs)
        {
            flat.Slice(at, _outputs).CopyTo(_w3.AsSpan(h * _wide));
        }

        flat.Slice(at, _outputs).CopyTo(_b3);
        Transpose(_w1, _d, _hidden, _w1Back, _narrow);
        Transpose(_w2, _hidden, _hidden, _w2Back, _hidden);
        Transpose(_w3, _hidden, _wide, _w3Back, _hidden);

        ReadOnlySpan<float> Take(ReadOnlySpan<float> values, float[] like)
        {
            at += like.Length;
            return values.Slice(at - like.Length, like.Length);
        }
    }

    /// <summary>Says in which condition and category the next paths run.</summary>
    /// <param name="condition">x, [C].</param>
    /// <param name="category">c.</param>
    internal void Enter(ReadOnlySpan<float> condition, int category)
    {
        for (var h = 0; h < _hidden; h++)
        {
            var sum = _b1[h] + _given[(_conditions + category) * _hidden + h];
            for (var k = 0; k < _conditions; k++)
            {
                sum += condition[k] * _given[k * _hidden + h];
            }

            _bias[h] = sum;
        }
    }

    /// <summary>s of each chord of a path.</summary>
    /// <param name="nodes">γ, [T, D].</param>
    /// <param name="squares">Takes s, length T − 1.</param>
    internal void Read(ReadOnlySpan<float> nodes, Span<double> squares)
    {
        for (var i = 0; i < Chords * _d; i++)
        {
            _points[i] = 0.5f * (nodes[i] + nodes[i + _d]);
            _rotated[i] = nodes[i + _d] - nodes[i];
        }

        DenseKernel.Multiply(_points, Rows, _d, _w1, _bias, _hidden, _first);
        BatchKernel.SiLU(_first, _firstSigmoid);
        DenseKernel.Multiply(_first, Rows, _hidden, _w2, _b2, _hidden, _second);
        BatchKernel.SiLU(_second, _secondSigmoid);
        DenseKernel.Multiply(_second, Rows, _hidden, _w3, _b3, _wide, _output);
        for (var j = 0; j < Chords; j++)
        {
            var output = _output.AsSpan(j * _wide, _outputs);
            Span<float> r = _rotated.AsSpan(j * _d, _d), l = _eigenvalues.AsSpan(j * _d, _d);
            Rotate(r, output[_d..], _cosine.AsSpan(j * _planes, _planes), _sine.AsSpan(j * _planes, _planes));
            if (_network.FixedEigenvalues is null)
            {
                Share(output[.._d], _share.AsSpan(j * _d, _d), l);
            }

            double square = 0;
            for (var i = 0; i < _d; i++)
            {
                square += (double)l[i] * r[i] * r[i];
            }

            squares[j] = square;
        }
    }

    /// <summary>Adds ∂/∂γ of Σ_j w_j s_j for the path read last.</summary>
    /// <param name="weights">w, length T − 1.</param>
    /// <param name="gradient">[T, D].</param>
    internal void AddGradient(ReadOnlySpan<double> weights, Span<float> gradient)
    {
        _delta.AsSpan().Clear();
        for (var j = 0; j < Chords; j++)
        {
            var delta = _delta.AsSpan(j * _wide, _outputs);
            Span<float> r = _rotated.AsSpan(j * _d, _d), share = _share.AsSpan(j * _d, _d), l = _eigenvalues.AsSpan(j * _d, _d);
            var w = (float)weights[j];
            var mean = 0f;
            for (var i = 0; i < _d; i++)
            {
                mean += share[i] * r[i] * r[i];
                _slopes[i] = 2 * w * l[i] * r[i];
            }

            for (var i = 0; i < _d; i++)
            {
                delta[i] = w * MetricNetwork.Budget(_d) * share[i] * (r[i] * r[i] - mean);
            }

            RotateBack(r, _slopes, _cosine.AsSpan(j * _planes, _planes), _sine.AsSpan(j * _planes, _planes), delta[_d..]);
            for (var i = 0; i < _d; i++)
            {
                gradient[(j + 1) * _d + i] += _slopes[i];
                gradient[j * _d + i] -= _slopes[i];
            }
        }

        DenseKernel.Multiply(_delta, Rows, _wide, _w3Back, _none.AsSpan(0, _hidden), _hidden, _next);
        BatchKernel.SiLUBack(_next, _second, _secondSigmoid);
        DenseKernel.Multiply(_next, Rows, _hidden, _w2Back, _none.AsSpan(0, _hidden), _hidden, _delta);
        BatchKernel.SiLUBack(_delta.AsSpan(0, Rows * _hidden), _first, _firstSigmoid);
        DenseKernel.Multiply(_delta, Rows, _hidden, _w1Back, _none.AsSpan(0, _narrow), _narrow, _back);
        for (var j = 0; j < Chords; j++)
        {
            for (var i = 0; i < _d; i++)
            {
                var half = 0.5f * _back[j * _narrow + i];
                gradient[j * _d + i] += half;
                gradient[(j + 1) * _d + i] += half;
            }
        }
    }

    private void Share(ReadOnlySpan<float> logits, Span<float> share, Span<float> eigenvalues)
    {
        var most = logits[0];
        foreach (var logit in logits)
        {
            most = MathF.Max(most, logit);
        }

        var sum = 0f;
        for (var i = 0; i < _d; i++)
        {
            share[i] = MathF.Exp(logits[i] - most);
            sum += share[i];
        }

        for (var i = 0; i < _d; i++)
        {
            share[i] /= sum;
            eigenvalues[i] = MetricNetwork.Floor + MetricNetwork.Budget(_d) * share[i];
        }
    }

    private void Rotate(Span<float> v, ReadOnlySpan<float> angles, Span<float> cosine, Span<float> sine)
    {
        for (int i = 0, plane = 0; i < _d; i++)
        {
            for (var k = i + 1; k < _d; k++, plane++)
            {
                (sine[plane], cosine[plane]) = MathF.SinCos(angles[plane]);
                (v[i], v[k]) = (cosine[plane] * v[i] - sine[plane] * v[k], sine[plane] * v[i] + cosine[plane] * v[k]);
            }
        }
    }

    /// <summary>Turns r and ∂/∂r back to v and ∂/∂v, in place, and writes ∂/∂θ.</summary>
    private void RotateBack(Span<float> r, Span<float> slope, ReadOnlySpan<float> cosine, ReadOnlySpan<float> sine, Span<float> angles)
    {
        var plane = _planes;
        for (var i = _d - 2; i >= 0; i--)
        {
            for (var k = _d - 1; k > i; k--)
            {
                plane--;
                angles[plane] = r[i] * slope[k] - r[k] * slope[i];
                (r[i], r[k]) = (cosine[plane] * r[i] + sine[plane] * r[k], cosine[plane] * r[k] - sine[plane] * r[i]);
                (slope[i], slope[k]) = (cosine[plane] * slope[i] + sine[plane] * slope[k], cosine[plane] * slope[k] - sine[plane] * slope[i]);
            }
        }
    }

    /// <summary>[n, m] to [m, n], each row of the result padded to a width.</summary>
    private static void Transpose(float[] matrix, int n, int m, float[] result, int width)
    {
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < m; k++)
            {
                result[k * width + i] = matrix[i * m + k];
            }
        }
    }
}
