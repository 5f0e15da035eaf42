using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// b    rows in a batch, H width
// x_t  noisy points                                            [b, 2]
// φ    what the network is told of step and moon               [b, 2 F + 2]
// h_k  hidden layer k = 1, 2, 3                                 [b, H]
// λ    dropout rate;  u_k uniform on [0, 1)                     [b, H]
//
// φ(t, moon) = (sin 2^f π t/T, cos 2^f π t/T for f = 0 … F − 1; one-hot moon)
// h_k = m_k ⊙ SiLU(W_k h_(k−1) + b_k),  h_0 = (x_t, φ),  ε̂ = W_4 h_3 + b_4
// m_k = 1[u_k ≥ λ] / (1 − λ) in training, 1 afterwards           [Srivastava et al. 2014]

/// <summary>The network that predicts the noise in a point.</summary>
internal sealed class NoisePredictor : IDisposable
{
    private const int Frequencies = 4;
    private const int Hidden = 3;

    private readonly Linear[] _layers;
    private readonly Tensor _told;
    private readonly Scalar _moons = TwoMoons.Moons; // held: an implicitly converted one may be finalised while torch still reads it
    private readonly int _steps;

    /// <summary>Makes the network; its weights are drawn or read next.</summary>
    /// <param name="steps">T.</param>
    /// <param name="width">H.</param>
    public NoisePredictor(int steps, int width)
    {
        (_steps, Width) = (steps, width);
        var told = 2 * Frequencies + TwoMoons.Moons;
        _layers = [nn.Linear(2 + told, width), nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, 2)];
        _told = tensor(Told()).view(steps * TwoMoons.Moons, told).DetachFromDisposeScope();
    }

    /// <summary>H.</summary>
    public int Width { get; }

    /// <summary>Weights and biases.</summary>
    public Parameter[] Weights => [.. _layers.SelectMany(layer => layer.parameters())];

    /// <summary>Draws first weights.</summary>
    /// <param name="chance">The training's generator.</param>
    public void DrawWeights(Generator chance) => NetworkWeights.Draw(_layers, chance);

    /// <summary>Uniform numbers that decide what is dropped, shape [3, b, H].</summary>
    /// <param name="rows">b.</param>
    /// <param name="chance">Draws them.</param>
    public Tensor DrawDropout(long rows, Generator chance) => rand(Hidden, rows, Width, generator: chance);

    /// <summary>Predicts the noise.</summary>
    /// <param name="points">x_t, shape [b, 2].</param>
    /// <param name="step">t − 1 of each row, shape [b].</param>
    /// <param name="moon">The moon of each row, shape [b].</param>
    /// <param name="masks">m_k, shape [3, b, H], or null where nothing is dropped.</param>
    /// <returns>ε̂, shape [b, 2].</returns>
    public Tensor Predict(Tensor points, Tensor step, Tensor moon, Tensor? masks)
    {
        var h = cat([points, _told.index_select(0, step.mul(_moons).add_(moon))], dim: 1);
        for (var k = 0; k < Hidden; k++)
        {
            h = nn.functional.silu(_layers[k].call(h));
            h = masks is null ? h : h * masks[k];
        }

        return _layers[Hidden].call(h);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _told.Dispose();
        _moons.Dispose();
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }
    }

    // φ of every step and moon, row (t − 1) · 2 + moon.
    private float[] Told()
    {
        var rows = new List<float>();
        for (var t = 1; t <= _steps; t++)
        {
            var wave = Enumerable.Range(0, Frequencies).SelectMany(f =>
            {
                var angle = Math.Pow(2, f) * Math.PI * t / _steps;
                return (float[])[(float)Math.Sin(angle), (float)Math.Cos(angle)];
            }).ToArray();
            for (var moon = 0; moon < TwoMoons.Moons; moon++)
            {
                rows.AddRange([.. wave, .. Enumerable.Range(0, TwoMoons.Moons).Select(m => m == moon ? 1f : 0f)]);
            }
        }

        return [.. rows];
    }
}
