// Supervised regression of a FrozenNetwork: the linear part by ridge regression, the rest by AdamW (Loshchilov and Hutter 2019) on
// the residual, rate 5e-3 falling to 1 % of it on a cosine, batches of 256 rows drawn with replacement.

using HtiTune.Data;
using TorchSharp;
using TorchSharp.Modules;
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
    private const double WeightDecay = 0.01;
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
        var layers = InitialLayers(inputCount, outputCount, shape, random.Stream("weights"));
        var film = InitialFilm(categoryCount, shape.Hidden, random.Stream("film"));

        // One thread: two OpenMP threads are slower on layers this small, and the sum of a product must not depend on them.
        var threads = torch.get_num_threads();
        torch.set_num_threads(1);
        try
        {
            using var scope = NewDisposeScope();
            var weights = layers.Select(layer => new Parameter(tensor(layer.Weights, [layer.Inputs, layer.Outputs]))).ToArray();
            var biases = layers.Select(layer => new Parameter(tensor(layer.Bias))).ToArray();
            var filmTable = new Parameter(tensor(film, [categoryCount, 2 * shape.Hidden]));
            using var optimiser = optim.AdamW([.. weights, .. biases, filmTable], shape.Rate, weight_decay: WeightDecay);
            var x = tensor(inputs, [n, inputCount]);
            var t = tensor(residual, [n, outputCount]);
            var c = tensor(Array.ConvertAll(categories, value => (long)value));
            var draws = random.Stream("batches");
            var rows = new long[Math.Min(BatchRows, n)];
            for (var step = 0; step < shape.Steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                var rate = shape.Rate * (LastRateShare + (1 - LastRateShare) * 0.5 * (1 + Math.Cos(Math.PI * step / shape.Steps)));
                foreach (var group in optimiser.ParamGroups)
                {
                    group.LearningRate = rate;
                }

                for (var i = 0; i < rows.Length; i++)
                {
                    rows[i] = draws.NextInt(n);
                }

                var batch = tensor(rows);
                var predicted = Forward(x.index_select(0, batch), filmTable.index_select(0, c.index_select(0, batch)), weights, biases, shape.Hidden);
                var loss = (predicted - t.index_select(0, batch)).square().mean();
                optimiser.zero_grad();
                loss.backward();
                optimiser.step();
            }

            for (var l = 0; l < layers.Length; l++)
            {
                layers[l] = layers[l] with
                {
                    Weights = weights[l].detach().data<float>().ToArray(),
                    Bias = biases[l].detach().data<float>().ToArray(),
                };
            }

            film = filmTable.detach().data<float>().ToArray();
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        return new FrozenNetwork(layers, film, linear, offsets, categoryCount);
    }

    private static Tensor Forward(Tensor u, Tensor film, Parameter[] weights, Parameter[] biases, int hidden)
    {
        var h = mm(u, weights[0]) + biases[0];
        h = nn.functional.silu(h * (film.narrow(1, 0, hidden) + 1) + film.narrow(1, hidden, hidden));
        for (var l = 1; l < weights.Length - 1; l++)
        {
            h = nn.functional.silu(mm(h, weights[l]) + biases[l]);
        }

        return mm(h, weights[^1]) + biases[^1];
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

    /// <summary>Uniform weights in ±1/√inputs; the last layer a tenth of that, so that training starts at the linear part.</summary>
    private static FrozenNetwork.Dense[] InitialLayers(int inputs, int outputs, NetworkShape shape, RandomStream random)
    {
        var layers = new FrozenNetwork.Dense[shape.Depth + 1];
        for (var l = 0; l < layers.Length; l++)
        {
            int from = l == 0 ? inputs : shape.Hidden, to = l == shape.Depth ? outputs : shape.Hidden;
            var bound = 1 / Math.Sqrt(from);
            var last = l == shape.Depth;
            var weights = Uniform(from * to, last ? 0.1 * bound : bound, random);
            layers[l] = new FrozenNetwork.Dense(from, to, weights, last ? new float[to] : Uniform(to, bound, random));
        }

        return layers;
    }

    private static float[] InitialFilm(int categories, int hidden, RandomStream random)
    {
        // One category needs no difference between categories.
        var film = new float[categories * 2 * hidden];
        for (var i = 0; i < film.Length && categories > 1; i++)
        {
            film[i] = (float)(0.3 * random.NextNormal());
        }

        return film;
    }

    private static float[] Uniform(int count, double bound, RandomStream random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)((2 * random.NextDouble() - 1) * bound);
        }

        return values;
    }
}
