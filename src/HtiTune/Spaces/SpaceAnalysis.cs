using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>What the trainings of a space say of an objective.</summary>
internal sealed partial class SpaceAnalysis : ISpaceAnalysis
{
    private const double NoiseReach = 4.2;
    private const int Probes = 256;

    private readonly SpacePolicyOptions _options;
    private readonly PlainSettings _settings;
    private readonly RandomStreams _streams;
    private readonly SpaceCoordinates _coordinates;
    private readonly SpaceGround _ground;
    private readonly SpaceGround _goodGround;
    private readonly int[] _good;
    private readonly TrainingEnded[] _known;
    private readonly double[] _values;
    private readonly PlainBelief _plain;
    private readonly CompositeBelief? _composite;
    private readonly int _best, _tried;
    private CompositeSearch? _atRest;

    internal SpaceAnalysis(
        SpaceCoordinates coordinates, SpacePolicyOptions options, PlainSettings settings, RandomStreams streams, IReadOnlyList<TrainingEnded> trainings,
        SpaceObjective? objective, CancellationToken cancellation)
    {
        (_coordinates, _options, _settings, _streams, _tried) = (coordinates, options, settings, streams, trainings.Count);
        _known = [.. trainings.Where(t => t.Value is { } value && double.IsFinite(value))];
        _values = [.. _known.Select(t => t.Value!.Value)];
        double[][] failed = [.. trainings.Except(_known).Select(t => coordinates.Place(t.Configuration))];
        _ground = new SpaceGround(coordinates, [.. _known.Select(t => coordinates.Of(t.Configuration))], failed);
        _goodGround = _ground;
        _good = [.. Enumerable.Range(0, _known.Length)];
        (_plain, _composite, Trust) = BeliefChoice.Of(_ground, _known, objective, options, settings, streams, cancellation);
        // Of those that noise may have kept from being the best, the one of the best mean; the luckiest of many seldom gets further.
        var bar = _plain.Values.Min() + NoiseReach * _plain.NoiseDeviation;
        _best = Enumerable.Range(0, _values.Length).Where(k => _plain.Values[k] <= bar).MinBy(Known);
        Best = trainings.ToList().IndexOf(_known[_best]);
        if (_composite is not null && _good.Where(_plain.IsExtreme).ToArray() is { Length: > 0 } extreme)
        {
            // The outputs of a penalty are not believed: beside those of the others its training is one that failed.
            _good = [.. _good.Except(extreme)];
            _goodGround = new SpaceGround(
                coordinates, [.. _good.Select(k => _ground.Units[k])], [.. failed, .. extreme.Select(k => _ground.Places[k])]);
        }

        IsExhausted = !options.MayRepeat && coordinates.Listed is { } listed && trainings.Select(t => t.Configuration).ToHashSet() is var tried
            && listed.Length <= tried.Count && Array.TrueForAll(listed, u => tried.Contains(coordinates.At(u)));
        Epsilon = options.Epsilon ?? SpaceBeliefs.DefaultEpsilon(_plain, coordinates, Probes, BestLevel, streams.Stream("range"));
        NoiseDeviation = _plain.IsExact ? 0 : Math.Abs(_plain.Map.ToValue(_plain.Fitted[_best] + _plain.NoiseDeviation) - _plain.Map.ToValue(_plain.Fitted[_best]));
    }

    /// <summary>Which of the trainings is recommended among those trained.</summary>
    public int Best { get; }

    /// <summary>ε, in units of the objective.</summary>
    public double Epsilon { get; }

    /// <summary>Deviation of a training's value, in units of the objective.</summary>
    public double NoiseDeviation { get; }

    public bool IsExhausted { get; }

    /// <summary>How the belief of the values was fitted, for logs.</summary>
    internal string Note => _plain.Note;

    /// <summary>How far the outputs between the trainings are believed, 0 to 1; the values alone serve below ½, and where there are no outputs.</summary>
    public double Trust { get; }

    /// <summary>The trainings whose values are so bad beside the others that they count as bad and no more, the worst last.</summary>
    public IReadOnlyList<(Configuration Configuration, double Value)> Extreme =>
        [.. Enumerable.Range(0, _known.Length).Where(_plain.IsExtreme).OrderBy(k => _values[k]).Select(k => (_known[k].Configuration, _values[k]))];

    /// <summary>Whether beliefs are of the outputs between the trainings, rather than of the values alone.</summary>
    internal bool IsComposite => _composite is not null;

    /// <summary>Where a training may go.</summary>
    internal SpaceGround Ground => _ground;

    /// <summary>Whether a training at one place would give its value again.</summary>
    internal bool IsExact => _plain.IsExact;

    /// <summary>How many draws <see cref="Draw"/> has.</summary>
    internal int MostDraws => _composite?.Draws ?? int.MaxValue;

    /// <summary>What a draw costs beside a small one.</summary>
    internal double DrawCost => _composite?.Cost ?? 0;

    /// <summary>Draws of the objective at x, smooth in x; +∞ where it has no answer.</summary>
    /// <param name="x">The place.</param>
    /// <param name="normals">Standard normal scores of the draws of a belief by values; outputs have draws of their own.</param>
    /// <param name="values">Takes the draws, at most <see cref="MostDraws"/>.</param>
    internal void Draw(ReadOnlySpan<double> x, ReadOnlySpan<double> normals, Span<double> values)
    {
        if (_composite is { } composite)
        {
            composite.Draw(x, values);
            return;
        }

        var (mean, deviation) = _plain.At(x);
        for (var s = 0; s < values.Length; s++)
        {
            values[s] = _plain.Map.ToValue(mean + deviation * normals[s]);
        }
    }

    private double BestLevel => _plain.IsExact ? _plain.Values[_best] : _plain.Fitted[_best];

    private double BestValue => Known(_best);

    // What is known of training k without its chance.
    private double Known(int k) => _plain.IsExact ? _values[k]
        : _composite?.Mean(_ground.Places[k]) is { } mean && double.IsFinite(mean) ? mean
        : _plain.Map.ToValue(_plain.Fitted[k]);

    /// <summary>What is believed of a configuration; its value where that is known and trainings repeat.</summary>
    /// <param name="configuration">The configuration.</param>
    public SpaceBelief At(Configuration configuration)
    {
        var x = _coordinates.Place(configuration);
        for (var k = 0; _plain.IsExact && k < _known.Length; k++)
        {
            if (x.AsSpan().SequenceEqual(_plain.Places[k]))
            {
                return new SpaceBelief(_values[k], 0, _values[k], _values[k]);
            }
        }

        return _composite is { } composite ? SpaceBeliefs.Of(composite, x) : SpaceBeliefs.Of(_plain, x);
    }

    /// <summary>The mean of what is believed at x: of a training its value, where trainings repeat; +∞ where there is no answer.</summary>
    internal double MeanAt(double[] x)
    {
        var k = _plain.IsExact ? Array.FindIndex(_plain.Places, place => x.AsSpan().SequenceEqual(place)) : -1;
        return k >= 0 ? _values[k] : _composite is { } composite ? composite.Mean(x) : _plain.Map.ToValue(_plain.Mean(x));
    }

    /// <summary>Whether a training at x is likelier to succeed than not.</summary>
    internal bool IsHopeful(double[] x) => _ground.LogSuccess(x) > SpaceGround.LeastLogSuccess;

    /// <summary>Begins joint draws at some places, as <see cref="SpaceDraws"/> does.</summary>
    /// <param name="places">x, at least one.</param>
    /// <param name="name">Names the chance of values that are believed by themselves; outputs have a common one.</param>
    internal Func<Func<int, double>> Draws(double[][] places, string name) => _composite is { } composite
        ? SpaceDraws.Of(composite, places)(_streams.Stream("joint draws"))
        : SpaceDraws.Of(_plain, places)(_streams.Stream($"joint draws {name}"));

    /// <summary>The same at configurations.</summary>
    public Func<Func<int, double>> Draws(Configuration[] configurations, string name) => Draws(Array.ConvertAll(configurations, at => _coordinates.Place(at)), name);

    /// <summary>Where the posterior mean is least, trained or not.</summary>
    /// <param name="cancellation">Ends the search.</param>
    internal (Configuration Configuration, SpaceBelief Belief) BestPredicted(CancellationToken cancellation = default)
    {
        var configuration = LeastMean(cancellation) is { } least && least.Mean < BestValue ? _coordinates.At(least.U) : _known[_best].Configuration;
        return (configuration, At(configuration));
    }

    private (double[] U, double Mean)? LeastMean(CancellationToken cancellation) => _composite is { } composite ? SearchAtRest(composite, cancellation).LeastMean(false, cancellation)
        : SearchPlain([], cancellation).LeastMean(false, cancellation) is { } place ? (place.U, _plain.Map.ToValue(place.Mean)) : null;

    /// <summary>Where the objective of the expected outputs is least; the best trained configuration, unless that is better by more than a negligible share of ε.</summary>
    /// <param name="cancellation">Ends the search.</param>
    internal Configuration Expected(CancellationToken cancellation) =>
        LeastMean(cancellation) is { } least && BestValue - least.Mean > Analysis.NegligibleShare * Epsilon ? _coordinates.At(least.U) : _known[_best].Configuration;

    /// <summary>The best predicted configuration; the best trained one, unless the other is expected to be better by more than a negligible share of ε.</summary>
    /// <param name="cancellation">Ends the search.</param>
    public Configuration Recommended(CancellationToken cancellation)
    {
        var best = _known[_best].Configuration;
        var (place, belief) = BestPredicted(cancellation);
        return At(best).Mean - belief.Mean <= Analysis.NegligibleShare * Epsilon ? best : place;
    }

    /// <summary>
    /// The probability that nothing is better than the best trained configuration by more than ε, by joint draws on the places that are likeliest to be.
    /// </summary>
    /// <param name="cancellation">Ends the draws.</param>
    public SpaceJudgement Judge(CancellationToken cancellation = default) => IsExhausted && _plain.IsExact ? SpaceJudgement.Known
        : Judge(new Recommendation(_ground.Places[_best], MeanAt(_ground.Places[_best]), _plain.IsExact), cancellation);

    public (Configuration Configuration, SpaceJudgement Judgement) JudgeUntrained(CancellationToken cancellation)
    {
        var (best, judgement) = (_known[_best].Configuration, Judge(cancellation));
        if (judgement.Holds || Recommended(cancellation) is var place && place.Equals(best))
        {
            return (best, judgement);
        }

        var x = _coordinates.Place(place);
        return (place, Judge(new Recommendation(x, MeanAt(x), false, _plain.IsExact ? BestValue : double.PositiveInfinity), cancellation));
    }

    private SpaceJudgement Judge(Recommendation recommended, CancellationToken cancellation)
    {
        var certificate = new SpaceCertificate(_options, Epsilon, _streams.Fork("certificate"));
        if (_composite is { } composite)
        {
            return certificate.Of(composite, SearchAtRest(composite, cancellation), recommended, cancellation);
        }

        var search = SearchPlain([], cancellation);
        var least = search.LeastMean(false, cancellation) is { } found && _coordinates.Place(found.U) is var x && _ground.IsFree(x, []) ? x : null;
        return certificate.Of(_plain, [.. search.Places, .. least is null ? [] : (double[][])[least]], recommended, cancellation);
    }

    private CompositeSearch Search(CompositeBelief composite, double[][] waiting, CancellationToken cancellation) => new(
        _goodGround, composite, [.. _good.Select(k => _values[k])], Array.IndexOf(_good, _best), BestValue, waiting, _settings.CompositeEdge,
        _streams.Stream($"composite candidates {waiting.Length}"), cancellation);

    // Nothing is under way. Its candidates and their least mean are looked at alone: what draws on a search's chance makes one of its own.
    private CompositeSearch SearchAtRest(CompositeBelief composite, CancellationToken cancellation) => _atRest ??= Search(composite, [], cancellation);

    private PlainSearch SearchPlain(double[][] waiting, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new PlainSearch(_ground, _plain, Math.Min(BestLevel, _plain.Fitted.Min()), _best, waiting, _settings.Edge, _streams);
    }
}
