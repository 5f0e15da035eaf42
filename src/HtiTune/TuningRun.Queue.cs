namespace HtiTune;

// What the user has enqueued comes before anything that the tuner chooses.
public sealed partial class TuningRun
{
    /// <summary>Configurations that wait to be trained next, in this order.</summary>
    public IReadOnlyList<Configuration> Waiting => _first.Waiting;

    /// <summary>The short form of <see cref="Waiting"/> where one continuous hyperparameter is tuned: λ, in its own units.</summary>
    public IReadOnlyList<double> Enqueued => [.. Waiting.Select(one => one.Lambda)];

    /// <summary>
    /// Has λ of one's own choice trained next, in this order, before the first places and before what the model would choose. They count against the
    /// budget. A run that wanted to end goes on, if its budget and its time allow.
    /// </summary>
    /// <param name="lambdas">λ in the range, in the hyperparameter's own units; at least one.</param>
    /// <returns>Those that were added: a λ that is trained already, under way or enqueued is left out.</returns>
    /// <exception cref="ArgumentException">One is not in the range, or the list is empty; the message names all that are wrong.</exception>
    /// <exception cref="IOException">The study's folder could not be written; the λ wait all the same.</exception>
    public IReadOnlyList<double> Enqueue(params double[] lambdas) => [.. Enqueue(_queue.ConfigurationsOf(lambdas)).Select(one => one.Lambda)];

    /// <summary><see cref="Enqueue(double[])"/> of any search space.</summary>
    /// <param name="configurations">Configurations of the space; at least one.</param>
    /// <inheritdoc cref="Enqueue(double[])"/>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations)
    {
        ThrowIfEnded();
        try
        {
            return _queue.Add(configurations, _first.IsTrained);
        }
        finally
        {
            _course.GoOnWithQueue();
        }
    }
}
