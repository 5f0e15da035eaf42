namespace HtiTune;

/// <summary>
/// What a run trains before a model chooses: what the user has enqueued, then the λ of <see cref="TunerOptions.StartLambdas"/> that were not tried yet, then the
/// policy's first places.
/// </summary>
internal sealed class FirstPlaces
{
    private readonly TrainingQueue _queue;
    private readonly AnchorStore _store;
    private readonly PendingTrainings _pending;
    private readonly RunPolicy _policy;
    private readonly Queue<Configuration> _start;
    private readonly Queue<(Configuration Configuration, string Reason)> _initial;
    private readonly List<Configuration> _wanted = [];

    /// <param name="queue">What the user has enqueued.</param>
    /// <param name="store">The trainings so far.</param>
    /// <param name="pending">Those under way.</param>
    /// <param name="policy">Tells the first places.</param>
    /// <param name="options">Tell the start list.</param>
    public FirstPlaces(TrainingQueue queue, AnchorStore store, PendingTrainings pending, RunPolicy policy, TunerOptions options)
    {
        (_queue, _store, _pending, _policy) = (queue, store, pending, policy);
        _start = new(options.StartLambdas?.Select(store.ConfigurationOf)
            .Where(one => !store.Attempts.Any(t => t.State != TrialState.Cancelled && t.Configuration.Equals(one))) ?? []);
        _initial = new(policy.InitialPlaces([.. Waiting.Concat(_start).Distinct()]));
    }

    /// <summary>What waits in the queue and is not trained yet.</summary>
    public IReadOnlyList<Configuration> Waiting => [.. _queue.Waiting.Where(one => !IsTrained(one))];

    /// <summary>Whether no first place of the policy is left.</summary>
    public bool AreProposed => _initial.Count == 0;

    /// <summary>What the user wants next; null without anything.</summary>
    public Configuration? Wanted()
    {
        while (_start.TryPeek(out var first) && IsTrained(first))
        {
            _start.Dequeue();
        }

        return Waiting is [var next, ..] ? next : _start.TryPeek(out var listed) ? listed : null;
    }

    /// <summary>Takes note that what the user wants was proposed.</summary>
    public void Proposed(Configuration wanted)
    {
        _wanted.Add(wanted);
        _queue.Remove(wanted);
        if (_start.TryPeek(out var listed) && listed.Equals(wanted))
        {
            _start.Dequeue();
        }
    }

    /// <summary>The next of the policy's first places, unless the user has had it trained.</summary>
    public bool TryInitial(out (Configuration Configuration, string Reason) place)
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

    /// <summary>Whether a configuration is trained, or under way.</summary>
    public bool IsTrained(Configuration one) => _store.Anchors.Any(a => a.Configuration.Equals(one)) || _pending.IsAt(one);
}
