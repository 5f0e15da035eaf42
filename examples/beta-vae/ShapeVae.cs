using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;
using TorchSharp;
using static TorchSharp.torch;

// λ = β   weight of the rate in the loss;  R(x) rate in nats, D(x) expected squared error of the image    [Higgins et al. 2017, eq. 4]
// One training step: a batch of images;  w ← Adam(∇ mean D(x) + β_t R(x)), D by one draw of z
// β_t grows from the range's least value to λ over the first steps, evenly on the log scale, and then stays

/// <summary>A β-VAE of small images.</summary>
/// <remarks>
/// All chance of a training comes from its seed, and every λ begins at the same weights and the same small β with the same batches and
/// noise: which latent takes up which factor is decided there, before the λ part ways. Without this the latents of two trainings would be
/// permuted and mirrored, and nothing would move smoothly with λ.
/// </remarks>
internal sealed class ShapeVae : IPersistentNetwork, IDisposable
{
    private readonly VaeOptions _options;
    private readonly double _firstBeta;
    private readonly Tensor _images;

    /// <summary>Draws the training images.</summary>
    /// <param name="beta">The hyperparameter.</param>
    /// <param name="options">Size and length.</param>
    public ShapeVae(ContinuousHyperparameter beta, VaeOptions? options = null)
    {
        _options = options ?? new VaeOptions();
        _firstBeta = beta.Minimum;
        _images = Tensors(ShapeImages.Draw(_options.Images, new RandomStreams(_options.DataSeed).Stream("training")));
    }

    /// <summary>Number of output columns: the latent means, the rate, the reconstruction error.</summary>
    public int Columns => _options.Latents + 2;

    /// <inheritdoc/>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        using var oneThread = new OneThread();
        using var scope = NewDisposeScope();
        using var chance = new Generator((ulong)request.Seed);
        var network = new Autoencoder(_options);
        try
        {
            network.DrawWeights(chance);
            using var adam = new AveragedAdam(network.Weights, _options.LearningRate, _options.TrainingSteps, _options.AveragingShare);
            for (var step = 0; step < _options.TrainingSteps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var warmth = Math.Min(1, step / (_options.WarmUp * _options.TrainingSteps));
                Step(network, adam, _firstBeta * Math.Pow(request.Lambda / _firstBeta, warmth), chance);
                request.Progress?.Report((step + 1.0) / _options.TrainingSteps);
            }

            adam.Finish();
            return new TrainedVae(network, _options);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Save(ITrainedNetwork network, string path) => NetworkWeights.Save(((TrainedVae)network).Network.Weights, path);

    /// <inheritdoc/>
    public ITrainedNetwork Load(string path, double lambda)
    {
        using var scope = NewDisposeScope();
        var network = new Autoencoder(_options);
        NetworkWeights.Load(network.Weights, path);
        return new TrainedVae(network, _options);
    }

    /// <inheritdoc/>
    public void Dispose() => _images.Dispose();

    private void Step(Autoencoder network, AveragedAdam adam, double beta, Generator chance)
    {
        using var scope = NewDisposeScope(); // without it every step's tensors wait for the garbage collector
        using Scalar weight = beta;
        var images = _images.index_select(0, randint(0, _images.shape[0], [_options.BatchSize], generator: chance));
        var (mean, logVariance) = network.Encode(images);
        var z = Autoencoder.Draw(mean, logVariance, randn(_options.BatchSize, _options.Latents, generator: chance));
        var loss = Autoencoder.Error(images, network.Decode(z)).add(Autoencoder.Rate(mean, logVariance), weight);
        adam.Step(loss.mean());
    }

    private static Tensor Tensors(Contexts contexts) =>
        tensor(ShapeImages.Render(contexts).Values.ToArray(), contexts.Count, ShapeImages.Pixels);

    private sealed class TrainedVae(Autoencoder network, VaeOptions options) : ITrainedNetwork
    {
        public Autoencoder Network => network;

        // The images of the contexts: μ, R, and D over the same few draws ε for every λ.
        public Matrix Answer(Contexts contexts, long seed)
        {
            using var oneThread = new OneThread();
            using var untracked = no_grad();
            using var scope = NewDisposeScope();
            using var chance = new Generator((ulong)seed);
            using Scalar share = 1.0 / options.Draws;
            var images = Tensors(contexts);
            var (mean, logVariance) = network.Encode(images);
            var error = zeros(contexts.Count);
            for (var draw = 0; draw < options.Draws; draw++)
            {
                var z = Autoencoder.Draw(mean, logVariance, randn(contexts.Count, options.Latents, generator: chance));
                error.add_(Autoencoder.Error(images, network.Decode(z)), share);
            }

            using Scalar each = 1.0 / options.Latents;
            var answers = cat([mean, Autoencoder.Rate(mean, logVariance).mul(each).view(-1, 1), error.sqrt().view(-1, 1)], dim: 1);
            return new Matrix(contexts.Count, options.Latents + 2, answers.data<float>().ToArray());
        }

        public void Dispose() => network.Dispose();
    }
}
