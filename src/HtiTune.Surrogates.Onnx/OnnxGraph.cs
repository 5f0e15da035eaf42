using System.Globalization;
using System.Runtime.InteropServices;

namespace HtiTune.Surrogates.Onnx;

/// <summary>Element types of ONNX tensors, by the numbers of its TensorProto.</summary>
internal enum OnnxType
{
    Float = 1,
    Int64 = 7,
    Double = 11,
}

/// <summary>An ONNX graph that is being written: each call adds a node and returns the name of its result.</summary>
/// <remarks>Field numbers are those of onnx.proto3, operators those of opset 17.</remarks>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8;
    private const int Opset = 17;

    private readonly List<ProtoMessage> _nodes = [];
    private readonly List<ProtoMessage> _constants = [];
    private readonly List<ProtoMessage> _inputs = [];
    private readonly List<ProtoMessage> _outputs = [];
    private readonly Dictionary<string, string> _known = [];

    /// <summary>Declares an input; a dimension is a number, or a name where it is left open.</summary>
    internal string Input(string name, OnnxType type, params string[] shape)
    {
        _inputs.Add(Value(name, type, shape));
        return name;
    }

    /// <summary>Declares an output, and what it is.</summary>
    internal void Output(string name, string from, OnnxType type, params string[] shape)
    {
        _outputs.Add(Value(name, type, shape));
        Node("Identity", name, [from], []);
    }

    internal string Constant(float[] values, params long[] shape) => Constant(OnnxType.Float, MemoryMarshal.AsBytes<float>(values).ToArray(), shape);

    internal string Constant(double[] values, params long[] shape) => Constant(OnnxType.Double, MemoryMarshal.AsBytes<double>(values).ToArray(), shape);

    /// <summary>A double of shape [1, 1].</summary>
    internal string Constant(double value) => Constant([value], 1, 1);

    /// <summary>Doubles of shape [1, ·].</summary>
    internal string Row(double[] values) => Constant(values, 1, values.Length);

    internal string Integers(params long[] values) => Constant(OnnxType.Int64, MemoryMarshal.AsBytes<long>(values).ToArray(), [values.Length]);

    /// <summary>Adds a node without attributes.</summary>
    internal string Op(string op, params string[] inputs) => Node(op, NewName(), inputs, []);

    internal string Concat(int axis, params string[] inputs) => inputs.Length == 1 ? inputs[0] : Node("Concat", NewName(), inputs, [Integer("axis", axis)]);

    internal string Gather(string data, string indices, int axis) => Node("Gather", NewName(), [data, indices], [Integer("axis", axis)]);

    internal string Cast(string value, OnnxType type) => Node("Cast", NewName(), [value], [Integer("to", (int)type)]);

    /// <summary>Columns first … end − 1 of an axis.</summary>
    internal string Slice(string data, int first, int end, int axis) => Op("Slice", data, Integers(first), Integers(end), Integers(axis));

    internal string Clamped(string x, double low, double high) => Op("Max", Op("Min", x, Constant(high)), Constant(low));

    /// <summary>Where the least value of an axis stands.</summary>
    internal string Least(string data, int axis) => Node("ArgMin", NewName(), [data], [Integer("axis", axis), Integer("keepdims", 0)]);

    internal string Sum(string data, int axis) => Node("ReduceSum", NewName(), [data, Integers(axis)], [Integer("keepdims", 0)]);

    internal string Unsqueeze(string data, int axis) => Op("Unsqueeze", data, Integers(axis));

    /// <summary>The model's bytes; the graph is used up.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="description">What it does, for people.</param>
    /// <param name="notes">Keys and values for programs.</param>
    internal byte[] ToModel(string name, string description, IEnumerable<(string Key, string Value)> notes)
    {
        var graph = new ProtoMessage();
        _nodes.ForEach(node => graph.Add(1, node));
        graph.Add(2, name);
        _constants.ForEach(constant => graph.Add(5, constant));
        _inputs.ForEach(input => graph.Add(11, input));
        _outputs.ForEach(output => graph.Add(12, output));
        using var model = new ProtoMessage();
        model.Add(1, IrVersion).Add(2, "HtiTune").Add(6, description).Add(7, graph)
            .Add(8, new ProtoMessage().Add(1, "").Add(2, Opset));
        foreach (var (key, value) in notes)
        {
            model.Add(14, new ProtoMessage().Add(1, key).Add(2, value));
        }

        return model.ToBytes();
    }

    private static ProtoMessage Integer(string name, long value) => new ProtoMessage().Add(1, name).Add(3, value).Add(20, 2);

    private static ProtoMessage Value(string name, OnnxType type, string[] shape)
    {
        var dimensions = new ProtoMessage();
        foreach (var size in shape)
        {
            dimensions.Add(1, long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new ProtoMessage().Add(1, number)
                : new ProtoMessage().Add(2, size));
        }

        return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, new ProtoMessage().Add(1, (int)type).Add(2, dimensions)));
    }

    private string Constant(OnnxType type, byte[] bytes, long[] shape)
    {
        var key = $"{type} {string.Join(',', shape)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))}";
        if (!_known.TryGetValue(key, out var name))
        {
            _known[key] = name = $"c{_constants.Count}";
            var tensor = new ProtoMessage();
            foreach (var size in shape)
            {
                tensor.Add(1, size);
            }

            _constants.Add(tensor.Add(2, (int)type).Add(8, name).Add(9, bytes));
        }

        return name;
    }

    private string NewName() => $"v{_nodes.Count}";

    private string Node(string op, string output, string[] inputs, ProtoMessage[] attributes)
    {
        var node = new ProtoMessage();
        foreach (var input in inputs)
        {
            node.Add(1, input);
        }

        node.Add(2, output).Add(3, $"{op} {_nodes.Count}").Add(4, op);
        foreach (var attribute in attributes)
        {
            node.Add(5, attribute);
        }

        _nodes.Add(node);
        return output;
    }
}
