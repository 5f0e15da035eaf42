namespace HtiTune.Surrogates.Networks;

/// <summary>The layers of one network of a model file, as widths from input to output.</summary>
/// <param name="Name">Its name, with which those of its arrays begin.</param>
/// <param name="Widths">Inputs, hidden widths, outputs.</param>
/// <param name="Categories">Number of categories.</param>
internal sealed record NetworkEntry(string Name, int[] Widths, int Categories);

/// <summary>Networks as arrays of a model file.</summary>
internal static class NetworkArrays
{
    /// <summary>Adds the arrays of a network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="network">The network.</param>
    /// <param name="arrays">Takes them.</param>
    internal static NetworkEntry Add(string name, FrozenNetwork network, List<(string Name, float[] Values)> arrays)
    {
        for (var l = 0; l < network.Layers.Length; l++)
        {
            arrays.Add(($"{name}.weights.{l}", network.Layers[l].Weights));
            arrays.Add(($"{name}.bias.{l}", network.Layers[l].Bias));
        }

        arrays.Add(($"{name}.film", network.Film));
        arrays.Add(($"{name}.linear", network.Linear));
        arrays.Add(($"{name}.offsets", network.Offsets));
        return new NetworkEntry(name, [network.Inputs, .. network.Layers.Select(layer => layer.Outputs)], network.Categories);
    }

    /// <summary>The network of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="arrayOf">The array of a name.</param>
    /// <exception cref="ArgumentException">An array is not of the length that the widths tell.</exception>
    internal static FrozenNetwork Read(NetworkEntry entry, Func<string, float[]> arrayOf)
    {
        var widths = entry.Widths;
        var layers = new FrozenNetwork.Dense[widths.Length - 1];
        for (var l = 0; l < layers.Length; l++)
        {
            layers[l] = new FrozenNetwork.Dense(
                widths[l], widths[l + 1], Sized($"{entry.Name}.weights.{l}", widths[l] * widths[l + 1]), Sized($"{entry.Name}.bias.{l}", widths[l + 1]));
        }

        return new FrozenNetwork(
            layers, Sized($"{entry.Name}.film", entry.Categories * 2 * widths[1]), Sized($"{entry.Name}.linear", widths[0] * widths[^1]), Sized($"{entry.Name}.offsets", entry.Categories * widths[^1]),
            entry.Categories);

        float[] Sized(string name, int length) => arrayOf(name) is var values && values.Length == length
            ? values
            : throw new ArgumentException($"array {name} has {values.Length} values instead of {length}");
    }
}
