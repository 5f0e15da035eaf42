namespace HtiTune;

/// <summary>The trainings of a run that were proposed and have not been told, in order: their numbers and seeds, and in whose hands they are.</summary>
internal sealed class PendingTrainings(AnchorStore store, TunerOptions options, RandomStreams streams, ILogger logger, RunRecorder? recorder)
{
    private readonly List<TrainingRequest> _pending = [];

    public int Count => _pending.Count;

    /// <summary>The oldest of those that are in nobody's hands; null where all are out.</summary>
    public TrainingRequest? NotOut => _pending.Find(p => !p.IsOut);

    public TrainingRequest Oldest => _pending[0];

    /// <summary>Whether one is of the first places, before a model chooses.</summary>
    public bool HasInitial => _pending.Exists(p => p.IsInitial);

    public IReadOnlyList<TrainingRequest> Proposals => [.. _pending];

    /// <summary>Those in the caller's hands.</summary>
    public IReadOnlyList<TrainingRequest> Out => [.. _pending.Where(p => p.IsOut)];

    public IReadOnlyList<Configuration> Places => [.. _pending.Select(p => p.Configuration)];

    public bool IsAt(Configuration configuration) => _pending.Exists(p => p.Configuration.Equals(configuration));

    public bool Has(TrainingRequest proposal) => _pending.Exists(p => ReferenceEquals(p, proposal));

    /// <summary>The configuration of the one with a number; null where none has it.</summary>
    public Configuration? PlaceOf(int number) => _pending.Find(p => p.Number == number)?.Configuration;

    /// <summary>One by its proposal.</summary>
    /// <exception cref="ArgumentException">It is not pending.</exception>
    public TrainingRequest Require(TrainingRequest proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return _pending.Find(p => ReferenceEquals(p, proposal))
            ?? throw new ArgumentException($"Proposal {proposal.Number} is not one that is pending; tell each proposal once.", nameof(proposal));
    }

    /// <summary>Adds a training, with the next number and the seed of its place.</summary>
    public TrainingRequest Add(Configuration configuration, string reason, double? gain, bool isInitial)
    {
        var number = Math.Max(store.LastNumber, _pending.Count == 0 ? 0 : _pending.Max(p => p.Number)) + 1;
        var pending = new TrainingRequest(configuration, SeedAt(configuration))
        {
            Number = number,
            Reason = reason,
            ExpectedGain = gain,
            U = store.PlaceOf(configuration),
            IsInitial = isInitial,
            Since = options.TimeProvider.GetTimestamp(),
            IsStarted = true,
        };
        _pending.Add(pending);
        return pending;
    }

    /// <summary>Gives one into the caller's hands.</summary>
    public TrainingRequest HandOut(TrainingRequest pending)
    {
        if (!pending.IsStarted)
        {
            // A process that ended had begun it.
            Log.Training(logger, pending.Number, Log.Shown(pending.Configuration), pending.Reason);
            (pending.IsStarted, pending.Before) = (true, null);
            pending.Since = options.TimeProvider.GetTimestamp();
            recorder?.Started(pending);
        }

        pending.IsOut = true;
        return pending;
    }

    /// <summary>Takes out one that has ended.</summary>
    public TrainingEnded End(TrainingRequest proposal, TrialState state, string? error)
    {
        var pending = Require(proposal);
        _pending.RemoveAll(p => ReferenceEquals(p, pending));

        // What an earlier process had handed out, and nobody has again, took its time from there.
        var duration = pending.Before is { } before
            ? TimeSpan.FromTicks(Math.Max(0, (options.TimeProvider.GetUtcNow() - before).Ticks))
            : options.TimeProvider.GetElapsedTime(pending.Since);
        return new TrainingEnded(proposal.Number, proposal.Configuration, proposal.Reason, duration) { U = pending.U, State = state, Error = error };
    }

    /// <summary>Takes out the one with a number, which a recorded training takes the place of.</summary>
    public void Remove(int number) => _pending.RemoveAll(p => p.Number == number);

    /// <summary>What a replay has come to is in nobody's hands here.</summary>
    /// <param name="handedOut">When an earlier process had handed out each, by its number.</param>
    public void GoOn(IReadOnlyDictionary<int, DateTimeOffset> handedOut) =>
        _pending.ForEach(p => (p.IsOut, p.IsStarted, p.Before) = (false, false, handedOut.TryGetValue(p.Number, out var at) ? at : null));

    // One seed for all λ, so that outputs move smoothly with λ; another for the second training at a λ, again the same for all, and so on.
    private long SeedAt(Configuration configuration)
    {
        var before = store.Anchors.Count(a => a.Configuration.Equals(configuration)) + _pending.Count(p => p.Configuration.Equals(configuration));
        return streams.SeedOf(before == 0 ? "training" : $"training {before + 1}");
    }
}
