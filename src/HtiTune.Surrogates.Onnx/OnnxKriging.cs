// Notation: as in KrigedSurrogate and AnchorKriging; [m, ·] tensors, m = 1 or one λ a row
//   u, z   λ's place in its range, and its warp;  r [m, K]  the distance of λ to each anchor, in lengths
//   w [m, K]   as in OnnxWeights, and with a trend w + (z − wᵀg)·Qg/(gᵀQg), g the anchors' z
//   e [m, K]   1 at the anchor that λ is, where anchors are met; else 0
//   y_k [n, D] the rows at anchor k: along the maps, or as the nearest stored row of their category moves;  y(λ) = ψ⁻¹(Σ_k w_k ψ(y_k)), or y_k itself
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes what <see cref="KrigedSurrogate.Transport"/> does as an ONNX graph.</summary>
internal sealed class OnnxKriging
{
    private readonly OnnxGraph _graph = new();
    private readonly OnnxRows _rows;
    private readonly KrigedSurrogate _surrogate;
    private readonly TrajectoryState _state;
    private readonly OnnxKind _kind;
    private readonly double[] _places;

    private OnnxKriging(KrigedSurrogate surrogate)
    {
        (_surrogate, _state) = (surrogate, surrogate.Carrier.State);
        _rows = new OnnxRows(_graph, _state);
        _kind = new OnnxKind(_graph, surrogate.Transform, _state.Outputs, _state.Options.Bounds, _rows.Outputs);
        _places = KrigedSurrogate.PlacesOf(surrogate.Carrier);
    }

    /// <summary>The model's bytes.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="source">The anchor that rows come from.</param>
    /// <exception cref="NotSupportedException">The surrogate cannot be written; the message says why.</exception>
    internal static byte[] Write(KrigedSurrogate surrogate, int source)
    {
        var fault = surrogate.Options.Carrying != RowCarrying.Maps
            ? $"its rows are carried by {(surrogate.Options.Carrying == RowCarrying.Affine ? "affine maps" : "levels")} that all stored rows make; fit it with carrying by maps (fit --method kriging)"
            : surrogate.Options.StraightShare is > 0 and < 1 ? "a part of its way is straight; fit it with StraightShare = 0 or 1"
            : surrogate.ConditionCount > 0 && surrogate.Carrier.State.Forward.Length == 0 ? "it was fitted without maps; fit it with TrainMaps = true"
            : OnnxPlace.Fault(surrogate.Hyperparameter.Scale);
        return fault is null ? new OnnxKriging(surrogate).Write(source) : throw new NotSupportedException($"This surrogate cannot be written as ONNX: {fault}.");
    }

    private byte[] Write(int source)
    {
        var hyperparameter = _surrogate.Hyperparameter;
        var points = _surrogate.ConditionCount > 0 ? _rows.Chain(source) : Nearest(source);
        var meets = _surrogate.Options.Straight || !_surrogate.Kriging.Variant.LearnsNugget;
        var at = _graph.Cast(_graph.Op("Equal", _rows.Lambda, _graph.Row(_state.Lambdas)), OnnxType.Double);
        var isAnchor = meets ? _graph.Op("Greater", _graph.Unsqueeze(_graph.Sum(at, 1), 1), _graph.Constant(0.0)) : null;
        var moved = _kind.Back(OnnxWeights.Sum(_graph, Weights(), [.. points.Select(_kind.Forward)]), isAnchor);
        if (isAnchor is not null)
        {
            moved = _graph.Op("Where", isAnchor, _kind.Undo(OnnxWeights.Sum(_graph, at, points)), moved);
        }

        // Outside the hyperparameter's range a surrogate does not answer.
        var inside = _graph.Op(
            "And",
            _graph.Op("GreaterOrEqual", _rows.Lambda, _graph.Constant(hyperparameter.Minimum)),
            _graph.Op("LessOrEqual", _rows.Lambda, _graph.Constant(hyperparameter.Maximum)));
        _graph.Output("moved", _graph.Op("Where", inside, moved, _graph.Constant([float.NaN], 1, 1)), OnnxType.Float, OnnxRows.Count, $"{_surrogate.Dimension}");
        var name = hyperparameter.Name;
        return _graph.ToModel(
            "surrogate",
            $"Moves rows of outputs of a network trained at {name} = {_state.Lambdas[source]:R} to another {name}, {hyperparameter.Minimum:R} to {hyperparameter.Maximum:R}. "
            + "lambda holds one value, or one for each row; outside the range the answer is NaN.",
            [("hyperparameter", name), ("from", $"{_state.Lambdas[source]:R}"), ("anchors", string.Join(",", _state.Lambdas.Select(value => $"{value:R}"))), ("kind", $"{_surrogate.Transform.Kind}")]);
    }

    private string Weights()
    {
        var (scale, range) = (_surrogate.Hyperparameter.Scale, _surrogate.Hyperparameter);
        double low = scale.Forward(range.Minimum), high = scale.Forward(range.Maximum);
        var place = _graph.Op("Div", _graph.Op("Sub", OnnxPlace.Forward(_graph, scale, _rows.Lambda), _graph.Constant(low)), _graph.Constant(high - low));
        var u = _graph.Clamped(place, 0, 1);
        var kriged = Kriged(u);
        if (!_surrogate.Options.Straight)
        {
            return kriged;
        }

        var between = _graph.Op(
            "And",
            _graph.Op("GreaterOrEqual", _rows.Lambda, _graph.Constant(_state.Lambdas[0])),
            _graph.Op("LessOrEqual", _rows.Lambda, _graph.Constant(_state.Lambdas[^1])));
        return _graph.Op("Where", between, Straight(u), kriged);
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

    private string[] Nearest(int source)
    {
        var trajectories = _state.Trajectories;
        var (n, d) = (trajectories.Count, trajectories.Dimension);
        var apart = _graph.Op("Sub", _graph.Unsqueeze(_rows.Standard, 1), _graph.Constant(trajectories.Points[source], 1, n, d));
        var squares = _graph.Sum(_graph.Op("Mul", apart, apart), 2);
        var unknown = "";
        if (_rows.Categories is { } categories)
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
            var y = k == source ? _rows.Standard : _graph.Op("Add", _rows.Standard, _graph.Gather(_graph.Constant(moves, n, d), near, 0));
            return unknown.Length > 0 ? _graph.Op("Add", y, unknown) : y;
        })];
    }
}
