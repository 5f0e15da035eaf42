using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

/// <summary>
/// A network that forecasts the λ-quantile of the load 1, 2 and 3 hours ahead from the last 12 hours. All that HtiTune asks of a
/// network is <see cref="Train"/>, and of a trained one to answer contexts.
/// </summary>
/// <remarks>
/// Inputs and outputs are standardised by the training hours. All chance of a training comes from its seed, so one seed gives one
/// network, bit for bit; and as neighbouring λ start from the same weights and see the same batches, their forecasts differ by λ and
/// little else. Trainings may run side by side: they share nothing but read-only data.
/// </remarks>
internal sealed class QuantileForecaster : IPersistentNetwork, IDisposable
{
    /// <summary>Name of the weight decay, where a configuration has one.</summary>
    public const string Decay = "decay";

    private readonly ForecasterOptions _options;
    private readonly float _mean, _deviation;
    private readonly TensorWindows _training, _validation;

    /// <summary>Takes the training and validation windows of a series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="options">Size and length of the training.</param>
    public QuantileForecaster(LoadSeries series, ForecasterOptions? options = null)
    {
        _options = options ?? new ForecasterOptions();
        (_mean, _deviation) = MeanAndDeviation(series.Training.Past.Values);
        _training = Standardised(series.Training);
        _validation = Standardised(series.Validation);
    }

    /// <inheritdoc/>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        var threads = get_num_threads();
        set_num_threads(1); // these matrices are too small for two, and another training may want the other core
        using var scope = NewDisposeScope();
        using var chance = new Generator((ulong)request.Seed);
        var network = NewNetwork(chance);
        try
        {
            new ForecasterTraining(network, _training, _validation, _options).Run(QuantileOf(request.Configuration), DecayOf(request.Configuration), request.Progress, chance, cancellation);
            return new TrainedForecaster(network, _mean, _deviation);
        }
        catch
        {
            network.Dispose();
            throw;
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <inheritdoc/>
    public void Save(ITrainedNetwork network, string path) => NetworkWeights.Save(((TrainedForecaster)network).Weights, path);

    /// <inheritdoc/>
    public ITrainedNetwork Load(string path, double lambda)
    {
        using var scope = NewDisposeScope();
        using var chance = new Generator(0); // the weights are read over
        var trained = new TrainedForecaster(NewNetwork(chance), _mean, _deviation);
        NetworkWeights.Load(trained.Weights, path);
        return trained;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _training.Dispose();
        _validation.Dispose();
    }

    // One hyperparameter is the quantile, whatever its name; of several each has its own.
    private static double QuantileOf(Configuration configuration) => configuration.Count == 1 ? configuration.Lambda : configuration[QuantileTask.Quantile.Name].Number;

    private static double DecayOf(Configuration configuration) => configuration.TryGet(Decay, out var decay) ? decay.Number : 0;

    private Sequential NewNetwork(Generator chance)
    {
        var network = nn.Sequential(
            nn.Linear(LoadSeries.Past, _options.Width), nn.SiLU(),
            nn.Linear(_options.Width, _options.Width / 2), nn.SiLU(),
            nn.Linear(_options.Width / 2, LoadSeries.Ahead));

        NetworkWeights.Draw(network.children().OfType<Linear>(), chance);
        return network;
    }

    private TensorWindows Standardised(LoadSeries.Windows windows) =>
        new(Standardised(windows.Past, _mean, _deviation), Standardised(windows.Ahead, _mean, _deviation));

    private static Tensor Standardised(Matrix values, float mean, float deviation) =>
        tensor(values.Values.ToArray(), values.Rows, values.Columns).sub_(mean).div_(deviation);

    private static (float Mean, float Deviation) MeanAndDeviation(ReadOnlySpan<float> values)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values)
        {
            sum += value;
            squares += (double)value * value;
        }

        var mean = sum / values.Length;
        return ((float)mean, (float)Math.Sqrt(squares / values.Length - mean * mean));
    }

    private sealed class TrainedForecaster(Sequential network, float mean, float deviation) : ITrainedNetwork
    {
        public IEnumerable<Parameter> Weights => network.parameters();

        public Matrix Answer(Contexts contexts, long seed)
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var q = network.call(Standardised(contexts.Conditions, mean, deviation));
            return new Matrix(contexts.Count, LoadSeries.Ahead, q.mul_(deviation).add_(mean).data<float>().ToArray());
        }

        public void Dispose() => network.Dispose();
    }
}

/// <summary>Standardised windows: past values x, shape [n, 12], and values ahead y, shape [n, 3].</summary>
internal sealed record TensorWindows(Tensor Past, Tensor Ahead) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Past.Dispose();
        Ahead.Dispose();
    }
}
