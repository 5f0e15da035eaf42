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
        _layers = new FrozenNetwork.Dense[depth + 1];
        for (var l = 0; l <= depth; l++)
        {
            int from = l == 0 ? inputs : hidden, to = l == depth ? outputs : hidden;
            var bound = 1 / Math.Sqrt(from);
            var weights = Draw(from * to, l == depth ? 0.1 * bound : bound, random);
            _layers[l] = new FrozenNetwork.Dense(from, to, weights, l == depth ? new float[to] : Draw(to, bound, random));
        }

        // One category needs no difference between categories.
        var film = new float[categories * 2 * hidden];
        for (var i = 0; i < film.Length && categories > 1; i++)
        {
            film[i] = (float)(0.3 * random.NextNormal());
        }

        var start = _layers.SelectMany(layer => layer.Weights.Concat(layer.Bias)).Concat(film).ToArray();
        _flat = tensor(start, requires_grad: true).DetachFromDisposeScope();
        _optimiser = new AdamW(_flat);
    }

    /// <summary>Evaluates rows; gradients reach the weights.</summary>
    /// <param name="u">Inputs [n, I].</param>
    /// <param name="categories">Category of each row, int64 [n].</param>
    /// <returns>Outputs [n, O].</returns>
    internal Tensor Train(Tensor u, Tensor categories) => Forward(_flat, u, categories);

    /// <summary>Evaluates rows with the weights held: gradients reach only the inputs.</summary>
    /// <param name="u">Inputs [n, I].</param>
    /// <param name="categories">Category of each row, int64 [n].</param>
    /// <returns>Outputs [n, O].</returns>
    internal Tensor Hold(Tensor u, Tensor categories) => Forward(_flat.detach(), u, categories);

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
        var start = 0;
        var layers = new FrozenNetwork.Dense[_layers.Length];
        for (var l = 0; l < layers.Length; l++)
        {
            layers[l] = _layers[l] with { Weights = Take(_layers[l].Weights.Length), Bias = Take(_layers[l].Bias.Length) };
        }

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
            layers, Take(flat.Length - start), new float[layers[0].Inputs * last.Outputs], new float[_categories * last.Outputs], _categories);

        float[] Take(int length)
        {
            start += length;
            return flat[(start - length)..start];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimiser.Dispose();
        _flat.Dispose();
        _one.Dispose();
    }

    private static float[] Draw(int count, double bound, RandomStream random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)((2 * random.NextDouble() - 1) * bound);
        }

        return values;
    }

    private Tensor Forward(Tensor flat, Tensor u, Tensor categories)
    {
        var start = 0L;
        var hidden = _layers[0].Outputs;
        var length = _categories * 2L * hidden;
        var film = flat.narrow(0, flat.shape[0] - length, length).view(_categories, 2 * hidden).index_select(0, categories);
        var h = nn.functional.silu(Dense(u, _layers[0]).mul(film.narrow(1, 0, hidden).add(_one)).add(film.narrow(1, hidden, hidden), _one));
        for (var l = 1; l < _layers.Length - 1; l++)
        {
            h = nn.functional.silu(Dense(h, _layers[l]));
        }

        return Dense(h, _layers[^1]);

        Tensor Dense(Tensor input, FrozenNetwork.Dense layer)
        {
            var weights = Take(layer.Inputs * layer.Outputs).view(layer.Inputs, layer.Outputs);
            return mm(input, weights).add(Take(layer.Outputs), _one);
        }

        Tensor Take(long count)
        {
            start += count;
            return flat.narrow(0, start - count, count);
        }
    }
}
