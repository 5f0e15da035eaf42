// Notation: ψ, rounding and kinds as in OutputTransform
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes what an output kind does to values as operators.</summary>
/// <param name="graph">The graph.</param>
/// <param name="transform">Kind and link.</param>
/// <param name="scale">Scale of the outputs.</param>
/// <param name="bounds">Bounds of the columns, or null.</param>
/// <param name="rows">A tensor that has as many rows as there are to be moved.</param>
internal sealed class OnnxKind(OnnxGraph graph, OutputTransform transform, Standardizer scale, IReadOnlyList<OutputBounds>? bounds, string rows)
{
    /// <summary>ψ of standardised outputs, in single precision as they are stored.</summary>
    internal string Forward(string standardised)
    {
        if (transform.Link == OutputLink.Standardised)
        {
            return standardised;
        }

        var y = Own(standardised);
        return graph.Cast(transform.Link switch
        {
            OutputLink.Root => graph.Op("Sqrt", graph.Op("Max", y, graph.Constant(0.0))),
            OutputLink.Log => graph.Op("Log", graph.Op("Max", y, graph.Row([.. scale.Deviations.ToArray().Select(deviation => OutputTransform.LeastShare * deviation)]))),
            _ => graph.Op("Log", graph.Op("Div", Share(graph.Op("Sub", y, Low)), Share(graph.Op("Sub", High, y)))),
        }, OnnxType.Float);

        string Share(string part) => graph.Op("Max", graph.Op("Div", part, graph.Op("Sub", High, Low)), graph.Constant(OutputTransform.LeastShare));
    }

    /// <summary>ψ⁻¹ of doubles [n, D], in the outputs' own units and of their kind.</summary>
    /// <param name="kriged">ψ.</param>
    /// <param name="isAnchor">Whether λ is an anchor's [m, 1], where draws are rounded as answers are; null where that is of no account.</param>
    internal string Back(string kriged, string? isAnchor)
    {
        var own = transform.Link switch
        {
            OutputLink.Root => Squared(graph.Op("Max", kriged, graph.Constant(0.0))),
            OutputLink.Log => graph.Op("Exp", graph.Op("Min", kriged, graph.Constant(OutputTransform.MostLog))),
            OutputLink.Logit => graph.Op("Add", Low, graph.Op("Div", graph.Op("Sub", High, Low), graph.Op("Add", graph.Constant(1.0), graph.Op("Exp", graph.Op("Neg", kriged))))),
            _ => Own(kriged),
        };
        return Conform(own, transform.IsDraws && transform.Kind == OutputKind.Integer ? Dither(isAnchor) : graph.Constant(0.5));
    }

    /// <summary>Outputs of an anchor as they are.</summary>
    internal string Undo(string standardised) => Conform(Own(standardised), graph.Constant(0.5));

    private string Low => graph.Row([.. bounds!.Select(b => b.Low)]);

    private string High => graph.Row([.. bounds!.Select(b => b.High)]);

    private string Own(string standardised) => graph.Op(
        "Add", graph.Row(scale.Means.ToArray()), graph.Op("Mul", graph.Row(scale.Deviations.ToArray()), graph.Cast(standardised, OnnxType.Double)));

    private string Squared(string x) => graph.Op("Mul", x, x);

    // frac((i + ½)φ) of row i.
    private string Dither(string? isAnchor)
    {
        var count = graph.Op("Squeeze", graph.Slice(graph.Op("Shape", rows), 0, 1, 0), graph.Integers(0));
        var zero = graph.Op("Squeeze", graph.Integers(0), graph.Integers(0));
        var one = graph.Op("Squeeze", graph.Integers(1), graph.Integers(0));
        var row = graph.Unsqueeze(graph.Cast(graph.Op("Range", zero, count, one), OnnxType.Double), 1);
        var steps = graph.Op("Mul", graph.Op("Add", row, graph.Constant(0.5)), graph.Constant(OutputTransform.GoldenStep));
        var dither = graph.Op("Sub", steps, graph.Op("Floor", steps));
        return isAnchor is null ? dither : graph.Op("Where", isAnchor, graph.Constant(0.5), dither);
    }

    private string Conform(string own, string dither)
    {
        var row = Single(own);
        row = transform.Kind switch
        {
            OutputKind.Integer => Single(graph.Op("Floor", graph.Op("Add", row, dither))),
            OutputKind.Probabilities or OutputKind.Positive => graph.Op("Max", row, graph.Constant(0.0)),
            _ => row,
        };
        row = bounds is null ? row : Single(graph.Op("Max", graph.Op("Min", row, High), Low));
        if (transform.Kind == OutputKind.Probabilities)
        {
            var sum = graph.Unsqueeze(graph.Sum(row, 1), 1);
            row = graph.Op("Where", graph.Op("Greater", sum, graph.Constant(0.0)), graph.Op("Div", row, sum), graph.Constant(1.0 / scale.Columns));
        }

        return graph.Cast(row, OnnxType.Float);
    }

    /// <summary>Doubles that single precision holds.</summary>
    private string Single(string x) => graph.Cast(graph.Cast(x, OnnxType.Float), OnnxType.Double);
}
