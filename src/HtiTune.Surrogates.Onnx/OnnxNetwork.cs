// Notation: as in FrozenNetwork. The last layer and the linear part are one product: [h_L, u] · [W_out; S] + (b_out + s_c).
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes a frozen network as operators.</summary>
internal static class OnnxNetwork
{
    /// <summary>The network's outputs [n, O] for inputs u [n, I].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="network">The network.</param>
    /// <param name="u">Inputs.</param>
    /// <param name="categories">Categories [n] as int64; null where there are none.</param>
    internal static string Evaluate(OnnxGraph graph, FrozenNetwork network, string u, string? categories)
    {
        var hidden = network.Layers[0].Outputs;
        var current = Dense(network.Layers[0]);
        var (count, table) = (network.Categories, network.Film);
        if (categories is null)
        {
            current = graph.Op("Add", graph.Op("Mul", current, Film(0, 1, 0)), Film(0, 0, 1));
        }
        else
        {
            current = graph.Op(
                "Add", graph.Op("Mul", current, graph.Gather(Table(0, 1), categories, 0)), graph.Gather(Table(hidden, 0), categories, 0));
        }

        for (var l = 1; l < network.Layers.Length - 1; l++)
        {
            current = Dense(network.Layers[l], SiLU(current));
        }

        var last = network.Layers[^1];
        var (outputs, inputs) = (last.Outputs, network.Inputs);
        var bias = categories is null ? last.Bias.Select((b, o) => b + network.Offsets[o]).ToArray() : last.Bias;
        var result = graph.Op(
            "Gemm",
            graph.Concat(1, SiLU(current), u),
            graph.Constant([.. last.Weights, .. network.Linear], last.Inputs + inputs, outputs),
            graph.Constant(bias, outputs));
        return categories is null ? result : graph.Op("Add", result, graph.Gather(graph.Constant(network.Offsets, count, outputs), categories, 0));

        string Dense(FrozenNetwork.Dense layer, string? x = null) =>
            graph.Op("Gemm", x ?? u, graph.Constant(layer.Weights, layer.Inputs, layer.Outputs), graph.Constant(layer.Bias, layer.Outputs));

        string SiLU(string x) => graph.Op("Mul", x, graph.Op("Sigmoid", x));

        // γ_c + 1 from column 0 of the table, β_c from column H.
        string Table(int first, float plus) => graph.Constant(
            [.. Enumerable.Range(0, count).SelectMany(c => Enumerable.Range(0, hidden).Select(h => table[c * 2 * hidden + first + h] + plus))], count, hidden);

        string Film(int category, float plus, int half) => graph.Constant(
            [.. Enumerable.Range(0, hidden).Select(h => table[(category * 2 + half) * hidden + h] + plus)], hidden);
    }
}
