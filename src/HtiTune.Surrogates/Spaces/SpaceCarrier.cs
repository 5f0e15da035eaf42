// Notation
//   y_i(λ_k)   outputs of row i at anchor k, standardised; f_k(x) those that the network of contexts gives in a context x
//   rows of anchor s go to anchor k
//     without continuous conditions     as the nearest stored row of their category moves (NearestCarrier)
//     answers, one a context            y + f_k(x) − f_s(x), or by kernel ridge (ContextRidge), or the mean of both
//     draws with continuous conditions  by affine maps between the laws in their context (AffineCarrier)
// Where a method carries the rows of one anchor (SpaceState.IsCarried), or rows do not belong together, laws given a context do so (ConditionalLaws); in a mixture a row stays
// at its own anchor, and stands beside another row of each other anchor.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Rows at all anchors of a space: stored ones, those of new contexts, and those that are carried from one anchor.</summary>
internal sealed class SpaceCarrier
{
    private readonly SpaceState _state;
    private readonly Lazy<NearestCarrier> _nearest;
    private readonly Lazy<AffineCarrier> _affine;
    private readonly Lazy<CarryErrors> _errors;

    internal SpaceCarrier(SpaceState state)
    {
        _state = state;
        Lookup = new TrajectoryLookup(state.Contexts, state.Conditions);

        // What is carried, or drawn in contexts that an anchor did not answer, is nobody's own row.
        Stored = state.IsCarried || state.Rows is { IsAlike: false }
            ? state.Kriging.Rows
            : state.Kriging.Rows with { Own = OutputKriging.Ordered([.. state.Outputs.Select(y => y.Values.ToArray())], state.Kriging.Order, state.Dimension) };
        var trajectories = new Lazy<Trajectories>(() => TrajectoriesOf(state));
        _nearest = new Lazy<NearestCarrier>(() => new NearestCarrier(trajectories.Value));
        _affine = new Lazy<AffineCarrier>(() => new AffineCarrier(trajectories.Value, null));
        _errors = new Lazy<CarryErrors>(() => CarryErrors.Of(state, Lookup));
    }

    /// <summary>Which stored row answers which context.</summary>
    internal TrajectoryLookup Lookup { get; }

    /// <summary>The anchors' own rows.</summary>
    internal AnchorRows Stored { get; }

    /// <summary>The rows at the anchors that answer contexts.</summary>
    internal (AnchorRows Rows, SampleSource Source) Resolve(Contexts contexts)
    {
        Lookup.Require(contexts);
        if (contexts.SameAs(_state.Contexts))
        {
            return (Stored, SampleSource.StoredOutputs);
        }

        if (_state.Laws is { } laws && (_state.IsCarried || _state.IsLoose))
        {
            var source = Lookup.HasAll(contexts) ? SampleSource.StoredOutputs : SampleSource.ConditionalSampler;
            return (Linked(_state.IsCarried ? laws.At(_state.Rows!.Root, contexts, null) : laws.Drawn(contexts), contexts.Count), source);
        }

        if (IsGiven(contexts))
        {
            return (Linked(Given(_state, contexts), contexts.Count), SampleSource.ConditionalSampler);
        }

        var (chosen, from) = Lookup.Choose(contexts);
        return (Stored with { Chosen = chosen, Count = contexts.Count }, from);
    }

    /// <summary>Rows at the anchors in contexts of one of them, none of which comes from it.</summary>
    /// <param name="anchor">The anchor that is left out.</param>
    /// <param name="contexts">What it answered.</param>
    internal AnchorRows Without(int anchor, Contexts contexts)
    {
        var laws = _state.Laws!;
        return Linked(_state.IsCarried ? laws.At(_state.Rows!.SourceWithout(anchor, _state.Places), contexts, null) : laws.Drawn(contexts), contexts.Count);
    }

    /// <summary>How far rows of contexts may be from what the anchors would answer; null where stored rows answer them.</summary>
    internal CarryErrors? ErrorsOf(Contexts contexts) => IsGiven(contexts) ? _errors.Value : null;

    /// <summary>Given rows at every anchor that has a weight.</summary>
    /// <param name="rows">Outputs at an anchor beside their contexts.</param>
    /// <param name="source">That anchor.</param>
    /// <param name="weights">Weights of the anchors.</param>
    internal AnchorRows Carry(Samples rows, int source, double[] weights)
    {
        Lookup.Require(rows.Contexts);
        if (rows.Dimension != _state.Dimension)
        {
            throw new ArgumentException($"Rows have {rows.Dimension} output columns; the surrogate has {_state.Dimension}.", nameof(rows));
        }

        return Linked(Carried(rows, source, weights), rows.Count);
    }

    /// <summary>Standardised rows with their link.</summary>
    internal AnchorRows Linked(float[]?[] standardised, int count) =>
        new(standardised, Array.ConvertAll(standardised, rows => rows is null ? null : _state.Kriging.Transform.Forward(rows)), null, count);

    /// <summary>Standardised outputs of every anchor as the network of contexts or kernel ridge gives them, [K] of [n, D].</summary>
    internal static float[][] Given(SpaceState state, Contexts contexts)
    {
        if (state.ByRidge is not { } ridge)
        {
            return ByNetwork(state, contexts);
        }

        float[][] given = [.. ridge.Given(Trajectories.Standardised(contexts.Conditions, state.Conditions), TrajectoryLookup.CategoriesOf(contexts), _ => true).Select(rows => rows!)];
        return state.Ridge!.GivenShare is > 0 and var share ? Mean(given, ByNetwork(state, contexts), share) : given;
    }

    private static float[][] Mean(float[][] ridge, float[][] network, double share) =>
        [.. ridge.Zip(network, (rows, other) => RidgeState.Mean(rows, other, share))];

    /// <summary>The same as the network gives them.</summary>
    internal static float[][] ByNetwork(SpaceState state, Contexts contexts)
    {
        var (n, d, count) = (contexts.Count, state.Dimension, state.Anchors.Length);
        var joined = new float[n * count * d];
        state.Network!.Evaluate(Trajectories.Standardised(contexts.Conditions, state.Conditions), TrajectoryLookup.CategoriesOf(contexts), joined);
        return [.. Enumerable.Range(0, count).Select(k =>
        {
            var rows = new float[n * d];
            for (var i = 0; i < n; i++)
            {
                joined.AsSpan((i * count + k) * d, d).CopyTo(rows.AsSpan(i * d));
            }

            return rows;
        })];
    }

    private bool IsGiven(Contexts contexts) => (_state.Network is not null || _state.Ridge is not null) && !Lookup.HasAll(contexts);

    private float[]?[] Carried(Samples rows, int source, double[] weights)
    {
        var y = Trajectories.Standardised(rows.Outputs, _state.Kriging.Scale);
        var categories = TrajectoryLookup.CategoriesOf(rows.Contexts);
        if (_state.Method == SpaceMethod.Mixture)
        {
            float[]?[] drawn = _state.IsLoose ? _state.Laws!.Drawn(rows.Contexts)
                : [.. _state.Kriging.Rows.Standardised.Select(points => Trajectories.Select(points!, Lookup.Choose(rows.Contexts).Trajectories, _state.Dimension))];
            drawn[source] = y;
            return drawn;
        }

        if (_state.IsCarried)
        {
            return _state.Laws!.Carry(y, rows.Contexts, source, weights);
        }

        if (_state.Contexts.Conditions.Columns == 0)
        {
            return _nearest.Value.Carry(y, categories, source, weights);
        }

        if (_state.Kriging.Order is not null)
        {
            if (_state.Dimension > AffineCarrier.MostDimensions)
            {
                throw new InvalidOperationException(
                    $"Draws with continuous conditions are carried where they have {AffineCarrier.MostDimensions} columns at most; these have {_state.Dimension}.");
            }

            var x = Trajectories.Standardised(rows.Conditions, _state.Conditions);
            return _affine.Value.Carry(y, x, x, categories, source, weights);
        }

        if (_state.ByRidge is { } ridge)
        {
            var x = Trajectories.Standardised(rows.Conditions, _state.Conditions);
            float[][] byRidge = [.. ridge.Carry(y, x, categories, source, _ => true).Select(carried => carried!)];
            if (_state.Ridge!.CarriedShare is > 0 and var share)
            {
                var network = ByNetwork(_state, rows.Contexts);
                byRidge = Mean(byRidge, [.. network.Select(to => y.Select((value, i) => value + to[i] - network[source][i]).ToArray())], share);
                byRidge[source] = y;
            }

            return byRidge;
        }

        if (_state.Network is null)
        {
            throw new InvalidOperationException(
                $"This surrogate was fitted without a network of contexts; fit it with {nameof(SpaceSurrogateOptions.TrainMaps)} = true to transport rows with conditions.");
        }

        var given = Given(_state, rows.Contexts);
        return [.. given.Select((to, k) => k == source ? y : [.. y.Select((value, i) => value + to[i] - given[source][i])])];
    }

    /// <summary>The rows of all anchors.</summary>
    internal static Trajectories TrajectoriesOf(SpaceState state) =>
        TrajectoriesOf([.. state.Kriging.Rows.Standardised.Select(y => y!)], state.Contexts, state.Conditions, state.Kriging.Order, state.Dimension);

    /// <summary>The same of standardised rows at each anchor.</summary>
    internal static Trajectories TrajectoriesOf(float[][] points, Contexts contexts, Standardizer scale, int[][]? order, int dimension)
    {
        var rows = Enumerable.Range(0, contexts.Count).ToArray();
        var conditions = Trajectories.Standardised(contexts.Conditions, scale);
        return new Trajectories(
            points, [.. points.Select(_ => conditions)], TrajectoryLookup.CategoriesOf(contexts), dimension, contexts.Conditions.Columns, Math.Max(1, contexts.CategoryCount),
            order ?? [.. points.Select(_ => rows)]);
    }
}
