// Notation
//   p      all weights in one flat vector;  u  inputs [n, I];  c  category of each row
//   g(u, c)  the formula at the head of FrozenNetwork.cs without its linear part
// Uniform weights in ±1/√inputs; the last layer a tenth of that, so that a map starts at the identity and a path at the straight line.

using HtiTune.Data;
using HtiTune.Surrogates.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Coupling;

/// <summary>A network that several losses train in turn, with its optimiser; it freezes into the form that surrogates serve.</summary>
internal sealed class DualNetwork : IDisposable
{
    private readonly FrozenNetwork.Dense[] _layers;
    private readonly int _categories;
    private readonly Tensor _flat;
    private readonly AdamW _optimiser;
    private readonly Scalar _one = 1f;

    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="hidden">Width of each hidden layer.</param>
    /// <param name="depth">Number of hidden layers, at least 1.</param>
    /// <param name="categories">Number of categories, at least 1.</param>
    /// <param name="random">Chance of the initial weights.</param>
    internal DualNetwork(int inputs, int outputs, int hidden, int depth, int categories, RandomStream random)
    {
        _categories = categories;
        _layers = FlatNetwork.InitialLayers(inputs, outputs, hidden, depth, random);
        var start = FlatNetwork.Pack(_layers, FlatNetwork.InitialFilm(categories, hidden, random));
        _flat = AlignedTensor.Leaf(start, start.Length).DetachFromDisposeScope();
        _optimiser = new AdamW(_flat);
    }

    /// <summary>Evaluates rows; gradients reach the weights.</summary>
    /// <param name="u">Inputs [n, I].</param>
    /// <param name="categories">Category of each row, int64 [n].</param>
    /// <returns>Outputs [n, O].</returns>
    internal Tensor Train(Tensor u, Tensor categories) => FlatForward.Of(_flat, _layers, _categories, u, categories, _one);

    /// <summary>Evaluates rows with the weights held: gradients reach only the inputs.</summary>
    /// <param name="u">Inputs [n, I].</param>
    /// <param name="categories">Category of each row, int64 [n].</param>
    /// <returns>Outputs [n, O].</returns>
    internal Tensor Hold(Tensor u, Tensor categories) =>
        FlatForward.Of(_flat.detach(), _layers, _categories, u, categories, _one);

    /// <summary>Takes one step along the gradients that the losses left, then clears them.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="longest">Largest norm of the gradient; longer ones are shortened to it.</param>
    internal void Step(double rate, double longest = double.PositiveInfinity)
    {
        if (!double.IsPositiveInfinity(longest))
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var gradient = _flat.grad!;
            var norm = Math.Sqrt(gradient.mul(gradient).sum().item<float>());
            if (norm > longest)
            {
                using Scalar factor = longest / norm;
                gradient.mul_(factor);
            }
        }

        _optimiser.Step(rate);
    }

    /// <summary>The network as plain arrays.</summary>
    /// <param name="outputScale">Factor of each output, length O; null for 1.</param>
    internal FrozenNetwork Freeze(float[]? outputScale = null)
    {
        using var scope = NewDisposeScope();
        var flat = _flat.detach().data<float>().ToArray();
        var (layers, film) = FlatNetwork.Unpack(flat, _layers, _categories * 2 * _layers[0].Outputs);
        var last = layers[^1];
        for (var i = 0; i < last.Weights.Length && outputScale is not null; i++)
        {
            last.Weights[i] *= outputScale[i % last.Outputs];
        }

        for (var o = 0; o < last.Outputs && outputScale is not null; o++)
        {
            last.Bias[o] *= outputScale[o];
        }

        return new FrozenNetwork(
            layers, film, new float[layers[0].Inputs * last.Outputs], new float[_categories * last.Outputs], _categories);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimiser.Dispose();
        _flat.Dispose();
        _one.Dispose();
    }
}
