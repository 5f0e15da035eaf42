namespace HtiTune;

/// <summary>
/// What the user wants trained next, in order. A tuner has one; its runs take from it. The queue of a study on disk is a function of its journal: what was
/// enqueued, less what was proposed from it and not broken off. A run that is replayed begins with the queue of its own beginning.
/// </summary>
internal sealed class TrainingQueue(SearchSpace space, TunerOptions options)
{
    /// <summary>The reason of a training from the queue.</summary>
    public const string Reason = "enqueued";

    private readonly List<Configuration> _waiting = [];
    private readonly List<Configuration> _addedNow = [];
    private IReadOnlyList<Configuration> _waitedBefore = [];

    /// <summary>Those that wait, the next first.</summary>
    public IReadOnlyList<Configuration> Waiting => _waiting;

    /// <summary>What this process has enqueued since the queue was last cleared.</summary>
    public IReadOnlyList<Configuration> AddedNow => _addedNow;

    /// <summary>Whether this process has cleared the queue.</summary>
    public bool IsCleared { get; private set; }

    /// <summary>Is told what was added, for the journal.</summary>
    public Action<IReadOnlyList<Configuration>>? Added { get; init; }

    /// <summary>Configurations of λ of one hyperparameter.</summary>
    /// <exception cref="ArgumentException">There is none, or one is no number of the range; the message names all that are wrong.</exception>
    public Configuration[] ConfigurationsOf(IReadOnlyList<double> lambdas)
    {
        ArgumentNullException.ThrowIfNull(lambdas);
        return Fault(lambdas, space.Line) is { } fault
            ? throw new ArgumentException($"λ to enqueue: {fault}.", nameof(lambdas))
            : [.. lambdas.Select(lambda => new Configuration(space.Label, lambda))];
    }

    /// <summary>Adds configurations that do not wait yet.</summary>
    /// <param name="configurations">The configurations.</param>
    /// <param name="isTrained">Whether one is trained already, or is under way.</param>
    /// <returns>Those that were added.</returns>
    /// <exception cref="ArgumentException">There is none, or one is not of the space; the message names all that are wrong.</exception>
    public IReadOnlyList<Configuration> Add(IReadOnlyList<Configuration> configurations, Func<Configuration, bool> isTrained)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        List<string> faults = [.. configurations.SelectMany((one, i) => OptionFaults.Of(options, space, one).Select(fault => $"[{i}] {fault}"))];
        if (configurations.Count == 0 || faults.Count > 0)
        {
            throw new ArgumentException($"To enqueue: {(faults.Count == 0 ? "the list is empty; expected at least one" : string.Join("; ", faults))}.", nameof(configurations));
        }

        Configuration[] added = [.. configurations.Select(space.Ordered).Distinct().Where(one => !_waiting.Contains(one) && !isTrained(one))];
        if (added.Length > 0)
        {
            _waiting.AddRange(added);
            _addedNow.AddRange(added);
            Added?.Invoke(added);
        }

        return added;
    }

    /// <summary>Takes one out.</summary>
    public void Remove(Configuration one) => _waiting.Remove(one);

    /// <summary>What was taken and not trained is next again.</summary>
    public void PutBack(Configuration one)
    {
        if (!_waiting.Contains(one))
        {
            _waiting.Insert(0, one);
        }
    }

    /// <summary>Stands as a journal tells.</summary>
    public void Set(IEnumerable<Configuration> configurations)
    {
        Configuration[] now = [.. configurations];
        _waiting.Clear();
        _waiting.AddRange(now);
    }

    /// <summary>Stands as a journal ends that an earlier process wrote.</summary>
    public void TakeUp(IReadOnlyList<Configuration> waiting)
    {
        _waitedBefore = waiting;
        Set(waiting);
    }

    /// <summary>Stands as before any run that is not recorded.</summary>
    public void StandAtTheEnd() => Set(_waitedBefore.Concat(_addedNow).Distinct());

    /// <summary>Takes out what waits.</summary>
    public void Clear()
    {
        Set([]);
        _addedNow.Clear();
        (_waitedBefore, IsCleared) = ([], true);
    }

    /// <summary>What is wrong with λ of a list, all in one; null where nothing is.</summary>
    public static string? Fault(IReadOnlyList<double> lambdas, ContinuousHyperparameter hyperparameter)
    {
        if (lambdas.Count == 0)
        {
            return "the list is empty; expected at least one";
        }

        var faults = lambdas.Select((lambda, i) => hyperparameter.Contains(lambda)
            ? null
            : FormattableString.Invariant($"[{i}] is {lambda:R}; expected {hyperparameter.Minimum:R} to {hyperparameter.Maximum:R}")).OfType<string>().ToList();
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
