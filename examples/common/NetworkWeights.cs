using HtiTune.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

/// <summary>Weights of small networks: drawn from a training's own generator, written to a file and read back.</summary>
internal static class NetworkWeights
{
    /// <summary>
    /// First weights, uniform within ± 1/√inputs of a layer. torch draws them from a generator that the whole process shares; drawn anew from
    /// the training's own, one seed is one network.
    /// </summary>
    /// <param name="layers">The layers, in the order in which they are drawn.</param>
    /// <param name="chance">The training's generator.</param>
    public static void Draw(IEnumerable<Linear> layers, Generator chance)
    {
        using var untracked = no_grad();
        foreach (var layer in layers)
        {
            var bound = 1 / Math.Sqrt(layer.in_features);
            layer.weight!.uniform_(-bound, bound, chance);
            layer.bias!.uniform_(-bound, bound, chance);
        }
    }

    /// <summary>Writes weights to a file, one after the other.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="path">The file.</param>
    public static void Save(IEnumerable<Parameter> weights, string path)
    {
        using var untracked = no_grad();
        var all = weights.SelectMany(weight => weight.data<float>().ToArray()).ToArray();
        NpyFile.Write(path, new Matrix(1, all.Length, all));
    }

    /// <summary>Reads weights from their file, bit for bit.</summary>
    /// <param name="weights">Weights of the same shapes in the same order.</param>
    /// <param name="path">The file that <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The file holds another number of weights.</exception>
    public static void Load(IEnumerable<Parameter> weights, string path)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var all = NpyFile.ReadMatrix(path).Values.ToArray();
        var targets = weights.ToArray();
        if (targets.Sum(weight => weight.numel()) != all.Length)
        {
            throw new InvalidDataException($"{path} holds {all.Length} weights; expected {targets.Sum(weight => weight.numel())}.");
        }

        var start = 0;
        foreach (var weight in targets)
        {
            var count = (int)weight.numel();
            weight.copy_(tensor(all[start..(start + count)]).view(weight.shape));
            start += count;
        }
    }
}
