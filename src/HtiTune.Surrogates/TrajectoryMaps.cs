// Notation
//   a row by networks and by kernel ridge (ContextRidge) is their mean, by the share of networks
//   y_k [n, D]   rows at anchor k, standardised: y_{k+1} = y_k + F_k(y_k, x), y_{k−1} = y_k + B_{k−1}(y_k, x), F and B the maps of an interval

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates;

/// <summary>Carries rows that were not stored from anchor to anchor, and along the curves between them.</summary>
/// <param name="state">The fit.</param>
/// <param name="positions">Places of the anchors in their range, 0 … 1.</param>
/// <param name="places">Those places by the clock.</param>
internal sealed class TrajectoryMaps(TrajectoryState state, double[] positions, double[] places)
{
    /// <summary>Outputs of contexts that no anchor answered, by the curve at u.</summary>
    internal float[] FollowGiven(Contexts contexts, int interval, double u)
    {
        if (MethodRecipe.IsLearned(state.Options.Method))
        {
            return Follow(Start(contexts), contexts, 0, interval, u);
        }

        var curve = new TrajectoryCurve(state, positions, places, interval, u, 0);
        return Read(curve, Given(contexts, curve.FirstNeeded, curve.LastNeeded), contexts, interval);
    }

    /// <summary>Standardised outputs of contexts that no anchor answered, at the anchors <paramref name="first"/> to <paramref name="last"/> at least.</summary>
    internal float[]?[] Given(Contexts contexts, int first, int last)
    {
        if (state.ByRidge is not { } ridge)
        {
            return ByNetworks(Start(contexts), contexts, 0, 0, last);
        }

        var (x, categories) = state.Seen(contexts);
        var given = ridge.Given(x, categories, k => k >= first && k <= last);
        return state.Ridge!.GivenShare is > 0 and var share ? Mean(given, ByNetworks(Start(contexts), contexts, 0, 0, last), share) : given;
    }

    private float[] Start(Contexts contexts)
    {
        var y = new float[contexts.Count * state.Trajectories.Dimension];
        state.Start!.Evaluate(Trajectories.Standardised(contexts.Conditions, state.Conditions), TrajectoryLookup.CategoriesOf(contexts), y);
        return y;
    }

    private static float[]?[] Mean(float[]?[] ridge, float[]?[] networks, double share) =>
        [.. ridge.Select((rows, k) => rows is null ? null : RidgeState.Mean(rows, networks[k]!, share))];

    /// <summary>Chains standardised outputs y at anchor <paramref name="source"/> along the maps and reads the curve at u.</summary>
    internal float[] Follow(float[] y, Contexts contexts, int source, int interval, double u)
    {
        if (MethodRecipe.IsLearned(state.Options.Method))
        {
            var (x, categories) = state.Seen(contexts);
            return PublishedMethods.For(state.Options.Method)!.Move(state, positions, y, x, categories, source, interval, u);
        }

        var curve = new TrajectoryCurve(state, positions, places, interval, u, source);
        return Read(curve, Chain(y, contexts, source, Math.Min(source, curve.FirstNeeded), Math.Max(source, curve.LastNeeded)), contexts, interval);
    }

    /// <summary>Reads the curves through points at the anchors, with the bends that the path network gives them.</summary>
    internal float[] Read(TrajectoryCurve curve, float[]?[] points, Contexts contexts, int interval)
    {
        int n = contexts.Count, d = state.Trajectories.Dimension, size = SineBasis.Count * d;
        float[]? bends = null;
        if (state.Paths[interval] is { } network && curve.IsInside)
        {
            var (x, categories) = state.Seen(contexts);
            bends = new float[n * size];
            network.Evaluate(
                Trajectories.Joined(n, (points[interval]!, d), (points[interval + 1]!, d), (x, state.Trajectories.ConditionCount)), categories, bends);
            for (var i = 0; i < bends.Length; i++)
            {
                bends[i] *= i % size / d + 1;
            }
        }

        var memories = Array.ConvertAll(points, p => (ReadOnlyMemory<float>)p);
        var values = new float[n * d];
        for (var i = 0; i < n; i++)
        {
            curve.At(memories, i, bends is null ? default : bends.AsSpan(i * size, size), values.AsSpan(i * d, d));
        }

        return values;
    }

    /// <summary>Points of rows at the anchors <paramref name="first"/> to <paramref name="last"/>, among which their own is.</summary>
    internal float[]?[] Chain(float[] y, Contexts contexts, int source, int first, int last)
    {
        if (state.ByRidge is not { } ridge)
        {
            return ByNetworks(y, contexts, source, first, last);
        }

        var (x, categories) = state.Seen(contexts);
        var carried = ridge.Carry(y, x, categories, source, k => k >= first && k <= last);
        if (state.Ridge!.CarriedShare is > 0 and var share)
        {
            carried = Mean(carried, ByNetworks(y, contexts, source, first, last), share);

            // A row stays its own at its own anchor.
            carried[source] = y;
        }

        return carried;
    }

    /// <summary>The same along the networks alone.</summary>
    internal float[]?[] ByNetworks(float[] y, Contexts contexts, int source, int first, int last)
    {
        int n = contexts.Count, d = state.Trajectories.Dimension, c = state.Trajectories.ConditionCount;
        var (x, categories) = state.Seen(contexts);
        var points = new float[]?[places.Length];
        points[source] = y;
        for (var k = source; k < last; k++)
        {
            points[k + 1] = Step(state.Forward[k], points[k]!);
        }

        for (var k = source; k > first; k--)
        {
            points[k - 1] = Step(state.Backward[k - 1], points[k]!);
        }

        return points;

        float[] Step(Networks.FrozenNetwork map, float[] at)
        {
            var moved = new float[n * d];
            map.Evaluate(Trajectories.Joined(n, (at, d), (x, c)), categories, moved);
            for (var i = 0; i < moved.Length; i++)
            {
                moved[i] += at[i];
            }

            return moved;
        }
    }
}
