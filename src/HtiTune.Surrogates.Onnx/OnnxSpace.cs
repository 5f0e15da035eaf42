// Notation: as in SpaceCoordinates and OnnxWeights; [m, ·] tensors, m = 1 or one configuration a row
//   v_i [m, 1]  value of hyperparameter i: a number, the place of a word among its choices; NaN or −1 where it is not active
//   x_j [m, 1]  the coordinates;  z_j their warp;  r [m, K]  the distance to each anchor, in lengths
//   e [m, K]    1 at the anchor that the configuration is, where anchors are met; else 0
//   y_k [n, D]  the rows at anchor k: stored ones, or those that the network of contexts gives;  y(λ) = ψ⁻¹(Σ_k w_k ψ(y_k)), or y_k itself
using HtiTune.Data;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Writes what <see cref="SpaceSurrogate.Sample"/> does as an ONNX graph.</summary>
internal sealed class OnnxSpace
{
    private const double Nowhere = -1.7e308;

    private readonly OnnxGraph _graph = new();
    private readonly SpaceState _state;
    private readonly SpaceCoordinates _coordinates;
    private readonly List<string> _outside = [];

    private OnnxSpace(SpaceSurrogate surrogate) => (_state, _coordinates) = (surrogate.State, surrogate.Coordinates);

    /// <summary>The model's bytes.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <exception cref="NotSupportedException">The surrogate cannot be written; the message says why.</exception>
    internal static byte[] Write(SpaceSurrogate surrogate)
    {
        string[] taken = ["conditions", "category", "outputs"];
        var fault = surrogate.Space.OfType<ContinuousHyperparameter>().Select(one => OnnxPlace.Fault(one.Scale)).FirstOrDefault(one => one is not null)
            ?? (surrogate.Space.FirstOrDefault(one => taken.Contains(one.Name)) is { } other ? $"a hyperparameter is called '{other.Name}', as another input is" : null)
            ?? (surrogate.State.Method is not (SpaceMethod.Kriging or SpaceMethod.Stacked) ? $"its method is {surrogate.State.Method}; expected {SpaceMethod.Kriging} or {SpaceMethod.Stacked}" : null);
        return fault is null ? new OnnxSpace(surrogate).Write() : throw new NotSupportedException($"This surrogate cannot be written as ONNX: {fault}.");
    }

    private byte[] Write()
    {
        var (space, kriging, count) = (_state.Space, _state.Kriging.Kriging, _state.Anchors.Length);
        string[] values = [.. space.Select(Input)];
        var coordinates = Coordinates(values);
        var weights = OnnxWeights.Of(_graph, kriging, Distances(kriging, coordinates));
        if (_state.Stack is { } stack)
        {
            var away = _graph.Op("Sub", OnnxWeights.Of(_graph, stack.Rough, Distances(stack.Rough, coordinates)), weights);
            weights = _graph.Op("Add", weights, _graph.Op("Mul", _graph.Constant(stack.Share), away));
        }

        var (rows, own, categories) = Rows();
        var kind = new OnnxKind(_graph, _state.Kriging.Transform, _state.Kriging.Scale, _state.Options.Bounds, rows[0]);
        string moved;
        if (kriging.Variant.LearnsNugget)
        {
            moved = kind.Back(OnnxWeights.Sum(_graph, weights, [.. rows.Select(kind.Forward)]), null);
        }
        else
        {
            var at = At(values);
            var isAnchor = _graph.Op("Greater", _graph.Unsqueeze(_graph.Sum(at, 1), 1), _graph.Constant(0.0));
            moved = kind.Back(OnnxWeights.Sum(_graph, weights, [.. rows.Select(kind.Forward)]), isAnchor);
            var met = OnnxWeights.Sum(_graph, at, own ?? rows);
            moved = _graph.Op("Where", isAnchor, own is null ? kind.Undo(met) : _graph.Cast(met, OnnxType.Float), moved);
        }

        // Outside the space a surrogate does not answer, nor of a category that is none.
        foreach (var outside in _outside)
        {
            moved = _graph.Op("Where", outside, _graph.Constant([float.NaN], 1, 1), moved);
        }

        _graph.Output("outputs", moved, OnnxType.Float, OnnxRows.Count, $"{_state.Dimension}");
        return _graph.ToModel(
            "surrogate",
            $"Gives a network's outputs at a configuration of {space}. Inputs hold one value each, or one for each row: numbers as they are, words by their place from 0; "
            + "NaN or -1 where a hyperparameter is not active. "
            + $"{(categories ? "Contexts are given. " : $"Rows are those of the {_state.Contexts.Count} stored contexts. ")}Outside the space the answer is NaN.",
            [
                ("space", string.Join("; ", space.Texts)), ("anchors", string.Join("; ", _state.Anchors.Select(anchor => anchor.ToString()))),
                ("kind", $"{_state.Kriging.Transform.Kind}"),
            ]);
    }

    // v, and where it is none.
    private string Input(Hyperparameter one)
    {
        var isWord = one is CategoricalHyperparameter;
        var value = _graph.Unsqueeze(_graph.Input(one.Name, isWord ? OnnxType.Int64 : OnnxType.Double, "m"), 1);
        value = isWord ? _graph.Cast(value, OnnxType.Double) : value;
        var (low, high) = one switch
        {
            ContinuousHyperparameter range => (range.Minimum, range.Maximum),
            IntegerHyperparameter whole => (whole.Minimum, whole.Maximum),
            CategoricalHyperparameter words => (one.Condition is null ? 0 : -1, words.Choices.Count - 1.0),
            _ => throw new NotSupportedException($"This surrogate cannot be written as ONNX: '{one.Name}' is {one.GetType().Name}."),
        };
        var inside = _graph.Op("And", _graph.Op("GreaterOrEqual", value, _graph.Constant(low)), _graph.Op("LessOrEqual", value, _graph.Constant(high)));
        inside = one.Condition is null || isWord ? inside : _graph.Op("Or", inside, _graph.Op("IsNaN", value));
        _outside.Add(_graph.Op("Not", inside));
        return value;
    }

    // r: coordinates as SpaceCoordinates writes them, warped and in lengths.
    private string Distances(AnchorKriging kriging, string[] coordinates)
    {
        var layout = kriging.Likelihood.Layout;
        var places = _state.Anchors.Select(anchor => _coordinates.Place(anchor)).ToArray();
        string? squares = null;
        for (var j = 0; j < coordinates.Length; j++)
        {
            var warp = layout.WarpOf(kriging.Theta, j);
            var length = KrigingLayout.Length(kriging.Theta, layout.LengthAt(j));
            var z = OnnxWeights.Warped(_graph, coordinates[j], warp);
            var away = _graph.Op("Div", _graph.Op("Sub", z, _graph.Row([.. places.Select(x => warp.Apply(x[j]))])), _graph.Constant(length));
            var square = _graph.Op("Mul", away, away);
            squares = squares is null ? square : _graph.Op("Add", squares, square);
        }

        return _graph.Op("Sqrt", squares!);
    }

    private string[] Coordinates(string[] values)
    {
        var x = new string[_coordinates.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var at = _coordinates.First(i);
            switch (_state.Space[i])
            {
                case CategoricalHyperparameter { IsOrdered: false } words:
                    for (var c = 0; c < words.Choices.Count; c++)
                    {
                        x[at + c] = _graph.Op("Where", _graph.Op("Equal", values[i], _graph.Constant((double)c)), _graph.Constant(SpaceCoordinates.Corner), _graph.Constant(0.0));
                    }

                    break;
                case CategoricalHyperparameter words:
                    var share = _graph.Op("Div", _graph.Op("Add", values[i], _graph.Constant(0.5)), _graph.Constant((double)words.Choices.Count));
                    x[at] = _graph.Op("Where", IsActive(i, values), share, _graph.Constant(0.5));
                    break;
                case var number:
                    x[at] = _graph.Op("Where", IsActive(i, values), Unit(number, values[i]), _graph.Constant(0.5));
                    break;
            }
        }

        for (var c = 0; c < _coordinates.Conditional.Count; c++)
        {
            x[_coordinates.Count - _coordinates.Conditional.Count + c] = _graph.Cast(IsActive(_coordinates.Conditional[c], values), OnnxType.Double);
        }

        return x;
    }

    private string IsActive(int i, string[] values) => _state.Space[i] is CategoricalHyperparameter
        ? _graph.Op("GreaterOrEqual", values[i], _graph.Constant(0.0))
        : _graph.Op("Not", _graph.Op("IsNaN", values[i]));

    // u of a number: two values tell where the scale's ends are.
    private string Unit(Hyperparameter one, string value)
    {
        var (scale, low, high) = one switch
        {
            ContinuousHyperparameter range => (range.Scale, range.Minimum, range.Maximum),
            IntegerHyperparameter whole => (whole.Scale, whole.Minimum, whole.Maximum),
            _ => throw new NotSupportedException($"'{one.Name}' has no scale."),
        };
        double first = scale.Forward(low), last = scale.Forward(high), from = one.ToUnit(low), to = one.ToUnit(high);
        var share = _graph.Op("Div", _graph.Op("Sub", OnnxPlace.Forward(_graph, scale, value), _graph.Constant(first)), _graph.Constant((last - first) / (to - from)));
        return _graph.Clamped(_graph.Op("Add", share, _graph.Constant(from)), 0, 1);
    }

    // e.
    private string At(string[] values)
    {
        string? all = null;
        for (var i = 0; i < values.Length; i++)
        {
            var one = _state.Space[i];
            double[] known = [.. _state.Anchors.Select(anchor => !anchor.TryGet(one.Name, out var value) ? Nowhere : value.IsNumber && one is not CategoricalHyperparameter
                ? value.Number
                : ((CategoricalHyperparameter)one).Choices.ToList().IndexOf(value.ToString()))];
            var filled = _graph.Op("Where", IsActive(i, values), values[i], _graph.Constant(Nowhere));
            var same = _graph.Op("Equal", filled, _graph.Row(known));
            all = all is null ? same : _graph.Op("And", all, same);
        }

        return _graph.Cast(all!, OnnxType.Double);
    }

    // Standardised rows at each anchor, those as they are where they are stored, and whether contexts are given.
    private (string[] Rows, string[]? Own, bool AreGiven) Rows()
    {
        var (n, d, count) = (_state.Contexts.Count, _state.Dimension, _state.Anchors.Length);
        if (_state is { Network: null, Ridge: null })
        {
            var own = OnnxRowsOf(OutputKriging.Ordered([.. _state.Outputs.Select(y => y.Values.ToArray())], _state.Kriging.Order, d));
            return (OnnxRowsOf([.. _state.Kriging.Rows.Standardised.Select(y => y!)]), own, false);
        }

        var conditions = _graph.Input("conditions", OnnxType.Float, OnnxRows.Count, $"{_state.Contexts.Conditions.Columns}");
        var categories = _state.Contexts.CategoryCount > 0 ? _graph.Input("category", OnnxType.Int64, OnnxRows.Count) : null;
        var seen = OnnxRows.Standardised(_graph, conditions, _state.Conditions);
        var network = _state.Network is { } one ? OnnxNetwork.Evaluate(_graph, one, seen, categories) : null;
        string[]? byNetwork = network is null ? null : [.. Enumerable.Range(0, count).Select(k => _graph.Slice(network, k * d, (k + 1) * d, 1))];
        if (_state.ByRidge is not { } ridge)
        {
            return (byNetwork!, null, true);
        }

        var byRidge = new OnnxRidge(_graph, ridge, d, count).Given(seen, categories, Math.Max(1, _state.Contexts.CategoryCount));
        return (_state.Ridge!.GivenShare is > 0 and var share ? [.. byRidge.Select((rows, k) => OnnxRidge.Mean(_graph, rows, byNetwork![k], share))] : byRidge, null, true);

        string[] OnnxRowsOf(float[][] rows) => [.. rows.Select(y => _graph.Constant(y, n, d))];
    }
}
