// A fifth of the contexts is kept out, in a few stretches of those that follow each other: where rows are a series, neighbours answer nearly alike, and a context between two that are known says
// little of one that is not. Over one hyperparameter networks as an IntervalFits has them are trained on the others at the first, the middle and the last anchor,
// over several one network of all anchors; kernel ridge is solved on the others at all anchors. Of the kept-out contexts
//   N, R, T    answers by networks, by ridge, and the true ones, at those anchors: given by the context alone, or carried from the first anchor
//   α          of least |α N + (1 − α) R − T|²: the share of networks, 0 or 1 where it is nearly so

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Tries networks and kernel ridge on contexts that were kept out.</summary>
internal static class RidgeTrial
{
    private const int Every = 5, FewestContexts = 20;

    /// <summary>Stretches of contexts that are kept out.</summary>
    private const int Runs = 5;

    /// <summary>A share below it is none, and one above the rest is all.</summary>
    private const double LeastShare = 0.1;

    /// <summary>What serves contexts that no anchor answered; null where networks alone do.</summary>
    /// <param name="trajectories">Stored rows of the same contexts at every anchor, one a context.</param>
    /// <param name="options">Of the fit.</param>
    /// <param name="random">Chance.</param>
    /// <param name="cancellation">Ends the trial.</param>
    internal static RidgeState? Of(Trajectories trajectories, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation)
    {
        int[] places = [.. new[] { 0, (trajectories.Points.Length - 1) / 2, trajectories.Points.Length - 1 }.Distinct()];
        return Of(trajectories, places, (known, asked) => Networks(known, asked, places, options, random, cancellation), cancellation);
    }

    /// <summary>The same over several hyperparameters.</summary>
    /// <param name="trajectories">Stored rows of the same contexts at every anchor, one a context.</param>
    /// <param name="shape">Layers and steps of the network.</param>
    /// <param name="random">Chance.</param>
    /// <param name="cancellation">Ends the trial.</param>
    internal static RidgeState? Of(Trajectories trajectories, NetworkShape shape, RandomStreams random, CancellationToken cancellation)
    {
        var (count, d) = (trajectories.Points.Length, trajectories.Dimension);
        return Of(trajectories, [.. Enumerable.Range(0, count)], (known, asked) =>
        {
            var network = NetworkTrainer.Train(
                known.Conditions[0], known.ConditionCount, known.Categories, known.CategoryCount,
                Trajectories.Joined(known.Count, [.. known.Points.Select(y => (y, d))]), count * d, shape, random, cancellation);
            var joined = new float[asked.Count * count * d];
            network.Evaluate(asked.Conditions[0], asked.Categories, joined);
            float[][] given = [.. Enumerable.Range(0, count).Select(k => Enumerable.Range(0, asked.Count * d).Select(i => joined[(i / d * count + k) * d + i % d]).ToArray())];
            return (given, [.. given.Select(to => to.Select((value, i) => asked.Points[0][i] + value - given[0][i]).ToArray())]);
        }, cancellation);
    }

    private static RidgeState? Of(
        Trajectories trajectories, int[] places, Func<Trajectories, Trajectories, (float[]?[] Given, float[]?[] Carried)> byNetworks, CancellationToken cancellation)
    {
        var (kept, judged) = Split(trajectories);
        if (judged.Length * Every < FewestContexts)
        {
            return null;
        }

        var learned = ContextRidge.Learn(trajectories, cancellation);
        var known = Select(trajectories, kept);
        var asked = Select(trajectories, judged);
        var networks = byNetworks(known, asked);
        var ridge = new ContextRidge(known, learned);
        var given = ridge.Given(asked.Conditions[0], asked.Categories, places.Contains);
        var carried = ridge.Carry(asked.Points[0], asked.Conditions[0], asked.Categories, 0, places.Contains);
        var first = Of(networks.Given, given, asked, places);
        var second = Of(networks.Carried, carried, asked, places[1..]);
        return first.Share == 1 && second.Share == 1 ? null : learned with { GivenShare = first.Share, CarriedShare = second.Share, NetworkError = first.NetworkError };
    }

    private static (double Share, double NetworkError) Of(float[]?[] networks, float[]?[] ridge, Trajectories asked, int[] places)
    {
        double along = 0, square = 1e-300, byNetworks = 0, byRidge = 1e-300;
        foreach (var k in places)
        {
            for (var i = 0; i < asked.Points[k].Length; i++)
            {
                double n = networks[k]![i], r = ridge[k]![i], t = asked.Points[k][i];
                along += (n - r) * (t - r);
                square += (n - r) * (n - r);
                byNetworks += (n - t) * (n - t);
                byRidge += (r - t) * (r - t);
            }
        }

        var share = along / square;
        return (share < LeastShare ? 0 : share > 1 - LeastShare ? 1 : share, byNetworks / byRidge);
    }

    /// <summary>Rows of the kept-out contexts at the anchors of places, by networks.</summary>
    private static (float[]?[] Given, float[]?[] Carried) Networks(
        Trajectories known, Trajectories asked, int[] places, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation)
    {
        int d = known.Dimension, c = known.ConditionCount;
        var shape = IntervalFits.MapShape(options);
        float[]?[] given = new float[known.Points.Length][], carried = new float[known.Points.Length][];
        var networks = new FrozenNetwork[places.Length];
        InParallel.For(places.Length, options.Threads ?? Environment.ProcessorCount, piece => networks[piece] = piece == 0
            ? NetworkTrainer.Train(known.Conditions[0], c, known.Categories, known.CategoryCount, known.Points[0], d, shape, random.Fork("start"), cancellation)
            : NetworkTrainer.Train(
                Joined(known, known.Points[places[piece - 1]]), d + c, known.Categories, known.CategoryCount,
                Less(known.Points[places[piece]], known.Points[places[piece - 1]]), d, shape, random.Fork($"map {piece}"), cancellation, d), cancellation);
        given[0] = new float[asked.Count * d];
        networks[0].Evaluate(asked.Conditions[0], asked.Categories, given[0]!);
        carried[0] = asked.Points[0];
        for (var piece = 1; piece < places.Length; piece++)
        {
            foreach (var rows in new[] { given, carried })
            {
                var from = rows[places[piece - 1]]!;
                var moved = new float[from.Length];
                networks[piece].Evaluate(Joined(asked, from), asked.Categories, moved);
                rows[places[piece]] = [.. moved.Zip(from, (move, start) => move + start)];
            }
        }

        return (given, carried);
    }

    private static float[] Joined(Trajectories rows, float[] y) => Trajectories.Joined(rows.Count, (y, rows.Dimension), (rows.Conditions[0], rows.ConditionCount));

    private static float[] Less(float[] a, float[] b) => [.. a.Zip(b, (to, from) => to - from)];

    /// <summary>Rows that are known, and those of the contexts that are kept out.</summary>
    internal static (int[] Kept, int[] Judged) Split(Trajectories trajectories)
    {
        var numbers = new Dictionary<string, int>();
        int[] own = [.. Enumerable.Range(0, trajectories.Count).Select(t =>
        {
            var key = ContextKey.Of(trajectories.Categories[t], trajectories.Condition(0, t));
            return numbers.TryGetValue(key, out var number) ? number : numbers[key] = numbers.Count;
        })];
        var run = Math.Max(1, numbers.Count / (Every * Runs));
        List<int> kept = [], judged = [];
        for (var t = 0; t < own.Length; t++)
        {
            (own[t] / run % Every == Every - 1 ? judged : kept).Add(t);
        }

        return ([.. kept], [.. judged]);
    }

    private static Trajectories Select(Trajectories all, int[] rows)
    {
        var conditions = Trajectories.Select(all.Conditions[0], rows, all.ConditionCount);
        return new Trajectories(
            [.. all.Points.Select(y => Trajectories.Select(y, rows, all.Dimension))], [.. all.Points.Select(_ => conditions)], Array.ConvertAll(rows, t => all.Categories[t]),
            all.Dimension, all.ConditionCount, all.CategoryCount, [.. all.Points.Select(_ => rows)]);
    }
}
