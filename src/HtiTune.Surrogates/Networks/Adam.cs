using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Networks;

// p parameters;  g their gradient;  m, v moving means of g and g²;  t the step, from 1;  η the rate
//   m ← 0.9 m + 0.1 g;   v ← 0.999 v + 0.001 g²;   p ← keep p − step · m / (√(scale v) + ε)                        [Kingma2015, Loshchilov2019]
// The corrections of the means at their start stand in step = η / (1 − 0.9^t) and scale = 1 / (1 − 0.999^t), or, with less work a value, in
// step = η √(1 − 0.999^t) / (1 − 0.9^t) and ε = 1e-8 √(1 − 0.999^t); keep = 1 − η w where weights decay by w.

/// <summary>Adam on plain arrays.</summary>
internal sealed class Adam(int count)
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;
    private readonly float[] _first = new float[count], _second = new float[count];
    private double _firstPower = 1, _secondPower = 1;

    /// <summary>Takes one step against the gradient.</summary>
    /// <param name="parameters">p, a multiple of 8 values.</param>
    /// <param name="gradient">g, as many.</param>
    /// <param name="rate">η.</param>
    internal void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double rate)
    {
        Advance();
        Descend(parameters, gradient, 1, (float)(rate / (1 - _firstPower)), (float)(1 / (1 - _secondPower)), (float)Epsilon);
    }

    /// <summary>Takes one step against the gradient, and lets the parameters decay.</summary>
    /// <param name="parameters">p, a multiple of 8 values.</param>
    /// <param name="gradient">g, as many.</param>
    /// <param name="rate">η.</param>
    /// <param name="decay">w.</param>
    internal void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double rate, double decay)
    {
        Advance();
        var correction = Math.Sqrt(1 - _secondPower);
        Descend(parameters, gradient, (float)(1 - rate * decay), (float)(rate * correction / (1 - _firstPower)), 1, (float)(Epsilon * correction));
    }

    private void Advance()
    {
        _firstPower *= FirstDecay;
        _secondPower *= SecondDecay;
    }

    private void Descend(Span<float> parameters, ReadOnlySpan<float> gradient, float keep, float step, float scale, float epsilon)
    {
        Span<Vector256<float>> p = BatchKernel.Vectors(parameters), m = BatchKernel.Vectors(_first.AsSpan()), v = BatchKernel.Vectors(_second.AsSpan());
        var g = BatchKernel.Vectors(gradient);
        for (var i = 0; i < p.Length; i++)
        {
            m[i] = 0.9f * m[i] + 0.1f * g[i];
            v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
            p[i] = keep * p[i] - step * m[i] / (Vector256.Sqrt(scale * v[i]) + Vector256.Create(epsilon));
        }
    }
}
