// Notation
//   r_k [N, D]   at the stored contexts: outputs at anchor k as the network of the first anchor and the maps give them, less the true ones
//   ρ²           mean squared error of that network at contexts that were kept from it (a fifth) over that at those it has seen, at least 1: trained once more
//   error        of new contexts, drawn: a ρ r_k at the j-th nearest stored context of each, a ~ N(0, 1) and j the same for all contexts and anchors
// Near contexts err alike, at one anchor and at the next: what a mean over contexts averages out it averages out here too, and no more.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>How far rows of contexts that no anchor answered are from what it would have answered, by contexts that were kept out.</summary>
internal sealed class CarryErrors
{
    /// <summary>Stored contexts whose errors stand for that of a new one.</summary>
    private const int Near = 8;

    private const int Parts = 5;

    private readonly TrajectoryLookup _lookup;
    private readonly int _dimension;
    private readonly float[][] _errors;

    /// <param name="carrier">Coupling and maps, of one answer a context, with the network of the first anchor.</param>
    internal CarryErrors(TrajectorySurrogate carrier)
    {
        (_lookup, _dimension) = (carrier.Lookup, carrier.Dimension);
        var state = carrier.State;
        var t = state.Trajectories;
        if (state.Ridge is { } learned)
        {
            _errors = state.ByRidge!.Errors();
            if (learned.GivenShare == 0)
            {
                return;
            }
        }

        var start = new float[t.Count * t.Dimension];
        state.Start!.Evaluate(t.Conditions[0], t.Categories, start);
        var factor = HeldOutFactor(
            t.Conditions[0], t.ConditionCount, t.Categories, t.CategoryCount, t.Points[0], t.Dimension, IntervalFits.MapShape(carrier.Options),
            new RandomStreams(carrier.Options.Seed).Fork("held-out contexts"));
        var byNetworks = Scaled(carrier.CarryByNetworks(start, state.Contexts), t.Points, factor);
        _errors = _errors is null ? byNetworks : [.. _errors.Zip(byNetworks, (ridge, networks) => RidgeState.Mean(ridge, networks, state.Ridge!.GivenShare))];
    }

    private CarryErrors(TrajectoryLookup lookup, int dimension, float[][] errors) => (_lookup, _dimension, _errors) = (lookup, dimension, errors);

    /// <summary>The same of a network that gives the outputs of all anchors over a space.</summary>
    /// <param name="state">The surrogate, with such a network.</param>
    /// <param name="lookup">Its contexts.</param>
    internal static CarryErrors Of(SpaceState state, TrajectoryLookup lookup)
    {
        var byRidge = state.ByRidge?.Errors();
        if (byRidge is not null && state.Ridge!.GivenShare == 0)
        {
            return new CarryErrors(lookup, state.Dimension, byRidge);
        }

        float[][] points = [.. state.Kriging.Rows.Standardised.Select(rows => rows!)];
        var (contexts, d) = (state.Contexts, state.Dimension);
        var factor = HeldOutFactor(
            Trajectories.Standardised(contexts.Conditions, state.Conditions), contexts.Conditions.Columns, TrajectoryLookup.CategoriesOf(contexts), Math.Max(1, contexts.CategoryCount),
            Trajectories.Joined(contexts.Count, [.. points.Select(rows => (rows, d))]), points.Length * d, SpaceFitter.Shape(state.Options),
            new RandomStreams(state.Options.Seed).Fork("space").Fork("held-out contexts"));
        var byNetwork = Scaled(SpaceCarrier.ByNetwork(state, contexts), points, factor);
        return new CarryErrors(lookup, d, byRidge is null ? byNetwork : [.. byRidge.Zip(byNetwork, (ridge, network) => RidgeState.Mean(ridge, network, state.Ridge!.GivenShare))]);
    }

    private static float[][] Scaled(float[]?[] carried, float[][] points, double factor) =>
        [.. carried.Select((rows, k) => rows!.Zip(points[k], (given, answer) => (float)factor * (given - answer)).ToArray())];

    /// <summary>The stored contexts that stand for new ones, [n][·], the nearest first.</summary>
    internal int[][] NearestOf(Contexts contexts) => [.. Enumerable.Range(0, contexts.Count).Select(i => _lookup.Nearest(contexts, i, Near))];

    /// <summary>Rows at the anchors with a draw of their errors added.</summary>
    /// <param name="rows">Standardised rows at each anchor, [n, D].</param>
    /// <param name="nearest">Of their contexts.</param>
    /// <param name="random">Chance.</param>
    internal float[]?[] Drawn(float[]?[] rows, int[][] nearest, RandomStream random)
    {
        var d = _dimension;
        var size = (float)random.NextNormal();
        var rank = (int)random.NextInt(Near);
        return [.. rows.Select((values, k) => values is null ? null : Enumerable.Range(0, values.Length).Select(i => values[i] + size * Of(k, i)).ToArray())];

        // A category without a stored context has no error that is known.
        float Of(int k, int i) => nearest[i / d] is { Length: > 0 } own ? _errors[k][own[Math.Min(rank, own.Length - 1)] * d + i % d] : 0;
    }

    /// <summary>ρ of targets [n, O].</summary>
    private static double HeldOutFactor(float[] conditions, int c, int[] categories, int categoryCount, float[] targets, int o, NetworkShape shape, RandomStreams random)
    {
        int[] kept = [.. Enumerable.Range(0, categories.Length).Where(i => i % Parts != 0)], left = [.. Enumerable.Range(0, categories.Length).Where(i => i % Parts == 0)];
        if (kept.Length == 0)
        {
            return 1;
        }

        var network = NetworkTrainer.Train(
            Rows(conditions, kept, c), c, Array.ConvertAll(kept, i => categories[i]), categoryCount, Rows(targets, kept, o), o, shape, random, default);
        double seen = Error(kept), unseen = Error(left);
        return seen > 0 ? (float)Math.Sqrt(Math.Max(1, unseen / seen)) : 1;

        double Error(int[] rows)
        {
            var given = new float[rows.Length * o];
            network.Evaluate(Rows(conditions, rows, c), Array.ConvertAll(rows, i => categories[i]), given);
            return given.Zip(Rows(targets, rows, o), (a, b) => (double)(a - b) * (a - b)).Average();
        }
    }

    private static float[] Rows(float[] values, int[] rows, int columns) => Trajectories.Select(values, rows, columns);
}
