// Supervised regression of a FrozenNetwork: the linear part by ridge regression, the rest by AdamW [Loshchilov2019] on the residual,
// rate falling to 1 % of it on a cosine, batches of 256 rows drawn with replacement. Gradients are those of BatchNetwork: no libtorch.
// Very many outputs are learned along their principal axes, and so are very many inputs beside them (PrincipalAxes); the linear part sees all of them.
// Where the linear part meets every target to the last digit, as with one row, nothing is trained and the rest is 0.

using HtiTune.Data;

namespace HtiTune.Surrogates.Networks;

/// <summary>Shape and training of a network.</summary>
/// <param name="Hidden">Width of each hidden layer.</param>
/// <param name="Depth">Number of hidden layers, at least 1.</param>
/// <param name="Steps">Steps of gradient descent.</param>
/// <param name="Rate">Initial learning rate.</param>
internal sealed record NetworkShape(int Hidden, int Depth, int Steps, double Rate);

/// <summary>Trains the networks of a surrogate and hands them over as plain arrays.</summary>
internal static class NetworkTrainer
{
    private const int BatchRows = 256;
    private const double LastRateShare = 0.01;
    private const double Decay = 0.01;

    /// <summary>Squared errors of the linear part, as a share of the targets' squares, that rounding leaves of exact ones.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Fits a network to targets; equal to the last bit for one seed on one machine. Safe to call from several threads.</summary>
    /// <param name="inputs">[n, I], standardised.</param>
    /// <param name="inputCount">I.</param>
    /// <param name="categories">Category of each row, length n.</param>
    /// <param name="categoryCount">Number of categories, at least 1.</param>
    /// <param name="targets">[n, O].</param>
    /// <param name="outputCount">O.</param>
    /// <param name="shape">Layers and steps.</param>
    /// <param name="random">Chance of initial weights and batches.</param>
    /// <param name="cancellation">Ends the training between two steps.</param>
    /// <param name="wide">The first inputs, in whose place a few directions may stand where they are very many; 0 for none.</param>
    internal static FrozenNetwork Train(
        float[] inputs,
        int inputCount,
        int[] categories,
        int categoryCount,
        float[] targets,
        int outputCount,
        NetworkShape shape,
        RandomStreams random,
        CancellationToken cancellation,
        int wide = 0)
    {
        var n = categories.Length;
        var (linear, offsets) = RidgeRegression.Fit(inputs, inputCount, categories, categoryCount, targets, outputCount);
        var residual = Residual(inputs, inputCount, categories, targets, outputCount, linear, offsets);
        var isMet = Squares(residual) <= Rounding * Squares(targets);
        var from = isMet ? null : PrincipalAxes.Of(inputs, n, inputCount, wide, random.Stream("input axes"));
        var to = isMet ? null : PrincipalAxes.Of(residual, n, outputCount, outputCount, random.Stream("output axes"));
        if (from is not null)
        {
            (inputs, inputCount) = (from.Project(inputs, n, inputCount), inputCount - wide + PrincipalAxes.Count);
        }

        if (to is not null)
        {
            (residual, outputCount) = (to.Project(residual, n, outputCount), PrincipalAxes.Count);
        }

        var layers = FlatNetwork.InitialLayers(inputCount, outputCount, shape.Hidden, shape.Depth, random.Stream("weights"));
        var film = FlatNetwork.InitialFilm(categoryCount, shape.Hidden, random.Stream("film"));
        if (isMet)
        {
            layers[^1] = layers[^1] with { Weights = new float[layers[^1].Weights.Length] };
            return new FrozenNetwork(layers, film, linear, offsets, categoryCount);
        }

        var network = new BatchNetwork(layers, film, categoryCount, Math.Min(BatchRows, n));
        var adam = new Adam(network.Parameters.Length);
        var draws = random.Stream("batches");
        for (var step = 0; step < shape.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < network.Rows; i++)
            {
                var row = (int)draws.NextInt(n);
                network.Set(
                    i, inputs.AsSpan(row * inputCount, inputCount), categories[row], residual.AsSpan(row * outputCount, outputCount));
            }

            network.Differentiate();
            var rate = shape.Rate * (LastRateShare + (1 - LastRateShare) * 0.5 * (1 + Math.Cos(Math.PI * step / shape.Steps)));
            adam.Step(network.Parameters, network.Gradient, rate, Decay);
        }

        (layers, film) = network.Unpack(network.Parameters);
        layers[0] = from?.ForColumns(layers[0]) ?? layers[0];
        layers[^1] = to?.ToColumns(layers[^1]) ?? layers[^1];
        return new FrozenNetwork(layers, film, linear, offsets, categoryCount);
    }

    private static double Squares(float[] values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static float[] Residual(
        float[] inputs, int inputCount, int[] categories, float[] targets, int outputCount, float[] linear, float[] offsets)
    {
        var residual = new float[targets.Length];
        RidgeRegression.Apply(inputs, inputCount, categories, linear, offsets, outputCount, residual);
        for (var i = 0; i < residual.Length; i++)
        {
            residual[i] = targets[i] - residual[i];
        }

        return residual;
    }
}
