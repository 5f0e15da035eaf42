// Notation
//   u       inputs [n, I];  c  category of each row
//   h_1     SiLU((1 + γ_c) ⊙ (u·W_1 + b_1) + β_c)          a category scales and shifts the first layer (FiLM, Perez et al. 2018)
//   h_l     SiLU(h_{l−1}·W_l + b_l)
//   output  h_L·W_out + b_out + u·S + s_c                  S, s_c: the linear part, by ridge regression, never trained further
// Weights are stored [in, out], so that one input value meets a run of consecutive weights.

namespace HtiTune.Surrogates.Networks;

/// <summary>
/// A trained feed-forward network as plain arrays: evaluated without libtorch, thread-safe, and the same to the last bit after a
/// round trip through a file.
/// </summary>
internal sealed class FrozenNetwork
{
    private const int BlockRows = 64;

    internal FrozenNetwork(Dense[] layers, float[] film, float[] linear, float[] offsets, int categories)
    {
        Layers = layers;
        Film = film;
        Linear = linear;
        Offsets = offsets;
        Categories = categories;
    }

    /// <summary>One dense layer.</summary>
    /// <param name="Inputs">Number of inputs.</param>
    /// <param name="Outputs">Number of outputs.</param>
    /// <param name="Weights">Weights [Inputs, Outputs].</param>
    /// <param name="Bias">Bias [Outputs].</param>
    internal sealed record Dense(int Inputs, int Outputs, float[] Weights, float[] Bias);

    /// <summary>Hidden layers and the output layer.</summary>
    internal Dense[] Layers { get; }

    /// <summary>γ and β of each category, [categories, 2·H].</summary>
    internal float[] Film { get; }

    /// <summary>S, [I, O].</summary>
    internal float[] Linear { get; }

    /// <summary>s_c, [categories, O].</summary>
    internal float[] Offsets { get; }

    /// <summary>Number of categories, at least 1.</summary>
    internal int Categories { get; }

    /// <summary>I.</summary>
    internal int Inputs => Layers[0].Inputs;

    /// <summary>O.</summary>
    internal int Outputs => Layers[^1].Outputs;

    /// <summary>Evaluates n rows.</summary>
    /// <param name="inputs">u, [n, I].</param>
    /// <param name="categories">c, length n.</param>
    /// <param name="outputs">Takes the outputs [n, O].</param>
    internal void Evaluate(ReadOnlySpan<float> inputs, ReadOnlySpan<int> categories, Span<float> outputs)
    {
        var widest = Layers.Max(layer => layer.Outputs);
        var most = Math.Min(BlockRows, categories.Length);
        float[] current = new float[most * widest], next = new float[most * widest], straight = new float[most * Outputs];
        for (var start = 0; start < categories.Length; start += BlockRows)
        {
            var rows = Math.Min(BlockRows, categories.Length - start);
            var u = inputs.Slice(start * Inputs, rows * Inputs);
            var c = categories.Slice(start, rows);
            var hidden = Layers[0].Outputs;
            DenseKernel.Multiply(u, rows, Layers[0].Inputs, Layers[0].Weights, Layers[0].Bias, hidden, current);
            for (var i = 0; i < rows; i++)
            {
                var film = Film.AsSpan(c[i] * 2 * hidden, 2 * hidden);
                DenseKernel.ScaleShift(current.AsSpan(i * hidden, hidden), film[..hidden], film[hidden..]);
            }

            DenseKernel.SiLU(current, rows, hidden);
            for (var l = 1; l < Layers.Length - 1; l++)
            {
                var layer = Layers[l];
                DenseKernel.Multiply(current, rows, layer.Inputs, layer.Weights, layer.Bias, layer.Outputs, next);
                DenseKernel.SiLU(next, rows, layer.Outputs);
                (current, next) = (next, current);
            }

            var last = Layers[^1];
            var y = outputs.Slice(start * Outputs, rows * Outputs);
            DenseKernel.Multiply(current, rows, last.Inputs, last.Weights, last.Bias, last.Outputs, y);
            RidgeRegression.Apply(u, Inputs, c, Linear, Offsets, Outputs, straight);
            for (var i = 0; i < y.Length; i++)
            {
                y[i] += straight[i];
            }
        }
    }
}
