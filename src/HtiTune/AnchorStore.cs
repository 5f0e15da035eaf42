using static System.FormattableString;

namespace HtiTune;

/// <summary>
/// Everything that trainings have brought: the networks, their answers, and the surrogate of every prefix of them. It knows no
/// objective, so it serves all of them; and the prefixes let a new objective test the surrogate one step ahead without retraining.
/// </summary>
internal sealed class AnchorStore : IDisposable
{
    /// <summary>
    /// Of anchors that were there before a run, so many are gone through one after the other, as if each had been predicted by those before it; further
    /// ones count by their values alone. Going through n of them takes n⁴ steps, and a run that makes its own trainings has fewer.
    /// </summary>
    public const int FullHistory = 64;

    private readonly List<TrainingEnded> _trainings = [];
    private readonly List<TrainingEnded> _anchors = [];
    private readonly List<ContextGroup> _groups = [];
    private readonly Func<AnchorSet, ISurrogate?, CancellationToken, ISurrogate>? _fit;
    private readonly long _answerSeed;
    private int _forgiven;
    private readonly Action<int, Exception> _fitFailed;
    private int _lastNumber;

    /// <param name="space">The hyperparameters.</param>
    /// <param name="contexts">What every network is asked as soon as it is trained; null: as many draws as the first network brings.</param>
    /// <param name="answerSeed">Seed of the draws of stochastic networks, common to all λ.</param>
    /// <param name="fit">Fits the surrogate, given that of all anchors but the last to arrive; null for none.</param>
    /// <param name="fitFailed">Is told the number of anchors and the error when a fit fails.</param>
    /// <param name="lastNumber">Numbers up to this one are not given to a training.</param>
    public AnchorStore(
        SearchSpace space, Contexts? contexts, long answerSeed, Func<AnchorSet, ISurrogate?, CancellationToken, ISurrogate>? fit, Action<int, Exception> fitFailed,
        int lastNumber = 0)
    {
        Space = space;
        _answerSeed = answerSeed;
        _fit = fit;
        _fitFailed = fitFailed;
        _lastNumber = lastNumber;
        if (contexts is not null)
        {
            _groups.Add(new ContextGroup(contexts));
        }
    }

    /// <summary>The store of a tuner, with the trainings there are.</summary>
    /// <param name="space">The hyperparameters.</param>
    /// <param name="contexts">What every network is asked; null for those of the warm start, or where the first training tells.</param>
    /// <param name="options">The tuner's.</param>
    /// <param name="streams">Chance.</param>
    /// <param name="trainings">Trainings there are; null for those of the options' warm start.</param>
    /// <param name="lastNumber">Numbers up to this one are not given to a training.</param>
    public static AnchorStore Of(
        SearchSpace space, Contexts? contexts, TunerOptions options, RandomStreams streams, IReadOnlyList<TrainingEnded>? trainings, int lastNumber)
    {
        var store = new AnchorStore(
            space, contexts ?? WarmStart.ContextsOf(options.WarmStart), streams.SeedOf("answers"),
            options.UseSurrogate ? SurrogateFitting.Of(options.SurrogateFactory, streams) : null,
            (count, error) => Log.SurrogateFailed(options.LoggerOrNone, count, error.Message), lastNumber);
        foreach (var training in trainings ?? WarmStart.Trainings(options.WarmStart, space, store.Contexts, options.IsAllowed))
        {
            store.Load(training);
        }

        return store;
    }

    /// <summary>The hyperparameters.</summary>
    public SearchSpace Space { get; }

    /// <summary>The hyperparameter, where it is one continuous one.</summary>
    public ContinuousHyperparameter Hyperparameter => Space.Line;

    /// <summary>What every network is asked as soon as it is trained; null while only a training that succeeds can tell.</summary>
    public Contexts? Contexts => _groups.Count == 0 ? null : _groups[0].Contexts;

    /// <summary>All trainings, in the order they ended.</summary>
    public IReadOnlyList<TrainingEnded> Trainings => _trainings;

    /// <summary>
    /// Trainings whose places count as tried: all, less those of runs in which every one failed. What failed everywhere says nothing of a place, and the
    /// user will have mended something before a further run.
    /// </summary>
    public IEnumerable<TrainingEnded> Attempts => _trainings.Skip(_forgiven);

    /// <summary>The completed ones, in the order they arrived.</summary>
    public IReadOnlyList<TrainingEnded> Anchors => _anchors;

    /// <summary>The largest number of a training, of one that was taken back too; 0 without one.</summary>
    public int LastNumber => Math.Max(_lastNumber, _trainings.Count == 0 ? 0 : _trainings.Max(t => t.Number));

    /// <summary>Numbers up to this one are not given to a training.</summary>
    public void Reserve(int lastNumber) => _lastNumber = Math.Max(_lastNumber, lastNumber);

    public bool IsDisposed { get; private set; }

    /// <summary>Begins a run: what failed in vain before it is tried anew.</summary>
    public void Begin() => _forgiven = InVain(_trainings, IsBrought) > 0 ? _trainings.TakeWhile(t => t.State != TrialState.Completed).Count() : 0;

    /// <summary>
    /// How many trainings failed in vain: those before the first success, once they are so many that a run ends by it. What trains was wrong, and was
    /// mended. Neither a cancelled training counts nor one that was made elsewhere.
    /// </summary>
    /// <param name="trainings">Trainings, in the order they ended.</param>
    /// <param name="isBrought">Tells by its number whether a training was made elsewhere.</param>
    public static int InVain(IEnumerable<TrainingEnded> trainings, Func<int, bool> isBrought) =>
        trainings.TakeWhile(t => t.State != TrialState.Completed).Count(t => t.State == TrialState.Failed && !isBrought(t.Number)) is var failed and >= RunCourse.HopelessTrainings
            ? failed
            : 0;

    /// <summary>Ends fits, and whoever judges by them; nothing of what was ended is kept.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Tells by its number whether a training was made elsewhere: by no run of the tuner.</summary>
    public Func<int, bool> IsBrought { get; set; } = _ => false;

    /// <summary>Is told what a network answered to other contexts than the stored ones.</summary>
    public Action<TrainingEnded, Samples>? OthersAnswered { get; set; }

    /// <summary>Asks a fresh network its contexts and keeps both. Whatever is wrong with the answers is thrown, and nothing is kept.</summary>
    public void Add(TrainingEnded training)
    {
        var network = training.Network!;
        var contexts = Contexts ?? DrawsOf(network);
        var samples = new Samples(network.Answer(contexts, _answerSeed), contexts);
        if (_anchors.Count > 0 && samples.Dimension != _groups[0].Samples[0].Dimension)
        {
            throw new InvalidOperationException(
                Invariant($"The network answered with {samples.Dimension} output columns; expected {_groups[0].Samples[0].Dimension}, as at {Space.TextOf(_anchors[0].Configuration)}."));
        }

        if (_groups.Count == 0)
        {
            _groups.Add(new ContextGroup(contexts));
        }

        _groups[0].Samples.Add(samples);
        var anchor = training with { Anchor = _anchors.Count };
        _anchors.Add(anchor);
        _trainings.Add(anchor);
    }

    /// <summary>Keeps the record of a training that brought no network.</summary>
    public void AddFailed(TrainingEnded training) => _trainings.Add(training);

    /// <summary>Takes a training as it was recorded.</summary>
    public TrainingEnded Load(TrainingEnded training)
    {
        if (training.State == TrialState.Completed)
        {
            Add(training);
        }
        else
        {
            AddFailed(training);
        }

        return _trainings[^1];
    }

    /// <summary>
    /// Takes back all but the first trainings. Their networks are the caller's; those that come in their place must be the same in the same
    /// order, for the surrogates of all prefixes stay.
    /// </summary>
    public void Rewind(int count)
    {
        _trainings.RemoveRange(count, _trainings.Count - count);
        var anchors = _trainings.Count(t => t.State == TrialState.Completed);
        _anchors.RemoveRange(anchors, _anchors.Count - anchors);
        if (_groups.Count > 0)
        {
            _groups[0].Samples.RemoveRange(anchors, _groups[0].Samples.Count - anchors);
        }
    }

    /// <summary>The answers of an anchor; other contexts than the stored ones are asked once, and kept too.</summary>
    public Samples Samples(int anchor, Contexts contexts)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, typeof(Tuner));
        var group = Group(contexts);
        for (var i = group.Samples.Count; i <= anchor; i++)
        {
            var samples = new Samples(_anchors[i].Network!.Answer(group.Contexts, _answerSeed), group.Contexts);
            group.Samples.Add(samples);
            OthersAnswered?.Invoke(_anchors[i], samples);
        }

        return group.Samples[anchor];
    }

    /// <summary>The surrogate of the first anchors for some contexts; null where there are less than two, or it cannot be fitted.</summary>
    public ISurrogate? Surrogate(int count, Contexts? contexts = null)
    {
        if (_fit is null || !Space.IsLine || count < 2 || _anchors.Take(count).Select(a => a.Lambda).Distinct().Count() < 2)
        {
            return null;
        }

        var group = contexts is null ? _groups[0] : Group(contexts);
        if (!group.Surrogates.TryGetValue(count, out var surrogate))
        {
            try
            {
                // Always from the prefix before, whoever asks first: what a surrogate is depends on the anchors' order alone. Of many that came at
                // once, no prefix is asked for: they are fitted together.
                var isOfMany = count > FullHistory && _anchors.Take(count).All(anchor => IsBrought(anchor.Number));
                surrogate = ScaledSurrogate.Fit(Set(count, group.Contexts), (anchors, before) => _fit(anchors, before, Cancellation), isOfMany ? null : Surrogate(count - 1, group.Contexts));
            }
            catch (Exception error) when (error is not OutOfMemoryException && !Cancellation.IsCancellationRequested)
            {
                _fitFailed(count, error);
            }

            group.Surrogates[count] = surrogate;
        }

        return surrogate;
    }

    /// <summary>The first anchors with their answers, of one continuous hyperparameter ascending in λ; replicates as one.</summary>
    public AnchorSet Set(int count, Contexts? contexts = null) => new(
        Space, Replicates.Pool(Enumerable.Range(0, count).Select(i => (_anchors[i].Configuration, Samples(i, contexts ?? _groups[0].Contexts))), Space.IsLine));

    /// <summary>λ with the hyperparameter's name.</summary>
    public Configuration ConfigurationOf(double lambda) => new(Hyperparameter.Name, lambda);

    /// <summary>The place of a configuration on the unit scale; ½ where there is no line.</summary>
    public double PlaceOf(Configuration configuration) => Space.PlaceOf(configuration);

    /// <summary>λ at a place in the range: exactly an anchor's where one is.</summary>
    public double LambdaAt(double u)
    {
        foreach (var anchor in _anchors)
        {
            if (anchor.U == u)
            {
                return anchor.Lambda;
            }
        }

        return Hyperparameter.FromUnit(u);
    }

    public void Dispose()
    {
        if (IsDisposed)
        {
            return;
        }

        IsDisposed = true;
        foreach (var disposable in _groups.SelectMany(g => g.Surrogates.Values).OfType<IDisposable>())
        {
            disposable.Dispose();
        }

        foreach (var anchor in _anchors)
        {
            anchor.Network!.Dispose();
        }
    }

    private static Contexts DrawsOf(ITrainedNetwork network) => network.Rows switch
    {
        null => throw new InvalidOperationException(
            "The network answers contexts, and the tuner was made without; expected contexts, or networks that say how many rows they bring."),
        < 1 => throw new InvalidOperationException($"The network brings {network.Rows} rows of outputs; expected at least one."),
        { } rows => Contexts.None(rows),
    };

    private ContextGroup Group(Contexts contexts)
    {
        foreach (var known in _groups)
        {
            if (known.Contexts.SameAs(contexts))
            {
                return known;
            }
        }

        var group = new ContextGroup(contexts);
        _groups.Add(group);
        return group;
    }

    /// <summary>Answers to one set of contexts, by anchor, and the surrogates of their prefixes.</summary>
    private sealed class ContextGroup(Contexts contexts)
    {
        public Contexts Contexts { get; } = contexts;

        public List<Samples> Samples { get; } = [];

        public Dictionary<int, ISurrogate?> Surrogates { get; } = [];
    }
}
