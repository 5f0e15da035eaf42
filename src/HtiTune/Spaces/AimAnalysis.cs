// Notation (less is better; J goals, of which there is one unless a front is looked for; a limit is met where its excess is at most 0)
//   f_j,s(x), v_i,s(x)   draw s of goal j and of the excess of limit i at x (SpaceAnalysis.Draw), s = 1 … S
//   F                    trainings that meet every limit;  f⁺ the least value among them;  r the reference of a front (Hypervolume), P the front of F
//   score                mean over s of gain_s · [every v_i,s ≤ 0]:  gain_s = max(0, f⁺ − f_s), of a front what f_s adds to P's hypervolume, 1 while F is empty;
//                        a few draws see no tail, so a small share of what normal laws of their moments promise is added   (Gardner et al. 2014; Daulton et al. 2020)
//   p̂                    share of joint draws in which no place that meets every limit is better than f⁺ by more than ε (SpaceCertificate)
// Each goal and each excess is judged as an objective of its own. Where the outputs serve, all are functions of the same draws of them.

using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Preferences;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>What the trainings of a space say of an aim of several features, or under constraints.</summary>
internal sealed class AimAnalysis : ISpaceAnalysis
{
    private const double LeastGainShare = 1e-3, ReferenceShare = 0.1, FrontShare = 0.01;

    private readonly Aim _aim;
    private readonly SpaceCoordinates _coordinates;
    private readonly RandomStreams _streams;
    private readonly SpacePolicyOptions _options;
    private readonly SpaceAnalysis[] _goals, _limits;
    private readonly int[] _known, _feasible;
    private readonly double[]?[] _measured;
    private readonly Configuration[] _configurations;
    private readonly double[][] _values;
    private readonly AimScore _score;
    private readonly PlainSettings _settings;
    private (double[] U, double LogGain)? _next;
    private bool _isNextKnown;

    /// <param name="coordinates">The space.</param>
    /// <param name="measures">What is measured.</param>
    /// <param name="options">How.</param>
    /// <param name="settings">How beliefs of values are fitted.</param>
    /// <param name="streams">All chance.</param>
    /// <param name="trainings">The trainings; their own values are not looked at.</param>
    /// <param name="measured">Their measures, in order; null where one has none. At least one training has all.</param>
    /// <param name="contexts">What outputs answer; null where only values serve.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal AimAnalysis(
        SpaceCoordinates coordinates, AimMeasures measures, SpacePolicyOptions options, PlainSettings settings, RandomStreams streams, IReadOnlyList<TrainingEnded> trainings,
        double[]?[] measured, Contexts? contexts, CancellationToken cancellation)
    {
        (_aim, _coordinates, _options, _settings, _streams, _measured) = (measures.Aim, coordinates, options, settings, streams, measured);
        _configurations = [.. trainings.Select(training => training.Configuration)];
        _goals = _aim.IsFront
            ? [.. _aim.Features.Select((feature, j) => Analyse(SignOf(feature.Goal), values => values[j], feature.Value, null))]
            : [Analyse(SignOf(_aim.Goal), values => _aim.Weigh(values), Weighed, options.Epsilon)];
        _limits = [.. _aim.Constraints.Select((limit, i) => Analyse(1, values => limit.Excess(values[_aim.Features.Count + i]), model => limit.Excess(limit.Feature.Value(model)), null))];
        _known = [.. Enumerable.Range(0, measured.Length).Where(k => measured[k] is not null)];
        _feasible = [.. _known.Where(k => measures.IsFeasible(measured[k]))];
        _values = [.. measured.Select(values => values is null ? [] : _aim.IsFront
            ? [.. _aim.Features.Select((feature, j) => SignOf(feature.Goal) * values[j])]
            : (double[])[SignOf(_aim.Goal) * _aim.Weigh(values)])];
        int[] front = _aim.IsFront ? [.. SpaceFront.Undominated([.. _feasible.Select(k => _values[k])]).Select(i => _feasible[i])] : [];
        _score = new AimScore(_goals, _limits, _feasible.Length == 0 ? null : _feasible.Min(k => _values[k][0]), [.. front.Select(k => _values[k])], _aim.IsFront ? ReferenceOf(front) : null, streams);
        FrontIndices = front;
        Best = _feasible.Length == 0 ? _known.MinBy(Missed) : _aim.IsFront ? front.MinBy(FromIdeal) : _feasible.MinBy(k => _values[k][0]);
        Epsilon = _aim.IsFront ? FrontShare * _score.Box : _goals[0].Epsilon;

        SpaceAnalysis Analyse(int sign, Func<double[], double> value, Func<IConditionalModel, double> judge, double? epsilon) => new(
            coordinates, options with { Epsilon = epsilon }, settings, streams,
            [.. trainings.Select((training, k) => training with { Value = measured[k] is { } values ? sign * value(values) : null })],
            contexts is null ? null : (outputs, at) => sign * judge(new OutputsModel(contexts, outputs, at)), cancellation);

        double Weighed(IConditionalModel model)
        {
            double[] values = [.. _aim.Features.Select(feature => feature.Value(model))];
            return Array.TrueForAll(values, double.IsFinite) ? _aim.Weigh(values) : double.NaN;
        }
    }

    public int Best { get; }

    public double Epsilon { get; }

    public double NoiseDeviation => _goals[0].NoiseDeviation;

    public double Trust => _goals.Concat(_limits).Min(analysis => analysis.Trust);

    public IReadOnlyList<(Configuration Configuration, double Value)> Extreme => _goals[0].Extreme;

    public Unmet? Missing => _feasible.Length == 0 ? Unmet.NothingFeasible : _aim.IsFront ? Unmet.NoSingleBest : null;

    /// <summary>Which trainings are on the known front.</summary>
    internal int[] FrontIndices { get; }

    public (Configuration Configuration, string Reason, double Gain)? Next(IReadOnlyList<Configuration> pending, CancellationToken cancellation = default)
    {
        if (Find(pending, cancellation) is not var (u, log) || Math.Exp(log) is var gain && gain < LeastGain)
        {
            return null;
        }

        return (_coordinates.At(u), _feasible.Length == 0 ? "probability of feasibility" : _aim.IsFront ? "expected hypervolume improvement" : "constrained expected improvement", gain);
    }

    public bool IsCovered => _goals[0].IsCovered;

    public bool IsExhausted => _goals[0].IsExhausted;

    public (Configuration Configuration, string Reason, double Gain)? Challenge(IReadOnlyList<Configuration> pending, CancellationToken cancellation) => _goals[0].Challenge(pending, cancellation);

    public SpaceBelief At(Configuration configuration) => _goals[0].At(configuration);

    public Func<Func<int, double>> Draws(Configuration[] configurations, string name) => _goals[0].Draws(configurations, name);

    // What meets a constraint by belief alone is no recommendation.
    public Configuration Recommended(CancellationToken cancellation) => _configurations[Best];

    public Feasibility? Feasibility(CancellationToken cancellation)
    {
        if (_limits.Length == 0)
        {
            return null;
        }

        if (_feasible.Length > 0)
        {
            var x = _coordinates.Place(_configurations[Best]);
            return new Feasibility(true, _limits.All(limit => limit.IsExact) ? 1 : _score.Feasible(x), _configurations[Best]);
        }

        return Find([], cancellation) is var (u, _)
            ? new Feasibility(false, _score.Feasible(_coordinates.Place(u)), _coordinates.At(u))
            : new Feasibility(false, 0, _configurations[Best]);
    }

    public IReadOnlyList<ParetoPoint> Front(CancellationToken cancellation)
    {
        if (!_aim.IsFront || _feasible.Length == 0)
        {
            return [];
        }

        var front = new SpaceFront(_coordinates, _goals, [.. _known.Select(k => _coordinates.Of(_configurations[k]))], _streams.Fork("front"))
        {
            IsAllowed = x => Array.TrueForAll(_limits, limit => limit.MeanAt(x) <= 0),
        };
        var points = front.Trained([.. FrontIndices.Select(k => _coordinates.Of(_configurations[k]))], cancellation);
        return [.. points.Select((point, i) => point with
        {
            Features = [.. _aim.Features.Select((_, j) => _measured[FrontIndices[i]]![j])],
            Deviations = [.. point.Deviations.Select((deviation, j) => _goals[j].IsExact ? 0 : deviation)],
            IsTrained = true,
        }).OrderBy(point => point.Features[0])];
    }

    public SpaceJudgement Judge(CancellationToken cancellation = default)
    {
        var value = _values[Best][0];
        var best = _coordinates.Place(_configurations[Best]);
        var isExact = Array.TrueForAll([.. _goals, .. _limits], analysis => analysis.IsExact);
        if (isExact && IsExhausted)
        {
            return SpaceJudgement.Known;
        }

        var search = new AimSearch(_goals[0].Ground, _score, Good(), [], 0, _streams.Fork("judge"), cancellation);
        double[][] likely = [.. search.Ranked(x => _score.LogBetter(x, value - Epsilon))];
        double[][] next = Find([], cancellation) is var (u, _) ? [_coordinates.Place(u)] : [];
        double[][] places = [.. isExact ? [] : (double[][])[best], .. next, .. likely];
        return new SpaceCertificate(_options, Epsilon, _streams.Fork("certificate")).Of(places, Begin, new Recommendation(best, value, isExact), cancellation);

        // Every goal and limit begins its draws anew, so that one draw is of the same outputs in all of them.
        Func<Func<int, double>> Begin(double[][] at)
        {
            var goal = _goals[0].Draws(at, "goal");
            Func<Func<int, double>>[] limits = [.. _limits.Select((limit, i) => limit.Draws(at, $"limit {i}"))];
            return () =>
            {
                var path = goal();
                Func<int, double>[] excess = [.. limits.Select(next => next())];
                return m => Array.TrueForAll(excess, one => one(m) <= 0) ? path(m) : double.PositiveInfinity;
            };
        }
    }

    public (Configuration Configuration, SpaceJudgement Judgement) JudgeUntrained(CancellationToken cancellation) => (_configurations[Best], Judge(cancellation));

    private double LeastGain => _feasible.Length == 0 ? 0 : LeastGainShare * Epsilon;

    private (double[] U, double LogGain)? Find(IReadOnlyList<Configuration> pending, CancellationToken cancellation)
    {
        if (pending.Count == 0 && _isNextKnown)
        {
            return _next;
        }

        var waiting = _goals[0].Ground.PlacesOf(pending);
        var edge = _score.HasOutputs ? _settings.CompositeEdge : _settings.Edge;
        var found = new AimSearch(_goals[0].Ground, _score, Good(), waiting, edge, _streams, cancellation).Largest(cancellation);
        if (pending.Count == 0)
        {
            (_next, _isNextKnown) = (found, true);
        }

        return found;
    }

    // u of the trainings near which the next is looked for, the best first.
    private double[][] Good()
    {
        IEnumerable<int> order = _feasible.Length == 0 ? _known.OrderBy(Missed)
            : _aim.IsFront ? FrontIndices.OrderBy(_ => 0).Where((_, i) => i % Math.Max(1, FrontIndices.Length / 3) == 0)
            : _feasible.OrderBy(k => _values[k][0]);
        return [.. order.Take(3).Select(k => _coordinates.Of(_configurations[k]))];
    }

    // The reference that was given; else beyond the known front by a share of the range that good values have.
    private double[] ReferenceOf(int[] front) => _aim.Reference is { } given ? [.. given.Select((value, j) => SignOf(_aim.Features[j].Goal) * value)]
        : [.. _aim.Features.Select((_, j) =>
        {
            double[] all = [.. _known.Select(k => _values[k][j]).Order()];
            var worst = front.Length == 0 ? all[^1] : front.Max(k => _values[k][j]);
            var range = Math.Max(worst - all[0], 2 * (all[all.Length / 2] - all[0]));
            return worst + ReferenceShare * Math.Max(range, 1e-9 * Math.Max(Math.Abs(worst), 1e-290));
        })];

    private double Missed(int k)
    {
        double sum = 0;
        for (var i = 0; i < _limits.Length; i++)
        {
            double Excess(int training) => Math.Max(0, _aim.Constraints[i].Excess(_measured[training]![_aim.Features.Count + i]));
            sum += Excess(k) is > 0 and var missed ? missed / _known.Max(Excess) : 0;
        }

        return sum;
    }

    private double FromIdeal(int k)
    {
        double sum = 0;
        for (var j = 0; j < _goals.Length; j++)
        {
            double low = FrontIndices.Min(one => _values[one][j]), range = FrontIndices.Max(one => _values[one][j]) - low;
            var share = range > 0 ? (_values[k][j] - low) / range : 0;
            sum += share * share;
        }

        return sum;
    }

    private static int SignOf(Goal goal) => goal == Goal.Maximize ? -1 : 1;
}
