// Notation
//   n rows, D output columns, C conditions;  y  rows at the anchor they come from, standardised [n, D]
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>The rows that a model is given: its inputs, and where the maps carry them.</summary>
internal sealed class OnnxRows
{
    internal const string Count = "n";
    private readonly OnnxGraph _graph;
    private readonly TrajectoryState _state;
    private readonly string? _conditions;

    /// <param name="graph">Takes the inputs.</param>
    /// <param name="state">Units, maps and anchors.</param>
    internal OnnxRows(OnnxGraph graph, TrajectoryState state)
    {
        (_graph, _state) = (graph, state);
        var isUnconditional = MethodRecipe.IsUnconditional(state.Options.Method);
        Outputs = graph.Input("outputs", OnnxType.Float, Count, $"{state.Trajectories.Dimension}");
        if (state.Contexts.Conditions.Columns is > 0 and var c)
        {
            var conditions = graph.Input("conditions", OnnxType.Float, Count, $"{c}");
            _conditions = isUnconditional ? null : Standardised(graph, conditions, state.Conditions);
        }

        if (state.CategoryCount > 0)
        {
            var categories = graph.Input("category", OnnxType.Int64, Count);
            Categories = isUnconditional ? null : categories;
        }

        Lambda = LambdaOf(graph);
        Standard = Standardised(graph, Outputs, state.Outputs);
    }

    /// <summary>The rows as they came, [n, D].</summary>
    internal string Outputs { get; }

    /// <summary>y.</summary>
    internal string Standard { get; }

    /// <summary>Their categories [n]; null where there are none.</summary>
    internal string? Categories { get; }

    /// <summary>λ, [m, 1], m = 1 or n.</summary>
    internal string Lambda { get; }

    /// <summary>Columns of values, and the conditions after them.</summary>
    internal string Joined(params string[] parts) => _graph.Concat(1, _conditions is null ? parts : [.. parts, _conditions]);

    /// <summary>y at every anchor, chained along the maps; K of [n, D].</summary>
    /// <param name="source">The anchor that the rows come from.</param>
    internal string[] Chain(int source)
    {
        if (_state.ByRidge is not { } ridge)
        {
            return ByNetworks(source);
        }

        var t = _state.Trajectories;
        var carried = new OnnxRidge(_graph, ridge, t.Dimension, t.Points.Length).Carry(Standard, _conditions!, Categories, t.CategoryCount, source);
        if (_state.Ridge!.CarriedShare == 0)
        {
            return carried;
        }

        var networks = ByNetworks(source);
        return [.. carried.Select((rows, k) => k == source ? Standard : OnnxRidge.Mean(_graph, rows, networks[k], _state.Ridge.CarriedShare))];
    }

    private string[] ByNetworks(int source)
    {
        var points = new string[_state.Lambdas.Length];
        points[source] = Standard;
        for (var k = source; k < points.Length - 1; k++)
        {
            points[k + 1] = Step(_state.Forward[k], points[k]);
        }

        for (var k = source; k > 0; k--)
        {
            points[k - 1] = Step(_state.Backward[k - 1], points[k]);
        }

        return points;

        string Step(Networks.FrozenNetwork map, string at) =>
            _graph.Op("Add", at, OnnxNetwork.Evaluate(_graph, map, Joined(at), Categories));
    }

    /// <summary>The input λ, [m, 1].</summary>
    internal static string LambdaOf(OnnxGraph graph) => graph.Unsqueeze(graph.Input("lambda", OnnxType.Double, "m"), 1);

    /// <summary>Stored rows as constants, K of [n, D].</summary>
    internal static string[] Stored(OnnxGraph graph, float[][] points, int d) => Array.ConvertAll(points, y => graph.Constant(y, y.Length / d, d));

    /// <summary>The model of a surrogate over one hyperparameter.</summary>
    /// <param name="graph">The graph; it is used up.</param>
    /// <param name="answer">Outputs [n, D].</param>
    /// <param name="d">D.</param>
    /// <param name="state">The surrogate's rows and anchors.</param>
    /// <param name="source">The anchor that rows come from; null for the stored rows.</param>
    /// <param name="range">The hyperparameter and its range, in words.</param>
    /// <param name="notes">More for programs.</param>
    internal static byte[] Model(OnnxGraph graph, string answer, int d, TrajectoryState state, int? source, string range, params (string Key, string Value)[] notes)
    {
        var (name, anchors) = (state.Hyperparameter.Name, string.Join(",", state.Lambdas.Select(value => $"{value:R}")));
        graph.Output(source is null ? "outputs" : "moved", answer, OnnxType.Float, source is null ? $"{state.Trajectories.Count}" : Count, $"{d}");
        var does = source is { } from
            ? $"Moves rows of outputs of a network trained at {name} = {state.Lambdas[from]:R} to another {range}."
            : $"Gives outputs of a network in the {state.Trajectories.Count} stored contexts at {range}.";
        return graph.ToModel(
            "surrogate",
            does + " lambda holds one value, or one for each row; outside the range the answer is NaN.",
            [("hyperparameter", name), .. source is { } anchor ? [("from", $"{state.Lambdas[anchor]:R}")] : ((string, string)[])[], ("anchors", anchors), .. notes]);
    }

    /// <summary>Rows on a scale, in single precision.</summary>
    internal static string Standardised(OnnxGraph graph, string rows, Standardizer scale) => graph.Cast(
        graph.Op("Div", graph.Op("Sub", graph.Cast(rows, OnnxType.Double), graph.Row(scale.Means.ToArray())), graph.Row(scale.Deviations.ToArray())), OnnxType.Float);
}
