// torch.tensor(array) lends libtorch the array's own memory, which begins at any multiple of 8 bytes, wherever the collector put it. Products
// of a matrix with a vector (one output, one row) sum in an order that depends on where their operands begin within 32 bytes, so that the
// same fit gave other last digits from run to run. libtorch's own memory begins at multiples of 64.

using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Networks;

/// <summary>Tensors of arrays, in memory of libtorch's own.</summary>
internal static class AlignedTensor
{
    /// <summary>A copy of an array.</summary>
    /// <param name="values">As many as the shape holds, in row-major order.</param>
    /// <param name="shape">The shape.</param>
    /// <returns>A leaf that requires no gradient yet, of the current dispose scope.</returns>
    internal static Tensor Of(float[] values, params long[] shape)
    {
        using var lent = tensor(values, shape);
        return lent.clone();
    }

    /// <summary>A copy of an array that gradients reach.</summary>
    /// <param name="values">As many as the shape holds, in row-major order.</param>
    /// <param name="shape">The shape.</param>
    /// <returns>A leaf that requires a gradient, of the current dispose scope.</returns>
    internal static Tensor Leaf(float[] values, params long[] shape)
    {
        var leaf = Of(values, shape);
        leaf.requires_grad = true;
        return leaf;
    }
}
