using HtiTune.Data;

namespace HtiTune.Surrogates.Networks;

/// <summary>The trainable part of a <see cref="FrozenNetwork"/> as one flat vector of weights.</summary>
internal static class FlatNetwork
{
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
