using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune;

// The queue of a study on disk is a function of its journal: what was enqueued, less what was proposed from it and not broken off. A run that is
// replayed begins with the queue of its own beginning.
public sealed partial class Tuner
{
    private readonly TrainingQueue _queue;
    private readonly List<Configuration> _enqueuedNow = [];
    private IReadOnlyList<Configuration> _enqueuedBefore = [];
    private bool _isCleared;

    /// <summary>What waits.</summary>
    internal TrainingQueue Queue => _queue;

    /// <summary>Configurations that wait to be trained next, in this order.</summary>
    public IReadOnlyList<Configuration> Waiting => [.. _queue.Waiting.Where(one => !IsTrained(one))];

    /// <summary>The short form of <see cref="Waiting"/> where one continuous hyperparameter is tuned: λ, in its own units.</summary>
    public IReadOnlyList<double> Enqueued => [.. Waiting.Select(one => one.Lambda)];

    /// <summary>
    /// Has λ of one's own choice trained next, by the run that goes on or by the next one, in this order: before the first places and before what the
    /// model would choose. They count against the budget; what the budget leaves waits for the next run. A study on disk keeps them.
    /// </summary>
    /// <param name="lambdas">λ in the range, in the hyperparameter's own units; at least one.</param>
    /// <returns>Those that were added: a λ that is trained already or enqueued is left out, so that a program may say it each time it is started.</returns>
    /// <exception cref="ArgumentException">One is not in the range, or the list is empty; the message names all that are wrong.</exception>
    /// <exception cref="IOException">The study's folder could not be written; the λ wait all the same.</exception>
    public IReadOnlyList<double> Enqueue(params double[] lambdas) => [.. Enqueue(_queue.ConfigurationsOf(lambdas)).Select(one => one.Lambda)];

    /// <summary><see cref="Enqueue(double[])"/> of any search space.</summary>
    /// <param name="configurations">Configurations of the space; at least one.</param>
    /// <returns>Those that were added: what is trained already or enqueued is left out.</returns>
    /// <exception cref="ArgumentException">One is not of the space, or the list is empty; the message names all that are wrong.</exception>
    /// <exception cref="IOException">The study's folder could not be written; they wait all the same.</exception>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations)
    {
        ObjectDisposedException.ThrowIf(_store.IsDisposed, this);
        return _run is { } run ? run.Enqueue(configurations) : _queue.Add(configurations, IsTrained);
    }

    /// <summary>Takes out what waits to be trained next. A training that was begun already goes on.</summary>
    /// <returns>What was taken out, in its order.</returns>
    /// <exception cref="IOException">The study's folder could not be written; nothing waits all the same.</exception>
    public IReadOnlyList<double> ClearEnqueued() => [.. ClearWaiting().Select(one => one.Lambda)];

    /// <summary><see cref="ClearEnqueued"/> of any search space.</summary>
    /// <returns>What was taken out, in its order.</returns>
    /// <exception cref="IOException">The study's folder could not be written; nothing waits all the same.</exception>
    public IReadOnlyList<Configuration> ClearWaiting()
    {
        ObjectDisposedException.ThrowIf(_store.IsDisposed, this);
        var waiting = Waiting;
        _queue.Set([]);
        _enqueuedNow.Clear();
        (_enqueuedBefore, _isCleared) = ([], true);
        if (waiting.Count > 0)
        {
            _recorder?.Write(new QueueCleared());
        }

        return waiting;
    }

    private void TakeNote(IReadOnlyList<Configuration> added)
    {
        _enqueuedNow.AddRange(added);
        _recorder?.Write(new TrainingsEnqueued(added));
    }

    /// <summary>What waits for a run that is not recorded.</summary>
    private IEnumerable<Configuration> WaitingInTheEnd() => _enqueuedBefore.Concat(_enqueuedNow).Distinct();

    private bool IsTrained(Configuration one) => _store.Trainings.Concat(_later).Any(t => t.State == TrialState.Completed && t.Configuration.Equals(one));

    /// <summary>Whether something was enqueued after a run had ended of its own accord: then another run is wanted.</summary>
    private bool IsMoreWanted(RecordedRun run) => run.IsEnded && (run.IsEnqueuedAfter || _enqueuedNow.Count > 0) && Waiting.Count > 0;
}
