using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;
using TorchSharp;
using static TorchSharp.torch;

// λ   dropout rate, w the weights
// One training step: a batch of points x_0, steps t and noise ε;  w ← Adam(∇ mean |ε − ε̂(x_t, t, moon)|²)   [Ho, Jain and Abbeel 2020, eq. 14]

/// <summary>A diffusion model that draws points of a moon, trained with dropout λ.</summary>
/// <remarks>
/// All chance of a training comes from its seed. Neighbouring λ start from the same weights and see the same batches, steps and noise; even
/// what is dropped is the same but for λ (a unit dropped at 0.3 is dropped at 0.4), so that their draws differ by λ and little else.
/// </remarks>
internal sealed class MoonDiffusion : IPersistentNetwork, IDisposable
{
    private readonly DiffusionOptions _options;
    private readonly NoiseSchedule _schedule;
    private readonly Tensor _points, _moons, _signal, _noise;

    /// <summary>Draws the training points.</summary>
    /// <param name="options">Size and length.</param>
    public MoonDiffusion(DiffusionOptions? options = null)
    {
        _options = options ?? new DiffusionOptions();
        _schedule = new NoiseSchedule(_options.Steps);
        Data = new TwoMoons(_options.PointsPerMoon, _options.Noise, new RandomStreams(_options.DataSeed).Stream("training"));
        _points = tensor(Data.Points.Values.ToArray(), Data.Points.Rows, 2);
        _moons = tensor(Data.Labels.Select(label => (long)label).ToArray());
        (_signal, _noise) = _schedule.Roots();
    }

    /// <summary>The training points.</summary>
    public TwoMoons Data { get; }

    /// <inheritdoc/>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        using var oneThread = new OneThread();
        using var scope = NewDisposeScope();
        using var chance = new Generator((ulong)request.Seed);
        var network = new NoisePredictor(_options.Steps, _options.Width);
        try
        {
            network.DrawWeights(chance);
            using var adam = new AveragedAdam(network.Weights, _options.LearningRate, _options.TrainingSteps, _options.AveragingShare);
            for (var step = 0; step < _options.TrainingSteps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                Step(network, adam, request.Lambda, chance);
                request.Progress?.Report((step + 1.0) / _options.TrainingSteps);
            }

            adam.Finish();
            return new TrainedDiffusion(network, _schedule);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Save(ITrainedNetwork network, string path) => NetworkWeights.Save(((TrainedDiffusion)network).Network.Weights, path);

    /// <inheritdoc/>
    public ITrainedNetwork Load(string path, double lambda)
    {
        using var scope = NewDisposeScope();
        var network = new NoisePredictor(_options.Steps, _options.Width);
        NetworkWeights.Load(network.Weights, path);
        return new TrainedDiffusion(network, _schedule);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[_points, _moons, _signal, _noise])
        {
            tensor.Dispose();
        }
    }

    private void Step(NoisePredictor network, AveragedAdam adam, double dropout, Generator chance)
    {
        using var scope = NewDisposeScope(); // without it every step's tensors wait for the garbage collector
        using Scalar rate = dropout, scale = 1 / (1 - dropout);
        var batch = _options.BatchSize;
        var rows = randint(0, _points.shape[0], [batch], generator: chance);
        var t = randint(0, _options.Steps, [batch], generator: chance);
        var noise = randn(batch, 2, generator: chance);
        var masks = network.DrawDropout(batch, chance).ge(rate).to(ScalarType.Float32).mul_(scale);
        var noisy = _signal.index_select(0, t) * _points.index_select(0, rows) + _noise.index_select(0, t) * noise;
        var error = noise - network.Predict(noisy, t, _moons.index_select(0, rows), masks);
        adam.Step((error * error).mean());
    }

    private sealed class TrainedDiffusion(NoisePredictor network, NoiseSchedule schedule) : ITrainedNetwork
    {
        public NoisePredictor Network => network;

        // From pure noise, which is the context's, back to points. Row i meets the same noise on its way too, whatever λ.
        public Matrix Answer(Contexts contexts, long seed)
        {
            using var oneThread = new OneThread();
            using var untracked = no_grad();
            using var scope = NewDisposeScope();
            using var chance = new Generator((ulong)seed);
            var moons = tensor(contexts.Categories.ToArray().Select(moon => (long)moon).ToArray());
            var x = tensor(contexts.Conditions.Values.ToArray()).view(-1, 2);
            for (var t = schedule.Steps; t >= 1; t--)
            {
                using var inStep = NewDisposeScope();
                using Scalar at = t - 1;
                var noise = network.Predict(x, full([contexts.Count], at, ScalarType.Int64), moons, masks: null);
                x = schedule.Back(t, x, noise, randn(contexts.Count, 2, generator: chance)).MoveToOuterDisposeScope();
            }

            return new Matrix(contexts.Count, 2, x.data<float>().ToArray());
        }

        public void Dispose() => network.Dispose();
    }
}
