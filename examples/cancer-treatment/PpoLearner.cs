using HtiTune.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// Notation
// o     scaled observations, (o − 12) / 6                                     [b, 7]
// a     actions                                                               [b, 2]
// θ     all weights in one vector: actor and critic side by side in each layer
// ρ     p_θ(a|o) / p_before(a|o)                                              [b]
// A, G  advantages of the batch, standardised, and returns                    [b]
//
// PPO's loss [Schulman et al., arXiv 1707.06347]:  −mean min(ρ A, clip(ρ, 1 − c, 1 + c) A) + v · mean (V(o) − G)²

/// <summary>Actor and critic in TorchSharp, and their update from a round.</summary>
/// <remarks>
/// The two networks have the same hidden layers, so each layer of both is one batched product; and one vector θ makes one small Adam.
/// Both save the calls into libtorch that such small networks mostly consist of.
/// </remarks>
internal sealed class PpoLearner : IDisposable
{
    private const double Centre = 12, Spread = 6; // of logarithms between 0 and 25
    private const float DoseUnit = 2;             // doses that the actor's output of 1 stands for
    private const float FirstDose = 3, FirstDeviation = 1;
    private readonly PpoOptions _options;
    private readonly long[][] _shapes;
    private readonly Parameter _theta;
    private readonly Tensor _m, _v;
    private readonly Scalar _clipLow, _clipHigh, _valueWeight, _keepM = 0.9f, _keepV = 0.999f, _newV = 1 - 0.999f, _tiny = 1e-5f;
    private int _steps;

    /// <summary>Draws first weights.</summary>
    /// <param name="options">Size and length.</param>
    /// <param name="chance">Draws them.</param>
    public PpoLearner(PpoOptions options, RandomStream chance)
    {
        _options = options;
        long h = options.Width, inputs = TreatmentEnvironment.Observed, doses = DosePolicy.Doses;
        _shapes = [[2, inputs, h], [2, 1, h], [2, h, h], [2, 1, h], [2, h, doses], [2, 1, doses], [doses]];
        _theta = new Parameter(tensor(FirstWeights(chance)));
        (_m, _v) = (zeros_like(_theta).DetachFromDisposeScope(), zeros_like(_theta).DetachFromDisposeScope());
        _theta.DetachFromDisposeScope();
        (_clipLow, _clipHigh, _valueWeight) = (1 - options.Clip, 1 + options.Clip, options.ValueWeight);
    }

    /// <summary>θ, copied.</summary>
    public float[] Weights => _theta.data<float>().ToArray();

    /// <summary>The policy of some θ, for plain observations and doses.</summary>
    /// <param name="theta">All weights.</param>
    public DosePolicy Policy(ReadOnlySpan<float> theta)
    {
        var (h, doses) = (_options.Width, DosePolicy.Doses);
        var parts = new float[7][];
        var at = 0;
        for (var i = 0; i < 7; i++)
        {
            var size = (int)_shapes[i].Aggregate(1L, (a, b) => a * b);
            parts[i] = theta.Slice(at, i < 6 ? size / 2 : size).ToArray(); // the actor's half
            at += size;
        }

        // W0 (o − 12)/6 + b0 = (W0/6) o + (b0 − 2 Σ W0), and doses in their own units
        for (var i = 0; i < parts[0].Length; i++)
        {
            parts[0][i] /= (float)Spread;
            parts[1][i % h] -= (float)Centre * parts[0][i];
        }

        parts[4] = Array.ConvertAll(parts[4], w => DoseUnit * w);
        parts[5] = Array.ConvertAll(parts[5], b => DoseUnit * b);
        parts[6] = Array.ConvertAll(parts[6], s => s + MathF.Log(DoseUnit));
        return new DosePolicy(parts);
    }

    /// <summary>V of observations.</summary>
    /// <param name="observations">Shape [n, 7], plain.</param>
    public float[] Values(float[] observations)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var (_, value, _) = Forward(Scaled(observations));
        return value.data<float>().ToArray();
    }

    /// <summary>Learns from a round.</summary>
    /// <param name="round">The round, with advantages.</param>
    /// <param name="chance">Draws the minibatches.</param>
    /// <param name="learningRate">Adam's step size.</param>
    /// <param name="cancellation">Looked at before every minibatch.</param>
    public void Learn(PpoRound round, RandomStream chance, double learningRate, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var rows = Enumerable.Range(0, round.Count).Select(i => (long)i).ToArray();
        var observations = Scaled(round.Observations).narrow(0, 0, round.Count);
        var actions = tensor(round.Actions).view(-1, DosePolicy.Doses).div_(DoseUnit);
        var before = tensor(round.LogDensities);
        var (advantages, returns) = (tensor(round.Advantages), tensor(round.Returns));
        for (var epoch = 0; epoch < _options.Epochs; epoch++)
        {
            chance.Shuffle<long>(rows);
            for (var from = 0; from + _options.BatchSize <= rows.Length; from += _options.BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                using var step = NewDisposeScope();
                var batch = tensor(rows.AsSpan(from, _options.BatchSize).ToArray());
                Step(
                    observations.index_select(0, batch), actions.index_select(0, batch), before.index_select(0, batch),
                    advantages.index_select(0, batch), returns.index_select(0, batch), learningRate);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _theta.Dispose();
        _m.Dispose();
        _v.Dispose();
        foreach (var scalar in (Scalar[])[_clipLow, _clipHigh, _valueWeight, _keepM, _keepV, _newV, _tiny])
        {
            scalar.Dispose();
        }
    }

    private void Step(Tensor o, Tensor a, Tensor before, Tensor advantages, Tensor returns, double learningRate)
    {
        var (mean, value, logDeviation) = Forward(o);
        var standard = (advantages - advantages.mean()) / (advantages.std() + 1e-8);
        var z = (a - mean) * exp(-logDeviation);
        var logDensity = (z * z).sum(1) * -0.5 - logDeviation.sum() - DosePolicy.Doses * (0.5 * Math.Log(2 * Math.PI) + Math.Log(DoseUnit));
        var ratio = exp(logDensity - before);
        var loss = (value - returns).square().mean() * _valueWeight - minimum(ratio * standard, ratio.clamp(_clipLow, _clipHigh) * standard).mean();
        loss.backward();
        Adam(learningRate);
    }

    // Adam [Kingma and Ba 2015] on θ, its gradient cut to the most norm.
    private void Adam(double learningRate)
    {
        using var none = no_grad();
        var gradient = _theta.grad!;
        var norm = gradient.norm().ToDouble();
        if (norm > _options.MostGradient)
        {
            gradient.mul_(_options.MostGradient / norm);
        }

        _steps++;
        _m.lerp_(gradient, 1 - _keepM.ToSingle());
        _v.mul_(_keepV).addcmul_(gradient, gradient, _newV);
        var (m, v) = (1 - Math.Pow(0.9, _steps), 1 - Math.Pow(0.999, _steps));
        _theta.addcdiv_(_m, _v.sqrt().mul_(1 / Math.Sqrt(v)).add_(_tiny), -learningRate / m);
        _theta.grad = null;
    }

    private (Tensor Mean, Tensor Value, Tensor LogDeviation) Forward(Tensor o)
    {
        var parts = _theta.split([.. _shapes.Select(shape => shape.Aggregate(1L, (a, b) => a * b))]);
        var hidden = o.expand(2, -1, -1);
        hidden = tanh(hidden.bmm(parts[0].view(_shapes[0])) + parts[1].view(_shapes[1]));
        hidden = tanh(hidden.bmm(parts[2].view(_shapes[2])) + parts[3].view(_shapes[3]));
        var output = hidden.bmm(parts[4].view(_shapes[4])) + parts[5].view(_shapes[5]);
        return (output[0], output[1].select(1, 0), parts[6]);
    }

    private static Tensor Scaled(float[] observations) =>
        tensor(observations).view(-1, TreatmentEnvironment.Observed).sub_(Centre).div_(Spread);

    // Normal weights of variance 1 / inputs, as tanh layers like; the last layer small, its bias at a first dose.
    private float[] FirstWeights(RandomStream chance)
    {
        var theta = new List<float>();
        for (var i = 0; i < _shapes.Length; i++)
        {
            var size = (int)_shapes[i].Aggregate(1L, (a, b) => a * b);
            var scale = i % 2 == 1 || i == 6 ? 0 : (i == 4 ? 0.01 : 1) / Math.Sqrt(_shapes[i][1]);
            for (var j = 0; j < size; j++)
            {
                theta.Add(i == 5 && j < size / 2 ? FirstDose / DoseUnit
                    : i == 6 ? MathF.Log(FirstDeviation / DoseUnit)
                    : scale == 0 ? 0 : (float)(scale * chance.NextNormal()));
            }
        }

        return [.. theta];
    }
}
