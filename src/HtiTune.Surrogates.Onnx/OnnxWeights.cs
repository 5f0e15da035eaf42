// Notation: as in AnchorKriging; [m, ·] tensors, m = 1 or one place a row
//   r [m, K]  distance of the place to each anchor, in lengths;  L the factor of R, a constant with its inverse
//   t = L⁻¹κ(r),  q = L⁻¹1,  s = qᵀq,  h = 1 − qᵀt;  w = L⁻ᵀ(t + q·h/s) [m, K]
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes the weights of the anchors as operators.</summary>
internal static class OnnxWeights
{
    /// <summary>w, without a trend.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="kriging">The kriging.</param>
    /// <param name="r">r.</param>
    internal static string Of(OnnxGraph graph, AnchorKriging kriging, string r)
    {
        var (count, factor) = (kriging.Count, kriging.Parts.Factor);
        double[] inverse = new double[count * count], transposed = new double[count * count], ones = new double[count];
        Array.Fill(ones, 1);
        factor.SolveLower(ones, ones);
        for (var l = 0; l < count; l++)
        {
            var column = new double[count];
            column[l] = 1;
            factor.SolveLower(column, column);
            for (var k = 0; k < count; k++)
            {
                inverse[k * count + l] = transposed[l * count + k] = column[k];
            }
        }

        var t = graph.Op("MatMul", Correlations(graph, kriging.Variant.Kernel, r), graph.Constant(transposed, count, count));
        var level = graph.Op("Div", Rest(graph, graph.Op("MatMul", t, graph.Constant(ones, count, 1))), graph.Constant(CholeskyFactor.Dot(ones, ones)));
        return graph.Op("MatMul", graph.Op("Add", t, graph.Op("Mul", level, graph.Row(ones))), graph.Constant(inverse, count, count));
    }

    // κ(r), without ripples.
    private static string Correlations(OnnxGraph graph, KrigingKernel kernel, string r)
    {
        if (kernel == KrigingKernel.Exponential)
        {
            return graph.Op("Exp", graph.Op("Neg", r));
        }

        if (kernel == KrigingKernel.Gaussian)
        {
            return graph.Op("Exp", graph.Op("Mul", graph.Constant(-0.5), graph.Op("Mul", r, r)));
        }

        var five = graph.Op("Mul", graph.Constant(Math.Sqrt(5)), r);
        var polynomial = graph.Op("Add", graph.Op("Add", graph.Constant(1.0), five), graph.Op("Mul", graph.Constant(5.0 / 3), graph.Op("Mul", r, r)));
        return graph.Op("Mul", polynomial, graph.Op("Exp", graph.Op("Neg", five)));
    }

    /// <summary>z of u.</summary>
    internal static string Warped(OnnxGraph graph, string u, KumaraswamyWarp warp)
    {
        return warp is { A: 1, B: 1 } ? u : Rest(graph, Power(Rest(graph, Power(u, warp.A)), warp.B));

        string Power(string x, double exponent) => graph.Op("Pow", x, graph.Constant(exponent));
    }

    /// <summary>Σ_k w_k y_k of doubles, [n, D].</summary>
    internal static string Sum(OnnxGraph graph, string weights, string[] rows)
    {
        string? sum = null;
        for (var k = 0; k < rows.Length; k++)
        {
            var one = graph.Op("Mul", graph.Slice(weights, k, k + 1, 1), graph.Cast(rows[k], OnnxType.Double));
            sum = sum is null ? one : graph.Op("Add", sum, one);
        }

        return sum!;
    }

    private static string Rest(OnnxGraph graph, string x) => graph.Op("Sub", graph.Constant(1.0), x);
}
