using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

/// <summary>A classifier of points in the plane, trained against attacks of radius λ: two hidden layers, one logit.</summary>
/// <remarks>
/// All chance of a training comes from its seed, and is the same for every λ: first weights and the starts of the attacks. Neighbouring λ therefore
/// give neighbouring networks, which is what makes their outputs' trajectories learnable. Trainings may run side by side.
/// </remarks>
internal sealed class RobustClassifier : IPersistentNetwork, IDisposable
{
    private readonly ClassifierOptions _options;
    private readonly Tensor _x, _y;

    /// <summary>Takes the training points.</summary>
    /// <param name="points">The points.</param>
    /// <param name="options">Size and length of the training.</param>
    public RobustClassifier(WavyBorder points, ClassifierOptions options)
    {
        _options = options;
        _x = Points(points.X);
        _y = tensor(points.Labels.Select(label => (float)label).ToArray(), points.Labels.Length, 1);
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
            AdversarialTraining.Run(network, _x, _y, _options, request, chance, cancellation);
            return new Trained(network);
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
    public void Save(ITrainedNetwork network, string path) => ((Trained)network).Network.save(path);

    /// <inheritdoc/>
    public ITrainedNetwork Load(string path, double lambda)
    {
        using var scope = NewDisposeScope();
        using var chance = new Generator(0); // these weights are overwritten
        var network = NewNetwork(chance);
        network.load(path);
        return new Trained(network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _x.Dispose();
        _y.Dispose();
    }

    private Sequential NewNetwork(Generator chance)
    {
        var network = nn.Sequential(
            nn.Linear(2, _options.Width), nn.SiLU(), nn.Linear(_options.Width, _options.Width), nn.SiLU(), nn.Linear(_options.Width, 1));
        NetworkWeights.Draw(network.children().OfType<Linear>(), chance);
        return network;
    }

    private static Tensor Points(Matrix x) => tensor(x.Values.ToArray(), x.Rows, x.Columns);

    private sealed class Trained(Sequential network) : ITrainedNetwork
    {
        public Sequential Network => network;

        public Matrix Answer(Contexts contexts, long seed)
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            return new Matrix(contexts.Count, 1, network.call(Points(contexts.Conditions)).data<float>().ToArray());
        }

        public void Dispose() => network.Dispose();
    }
}
