// Supervised regression of a FrozenNetwork: the linear part by ridge regression, the rest by AdamW (Loshchilov and Hutter 2019) on
// the residual, rate 5e-3 falling to 1 % of it on a cosine, batches of 256 rows drawn with replacement.

using HtiTune.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Networks;

/// <summary>Shape and training of a network.</summary>
/// <param name="Hidden">Width of each hidden layer.</param>
/// <param name="Depth">Number of hidden layers, at least 1.</param>
/// <param name="Steps">Steps of gradient descent.</param>
/// <param name="Rate">Initial learning rate.</param>
internal sealed record NetworkShape(int Hidden, int Depth, int Steps, double Rate);

/// <summary>Trains the networks of a surrogate with libtorch and hands them over as plain arrays.</summary>
internal static class NetworkTrainer
{
    private const int BatchRows = 256;
    private const double LastRateShare = 0.01;

    /// <summary>Fits a network to targets; equal to the last bit for one seed on one machine, whatever the number of threads.</summary>
    /// <param name="inputs">[n, I], standardised.</param>
    /// <param name="inputCount">I.</param>
    /// <param name="categories">Category of each row, length n.</param>
    /// <param name="categoryCount">Number of categories, at least 1.</param>
    /// <param name="targets">[n, O].</param>
    /// <param name="outputCount">O.</param>
    /// <param name="shape">Layers and steps.</param>
    /// <param name="random">Chance of initial weights and batches.</param>
    /// <param name="cancellation">Ends the training between two steps.</param>
    internal static FrozenNetwork Train(
        float[] inputs,
        int inputCount,
        int[] categories,
        int categoryCount,
        float[] targets,
        int outputCount,
        NetworkShape shape,
        RandomStreams random,
        CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoaded();
        var n = categories.Length;
        var (linear, offsets) = RidgeRegression.Fit(inputs, inputCount, categories, categoryCount, targets, outputCount);
        var residual = Residual(inputs, inputCount, categories, targets, outputCount, linear, offsets);
        var layers = FlatNetwork.InitialLayers(inputCount, outputCount, shape.Hidden, shape.Depth, random.Stream("weights"));
        var film = FlatNetwork.InitialFilm(categoryCount, shape.Hidden, random.Stream("film"));

        // One thread: two OpenMP threads are slower on layers this small, and the sum of a product must not depend on them.
        var threads = torch.get_num_threads();
        torch.set_num_threads(1);
        try
        {
            using var scope = NewDisposeScope();
            using Scalar one = 1f, minusOne = -1f;
            var flat = tensor(FlatNetwork.Pack(layers, film), requires_grad: true);
            using var optimiser = new AdamW(flat);
            var x = tensor(inputs, [n, inputCount]);
            var t = tensor(residual, [n, outputCount]);
            var c = tensor(Array.ConvertAll(categories, value => (long)value));
            var draws = random.Stream("batches");
            var rows = new long[Math.Min(BatchRows, n)];
            for (var step = 0; step < shape.Steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                for (var i = 0; i < rows.Length; i++)
                {
                    rows[i] = draws.NextInt(n);
                }

                var batch = tensor(rows);
                var predicted = FlatNetwork.Forward(flat, layers, categoryCount, x.index_select(0, batch), c.index_select(0, batch), one);
                var error = predicted.add(t.index_select(0, batch), minusOne);
                error.mul(error).mean().backward();
                optimiser.Step(shape.Rate * (LastRateShare + (1 - LastRateShare) * 0.5 * (1 + Math.Cos(Math.PI * step / shape.Steps))));
            }

            (layers, film) = FlatNetwork.Unpack(flat.detach().data<float>().ToArray(), layers, film.Length);
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        return new FrozenNetwork(layers, film, linear, offsets, categoryCount);
    }

    private static float[] Residual(
        float[] inputs, int inputCount, int[] categories, float[] targets, int outputCount, float[] linear, float[] offsets)
    {
        var residual = (float[])targets.Clone();
        for (var i = 0; i < categories.Length; i++)
        {
            for (var o = 0; o < outputCount; o++)
            {
                var sum = offsets[categories[i] * outputCount + o];
                for (var k = 0; k < inputCount; k++)
                {
                    sum += inputs[i * inputCount + k] * linear[k * outputCount + o];
                }

                residual[i * outputCount + o] -= sum;
            }
        }

        return residual;
    }
}
