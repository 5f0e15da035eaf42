using HtiTune;

/// <summary>
/// The objectives by real trainings at many λ, evenly on the hyperparameter's scale: what recommendations are judged by. Regret is told in
/// parts of the gap, the median of the values minus the least.
/// </summary>
/// <remarks>The networks of the sweep are held until this is disposed; a λ off the sweep is trained when it is asked for.</remarks>
internal sealed class TrueCurve : IDisposable
{
    private readonly TunedTask _task;
    private readonly long _seed;
    private readonly CancellationToken _cancellation;
    private readonly SortedDictionary<double, RealNetwork> _networks = [];
    private readonly Dictionary<NamedObjective, IReadOnlyList<(double Lambda, double Value)>> _curves = [];
    private readonly double[] _sweep;

    /// <summary>Trains at evenly spaced λ.</summary>
    /// <param name="task">The task.</param>
    /// <param name="count">Number of λ.</param>
    /// <param name="seed">The tuner's seed, so that both train the same networks.</param>
    /// <param name="cancellation">Ends a training early.</param>
    public TrueCurve(TunedTask task, int count, long seed, CancellationToken cancellation)
    {
        (_task, _seed, _cancellation, _sweep) = (task, seed, cancellation, task.Even(count));
        foreach (var lambda in _sweep)
        {
            _ = Network(lambda);
        }
    }

    /// <summary>The objective at every λ of the sweep, ascending.</summary>
    /// <param name="objective">The objective.</param>
    public IReadOnlyList<(double Lambda, double Value)> Of(NamedObjective objective)
    {
        if (!_curves.TryGetValue(objective, out var curve))
        {
            curve = [.. _sweep.Select(lambda => (lambda, objective.Value(Network(lambda))))];
            _curves.Add(objective, curve);
        }

        return curve;
    }

    /// <summary>The objective of the real network at one λ.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="lambda">λ.</param>
    public double At(NamedObjective objective, double lambda) => objective.Value(Network(lambda));

    /// <summary>The best λ of the sweep.</summary>
    /// <param name="objective">The objective.</param>
    public (double Lambda, double Value) Best(NamedObjective objective) =>
        _task.Options.Goal == Goal.Minimize ? Of(objective).MinBy(point => point.Value) : Of(objective).MaxBy(point => point.Value);

    /// <summary>How much worse λ is than the best of the sweep, in parts of the gap; below 0 where it is better.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="lambda">λ.</param>
    public double Regret(NamedObjective objective, double lambda)
    {
        var gap = Fidelity.Median(Of(objective).Select(point => point.Value)) - Best(objective).Value;
        return (At(objective, lambda) - Best(objective).Value) / gap;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var network in _networks.Values)
        {
            network.Dispose();
        }
    }

    private RealNetwork Network(double lambda)
    {
        if (!_networks.TryGetValue(lambda, out var network))
        {
            network = _task.Train(lambda, _seed, _cancellation);
            _networks.Add(lambda, network);
        }

        return network;
    }
}
