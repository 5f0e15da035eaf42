// Notation: as in KrigedSurrogate and AnchorKriging; [m, ·] tensors, m = 1 or one λ a row
//   u, z   λ's place in its range, and its warp;  r [m, K]  the distance of λ to each anchor, in lengths
//   w [m, K]   as in OnnxWeights, and with a trend w + (z − wᵀg)·Qg/(gᵀQg), g the anchors' z
//   e [m, K]   1 at the anchor that λ is, where anchors are met; else 0
//   y_k [n, D] the rows at anchor k: along the maps, or as the nearest stored row of their category moves; stored ones are constants;  y(λ) = ψ⁻¹(Σ_k w_k ψ(y_k)), or y_k itself
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes what <see cref="KrigedSurrogate.Transport"/> does, or <see cref="KrigedSurrogate.Sample(double, Contexts)"/> with the stored contexts, as an ONNX graph.</summary>
internal sealed class OnnxKriging
{
    private readonly OnnxGraph _graph = new();
    private readonly KrigedSurrogate _surrogate;
    private readonly TrajectoryState _state;
    private readonly OnnxKind _kind;
    private readonly double[] _places;
    private readonly string _lambda;
    private readonly string[] _points;
    private readonly int? _source;

    private OnnxKriging(KrigedSurrogate surrogate, int? source)
    {
        (_surrogate, _state, _source) = (surrogate, surrogate.Carrier.State, source);
        _places = KrigedSurrogate.PlacesOf(surrogate.Carrier);
        if (source is { } from)
        {
            var rows = new OnnxRows(_graph, _state);
            (_lambda, _points) = (rows.Lambda, surrogate.ConditionCount > 0 ? rows.Chain(from) : Nearest(rows, from));
            _kind = new OnnxKind(_graph, surrogate.Transform, _state.Outputs, _state.Options.Bounds, rows.Outputs);
            return;
        }

        (_lambda, _points) = (OnnxRows.LambdaOf(_graph), OnnxRows.Stored(_graph, [.. surrogate.Stored.Standardised.Select(y => y!)], surrogate.Dimension));
        _kind = new OnnxKind(_graph, surrogate.Transform, _state.Outputs, _state.Options.Bounds, _points[0]);
    }

    /// <summary>The model's bytes.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="source">The anchor that rows come from; null for the stored rows.</param>
    /// <exception cref="NotSupportedException">The surrogate cannot be written; the message says why.</exception>
    internal static byte[] Write(KrigedSurrogate surrogate, int? source)
    {
        var fault = source is not null && surrogate.Options.Carrying != RowCarrying.Maps
            ? $"its rows are carried by {(surrogate.Options.Carrying == RowCarrying.Affine ? "affine maps" : "levels")} that all stored rows make; "
                + "write its stored rows, or fit it with carrying by maps (fit --method kriging)"
            : source is not null && surrogate.ConditionCount > 0 && surrogate.Carrier.State is { Ridge: null, Forward.Length: 0 }
                ? "it was fitted without maps; fit it with TrainMaps = true, or write its stored rows"
            : OnnxPlace.Fault(surrogate.Hyperparameter.Scale);
        return fault is null ? new OnnxKriging(surrogate, source).Write() : throw new NotSupportedException($"This surrogate cannot be written as ONNX: {fault}.");
    }

    private byte[] Write()
    {
        var hyperparameter = _surrogate.Hyperparameter;
        var meets = _surrogate.Options.Straight || !_surrogate.Kriging.Variant.LearnsNugget;
        var at = _graph.Cast(_graph.Op("Equal", _lambda, _graph.Row(_state.Lambdas)), OnnxType.Double);
        var isAnchor = meets ? _graph.Op("Greater", _graph.Unsqueeze(_graph.Sum(at, 1), 1), _graph.Constant(0.0)) : null;
        var weights = Weights();
        var moved = _kind.Back(OnnxWeights.Sum(_graph, weights, [.. _points.Select(_kind.Forward)]), isAnchor);
        if (_source is null && _surrogate.Regression is { } regression)
        {
            moved = _graph.Op("Add", moved, OnnxRegression.Beside(_graph, regression, _state, Unit(), weights));
        }

        if (isAnchor is not null)
        {
            moved = _graph.Op("Where", isAnchor, _kind.Undo(OnnxWeights.Sum(_graph, at, _points)), moved);
        }

        // Outside the hyperparameter's range a surrogate does not answer.
        var inside = _graph.Op(
            "And",
            _graph.Op("GreaterOrEqual", _lambda, _graph.Constant(hyperparameter.Minimum)),
            _graph.Op("LessOrEqual", _lambda, _graph.Constant(hyperparameter.Maximum)));
        var answer = _graph.Op("Where", inside, moved, _graph.Constant([float.NaN], 1, 1));
        return OnnxRows.Model(
            _graph, answer, _surrogate.Dimension, _state, _source, $"{hyperparameter.Name}, {hyperparameter.Minimum:R} to {hyperparameter.Maximum:R}", ("kind", $"{_surrogate.Transform.Kind}"));
    }

    private string Unit()
    {
        var (scale, range) = (_surrogate.Hyperparameter.Scale, _surrogate.Hyperparameter);
        double low = scale.Forward(range.Minimum), high = scale.Forward(range.Maximum);
        var place = _graph.Op("Div", _graph.Op("Sub", OnnxPlace.Forward(_graph, scale, _lambda), _graph.Constant(low)), _graph.Constant(high - low));
        return _graph.Clamped(place, 0, 1);
    }

    private string Weights()
    {
        var u = Unit();
        var (kriged, straight) = (Kriged(u), _surrogate.Options.StraightShare);
        var curved = _places.Length == 3 ? _surrogate.Options.ParabolaShare : 0;
        if (straight == 0 && curved == 0)
        {
            return kriged;
        }

        var between = _graph.Op(
            "And",
            _graph.Op("GreaterOrEqual", _lambda, _graph.Constant(_state.Lambdas[0])),
            _graph.Op("LessOrEqual", _lambda, _graph.Constant(_state.Lambdas[^1])));
        var way = straight == 0 ? kriged : straight == 1 ? Straight(u) : Mean(kriged, Straight(u), straight);
        return _graph.Op("Where", between, curved == 0 ? way : Mean(way, Parabola(u), curved), kriged);
    }

    private string Mean(string first, string second, double share) => _graph.Op(
        "Add", _graph.Op("Mul", _graph.Constant(1 - share), first), _graph.Op("Mul", _graph.Constant(share), second));

    private string Parabola(string u)
    {
        double a = _places[0], b = _places[1], c = _places[2];
        var square = _graph.Op("Mul", _graph.Op("Sub", u, _graph.Row([b, a, a])), _graph.Op("Sub", u, _graph.Row([c, c, b])));
        return _graph.Op("Mul", square, _graph.Row([1 / ((a - b) * (a - c)), 1 / ((b - a) * (b - c)), 1 / ((c - a) * (c - b))]));
    }

    // Of each anchor the share that its neighbours leave it.
    private string Straight(string u)
    {
        double[] before = [.. _places[..^1].Prepend(_places[0] - 1)], after = [.. _places[1..].Append(_places[^1] + 1)];
        string Way(double[] from, double[] by) => _graph.Op("Div", _graph.Op("Sub", u, _graph.Row(from)), _graph.Row(by));
        var rising = Way(before, [.. _places.Zip(before, (place, low) => place - low)]);
        var falling = Way(after, [.. _places.Zip(after, (place, high) => place - high)]);
        return _graph.Clamped(_graph.Op("Min", rising, falling), 0, 1);
    }

    private string Kriged(string u)
    {
        var kriging = _surrogate.Kriging;
        var (_, trend) = kriging.Parts;
        var warp = kriging.Likelihood.Layout.WarpOf(kriging.Theta, 0);
        var (count, length) = (kriging.Count, KrigingLayout.Length(kriging.Theta, 0));
        double[] anchors = Array.ConvertAll(_places, warp.Apply);
        var z = OnnxWeights.Warped(_graph, u, warp);
        var r = _graph.Op("Div", _graph.Op("Abs", _graph.Op("Sub", z, _graph.Row(anchors))), _graph.Constant(length));
        var weights = OnnxWeights.Of(_graph, kriging, r);
        if (trend is not null)
        {
            var missed = _graph.Op("Sub", z, _graph.Op("MatMul", weights, _graph.Constant(anchors, count, 1)));
            weights = _graph.Op("Add", weights, _graph.Op("Mul", missed, _graph.Row([.. trend.Take(count)])));
        }

        return weights;
    }

    private string[] Nearest(OnnxRows rows, int source)
    {
        var trajectories = _state.Trajectories;
        var (n, d) = (trajectories.Count, trajectories.Dimension);
        var apart = _graph.Op("Sub", _graph.Unsqueeze(rows.Standard, 1), _graph.Constant(trajectories.Points[source], 1, n, d));
        var squares = _graph.Sum(_graph.Op("Mul", apart, apart), 2);
        var unknown = "";
        if (rows.Categories is { } categories)
        {
            var stored = _graph.Integers(Array.ConvertAll(trajectories.Categories, category => (long)category));
            var isSame = _graph.Op("Equal", _graph.Unsqueeze(categories, 1), _graph.Unsqueeze(stored, 0));
            squares = _graph.Op("Where", isSame, squares, _graph.Constant([float.PositiveInfinity], 1, 1));

            // Of a category without a stored row there is no answer.
            float[] known = [.. trajectories.ByCategory().Select(members => members.Length > 0 ? 0f : float.NaN)];
            unknown = _graph.Unsqueeze(_graph.Gather(_graph.Constant(known, known.Length), categories, 0), 1);
        }

        var near = _graph.Least(squares, 1);
        return [.. trajectories.Points.Select((points, k) =>
        {
            float[] moves = [.. points.Zip(trajectories.Points[source], (to, from) => to - from)];
            var y = k == source ? rows.Standard : _graph.Op("Add", rows.Standard, _graph.Gather(_graph.Constant(moves, n, d), near, 0));
            return unknown.Length > 0 ? _graph.Op("Add", y, unknown) : y;
        })];
    }
}
