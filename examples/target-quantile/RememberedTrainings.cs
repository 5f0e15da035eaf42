using HtiTune;
using HtiTune.Data;

/// <summary>
/// A network whose trainings are remembered: the same λ and seed are trained once. Only the comparison with the plain Gaussian process
/// needs this, to save its time; each tuner still counts every training. For one thread at a time.
/// </summary>
/// <param name="network">The network that trains.</param>
/// <param name="clock">Times the trainings.</param>
internal sealed class RememberedTrainings(INetwork network, TimeProvider clock) : INetwork, IDisposable
{
    private readonly Dictionary<(double Lambda, long Seed), (ITrainedNetwork Network, TimeSpan Took)> _trained = new();

    /// <summary>Trainings really run.</summary>
    public int Count => _trained.Count;

    /// <summary>Time that remembered trainings would have taken again.</summary>
    public TimeSpan Saved { get; private set; }

    /// <inheritdoc/>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        var key = (request.Lambda, request.Seed);
        if (!_trained.TryGetValue(key, out var trained))
        {
            var start = clock.GetTimestamp();
            trained = (network.Train(request, cancellation), clock.GetElapsedTime(start));
            _trained[key] = trained;
        }
        else
        {
            Saved += trained.Took;
        }

        return new Lent(trained.Network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (trained, _) in _trained.Values)
        {
            trained.Dispose();
        }
    }

    // A tuner disposes the networks it was given; these live on for the next tuner.
    private sealed class Lent(ITrainedNetwork network) : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed) => network.Answer(contexts, seed);

        public void Dispose()
        {
        }
    }
}
