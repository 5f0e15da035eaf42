using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality.Tasks;

/// <summary>A trained policy's mean action, clip(w₂ tanh(w₁ tanh(w₀ x + b₀) + b₁) + b₂): doses 0 … 10 and 0 … 8.</summary>
/// <param name="layers">Weights [out, in] and biases [out] of the three layers.</param>
internal sealed class CancerPolicy((Matrix Weights, float[] Biases)[] layers)
{
    private static readonly double[] Most = [10, 8];

    /// <summary>Reads a policy out of the archive.</summary>
    /// <param name="archive">Arrays <c>lambdaLL_w0, _b0 … _w2, _b2</c>.</param>
    /// <param name="weight">LL, its reward weight.</param>
    internal static CancerPolicy Read(IReadOnlyDictionary<string, NpyArray> archive, int weight) => new(
        [.. Enumerable.Range(0, 3).Select(layer => (
            archive[$"lambda{weight:00}_w{layer}"].ToMatrix(), archive[$"lambda{weight:00}_b{layer}"].Values))]);

    /// <summary>Mean actions [n, 2] in states [n, in].</summary>
    internal double[,] MeanActions(Matrix states)
    {
        var actions = new double[states.Rows, Most.Length];
        for (var i = 0; i < states.Rows; i++)
        {
            double[] h = [.. states.Row(i).ToArray().Select(value => (double)value)];
            for (var layer = 0; layer < layers.Length; layer++)
            {
                h = Affine(layers[layer].Weights, layers[layer].Biases, h);
                h = layer < layers.Length - 1 ? [.. h.Select(Math.Tanh)] : h;
            }

            for (var k = 0; k < Most.Length; k++)
            {
                actions[i, k] = Math.Clamp(h[k], 0, Most[k]);
            }
        }

        return actions;
    }

    private static double[] Affine(Matrix weights, float[] biases, double[] x)
    {
        var y = new double[weights.Rows];
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = biases[i];
            for (var j = 0; j < x.Length; j++)
            {
                y[i] += weights[i, j] * x[j];
            }
        }

        return y;
    }
}
