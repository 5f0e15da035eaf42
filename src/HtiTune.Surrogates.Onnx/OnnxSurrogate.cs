// Notation
//   n rows, m = 1 or n values of λ;  K anchors, I = K − 1 intervals, D output columns, C conditions
//   y      rows at the source anchor, standardised;  P_k  the rows chained along the maps to anchor k  [n, D];  P  all of them  [n, K, D]
//   on_i   whether λ lies in interval i  [m, I];  s  share of that interval by its clock  [m, 1]
//   t      the same on the places that the cubic knows;  y(λ) = base + Σ_q sin(qπs)·z_q, as in TrajectoryCurve
//   stored rows: P_k and z are constants, and a mixture takes P_{i+1} of rows of which frac((row + ½)φ) < s, else P_i
// All intervals are evaluated and one is taken: the graph has no branch, and each row may have its own λ.
using HtiTune.Data;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes what <see cref="TrajectorySurrogate.Transport"/> does, or <see cref="TrajectorySurrogate.Sample(double, Contexts)"/> with the stored contexts, as an ONNX graph.</summary>
internal sealed class OnnxSurrogate
{
    private readonly OnnxGraph _graph = new();
    private readonly OnnxRows? _rows;
    private readonly string _lambda;
    private readonly TrajectoryState _state;
    private readonly double[] _positions;
    private readonly double[] _places;
    private readonly int _count;
    private readonly int _dimension;

    private OnnxSurrogate(TrajectoryState state, bool isGiven)
    {
        _state = state;
        _rows = isGiven ? new OnnxRows(_graph, state) : null;
        _lambda = _rows?.Lambda ?? OnnxRows.LambdaOf(_graph);
        _positions = state.Positions();
        _places = Array.ConvertAll(_positions, state.Clock.Warp);
        (_count, _dimension) = (_positions.Length, state.Trajectories.Dimension);
    }

    /// <summary>The model's bytes.</summary>
    /// <param name="state">The surrogate.</param>
    /// <param name="source">The anchor that rows come from; null for the stored rows.</param>
    /// <exception cref="NotSupportedException">The surrogate cannot be written; the message says why.</exception>
    internal static byte[] Write(TrajectoryState state, int? source)
    {
        var method = state.Options.Method;
        var fault = MethodRecipe.IsLearned(method) || MethodRecipe.IsWeighted(method)
            ? $"it is the baseline {method}; only {Method.Hti}, {Method.Nlot} and {Method.Mixture} are written"
            : source is not null && method == Method.Mixture ? "no row is moved by a mixture; write its stored rows"
            : source is not null && state is { Ridge: null, Forward.Length: 0 } ? "it was fitted without maps; fit it with TrainMaps = true, or write its stored rows"
            : OnnxPlace.Fault(state.Hyperparameter.Scale);
        return fault is null ? new OnnxSurrogate(state, source is not null).Write(source) : throw new NotSupportedException($"This surrogate cannot be written as ONNX: {fault}.");
    }

    private byte[] Write(int? source)
    {
        var d = _dimension;
        var points = source is { } from ? _rows!.Chain(from) : OnnxRows.Stored(_graph, _state.Trajectories.Points, d);
        var (on, inside) = Intervals(_lambda);
        var u = Place(_lambda);
        var share = Taken(Shares(u), on);
        var line = _state.Options.Method == Method.Mixture ? Mixed(points, on, share)
            : _state.Report.Deterministic && _count > 2 ? Cubic(points, on, u)
            : Straight(points, on, share);
        var y = _graph.Cast(line, OnnxType.Float);
        y = Bend(points, on, share) is { } bend ? _graph.Op("Add", y, bend) : y;

        // Outside the anchors' range a surrogate does not answer.
        var answer = _graph.Op("Where", inside, Finish(y), _graph.Constant([float.NaN], 1, 1));
        var name = _state.Hyperparameter.Name;
        return OnnxRows.Model(_graph, answer, d, _state, source, $"{name}, {_state.Lambdas[0]:R} to {_state.Lambdas[^1]:R}");
    }

    // The interval that holds λ: the last one whose lower anchor is not above it.
    private (string On, string Inside) Intervals(string lambda)
    {
        var (low, high) = ((double[])[.. _state.Lambdas[..^1]], (double[])[.. _state.Lambdas[1..]]);
        (low[0], high[^1]) = (double.NegativeInfinity, double.PositiveInfinity);
        var on = _graph.Op("And", _graph.Op("GreaterOrEqual", lambda, _graph.Row(low)), _graph.Op("Less", lambda, _graph.Row(high)));
        var inside = _graph.Op(
            "And",
            _graph.Op("GreaterOrEqual", lambda, _graph.Constant(_state.Lambdas[0])),
            _graph.Op("LessOrEqual", lambda, _graph.Constant(_state.Lambdas[^1])));
        return (on, inside);
    }

    private string Place(string lambda)
    {
        var scale = _state.Hyperparameter.Scale;
        double low = scale.Forward(_state.Lambdas[0]), high = scale.Forward(_state.Lambdas[^1]);
        var u = _graph.Op("Div", _graph.Op("Sub", OnnxPlace.Forward(_graph, scale, lambda), _graph.Constant(low)), _graph.Constant(high - low));
        return _graph.Clamped(u, 0, 1);
    }

    // LogitShiftClock.Fraction in every interval: (u − low)/(high − low) · (1 + high·(a − 1)) / (1 + u·(a − 1)).
    private string Shares(string u)
    {
        var bend = Enumerable.Range(0, _count - 1).Select(i => Math.Exp(_state.ClockOf(i).Shift) - 1).ToArray();
        var factor = bend.Select((a, i) => (1 + _positions[i + 1] * a) / (_positions[i + 1] - _positions[i])).ToArray();
        var way = _graph.Op("Mul", _graph.Op("Sub", u, _graph.Row(_positions[..^1])), _graph.Row(factor));
        return _graph.Clamped(
            bend.All(a => a == 0) ? way : _graph.Op("Div", way, _graph.Op("Add", _graph.Op("Mul", u, _graph.Row(bend)), _graph.Constant(1.0))), 0, 1);
    }

    /// <summary>Of values [·, I] those of the interval that λ is in, [m, 1].</summary>
    private string Taken(string values, string on) =>
        _graph.Unsqueeze(_graph.Sum(_graph.Op("Where", on, values, _graph.Constant(0.0)), 1), 1);

    /// <summary>Of values [n, I, D] those of the interval that λ is in, [n, D].</summary>
    private string TakenRows(string values, string on) => _graph.Sum(
        _graph.Op("Where", _graph.Unsqueeze(on, 2), values, _graph.Constant([0.0], 1, 1, 1)), 1);

    private string Stacked(string[] points) =>
        _graph.Cast(_graph.Concat(1, [.. points.Select(point => _graph.Unsqueeze(point, 1))]), OnnxType.Double);

    private string Straight(string[] points, string on, string share)
    {
        var all = Stacked(points);
        string low = TakenRows(_graph.Slice(all, 0, _count - 1, 1), on), high = TakenRows(_graph.Slice(all, 1, _count, 1), on);
        return _graph.Op("Add", low, _graph.Op("Mul", share, _graph.Op("Sub", high, low)));
    }

    // Rows of either neighbour by their place: any run of rows is mixed evenly.
    private string Mixed(string[] points, string on, string share)
    {
        var all = Stacked(points);
        string low = TakenRows(_graph.Slice(all, 0, _count - 1, 1), on), high = TakenRows(_graph.Slice(all, 1, _count, 1), on);
        double[] places = [.. Enumerable.Range(0, _state.Trajectories.Count).Select(row => (row + 0.5) * OutputTransform.GoldenStep % 1)];
        return _graph.Op("Where", _graph.Op("Less", _graph.Constant(places, places.Length, 1), share), high, low);
    }

    // MonotoneCubic.At, with the slopes of all anchors at once.
    private string Cubic(string[] points, string on, string u)
    {
        var all = Stacked(points);
        var h = Enumerable.Range(0, _count - 1).Select(i => _places[i + 1] - _places[i]).ToArray();
        string below = _graph.Slice(all, 0, _count - 1, 1), above = _graph.Slice(all, 1, _count, 1);
        var steps = _graph.Op("Div", _graph.Op("Sub", above, below), _graph.Constant(h, 1, h.Length, 1));
        var slopes = Slopes(steps, h);
        var length = Taken(_graph.Row(h), on);

        // The Möbius map of the clock.
        var a = Math.Exp(_state.Clock.Shift);
        var place = a == 1 ? u : _graph.Op(
            "Div", _graph.Op("Mul", u, _graph.Constant(a)), _graph.Op("Add", _graph.Constant(1.0), _graph.Op("Mul", u, _graph.Constant(a - 1))));
        var t = _graph.Clamped(_graph.Op("Div", _graph.Op("Sub", place, Taken(_graph.Row(_places[..^1]), on)), length), 0, 1);
        string t2 = _graph.Op("Mul", t, t), t3 = _graph.Op("Mul", t2, t);
        var rise = _graph.Op("Sub", _graph.Op("Mul", _graph.Constant(3.0), t2), _graph.Op("Mul", _graph.Constant(2.0), t3));
        var late = _graph.Op("Sub", t3, t2);
        var early = _graph.Op("Add", _graph.Op("Sub", late, t2), t);
        string low = TakenRows(below, on), high = TakenRows(above, on);
        string left = TakenRows(_graph.Slice(slopes, 0, _count - 1, 1), on), right = TakenRows(_graph.Slice(slopes, 1, _count, 1), on);
        var turns = _graph.Op("Add", _graph.Op("Mul", left, early), _graph.Op("Mul", right, late));
        return _graph.Op(
            "Add",
            _graph.Op("Add", low, _graph.Op("Mul", rise, _graph.Op("Sub", high, low))),
            _graph.Op("Mul", length, turns));
    }

    private string Slopes(string steps, double[] h)
    {
        var last = h.Length - 1;
        string One(double[] values) => _graph.Constant(values, 1, values.Length, 1);
        var zero = One([0]);
        string before = _graph.Slice(steps, 0, last, 1), after = _graph.Slice(steps, 1, last + 1, 1);
        double[] w0 = [.. Enumerable.Range(0, last).Select(i => 2 * h[i + 1] + h[i])], w1 = [.. Enumerable.Range(0, last).Select(i => h[i + 1] + 2 * h[i])];
        var mean = _graph.Op(
            "Div", One([.. w0.Zip(w1, (x, y) => x + y)]), _graph.Op("Add", _graph.Op("Div", One(w0), before), _graph.Op("Div", One(w1), after)));
        var interior = _graph.Op("Where", _graph.Op("Greater", _graph.Op("Mul", before, after), zero), mean, zero);
        return _graph.Concat(1, End(h[0], h[1], 0, 1), interior, End(h[last], h[last - 1], last, last - 1));

        string End(double h0, double h1, int near, int next)
        {
            string d0 = _graph.Slice(steps, near, near + 1, 1), d1 = _graph.Slice(steps, next, next + 1, 1);
            var slope = _graph.Op(
                "Div", _graph.Op("Sub", _graph.Op("Mul", One([2 * h0 + h1]), d0), _graph.Op("Mul", One([h0]), d1)), One([h0 + h1]));
            var three = _graph.Op("Mul", One([3]), d0);
            var steep = _graph.Op(
                "And", _graph.Op("Less", _graph.Op("Mul", d0, d1), zero), _graph.Op("Greater", _graph.Op("Abs", slope), _graph.Op("Abs", three)));
            return _graph.Op(
                "Where", _graph.Op("Greater", _graph.Op("Mul", slope, d0), zero), _graph.Op("Where", steep, three, slope), zero);
        }
    }

    // Coefficients come from the networks times q; the basis has sin(qπs)/q.
    private string? Bend(string[] points, string on, string share)
    {
        string? sum = null;
        for (var i = 0; i < _count - 1; i++)
        {
            if (BendOf(points, i) is { } z)
            {
                var mine = _graph.Op("Where", _graph.Slice(on, i, i + 1, 1), z, _graph.Constant([0f], 1, 1));
                sum = sum is null ? mine : _graph.Op("Add", sum, mine);
            }
        }

        if (sum is null)
        {
            return null;
        }

        var angles = _graph.Op("Mul", share, _graph.Row([.. Enumerable.Range(1, SineBasis.Count).Select(q => q * Math.PI)]));
        var basis = _graph.Unsqueeze(_graph.Cast(_graph.Op("Sin", angles), OnnxType.Float), 2);
        var coefficients = _graph.Op("Reshape", sum, _graph.Integers(-1, SineBasis.Count, _dimension));
        return _graph.Sum(_graph.Op("Mul", coefficients, basis), 1);
    }

    // z_q of an interval: what its network says of given rows, or a qth of the stored bends.
    private string? BendOf(string[] points, int i)
    {
        if (_rows is not null)
        {
            return _state.Paths[i] is { } network ? OnnxNetwork.Evaluate(_graph, network, _rows.Joined(points[i], points[i + 1]), _rows.Categories) : null;
        }

        var size = SineBasis.Count * _dimension;
        return _state.Bends[i] is { } bends ? _graph.Constant([.. bends.Select((z, at) => z / (at % size / _dimension + 1))], bends.Length / size, size) : null;
    }

    private string Finish(string y)
    {
        var own = _graph.Op(
            "Add", _graph.Row(_state.Outputs.Means.ToArray()), _graph.Op("Mul", _graph.Row(_state.Outputs.Deviations.ToArray()), _graph.Cast(y, OnnxType.Double)));
        own = _state.Options.Bounds is { } bounds
            ? _graph.Op("Max", _graph.Op("Min", own, _graph.Row([.. bounds.Select(b => b.High)])), _graph.Row([.. bounds.Select(b => b.Low)]))
            : own;
        return _graph.Cast(own, OnnxType.Float);
    }
}
