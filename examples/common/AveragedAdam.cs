using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// w   weights, w̄ their moving average
// α   share of the newest weights:  w̄ ← (1 − α_k) w̄ + α_k w,  α_k = max(1 / (1 + k), α) at step k = 0, 1, …    [Polyak and Juditsky 1992]
// η   step size:  η_k = η ½ (1 + cos(π k / K)) over K steps                                                    [Loshchilov and Hutter 2017]

/// <summary>Adam with a step size that falls to 0 as a half cosine, and a moving average of the weights, which moves more smoothly with λ than the last ones.</summary>
internal sealed class AveragedAdam : IDisposable
{
    private readonly Parameter[] _weights;
    private readonly Tensor[] _average;
    private readonly optim.Optimizer _adam;
    private readonly double _rate, _share;
    private readonly int _steps;
    private int _step;

    /// <summary>Prepares the training of weights.</summary>
    /// <param name="weights">w, trained in place.</param>
    /// <param name="rate">η.</param>
    /// <param name="steps">K.</param>
    /// <param name="share">α.</param>
    public AveragedAdam(IEnumerable<Parameter> weights, double rate, int steps, double share)
    {
        (_weights, _rate, _steps, _share) = ([.. weights], rate, steps, share);
        _average = [.. _weights.Select(weight => weight.detach().clone().DetachFromDisposeScope())];
        _adam = optim.Adam(_weights, rate);
    }

    /// <summary>One step down the gradient of a loss.</summary>
    /// <param name="loss">A scalar.</param>
    public void Step(Tensor loss)
    {
        foreach (var group in _adam.ParamGroups)
        {
            group.LearningRate = _rate * (1 + Math.Cos(Math.PI * _step / _steps)) / 2;
        }

        _adam.zero_grad();
        loss.backward();
        _adam.step();
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var newest = tensor((float)Math.Max(1.0 / (1 + _step), _share));
        for (var i = 0; i < _weights.Length; i++)
        {
            _average[i].lerp_(_weights[i], newest);
        }

        _step++;
    }

    /// <summary>Puts w̄ in the place of w.</summary>
    public void Finish()
    {
        using var untracked = no_grad();
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i].copy_(_average[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _adam.Dispose();
        foreach (var average in _average)
        {
            average.Dispose();
        }
    }
}
