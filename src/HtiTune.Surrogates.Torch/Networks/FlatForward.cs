using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Networks;

/// <summary>Evaluates a <see cref="FlatNetwork"/>'s vector of weights with gradients.</summary>
internal static class FlatForward
{
    /// <summary>The formula at the head of FrozenNetwork.cs without its linear part; parameters are views into the flat vector.</summary>
    internal static Tensor Of(Tensor flat, FrozenNetwork.Dense[] layers, int categoryCount, Tensor u, Tensor categories, Scalar one)
    {
        var start = 0L;
        var hidden = layers[0].Outputs;
        var film = flat.narrow(0, flat.shape[0] - categoryCount * 2 * hidden, categoryCount * 2 * hidden)
            .view(categoryCount, 2 * hidden).index_select(0, categories);
        var h = nn.functional.silu(Dense(u, layers[0])
            .mul(film.narrow(1, 0, hidden).add(one, one)).add(film.narrow(1, hidden, hidden), one));
        for (var l = 1; l < layers.Length - 1; l++)
        {
            h = nn.functional.silu(Dense(h, layers[l]));
        }

        return Dense(h, layers[^1]);

        Tensor Dense(Tensor input, FrozenNetwork.Dense layer)
        {
            var weights = Take(layer.Inputs * layer.Outputs).view(layer.Inputs, layer.Outputs);
            return mm(input, weights).add(Take(layer.Outputs), one);
        }

        Tensor Take(long length)
        {
            start += length;
            return flat.narrow(0, start - length, length);
        }
    }
}
