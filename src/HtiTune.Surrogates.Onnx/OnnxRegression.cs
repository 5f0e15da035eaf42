// Notation: as in JointRegression and RegressionBeside; [m, ·] tensors, m = 1 or one λ a row
//   a [n, p]   W(z − origin) of the stored contexts at λ: a constant part of the contexts, and one along λ
//   m(x, λ)    Σ_j exp(−½|a − a_j|²) A_j, column by column of a;  beside = α (m(x, λ) − Σ_k w_k m(x, λ_k))
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes what a regression over conditions and λ together adds to stored rows as operators.</summary>
internal static class OnnxRegression
{
    /// <summary>What is added to outputs in their own units, floats [n, D].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="beside">The regression.</param>
    /// <param name="state">The stored contexts and their scales.</param>
    /// <param name="u">λ's place [m, 1].</param>
    /// <param name="weights">w [m, K].</param>
    internal static string Beside(OnnxGraph graph, RegressionBeside beside, TrajectoryState state, string u, string weights)
    {
        var regression = beside.Regression;
        var (x, d) = (state.Seen(state.Contexts).Conditions, state.Trajectories.Dimension);
        var (fixedPart, slope, columns, sums) = regression.AlongLine(x);
        var n = fixedPart[0].Length;
        string? squares = null;
        for (var j = 0; j < columns.Length; j++)
        {
            var at = graph.Op("Add", graph.Constant(fixedPart[j], n, 1), graph.Op("Mul", u, graph.Constant(slope[j])));
            var away = graph.Op("Sub", at, graph.Row(columns[j]));
            var square = graph.Op("Mul", away, away);
            squares = squares is null ? square : graph.Op("Add", squares, square);
        }

        // The mean of the outputs is the same at λ and, by weights that sum to 1, at the anchors.
        var kernels = graph.Op("Exp", graph.Op("Mul", squares!, graph.Constant(-0.5)));
        var there = graph.Op("MatMul", kernels, graph.Constant(sums, columns[0].Length, d));
        var known = OnnxWeights.Sum(graph, weights, OnnxRows.Stored(graph, beside.AtAnchors(x), d));
        double[] mean = [.. regression.Mean];
        var apart = graph.Op("Sub", graph.Op("Add", there, graph.Row(mean)), known);
        return graph.Cast(graph.Op("Mul", apart, graph.Row([.. state.Outputs.Deviations.ToArray().Select(deviation => regression.Share * deviation)])), OnnxType.Float);
    }
}
