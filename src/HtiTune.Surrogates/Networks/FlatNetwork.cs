using HtiTune.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Networks;

/// <summary>The trainable part of a <see cref="FrozenNetwork"/> as one flat vector of weights.</summary>
internal static class FlatNetwork
{
    /// <summary>The formula at the head of FrozenNetwork.cs without its linear part; parameters are views into the flat vector.</summary>
    internal static Tensor Forward(Tensor flat, FrozenNetwork.Dense[] layers, int categoryCount, Tensor u, Tensor categories, Scalar one)
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

    /// <summary>All weights as one flat vector: each layer's weights and bias, then the film.</summary>
    internal static float[] Pack(FrozenNetwork.Dense[] layers, float[] film) =>
        [.. layers.SelectMany(layer => layer.Weights.Concat(layer.Bias)), .. film];

    /// <summary>The layers and the film of a flat vector.</summary>
    internal static (FrozenNetwork.Dense[] Layers, float[] Film) Unpack(float[] flat, FrozenNetwork.Dense[] layers, int filmLength)
    {
        var start = 0;
        var trained = new FrozenNetwork.Dense[layers.Length];
        for (var l = 0; l < layers.Length; l++)
        {
            trained[l] = layers[l] with { Weights = Take(layers[l].Weights.Length), Bias = Take(layers[l].Bias.Length) };
        }

        return (trained, Take(filmLength));

        float[] Take(int length)
        {
            start += length;
            return flat[(start - length)..start];
        }
    }

    /// <summary>Uniform weights in ±1/√inputs; the last layer a tenth of that, so that training starts at the linear part.</summary>
    internal static FrozenNetwork.Dense[] InitialLayers(int inputs, int outputs, int hidden, int depth, RandomStream random)
    {
        var layers = new FrozenNetwork.Dense[depth + 1];
        for (var l = 0; l < layers.Length; l++)
        {
            int from = l == 0 ? inputs : hidden, to = l == depth ? outputs : hidden;
            var bound = 1 / Math.Sqrt(from);
            var last = l == depth;
            var weights = Uniform(from * to, last ? 0.1 * bound : bound, random);
            layers[l] = new FrozenNetwork.Dense(from, to, weights, last ? new float[to] : Uniform(to, bound, random));
        }

        return layers;
    }

    /// <summary>γ and β of each category near 0.</summary>
    internal static float[] InitialFilm(int categories, int hidden, RandomStream random)
    {
        // One category needs no difference between categories.
        var film = new float[categories * 2 * hidden];
        for (var i = 0; i < film.Length && categories > 1; i++)
        {
            film[i] = (float)(0.3 * random.NextNormal());
        }

        return film;
    }

    private static float[] Uniform(int count, double bound, RandomStream random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)((2 * random.NextDouble() - 1) * bound);
        }

        return values;
    }
}
