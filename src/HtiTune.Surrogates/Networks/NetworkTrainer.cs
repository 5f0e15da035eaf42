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
        var layers = InitialLayers(inputCount, outputCount, shape, random.Stream("weights"));
        var film = InitialFilm(categoryCount, shape.Hidden, random.Stream("film"));

        // One thread: two OpenMP threads are slower on layers this small, and the sum of a product must not depend on them.
        var threads = torch.get_num_threads();
        torch.set_num_threads(1);
        try
        {
            using var scope = NewDisposeScope();
            using Scalar one = 1f, minusOne = -1f;
            var start = layers.SelectMany(layer => layer.Weights.Concat(layer.Bias)).Concat(film).ToArray();
            var flat = tensor(start, requires_grad: true);
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
                var predicted = Forward(flat, layers, categoryCount, x.index_select(0, batch), c.index_select(0, batch), one);
                var error = predicted.add(t.index_select(0, batch), minusOne);
                error.mul(error).mean().backward();
                optimiser.Step(shape.Rate * (LastRateShare + (1 - LastRateShare) * 0.5 * (1 + Math.Cos(Math.PI * step / shape.Steps))));
            }

            (layers, film) = Unpack(flat.detach().data<float>().ToArray(), layers, film.Length);
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        return new FrozenNetwork(layers, film, linear, offsets, categoryCount);
    }

    /// <summary>The formula at the head of FrozenNetwork.cs without its linear part; parameters are views into the flat vector.</summary>
    private static Tensor Forward(Tensor flat, FrozenNetwork.Dense[] layers, int categoryCount, Tensor u, Tensor categories, Scalar one)
    {
        var start = 0L;
        var hidden = layers[0].Outputs;
        var film = flat.narrow(0, flat.shape[0] - categoryCount * 2 * hidden, categoryCount * 2 * hidden)
            .view(categoryCount, 2 * hidden).index_select(0, categories);
        var h = nn.functional.silu(Dense(u, layers[0])
            .mul(film.narrow(1, 0, hidden).add(one)).add(film.narrow(1, hidden, hidden), one));
        for (var l = 1; l < layers.Length - 1; l++)
        {
            h = nn.functional.silu(Dense(h, layers[l]));
        }

        return Dense(h, layers[^1]);

        Tensor Dense(Tensor input, FrozenNetwork.Dense layer)
        {
            var weights = Take(layer.Inputs * layer.Outputs).view(layer.Inputs, layer.Outputs);
            return mm(input, weights).add(Take(layer.Outputs), one);
        }

        Tensor Take(long length)
        {
            start += length;
            return flat.narrow(0, start - length, length);
        }
    }

    private static (FrozenNetwork.Dense[] Layers, float[] Film) Unpack(float[] flat, FrozenNetwork.Dense[] layers, int filmLength)
    {
        var start = 0;
        var trained = new FrozenNetwork.Dense[layers.Length];
        for (var l = 0; l < layers.Length; l++)
        {
            trained[l] = layers[l] with { Weights = Take(layers[l].Weights.Length), Bias = Take(layers[l].Bias.Length) };
        }

        return (trained, Take(filmLength));

        float[] Take(int length)
        {
            start += length;
            return flat[(start - length)..start];
        }
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
