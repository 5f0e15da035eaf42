// Notation
//   p  parameters, one flat vector;  g  their gradient;  m, v  moving means of g and g² (decay 0.9, 0.999);  η  rate;  w  decay of the weights
//   m ← 0.9 m + 0.1 g;   v ← 0.999 v + 0.001 g²
//   p ← (1 − η w) p − η · (m / (1 − 0.9^t)) / (√(v / (1 − 0.999^t)) + 1e-8)                       [Loshchilov2019, Kingma2015]
//
// One flat vector takes eight native calls a step, however many layers there are. Scalars are held in fields and using declarations: an
// implicitly converted one can be finalised, and its memory given away, while the native call that received its handle still runs. So does
// the factor that add(scalar) converts by itself: here and elsewhere it is written out.

using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Networks;

/// <summary>AdamW on one flat parameter vector.</summary>
internal sealed class AdamW : IDisposable
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Tensor _parameters, _first, _second;
    private readonly Scalar _keepFirst = FirstDecay, _takeFirst = 1 - FirstDecay, _keepSecond = SecondDecay, _takeSecond = 1 - SecondDecay,
        _one = 1;
    private readonly double _decay;
    private double _firstPower = 1, _secondPower = 1;

    /// <param name="parameters">A leaf that requires a gradient; stays the caller's.</param>
    /// <param name="decay">w.</param>
    internal AdamW(Tensor parameters, double decay = 0.01)
    {
        _parameters = parameters;
        _decay = decay;
        _first = zeros_like(parameters, requires_grad: false).DetachFromDisposeScope();
        _second = zeros_like(parameters, requires_grad: false).DetachFromDisposeScope();
    }

    /// <summary>Takes one step along the gradient, then clears it.</summary>
    /// <param name="rate">η.</param>
    internal void Step(double rate)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        _firstPower *= FirstDecay;
        _secondPower *= SecondDecay;
        var correction = Math.Sqrt(1 - _secondPower);
        using Scalar keep = 1 - rate * _decay, epsilon = Epsilon * correction, step = -rate * correction / (1 - _firstPower);
        var gradient = _parameters.grad!;
        _first.mul_(_keepFirst).add_(gradient, _takeFirst);
        _second.mul_(_keepSecond).addcmul_(gradient, gradient, _takeSecond);
        _parameters.mul_(keep).addcdiv_(_first, _second.sqrt().add_(epsilon, _one), step);
        gradient.zero_();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _keepFirst.Dispose();
        _takeFirst.Dispose();
        _keepSecond.Dispose();
        _takeSecond.Dispose();
        _one.Dispose();
    }
}
