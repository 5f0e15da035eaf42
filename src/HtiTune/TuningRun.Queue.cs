using HtiTune.Data;

namespace HtiTune;

// Before anything that the tuner chooses comes what the user wants: what was enqueued, then the λ of TunerOptions.StartLambdas that were not tried yet.
public sealed partial class TuningRun
{
    private readonly TrainingQueue _queue;
    private readonly Queue<Configuration> _start;
    private readonly List<Configuration> _wanted = [];

    /// <summary>Configurations that wait to be trained next, in this order.</summary>
    public IReadOnlyList<Configuration> Waiting => [.. _queue.Waiting.Where(one => !IsTrained(one))];

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
    /// <returns>Those that were added: what is trained already, under way or enqueued is left out.</returns>
    /// <exception cref="ArgumentException">One is not of the space, or the list is empty; the message names all that are wrong.</exception>
    /// <exception cref="IOException">The study's folder could not be written; they wait all the same.</exception>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations)
    {
        ThrowIfEnded();
        try
        {
            return _queue.Add(configurations, IsTrained);
        }
        finally
        {
            GoOnWithQueue();
        }
    }

    /// <summary>What the journal tells was enqueued; null where what waited was taken out.</summary>
    internal void ReplayQueue(IEnumerable<Configuration>? enqueued)
    {
        _queue.Set(enqueued is null ? [] : _queue.Waiting.Concat(enqueued));
        GoOnWithQueue();
    }

    /// <summary>Takes λ from the start list that were tried already off it.</summary>
    private Queue<Configuration> StartList() =>
        new(_options.StartLambdas?.Select(_store.ConfigurationOf).Where(one => !_store.Attempts.Any(t => t.State != TrialState.Cancelled && t.Configuration.Equals(one))) ?? []);

    private bool IsTrained(Configuration one) => _store.Anchors.Any(a => a.Configuration.Equals(one)) || _pending.Exists(p => p.Proposal.Configuration.Equals(one));

    private void GoOnWithQueue()
    {
        if (_stop is not StopReason.Cancelled && Waiting.Count > 0)
        {
            _stop = null;
        }
    }

    /// <summary>What the user wants next; null without anything.</summary>
    private Configuration? Wanted()
    {
        while (_start.TryPeek(out var first) && IsTrained(first))
        {
            _start.Dequeue();
        }

        return Waiting is [var next, ..] ? next : _start.TryPeek(out var listed) ? listed : null;
    }

    /// <summary>Proposes it; it stays the next where there is no time for it.</summary>
    private Proposal? ProposeWanted(Configuration wanted)
    {
        var proposal = Propose(wanted, TrainingQueue.Reason, null);
        if (proposal is not null)
        {
            _wanted.Add(wanted);
            _queue.Remove(wanted);
            if (_start.TryPeek(out var listed) && listed.Equals(wanted))
            {
                _start.Dequeue();
            }
        }

        return proposal;
    }

    /// <summary>The next of the first places, unless the user has had it trained.</summary>
    private bool TryInitial(out (Configuration Configuration, string Reason) place)
    {
        while (_initial.TryDequeue(out place))
        {
            var first = place.Configuration;
            if (!_wanted.Exists(wanted => _policy.IsSamePlace(first, wanted)))
            {
                return true;
            }
        }

        return false;
    }
}
