// Notation: as in Scale, TrajectoryCurve and LogitShiftClock; [m, 1] tensors, m = 1 or one λ a row
//   w(λ)   place on the scale;  u  place between the first and the last anchor, 0 … 1
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes the scales' w(λ) as operators in double precision.</summary>
internal static class OnnxPlace
{
    /// <summary>Why a scale cannot be written; null where it can.</summary>
    internal static string? Fault(Scale scale) => scale is WarpScale ? $"its scale '{scale.Name}' is a warp given as functions"
        : scale is SymmetricLogScale || scale.Name is "linear" or "log" or "logit" or "odds" or "normal-quantile" ? null
        : $"its scale '{scale.Name}' has no operators yet";

    /// <summary>w(λ) for λ of shape [m, 1].</summary>
    internal static string Forward(OnnxGraph graph, Scale scale, string lambda)
    {
        string Odds() => graph.Op("Div", lambda, graph.Op("Sub", graph.Constant(1.0), lambda));
        return scale.Name switch
        {
            "log" => graph.Op("Log", lambda),
            "logit" => graph.Op("Log", Odds()),
            "odds" => Odds(),
            "normal-quantile" => NormalQuantile(graph, lambda),
            _ when scale is SymmetricLogScale { Threshold: { } threshold } => SymmetricLog(graph, lambda, threshold),
            _ => lambda,
        };
    }

    // sign(λ) ln(1 + |λ| / t)
    private static string SymmetricLog(OnnxGraph graph, string lambda, double threshold) => graph.Op(
        "Mul",
        graph.Op("Sign", lambda),
        graph.Op("Log", graph.Op("Add", graph.Constant(1.0), graph.Op("Div", graph.Op("Abs", lambda), graph.Constant(threshold)))));

    // [Wichura1988], the three ranges of NormalDistribution.Quantile; each is evaluated, and the one that holds is taken.
    private static string NormalQuantile(OnnxGraph graph, string p)
    {
        var q = graph.Op("Sub", p, graph.Constant(0.5));
        var r = graph.Op("Sub", graph.Constant(0.180625), graph.Op("Mul", q, q));
        var centre = graph.Op("Mul", q, Ratio(NormalDistribution.Centre, r));
        var tail = graph.Op("Min", p, graph.Op("Sub", graph.Constant(1.0), p));
        var s = graph.Op("Sqrt", graph.Op("Neg", graph.Op("Log", tail)));
        var near = Ratio(NormalDistribution.Shoulder, graph.Op("Sub", s, graph.Constant(1.6)));
        var far = Ratio(NormalDistribution.Tail, graph.Op("Sub", s, graph.Constant(5.0)));
        var size = graph.Op("Where", graph.Op("Greater", s, graph.Constant(5.0)), far, near);
        var outer = graph.Op("Where", graph.Op("Less", q, graph.Constant(0.0)), graph.Op("Neg", size), size);
        return graph.Op("Where", graph.Op("Greater", graph.Op("Abs", q), graph.Constant(0.425)), outer, centre);

        string Ratio((double[] Numerator, double[] Denominator) rational, string x) =>
            graph.Op("Div", Polynomial(rational.Numerator, x), Polynomial(rational.Denominator, x));

        string Polynomial(double[] coefficients, string x)
        {
            var sum = graph.Constant(coefficients[^1]);
            for (var i = coefficients.Length - 2; i >= 0; i--)
            {
                sum = graph.Op("Add", graph.Op("Mul", sum, x), graph.Constant(coefficients[i]));
            }

            return sum;
        }
    }
}
