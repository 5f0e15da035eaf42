// Notation: as in ContextRidge and ContextProcess
//   z [n, p]   inputs of the rows' contexts;  s [n, N]  squared distances to the kept contexts, over their lengths
//   m          mean + κ(s)·A + z·(β/p Σ_i z_i A_i), of the anchors' mean and of their moves;  carried to anchor k  m_k + (y − m_s) Bᵀ
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes what <see cref="ContextRidge"/> carries as operators.</summary>
/// <param name="graph">The graph.</param>
/// <param name="ridge">The ridge.</param>
/// <param name="dimension">D.</param>
/// <param name="count">K.</param>
internal sealed class OnnxRidge(OnnxGraph graph, ContextRidge ridge, int dimension, int count)
{
    /// <summary>(1 − share)·a + share·b.</summary>
    internal static string Mean(OnnxGraph graph, string a, string b, double share)
    {
        string Part(string rows, double by) => graph.Op("Mul", graph.Constant(by), graph.Cast(rows, OnnxType.Double));
        return graph.Cast(graph.Op("Add", Part(a, 1 - share), Part(b, share)), OnnxType.Float);
    }

    /// <summary>Answers of every anchor, K of [n, D].</summary>
    /// <param name="conditions">Standardised conditions, [n, C].</param>
    /// <param name="categories">Categories, [n]; null where there are none.</param>
    /// <param name="categoryCount">Number of categories, 1 without.</param>
    internal string[] Given(string conditions, string? categories, int categoryCount)
    {
        var z = graph.Cast(conditions, OnnxType.Double);
        if (categories is not null && categoryCount > 1)
        {
            double[] ones = [.. Enumerable.Range(0, categoryCount * categoryCount).Select(i => i % (categoryCount + 1) == 0 ? 1.0 : 0)];
            z = graph.Concat(1, z, graph.Gather(graph.Constant(ones, categoryCount, categoryCount), categories, 0));
        }

        string middle = Of(ridge.Middle, ridge.MiddleMean, z), moves = Of(ridge.Moves, ridge.MovesMean, z);
        return [.. Enumerable.Range(0, count).Select(k => graph.Cast(graph.Op("Add", middle, graph.Slice(moves, k * dimension, (k + 1) * dimension, 1)), OnnxType.Float))];
    }

    /// <summary>Rows at every anchor, K of [n, D].</summary>
    /// <param name="y">Standardised rows at their own anchor.</param>
    /// <param name="conditions">Standardised conditions, [n, C].</param>
    /// <param name="categories">Categories, [n]; null where there are none.</param>
    /// <param name="categoryCount">Number of categories, 1 without.</param>
    /// <param name="source">The anchor that rows come from.</param>
    internal string[] Carry(string y, string conditions, string? categories, int categoryCount, int source)
    {
        var given = Given(conditions, categories, categoryCount);
        var left = graph.Cast(graph.Op("Sub", y, given[source]), OnnxType.Double);
        return [.. Enumerable.Range(0, count).Select(k => k == source ? y : graph.Op("Add", given[k], graph.Cast(Own(left, ridge.OwnOf(source, k)), OnnxType.Float)))];
    }

    private string Own(string left, double[] own)
    {
        if (own.Length == dimension)
        {
            return graph.Op("Mul", left, graph.Row(own));
        }

        double[] transposed = [.. Enumerable.Range(0, own.Length).Select(i => own[i % dimension * dimension + i / dimension])];
        return graph.Op("MatMul", left, graph.Constant(transposed, dimension, dimension));
    }

    private string Of(ContextProcess? process, double[] mean, string z)
    {
        if (process is null)
        {
            return graph.Row(mean);
        }

        var parts = process.Parts;
        int p = parts.Scale.Length, n = parts.Places.Length / p;
        var apart = graph.Op("Sub", graph.Unsqueeze(graph.Op("Mul", z, graph.Row(parts.Scale)), 1), graph.Constant(parts.Places, 1, n, p));
        var kernels = Kernel(parts.Kernel, graph.Sum(graph.Op("Mul", apart, apart), 2));
        var sum = graph.Op("MatMul", kernels, graph.Constant(parts.Weights, n, parts.Weights.Length / n));
        var linear = graph.Op("MatMul", z, graph.Constant(parts.Linear, p, parts.Linear.Length / p));
        return graph.Op("Add", graph.Op("Add", sum, linear), graph.Row(parts.Mean));
    }

    private string Kernel(ContextKernel kernel, string squares)
    {
        if (kernel == ContextKernel.Gauss)
        {
            return graph.Op("Exp", graph.Op("Mul", graph.Constant(-0.5), squares));
        }

        var isFive = kernel == ContextKernel.Matern5;
        var a = graph.Op("Sqrt", graph.Op("Mul", graph.Constant(isFive ? 5.0 : 3), squares));
        var polynomial = graph.Op("Add", graph.Constant(1.0), a);
        polynomial = isFive ? graph.Op("Add", polynomial, graph.Op("Mul", graph.Constant(1.0 / 3), graph.Op("Mul", a, a))) : polynomial;
        return graph.Op("Mul", polynomial, graph.Op("Exp", graph.Op("Neg", a)));
    }
}
