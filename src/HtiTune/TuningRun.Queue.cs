namespace HtiTune;

// Before anything that the tuner chooses come the λ that the user wants: those enqueued, then those of TunerOptions.StartLambdas that were not tried yet.
public sealed partial class TuningRun
{
    private readonly TrainingQueue _queue;
    private readonly Queue<double> _start;
    private readonly List<double> _wanted = [];

    /// <summary>λ that wait to be trained next, in this order.</summary>
    public IReadOnlyList<double> Enqueued => [.. _queue.Waiting.Where(lambda => !IsTrained(lambda))];

    /// <summary>
    /// Has λ of one's own choice trained next, in this order, before the first places and before what the model would choose. They count against the
    /// budget. A run that wanted to end goes on, if its budget and its time allow.
    /// </summary>
    /// <param name="lambdas">λ in the range, in the hyperparameter's own units; at least one.</param>
    /// <returns>Those that were added: a λ that is trained already, under way or enqueued is left out.</returns>
    /// <exception cref="ArgumentException">One is not in the range, or the list is empty; the message names all that are wrong.</exception>
    /// <exception cref="IOException">The study's folder could not be written; the λ wait all the same.</exception>
    public IReadOnlyList<double> Enqueue(params double[] lambdas)
    {
        ThrowIfEnded();
        try
        {
            return _queue.Add(lambdas, IsTrained);
        }
        finally
        {
            GoOnWithQueue();
        }
    }

    /// <summary>What the journal tells was enqueued; null where what waited was taken out.</summary>
    internal void ReplayQueue(IEnumerable<double>? lambdas)
    {
        _queue.Set(lambdas is null ? [] : _queue.Waiting.Concat(lambdas));
        GoOnWithQueue();
    }

    /// <summary>Takes λ from the start list that were tried already off it.</summary>
    private Queue<double> StartList() =>
        new(_options.StartLambdas?.Where(lambda => !_store.Attempts.Any(t => t.State != TrialState.Cancelled && t.Lambda == lambda)) ?? []);

    private bool IsTrained(double lambda) => _store.Anchors.Any(a => a.Lambda == lambda) || _pending.Exists(p => p.Proposal.Lambda == lambda);

    private void GoOnWithQueue()
    {
        if (_stop is not StopReason.Cancelled && Enqueued.Count > 0)
        {
            _stop = null;
        }
    }

    /// <summary>The next λ that the user wants; null without one.</summary>
    private double? Wanted()
    {
        while (_start.TryPeek(out var first) && IsTrained(first))
        {
            _start.Dequeue();
        }

        return Enqueued is [var next, ..] ? next : _start.TryPeek(out var listed) ? listed : null;
    }

    /// <summary>Proposes it; it stays the next where there is no time for it.</summary>
    private Proposal? ProposeWanted(double lambda)
    {
        var proposal = Propose(_store.Hyperparameter.ToUnit(lambda), lambda, TrainingQueue.Reason, null);
        if (proposal is not null)
        {
            _wanted.Add(_store.Hyperparameter.ToUnit(lambda));
            _queue.Remove(lambda);
            if (_start.TryPeek(out var listed) && listed == lambda)
            {
                _start.Dequeue();
            }
        }

        return proposal;
    }

    /// <summary>The next of the first places, unless the user has had it trained.</summary>
    private bool TryInitial(out (double U, double Lambda, string Reason) place)
    {
        while (_initial.TryDequeue(out place))
        {
            var u = place.U;
            if (!_wanted.Exists(w => Math.Abs(w - u) < Analysis.LeastSeparation))
            {
                return true;
            }
        }

        return false;
    }
}
